"""Dates as rules see them: ISO texts, ages, whole units between, working days. Pure.

A *day* here is a number: 1 is 0001-01-01, a Monday (Python's proleptic ordinal). Functions take
texts and give None for what is not a date. The twin in the browser is `formdefs/browser/rules.js`.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from formdefs.remembered import Remembered

MOST_WORKING_DAYS = 10_000
UNITS = ("days", "weeks", "months", "years")

_LAST_DAY = date.max.toordinal()
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])"
    r"(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)


def is_date(text: str) -> bool:
    """Is it a date of the calendar, written YYYY-MM-DD?"""
    return _parsed(text) is not None


def is_time(text: str) -> bool:
    """Is it a time of day, written HH:MM?"""
    return _TIME.fullmatch(text) is not None


def instant(text: str) -> int | None:
    """Give seconds since the day before 0001-01-01 UTC, None if it is no RFC 3339 date-time.

    Seconds are whole and the offset is given: that is how answers are stored.
    """
    if len(text) < 20 or text[10] != "T":  # spares most texts the pattern
        return None
    match = _DATETIME.fullmatch(text)
    day = match and _parsed(match[1])
    if not match or not day:
        return None
    seconds = day.toordinal() * 86400 + int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4])
    if match[5]:
        offset = int(match[6]) * 3600 + int(match[7]) * 60
        seconds += -offset if match[5] == "+" else offset
    return seconds


def as_date(value: object) -> date | None:
    """Give the date, or the date as written in a date-time; None for anything else."""
    if not isinstance(value, str):
        return None
    if len(value) == 10:
        return _parsed(value)
    return _parsed(value[:10]) if instant(value) is not None else None


def _parsed(text: str) -> date | None:
    # fromisoformat alone takes 20261122 and 2026-W47-7 too.
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def age(born: date, on: date) -> int | None:
    """Give completed years, None before birth.

    Somebody born on 29 February is a year older on 1 March of a common year.
    """
    return None if on < born else between(born, on, "years")


def between(start: date, end: date, unit: str) -> int:
    """Give the whole units between two dates, negative if the end is earlier."""
    if end < start:
        return -between(end, start, unit)
    if unit in ("days", "weeks"):
        return (end - start).days // (7 if unit == "weeks" else 1)
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return months // (12 if unit == "years" else 1)


@dataclass(frozen=True)
class Calendar:
    """The days of work: seven flags from Monday, and the days off that would otherwise be work."""

    week: tuple[bool, ...]
    days_off: tuple[int, ...]  # sorted day numbers

    def working(self, day: int) -> bool:
        """Is the day's weekday one of work?"""
        return self.week[(day - 1) % 7]


def calendar_of(facts: Mapping[str, Any], name: object) -> Calendar | None:
    """Read a calendar out of the facts; None if it is not there or has no working day."""
    calendars = facts.get("calendars")
    if not isinstance(calendars, Mapping) or not isinstance(name, str):
        return None
    return _read_calendar(calendars.get(name))


def _calendar(raw: object) -> Calendar | None:
    if not isinstance(raw, Mapping):
        return None
    worked, holidays = raw.get("week"), raw.get("holidays")
    if not isinstance(worked, list | tuple) or not isinstance(holidays, list | tuple):
        return None
    week = tuple(weekday in worked for weekday in range(1, 8))
    if not any(week):
        return None
    days = {day.toordinal() for text in holidays if (day := as_date(text))}
    return Calendar(week, tuple(sorted(day for day in days if week[(day - 1) % 7])))


_read_calendar = Remembered(_calendar, most=64)


def working_days(start: date, end: date, calendar: Calendar) -> int:
    """Count the working days after the start up to and including the end.

    Day 0 is the start itself; negative if the end is earlier.
    """
    if end < start:
        return -working_days(end, start, calendar)
    first, last = start.toordinal(), end.toordinal()
    weeks, rest = divmod(last - first, 7)
    worked = weeks * sum(calendar.week)
    worked += sum(calendar.working(day) for day in range(last - rest + 1, last + 1))
    return worked - _days_off(first, last, calendar)


def add_working_days(start: date, count: int, calendar: Calendar) -> date | None:
    """Give the count-th working day after the start (before it, if negative).

    The start itself if the count is 0. None beyond MOST_WORKING_DAYS and the years 1 to 9999.
    """
    if abs(count) > MOST_WORKING_DAYS:
        return None
    step = 1 if count > 0 else -1
    day, left = start.toordinal(), abs(count)
    while left:  # each round makes up for the days off that the last one passed
        reached = _add_weekdays(day, left, step, calendar)
        before, after = sorted((day, reached))
        # Downwards the days passed are [reached, day), one lower than (before, after].
        passed = (before, after) if step > 0 else (before - 1, after - 1)
        day, left = reached, _days_off(*passed, calendar)
    return date.fromordinal(day) if 1 <= day <= _LAST_DAY else None


def _add_weekdays(day: int, count: int, step: int, calendar: Calendar) -> int:
    weeks, left = divmod(count, sum(calendar.week))
    if not left:  # end on a working day, not on the days without work behind it
        weeks, left = weeks - 1, sum(calendar.week)
    day += weeks * 7 * step
    while left:
        day += step
        left -= calendar.working(day)
    return day


def _days_off(after: int, until: int, calendar: Calendar) -> int:
    return bisect_right(calendar.days_off, until) - bisect_right(calendar.days_off, after)
