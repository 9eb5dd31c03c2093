"""How dates, times, names and addresses read on the workers' pages: pure, registered as filters."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from casework.clock import LONDON, london_day
from formdefs.answer_checks import MONTHS

SHORT_MONTHS = tuple(month[:3] for month in MONTHS)


def day(value: date | datetime | None) -> str:
    """A date in words: “24 November 2026”; empty for None. An instant is read as London's day.

    >>> day(date(2026, 11, 4))
    '4 November 2026'
    """
    if value is None:
        return ""
    on = london_day(value) if isinstance(value, datetime) else value
    return f"{on.day} {_(MONTHS[on.month - 1])} {on.year}"


def short_day(value: date | datetime | None) -> str:
    """A date for tables: “4 Nov 2026”; empty for None."""
    if value is None:
        return ""
    on = london_day(value) if isinstance(value, datetime) else value
    return f"{on.day} {pgettext('short month', SHORT_MONTHS[on.month - 1])} {on.year}"


def moment(value: datetime | None) -> str:
    """An instant in London: “4 November 2026 at 9:05am”; empty for None."""
    if not value:
        return ""
    return _("{day} at {time}").format(day=day(value), time=clock_time(value))


def short_moment(value: datetime | None) -> str:
    """An instant in London for tables: “4 Nov 2026, 9:05am”; empty for None."""
    return f"{short_day(value)}, {clock_time(value)}" if value else ""


def clock_time(value: datetime) -> str:
    """The time in London as GOV.UK writes it: “9:05am”, “midday”, “midnight”.

    >>> from datetime import UTC
    >>> clock_time(datetime(2026, 11, 4, 15, 30, tzinfo=UTC))
    '3:30pm'
    """
    local = value.astimezone(LONDON)
    if (local.hour, local.minute) in {(0, 0), (12, 0)}:
        return _("midnight") if local.hour == 0 else _("midday")
    half = _("am") if local.hour < 12 else _("pm")
    return f"{local.hour % 12 or 12}:{local:%M}{half}"


def machine(value: date | datetime) -> str:
    """ISO 8601, for the `datetime` attribute of a time element."""
    return value.isoformat()


def address_lines(value: Mapping[str, Any] | None) -> list[str]:
    """The filled lines of an address, in postal order.

    >>> address_lines({"line1": "1 High Street", "town": "", "postcode": "AB12 3DE"})
    ['1 High Street', 'AB12 3DE']
    """
    parts = ("line1", "line2", "town", "county", "postcode")
    return [str(value[part]) for part in parts if value.get(part)] if value else []


def counted(number: int, one: str, many: str) -> str:
    """A count with its noun: “1 case”, “3 cases”.

    >>> counted(1, "case", "cases"), counted(0, "case", "cases")
    ('1 case', '0 cases')
    """
    return f"{number:,} {one if number == 1 else many}"


FILTERS = {
    "day": day,
    "short_day": short_day,
    "moment": moment,
    "short_moment": short_moment,
    "machine": machine,
    "address_lines": address_lines,
    "counted": counted,
}
