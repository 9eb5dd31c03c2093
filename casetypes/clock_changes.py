"""What is different between two workings of one clock. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from casetypes.clocks import Cycle, Happening
from casetypes.periods import Due

What = Literal["begun", "gone", "begins", "due", "status", "done_in_time"]
Value = Due | str | bool | None


@dataclass(frozen=True)
class CycleChange:
    """One thing of one run: what it was and what it is now. number: of the run, as it is now if it is."""

    number: int
    what: What
    before: Value
    now: Value


def moved_by(before: Sequence[Happening], now: Sequence[Happening]) -> tuple[Happening, ...]:
    """The happenings that are new, or that are told of another time than before."""
    known = {(one.kind, one.source): one.occurred for one in before}
    return tuple(one for one in now if known.get((one.kind, one.source)) != one.occurred)


def changes(before: Sequence[Cycle], now: Sequence[Cycle]) -> tuple[CycleChange, ...]:
    """What changed, run by run: a run is the same where the same thing began it."""
    old = {cycle.begun.source: cycle for cycle in before}
    found: list[CycleChange] = []
    for cycle in now:
        was = old.pop(cycle.begun.source, None)
        if was is None:
            found.append(CycleChange(cycle.number, "begun", None, cycle.begins))
            found.append(CycleChange(cycle.number, "due", None, _due(cycle)))
            continue
        pairs: tuple[tuple[What, Value, Value], ...] = (
            ("begins", was.begins, cycle.begins),
            ("due", _due(was), _due(cycle)),
            ("status", was.status, cycle.status),
            ("done_in_time", was.done_in_time, cycle.done_in_time),
        )
        found += [
            CycleChange(cycle.number, what, earlier, later)
            for what, earlier, later in pairs
            if earlier != later
        ]
    return (*found, *(CycleChange(one.number, "gone", _due(one), None) for one in old.values()))


def _due(cycle: Cycle) -> Due | None:
    return cycle.worked.due if cycle.worked else None
