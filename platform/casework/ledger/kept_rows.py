"""The history rows of simple-history's tables, as the ledger seals them: found, and written as text."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from casework.canonical import canonical
from casework.ledger.chain import instant


@cache
def history_models() -> dict[str, type[models.Model]]:
    """Every model of history rows, by the name of its table, sorted."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models()
        if hasattr(model, "history_type") and hasattr(model, "history_object")
    }
    return dict(sorted(found.items()))


def rows_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """All rows of a model."""
    return models.QuerySet(model)


def columns_of(model: type[models.Model]) -> list[str]:
    """The names of its columns, in order."""
    return [str(field.column) for field in model._meta.concrete_fields]


def texts(model: type[models.Model], columns: Sequence[str], ids: Iterable[int]) -> dict[int, str]:
    """Rows by their number as canonical text: an object of these columns.

    Raises KeyError for a column that the table does not have any more.
    """
    names = {str(field.column): field.attname for field in model._meta.concrete_fields}
    wanted = [names[column] for column in columns]
    rows = rows_of(model).filter(pk__in=list(ids)).values_list("pk", *wanted)
    return {
        pk: canonical(dict(zip(columns, map(_plain, values), strict=True))) for pk, *values in rows
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
