"""Checks that what stands in the tables is what was written: rows against history, cases against events."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Max

from casework.cases.checking.comparing import differences
from casework.cases.checking.pages import page_findings
from casework.cases.checking.signatures import signature_findings
from casework.cases.models import Case
from casework.ledger.kept_rows import rows_of
from casework.ledger.models import Tombstone
from casework.ledger.tombstones import key_of
from casework.ledger.verify import Finding

_AT_A_TIME = 500


def live_findings(progress: Callable[[int], None] | None = None) -> Iterator[Finding]:
    """Everything that differs, case by case; memory grows with the largest case alone."""
    for model in apps.get_models():
        if hasattr(model, "history"):
            yield from _live_rows(model)
    checks = (differences, page_findings, signature_findings)
    for count, case in enumerate(Case.objects.order_by("number").iterator(chunk_size=100), 1):
        for check in checks:
            yield from (Finding(f"case {case.reference}", says) for says in check(case))
        if progress:
            progress(count)


def rebuild_findings(progress: Callable[[int], None] | None = None) -> Iterator[Finding]:
    """What differs between the tables and the fold of the events, case by case."""
    for count, case in enumerate(Case.objects.order_by("number").iterator(chunk_size=100), 1):
        yield from (Finding(f"case {case.reference}", says) for says in differences(case))
        if progress:
            progress(count)


def _live_rows(model: type[models.Model]) -> Iterator[Finding]:
    """Rows that are not as their newest history row has them, and rows that are gone."""
    history: Any = model.history.model  # type: ignore[attr-defined]
    names = [field.attname for field in model._meta.concrete_fields]
    table = model._meta.db_table
    rows = rows_of(model).order_by("pk").iterator(chunk_size=_AT_A_TIME)
    while part := list(islice(rows, _AT_A_TIME)):
        keys = [row.pk for row in part]
        newest = (
            rows_of(history)
            .filter(id__in=keys)
            .order_by()
            .values("id")
            .annotate(last=Max("history_id"))
        )
        kept = {row.id: row for row in rows_of(history).filter(pk__in=newest.values("last"))}
        gone = _tombstones(table, keys)
        for row in part:
            where, then = f"{table} {row.pk}", kept.get(row.pk)
            if key_of(row.pk) in gone:
                continue
            if then is None:
                yield Finding(where, "no history row tells of it")
                continue
            for name in names:
                if getattr(row, name) != getattr(then, name):
                    yield Finding(where, f"{name} is not what its newest history row says")
    there = rows_of(model).values("pk")
    lost = (
        rows_of(history)
        .exclude(id__in=there)
        .order_by("id")
        .values_list("id", flat=True)
        .distinct()
    )
    for pk in lost.iterator(chunk_size=_AT_A_TIME):
        yield Finding(f"{table} {pk}", "its history is there, but the row itself is gone")


def _tombstones(table: str, keys: list[Any]) -> set[str]:
    found = Tombstone.objects.filter(what=table, key__in=[key_of(key) for key in keys])
    return set(found.values_list("key", flat=True))
