"""Clocks, derived from what happened: never typed, worked out anew whenever something changes. Pure.

A clock is the fold of its *happenings* by when they occurred. Each run from a start to its stop or
cancellation is a *cycle*. A cycle that was stopped has two verdicts: *done in time*, by when it
happened, and *recorded in time*, by when that was known. A back-dated or corrected happening is
folded where it belongs, so every later cycle follows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Literal

from casetypes.periods import (
    LONDON,
    Due,
    Period,
    Span,
    Worked,
    before,
    is_after,
    london_day,
    work_out,
)
from formdefs.dates import Calendar

Kind = Literal["start", "restart", "pause", "resume", "stop", "cancel"]
Status = Literal["running", "paused", "stopped", "cancelled"]
_STARTS = ("start", "restart")
# What one event does at one instant, in this order.
_ORDER = {"stop": 0, "cancel": 1, "resume": 2, "restart": 3, "start": 4, "pause": 5}


@dataclass(frozen=True)
class Happening:
    """Something that moves a clock. source: the event or record that it comes from; limit: of the
    cycle that it starts (or, of a stop, of the next), None where no limit could be worked out.
    """

    kind: Kind
    occurred: datetime
    recorded: datetime
    source: str
    limit: Period | None = None


@dataclass(frozen=True)
class Cycle:
    """One run of a clock. due: None while it is paused, or has no limit."""

    number: int
    status: Status
    begun: Happening
    begins: datetime  # when it counts from: `begun`, or the day that the last cycle was due
    limit: Period | None
    pauses: tuple[Span, ...] = ()
    paused_since: datetime | None = None
    worked: Worked | None = None
    ended: Happening | None = None
    done_in_time: bool | None = None
    recorded_in_time: bool | None = None

    @property
    def due(self) -> Due | None:
        """When it must be done."""
        return self.worked.due if self.worked and self.paused_since is None else None

    @property
    def open(self) -> bool:
        """Whether it runs or is paused."""
        return self.status in ("running", "paused")


@dataclass(frozen=True)
class Series:
    """What follows a cycle that was stopped: these limits, the last again and again; or, with
    `again`, the limit that its stop was given.

    held: count from when it was done, else from the day it was due.
    """

    limits: tuple[Period, ...] = ()
    held: bool = True
    again: bool = False


def derive(
    happenings: Iterable[Happening], calendar: Calendar, series: Series = Series()
) -> tuple[Cycle, ...]:
    """Work out every cycle. The same happenings give the same cycles, in whatever order they come.

    What is told by a day alone (and so stands at its midnight) counts, on the day on which the clock
    begins, from its beginning: a case is opened at ten, and “asked on that day” is no earlier.
    """
    cycles: list[Cycle] = []
    early: list[Happening] = []
    for happening in sorted(happenings, key=_place):
        if happening.kind not in _STARTS and _running(cycles) is None:
            early += [happening] if _by_day_alone(happening) else []
            continue
        _fold(cycles, happening, calendar, series)
        for one in early if happening.kind in _STARTS else ():
            if london_day(one.occurred) == london_day(happening.occurred):
                _fold(cycles, replace(one, occurred=happening.occurred), calendar, series)
        early = []
    return tuple(_with_due(cycle, calendar) for cycle in cycles)


def _fold(cycles: list[Cycle], happening: Happening, calendar: Calendar, series: Series) -> None:
    current = _running(cycles)
    if current is None:
        if happening.kind in _STARTS:
            limit = happening.limit
            cycles.append(_begin(len(cycles) + 1, happening, happening.occurred, limit))
    elif happening.kind == "restart":
        cycles[-1] = _end(current, "cancelled", happening)
        cycles.append(_begin(len(cycles) + 1, happening, happening.occurred, happening.limit))
    elif happening.kind == "pause" and current.paused_since is None:
        cycles[-1] = replace(current, status="paused", paused_since=happening.occurred)
    elif happening.kind == "resume" and current.paused_since is not None:
        cycles[-1] = _resumed(current, happening.occurred)
    elif happening.kind == "cancel":
        cycles[-1] = _end(current, "cancelled", happening)
    elif happening.kind == "stop":
        stopped = _stopped(_resumed(current, happening.occurred), happening, calendar)
        cycles[-1] = stopped
        if series.limits or (series.again and happening.limit):
            cycles.append(_next(stopped, happening, series))


def _running(cycles: Sequence[Cycle]) -> Cycle | None:
    return cycles[-1] if cycles and cycles[-1].open else None


def _by_day_alone(happening: Happening) -> bool:
    return happening.occurred.astimezone(LONDON).time() == time.min


def late_entry(happening: Happening, allowed: Period, calendar: Calendar) -> bool:
    """Whether it was recorded so long after it happened that a reader should know."""
    return is_after(happening.recorded, work_out(happening.occurred, allowed, calendar).due)


def standing(
    cycle: Cycle, at: datetime, warn: Sequence[Period], calendar: Calendar
) -> Literal["running", "due_soon", "overdue", "paused", "in_time", "late", "cancelled"]:
    """How a cycle stands at an instant, for people."""
    if cycle.status == "stopped":
        return "late" if cycle.done_in_time is False else "in_time"
    if not cycle.open or cycle.status == "paused":
        return "paused" if cycle.open else "cancelled"
    if cycle.due is None:
        return "running"
    if is_after(at, cycle.due):
        return "overdue"
    soon = any(not _is_before(at, before(cycle.due, period, calendar)) for period in warn)
    return "due_soon" if soon else "running"


def is_late(cycle: Cycle, at: datetime) -> bool:
    """Whether it was done, or was given up, or at this instant still runs, after it was due."""
    if cycle.worked is None or cycle.status == "paused":
        return False
    return is_after(cycle.ended.occurred if cycle.ended else at, cycle.worked.due)


def _place(happening: Happening) -> tuple[datetime, datetime, int, str]:
    return (
        happening.occurred.astimezone(UTC),
        happening.recorded,  # asked and answered on one day: in the order in which it was told
        _ORDER[happening.kind],
        happening.source,
    )


def _begin(number: int, begun: Happening, begins: datetime, limit: Period | None) -> Cycle:
    return Cycle(number, "running", begun, begins, limit)


def _resumed(cycle: Cycle, at: datetime) -> Cycle:
    if cycle.paused_since is None:
        return cycle
    pauses = (*cycle.pauses, (cycle.paused_since, at))
    return replace(cycle, status="running", pauses=pauses, paused_since=None)


def _end(cycle: Cycle, status: Status, ended: Happening) -> Cycle:
    return replace(_resumed(cycle, ended.occurred), status=status, ended=ended)


def _stopped(cycle: Cycle, stop: Happening, calendar: Calendar) -> Cycle:
    cycle = _with_due(_end(cycle, "stopped", stop), calendar)
    if cycle.worked is None:
        return cycle
    return replace(
        cycle,
        done_in_time=not is_after(stop.occurred, cycle.worked.due),
        recorded_in_time=not is_after(stop.recorded, cycle.worked.due),
    )


def _next(stopped: Cycle, stop: Happening, series: Series) -> Cycle:
    limit = stop.limit
    if series.limits:
        limit = series.limits[min(stopped.number, len(series.limits)) - 1]
    begins = stop.occurred
    if not series.held and stopped.worked is not None:
        begins = _start_of(stopped.worked.due, stop.occurred)
    return _begin(stopped.number + 1, stop, begins, limit)


def _start_of(due: Due, like: datetime) -> datetime:
    if isinstance(due, datetime):
        return due
    # The time of day is London's: in another zone it may be the next day's there.
    return datetime.combine(due, like.astimezone(LONDON).time(), LONDON).astimezone(UTC)


def _with_due(cycle: Cycle, calendar: Calendar) -> Cycle:
    if cycle.limit is None:
        return cycle
    return replace(cycle, worked=work_out(cycle.begins, cycle.limit, calendar, cycle.pauses))


def _is_before(instant: datetime, due: Due) -> bool:
    if isinstance(due, datetime):
        return instant.astimezone(UTC) < due.astimezone(UTC)
    return london_day(instant) < due
