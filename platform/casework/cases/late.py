"""Why clocks are late: what was said, and what may be said."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from casetypes.definition import ClockType
from casework.cases.models import ClockReason
from casework.ledger.models import Content
from formdefs.codelists import Entry
from formdefs.codelists import load as load_list
from formdefs.versions import list_documents


@dataclass(frozen=True)
class Explained:
    """One reason. label: what the list called its code then, "" without one."""

    who: str
    when: datetime
    code: str
    label: str
    words: str


def reasons_of(clocks: Iterable[UUID]) -> dict[tuple[UUID, str], list[Explained]]:
    """What was said of runs, by clock and what began the run, the one that stands last; two queries."""
    rows = ClockReason.objects.filter(clock__in=list(clocks)).select_related("said_by")
    kept = list(rows.order_by("said_at", "id"))
    bodies = Content.objects.in_bulk([row.content for row in kept]) if kept else {}
    found: dict[tuple[UUID, str], list[Explained]] = {}
    for row in kept:
        # Nothing is told of what was withdrawn.
        body = bodies.get(row.content)
        said = json.loads(body.body) if body else {}
        one = Explained(
            who=row.said_by.name,
            when=row.said_at,
            code=row.code,
            label=said.get("reason", ""),
            words=said.get("why", ""),
        )
        found.setdefault((row.clock_id, row.begun), []).append(one)
    return found


def offered(kind: ClockType | None, on: date) -> tuple[Entry, ...]:
    """The reasons of a clock's list on a day; none where it names no list, or that is not published."""
    if kind is None or not kind.reasons:
        return ()
    document = list_documents().get(kind.reasons)
    return load_list(kind.reasons, document).offered(on) if document else ()
