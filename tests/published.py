"""The published library, laid into a test's database as rows: published once by each process.

Publishing checks, compiles and tests every form, which takes a second; its rows are the same each time.
They go in as they came out of `publish_library`, by the same cast, so every digest and chain holds.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import AutoField, Model

from formdefs.shipped import publish_library
from tests.cast import AT, Cast

_APPS = ("accounts", "formdefs", "ledger")  # what publishing writes to
_ADA = object()  # stands for the form administrator, whose number is another in each database
_kept: list[tuple[type[Model], dict[str, Any]]] = []


def lay_library(cast: Cast) -> None:
    """Publish what ships, by the form administrator of the cast."""
    if _kept:
        rows: dict[type[Model], list[Model]] = {}
        for model, values in _kept:
            named = {n: cast.ada.pk if value is _ADA else value for n, value in values.items()}
            rows.setdefault(model, []).append(model(**named))
        for model, made in rows.items():
            model._default_manager.bulk_create(made)
        return
    before = {
        model: set(model._default_manager.values_list("pk", flat=True)) for model in _models()
    }
    publish_library(by=cast.ada, at=AT, reason="The library that ships")
    for model in _models():
        pk: Any = model._meta.pk
        for row in model._default_manager.order_by("pk").values():
            if row[pk.attname] in before[model]:
                continue
            if isinstance(pk, AutoField):
                del row[pk.attname]  # the database numbers them
            users = ("published_by_id", "actor_id", "given_by_id")
            by = {name: _ADA for name in users if row.get(name) == cast.ada.pk}
            _kept.append((model, {**row, **by}))


def _models() -> Iterator[type[Model]]:
    for app in _APPS:
        yield from apps.get_app_config(app).get_models()
