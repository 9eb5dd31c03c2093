"""Periods of time, and when they end: hours, working days, days, weeks, months, years. Pure.

The day of the event is day zero. Days are those of London, instants are aware. Hours are elapsed
time; everything else ends with its last day. Months and years keep the day's number, or end on the
month's last day. A pause from day P to day R puts off the end by what lies in (P, R].
"""

import calendar as months
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from formdefs.dates import Calendar, add_working_days, calendar_of, working_days

LONDON = ZoneInfo("Europe/London")
UNITS = ("hours", "working_days", "days", "weeks", "months", "years")
Due = date | datetime  # an instant for a period of hours, the last day for every other
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Period:
    """A number of units; 0 of days is the day itself."""

    n: int
    unit: str

    def __str__(self) -> str:
        """As a person says it: 45 working days, 1 month."""
        unit = self.unit.replace("_", " ")
        return f"{self.n} {unit.removesuffix('s') if self.n == 1 else unit}"


@dataclass(frozen=True)
class Worked:
    """How the end of a period came about. skipped: days not counted, each with why."""

    due: Due
    skipped: tuple[tuple[date, str], ...] = ()
    paused: int = 0  # units that pauses added: working days, days, or seconds of hours


def london_day(instant: datetime) -> date:
    """The day in London at this instant."""
    return instant.astimezone(LONDON).date()


def calendar_named(calendars: Mapping[str, Any], name: str) -> Calendar:
    """The calendar of that name. Raises LookupError if there is none with a working day."""
    found = calendar_of({"calendars": calendars}, name)
    if found is None:
        raise LookupError(f"There is no calendar “{name}”.")
    return found


def work_out(
    begun: datetime, period: Period, calendar: Calendar, pauses: Iterable[Span] = ()
) -> Worked:
    """Say when a period that began at an instant ends, and how. `pauses` do not overlap."""
    spans = list(pauses)
    if period.unit == "hours":
        held = sum(((_utc(until) - _utc(since)) for since, until in spans), timedelta())
        due_at = _utc(begun) + timedelta(hours=period.n) + held
        return Worked(due_at.astimezone(begun.tzinfo), (), int(held.total_seconds()))
    first = london_day(begun)
    days = [(london_day(since), london_day(until)) for since, until in spans]
    if period.unit == "working_days":
        held_days = sum(working_days(since, until, calendar) for since, until in days)
        due = add_working_days(first, period.n + held_days, calendar)
        if due is None:
            raise ValueError(f"{period} from {first} end beyond all calendars.")
        return Worked(due, tuple(_skipped(first, due, calendar)), held_days)
    held_days = sum((until - since).days for since, until in days)
    return Worked(_added(first, period) + timedelta(days=held_days), (), held_days)


def before(due: Due, period: Period, calendar: Calendar) -> Due:
    """The moment or day that lies a period before an end: when to warn."""
    if isinstance(due, datetime):
        if period.unit == "hours":
            return (_utc(due) - timedelta(hours=period.n)).astimezone(due.tzinfo)
        due = london_day(due)
    if period.unit == "hours":
        over = datetime.combine(due + timedelta(days=1), datetime.min.time(), LONDON)
        return (_utc(over) - timedelta(hours=period.n)).astimezone(LONDON)
    if period.unit == "working_days":
        return add_working_days(due, -period.n, calendar) or due
    return _added(due, Period(-period.n, period.unit))


def is_after(instant: datetime, due: Due) -> bool:
    """Whether an instant is later than an end allows."""
    return _utc(instant) > _utc(due) if isinstance(due, datetime) else london_day(instant) > due


def _utc(instant: datetime) -> datetime:
    """The instant to reckon with: in one time zone Python adds, takes off and compares by the clock on
    the wall, which goes wrong by an hour on the two days when that is changed.
    """
    return instant.astimezone(UTC)


def _skipped(first: date, last: date, calendar: Calendar) -> Iterable[tuple[date, str]]:
    for day in range(first.toordinal() + 1, last.toordinal() + 1):
        if not calendar.working(day):
            yield date.fromordinal(day), "weekend"
        elif day in calendar.days_off:
            yield date.fromordinal(day), "holiday"


def _added(day: date, period: Period) -> date:
    if period.unit in ("days", "weeks"):
        return day + timedelta(days=period.n * (7 if period.unit == "weeks" else 1))
    count = day.year * 12 + day.month - 1 + period.n * (12 if period.unit == "years" else 1)
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
