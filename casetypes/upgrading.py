"""Moving a running case to another version of its case type. Pure.

Nothing is done over: what happened stays, under the rules of its time. Stages that are gone go where
the new version's `upgrade` block says. Running clocks keep the limits that they were started with, or
are given those of the new version (`recompute`); a clock that is gone is cancelled. Actions go on
under their templates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casetypes.clocks import Happening, derive
from casetypes.commands import Refusal
from casetypes.definition import CaseType, ClockType
from casetypes.diff import upgrade_problems
from casetypes.effects import limit_of
from casetypes.names import Facts
from casetypes.periods import calendar_named
from casetypes.state import ClockState, Event, State, evolve

RECOMPUTE = "recompute"


@dataclass(frozen=True)
class Version:
    """A published version of a case type. id: of its row; number: its number."""

    id: str
    number: int
    case_type: CaseType


def upgraded(
    old: Version, new: Version, state: State, at: datetime, facts: Facts, why: str = ""
) -> tuple[Event, ...] | Refusal:
    """Say what the move of a case to another version does to it, or why it cannot be moved."""
    if refusal := _refused(old, new, state):
        return refusal
    told = _told(new, old.number)
    goes, first = told.get("stages", {}), old.case_type.first.key
    # Tables leave the first stage unsaid, and another one may be the first now: it is said.
    stages = {
        one.id: goes.get(one.stage, one.stage)
        for one in state.subjects.values()
        if one.stage in goes or one.stage == first
    }
    data = {"from": old.number, "to": new.number, "version": new.id, "stages": stages}
    moved = Event("case.upgraded", tuple(stages), data, {"why": why} if why else {})
    recompute = told.get("clocks") == RECOMPUTE
    state = evolve(state, moved)
    clocks = _clocks(old, new, state, at, facts, recompute=recompute)
    return (moved, *clocks)


def _refused(old: Version, new: Version, state: State) -> Refusal | None:
    occupied = frozenset(one.stage for one in state.subjects.values())
    document, told = new.case_type.document, _told(new, old.number)
    for problem in upgrade_problems(old.case_type.document, document, old.number, occupied):
        return Refusal(problem.code, f"{problem.says} {problem.fix}")
    for one in state.subjects.values():
        stage = new.case_type.stages[told.get("stages", {}).get(one.stage, one.stage)]
        if stage.end and not one.closed:
            says = f"Somebody whose part goes on would be in “{stage.title}”, where parts are over."
            return Refusal("stage_ends", says + " Name another stage in “upgrade”.", (one.id,))
    for task in state.tasks.values():
        was, now = (v.case_type.tasks.get(task.template) for v in (old, new))
        if was and (now is None or _repeat(was) != _repeat(now)):
            says = (
                f"The new version has no template for the actions called “{was.title}”, or takes "
            )
            says += "them from other rows. Keep the template as it is."
            return Refusal("task_gone", says, (task.id,))
    return None


def _clocks(
    old: Version, new: Version, state: State, at: datetime, facts: Facts, *, recompute: bool
) -> Iterator[Event]:
    for (key, subject), clock in state.clocks.items():
        was, now = old.case_type.clocks.get(key), new.case_type.clocks.get(key)
        gone = now is None or (was is not None and was.per != now.per)
        kind = was if gone else now
        if kind is None:
            continue  # gone since an earlier version, and cancelled then
        happenings = clock.happenings
        if gone and clock.cycles and clock.cycles[-1].open:
            source = f"case.upgraded:{new.number}"
            happenings = (*happenings, Happening("cancel", at, at, source))
        elif recompute and not gone:
            limit = limit_of(new.case_type, kind, state, subject, facts)
            happenings = _with_limit(clock, limit)
        yield from _changed(kind, clock, happenings, facts)


def _with_limit(clock: ClockState, limit: Any) -> tuple[Happening, ...]:
    """The happenings, with another limit for the round that is still open. Others keep theirs."""
    last = clock.cycles[-1] if clock.cycles else None
    if last is None or not last.open or last.begun.kind not in ("start", "restart"):
        return clock.happenings
    begun = last.begun
    return tuple(replace(one, limit=limit) if one == begun else one for one in clock.happenings)


def _changed(
    kind: ClockType, clock: ClockState, happenings: tuple[Happening, ...], facts: Facts
) -> Iterator[Event]:
    calendar = calendar_named(facts.get("calendars", {}), kind.calendar)
    cycles = derive(happenings, calendar, kind.series)
    if cycles != clock.cycles or happenings != clock.happenings:
        data = {
            "clock": clock.key,
            "subject": clock.subject,
            "happenings": happenings,
            "cycles": cycles,
            "told": clock.told,
        }
        yield Event("clock.changed", (clock.subject,) if clock.subject else (), data)


def _told(new: Version, number: int) -> Mapping[str, Any]:
    rows = new.case_type.document.get("upgrade", ())
    return next((row for row in rows if row["from"] == number), {})


def _repeat(kind: Any) -> Any:
    return kind.rows and kind.rows["repeat"]
