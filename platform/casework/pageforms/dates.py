"""Read dates and times as people type them. Pure.

>>> date_of("3", "mar", "2026"), date_of("12/3/2026", "", ""), time_of("9.30pm")
('2026-03-03', '2026-03-12', '21:30')
"""

import re
from datetime import UTC, date, datetime

from casework.clock import LONDON
from formdefs.said import Said, said

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_WHOLE = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s./-]+(?:of\s+)?([a-z]+|\d{1,2})[\s./,-]+(\d{4})", re.A
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.A)
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.A)
_TIME = re.compile(r"(\d{1,2})(?:[:.h ]?(\d{2}))?(?:\s?:?\s?([ap])\.?\s?m\.?)?", re.A)
_WORDS = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}


_LACKING = {
    1: "must include a {first}",
    2: "must include a {first} and {second}",
    3: "must include a {first} and {second} and {third}",
}


class Unreadable(Exception):
    """What was typed cannot be read; the text goes on after the question's label."""


def date_of(day: str, month: str, year: str) -> str:
    """Return YYYY-MM-DD. A whole date may stand in the first input. Raises Unreadable."""
    day, month, year = _spread(day, month, year)
    lacking = [
        name for name, typed in (("day", day), ("month", month), ("year", year)) if not typed
    ]
    if lacking:
        names = dict(zip(("first", "second", "third"), map(Said, lacking), strict=False))
        raise Unreadable(said(_LACKING[len(lacking)], **names))
    return _real(_year(year), _month(month), _day(day))


def partial_date_of(day: str, month: str, year: str) -> str:
    """Return YYYY, YYYY-MM or YYYY-MM-DD, whatever is known. Raises Unreadable."""
    day, month, year = _spread(day, month, year)
    if not year:
        raise Unreadable("must include a year")
    if not month and day:
        raise Unreadable("must include a month, if it has a day")
    if day:
        return _real(_year(year), _month(month), _day(day))
    return f"{_year(year):04d}-{_month(month):02d}" if month else f"{_year(year):04d}"


def time_of(typed: str) -> str:
    """Return HH:MM from "9.30am", "0930", "9 pm", "noon". Raises Unreadable."""
    text = typed.strip().lower()
    if text in _WORDS:
        return _WORDS[text]
    match = _TIME.fullmatch(text)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    half = match[3] if match else None
    bare = match is not None and match[2] is None and half is None  # "9": morning or evening?
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99
    if bare or hour > 23 or minute > 59:
        raise Unreadable("must be a time, like 9:30am or 14:30")
    return f"{hour:02d}:{minute:02d}"


def datetime_of(day: str, time: str) -> str:
    """Return the RFC 3339 instant of a London day and time. Raises Unreadable.

    The hour that comes twice in October is read as the first of the two; the one that the clocks
    leave out in March is refused.
    """
    local = datetime.fromisoformat(f"{day}T{time}:00").replace(tzinfo=LONDON)
    if local.astimezone(UTC).astimezone(LONDON).replace(fold=0) != local.replace(fold=0):
        raise Unreadable("must be a time that there was: the clocks went forward that night")
    return local.isoformat()


def london(instant: str) -> tuple[str, str]:
    """Return the London day and time, YYYY-MM-DD and HH:MM, of an RFC 3339 instant."""
    local = datetime.fromisoformat(instant).astimezone(LONDON)
    return local.date().isoformat(), f"{local:%H:%M}"


def _spread(day: str, month: str, year: str) -> tuple[str, str, str]:
    day, month, year = day.strip().lower(), month.strip().lower(), year.strip()
    if not month and not year:
        if match := _WHOLE.fullmatch(day):
            return match[1], match[2], match[3]
        if match := _ISO.fullmatch(day):
            return match[3], match[2], match[1]
    return day, month, year


def _day(typed: str) -> int:
    match = _DAY.fullmatch(typed)
    if not match:
        raise Unreadable("must be a real date")
    return int(match[1])


def _month(typed: str) -> int:
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:3]) <= 12:
        return int(typed)
    if len(typed) >= 3:
        for number, name in enumerate(_MONTHS, start=1):
            if name.startswith(typed) or (name == "september" and typed == "sept"):
                return number
    raise Unreadable("must be a real date")


def _year(typed: str) -> int:
    if not re.fullmatch(r"[0-9]{4}", typed):
        raise Unreadable("must have a year of 4 numbers")
    return int(typed)


def _real(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise Unreadable("must be a real date") from None
