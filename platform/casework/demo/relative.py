"""Puts real dates and real people into the demo's data, which names them by distance and key. Pure.

`{-48d}` is the day 48 days ago, `{-8y40d}` 8 years and 40 days ago, `{+14d 09:30}` half past nine in
London in a fortnight. Alone they become the ISO text that an answer holds, inside a sentence words.
`{"worker": "wanda"}` and `{"person": "mara"}` become answers of the types worker and person.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from casework.clock import LONDON

_TOKEN = re.compile(r"\{([+-])(?:([0-9]+)y)?([0-9]+)d(?: ([0-9]{2}:[0-9]{2}))?\}")

Named = Mapping[str, Mapping[str, str]]  # key -> answer of the type worker or person


def resolved(value: Any, today: date, people: Mapping[str, Named]) -> Any:
    """Return the value with every date and person put in; `people` has "worker" and "person".

    >>> resolved({"seen": "{-1d}", "why": "Ill since {-2d}"}, date(2026, 3, 1), {})
    {'seen': '2026-02-28', 'why': 'Ill since 27 February'}
    """
    if isinstance(value, str):
        return _dated(value, today)
    if isinstance(value, list):
        return [resolved(item, today, people) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (kind := next(iter(value))) in people:
        return dict(people[kind][value[kind]])
    return {key: resolved(item, today, people) for key, item in value.items()}


def instant(token: str, today: date) -> datetime:
    """Return the instant that a token with a time stands for."""
    return datetime.fromisoformat(_dated(token, today))


def day(token: str, today: date) -> date:
    """Return the day that a token without a time stands for."""
    return date.fromisoformat(_dated(token, today))


def _dated(text: str, today: date) -> str:
    if whole := _TOKEN.fullmatch(text):
        found, clock = _day(whole, today), whole[4]
        if not clock:
            return found.isoformat()
        return datetime.combine(found, time.fromisoformat(clock), LONDON).isoformat()
    return _TOKEN.sub(lambda token: f"{_day(token, today):%-d %B}", text)


def _day(token: re.Match[str], today: date) -> date:
    sign = -1 if token[1] == "-" else 1
    from_day = today
    if token[2]:
        if (today.month, today.day) == (2, 29):
            from_day = today.replace(day=28)  # most years have no 29 February
        from_day = from_day.replace(year=today.year + sign * int(token[2]))
    return from_day + sign * timedelta(days=int(token[3]))
