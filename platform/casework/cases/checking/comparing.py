"""Compares a case as its tables have it with the fold of its events, and says what differs."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from casetypes.state import ClockState, State
from casework.cases.checking.folding import state_from_events
from casework.cases.checking.transfers import transfer_findings
from casework.cases.decided import decided as decided_in
from casework.cases.models import Case, Clock, ClockReason, Snapshot
from casework.cases.running.loading import state_of
from casework.cases.unmasked import Altered
from casework.clock import london_day
from casework.ledger.models import Event

# What is kept as an order only.
_NOT_KEPT = {"decided"}


def differences(case: Case) -> Iterator[str]:
    """Sentences on what differs between the tables and the events of a case; none if nothing does."""
    try:
        folded, stored = state_from_events(case), state_of(case)
    except (Altered, KeyError, ValueError) as error:
        yield f"its events or its submissions cannot be read: {type(error).__name__} {error}"
        return
    if folded.open != stored.open:
        yield f"the case is {_open(stored)} in its table, and {_open(folded)} by its events"
    if folded.moves != stored.moves:
        yield f"it counts {stored.moves} moves in its table, and {folded.moves} by its events"
    yield from _parted("the part of", folded.subjects, stored.subjects)
    yield from _parted("record", folded.records, stored.records)
    yield from _order(case, folded)
    yield from _parted("action", folded.tasks, stored.tasks)
    clocks = {f"{key} {of}".strip(): _stripped(one) for (key, of), one in folded.clocks.items()}
    rows = {f"{key} {of}".strip(): _stripped(one) for (key, of), one in stored.clocks.items()}
    yield from _parted("clock", clocks, rows)
    yield from _clock_rows(case)
    yield from _reasons(case)
    yield from transfer_findings(case)


def _parted(what: str, folded: Mapping[str, Any], stored: Mapping[str, Any]) -> Iterator[str]:
    for key in [*folded, *(key for key in stored if key not in folded)]:
        if key not in stored:
            yield f"{what} {key} is in its events, and not in the tables"
        elif key not in folded:
            yield f"{what} {key} is in the tables, and not in its events"
        else:
            yield from _fields(f"{what} {key}", folded[key], stored[key])


def _fields(which: str, folded: Any, stored: Any) -> Iterator[str]:
    for field in fields(folded):
        by_events, in_table = getattr(folded, field.name), getattr(stored, field.name)
        if field.name == "subjects":  # whom it concerns, in no order
            by_events, in_table = sorted(by_events), sorted(in_table)
        if not field.compare or field.name in _NOT_KEPT or by_events == in_table:
            continue
        if field.name in ("title", "outsider", "outcome", "answers", "happenings", "cycles"):
            yield f"{which}: its {field.name} are otherwise in the tables than by its events"
        else:
            yield f"{which}: {field.name} is {in_table} in the tables, and {by_events} by its events"


def _order(case: Case, folded: State) -> Iterator[str]:
    """The newest decision counts, so their times must follow the order of the events."""
    rows = decided_in(Snapshot.objects.filter(record__case=case))
    times = {str(record): at for record, at in rows.values_list("record", "decided_at")}  # type: ignore[misc]
    decided = [one for one in folded.records.values() if one.decided and one.id in times]
    decided.sort(key=lambda one: one.decided)
    if [times[one.id] for one in decided] != sorted(times[one.id] for one in decided):
        yield "its records were decided in another order by their signatures than by its events"


def _open(state: State) -> str:
    return "open" if state.open else "closed"


def _stripped(clock: ClockState) -> ClockState:
    return replace(clock, happenings=tuple(clock.happenings), cycles=tuple(clock.cycles))


def _clock_rows(case: Case) -> Iterator[str]:
    """What lists read of a clock, against its own cycles."""
    stored = {(one.key, one.subject): one for one in state_of(case).clocks.values()}
    for row in Clock.objects.filter(case=case):
        cycles = stored[row.key, str(row.subject_id or "")].cycles
        last = cycles[-1] if cycles else None
        due: datetime | date | None = last.due if last else None
        due_on = london_day(due) if isinstance(due, datetime) else due
        if (row.status, row.due_on) != (last.status if last else "none", due_on):
            yield f"clock {row.key}: its status or day in lists is not what its own working says"


def _reasons(case: Case) -> Iterator[str]:
    """The reasons for being late, row by event: the engine's state has no part of them."""
    columns = ("clock__key", "clock__subject", "begun", "code", "content", "said_by", "said_at")
    rows = ClockReason.objects.filter(clock__case=case).values_list(*columns)
    stored = Counter((key, str(of or ""), *rest) for key, of, *rest in rows)
    folded: Counter[tuple[Any, ...]] = Counter()
    for event in Event.objects.filter(stream=case.pk, kind="clock.explained"):
        refs = json.loads(event.refs)
        named = (refs["clock"], refs["subject"], refs["begun"], refs["code"])
        folded[*named, event.content, event.actor_id, event.recorded_at] += 1
    for key, *_rest in (stored - folded).elements():
        yield f"clock {key}: a reason for being late is in the tables, and not in its events"
    for key, *_rest in (folded - stored).elements():
        yield f"clock {key}: a reason for being late is in its events, and not in the tables"
