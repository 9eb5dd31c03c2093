"""Check of an answer what JSON Schema cannot: limits of amounts and dates, check digits. Pure."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from formdefs import patterns
from formdefs.answer_options import TODAY, Raw
from formdefs.said import Said, said

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
Finding = tuple[str, str]  # (code, what is wrong: goes on after the question's label)


def as_decimal(value: Any) -> Decimal | None:
    """Read a decimal string or a JSON number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def check_amount(question: Raw, value: Any, _on: date | None) -> Iterator[Finding]:
    """Compare with the limits."""
    amount = as_decimal(value)
    least, most = as_decimal(question.get("minimum")), as_decimal(question.get("maximum"))
    if amount is None:
        return
    sign = "£" if question["type"] == "money" else ""
    if least is not None and amount < least:
        yield "minimum", said("must be {limit} or more", limit=f"{sign}{question['minimum']}")
    if most is not None and amount > most:
        yield "maximum", said("must be {limit} or less", limit=f"{sign}{question['maximum']}")


def check_date(question: Raw, value: Any, on: date | None) -> Iterator[Finding]:
    """Compare with the limits; a partial date breaks a limit only if all of it lies beyond."""
    day = str(value)[:10]
    first, last = _limit(question, "not_before", on), _limit(question, "not_after", on)
    if first and day < first[: len(day)]:
        if question["not_before"] == TODAY:
            yield "not_before", Said("must be today or in the future")
        else:
            yield "not_before", said("must be the same as or after {day}", day=day_said(first))
    if last and day > last[: len(day)]:
        if question["not_after"] == TODAY:
            yield "not_after", Said("must be today or in the past")
        else:
            yield "not_after", said("must be the same as or before {day}", day=day_said(last))


def _limit(question: Raw, option: str, on: date | None) -> str:
    """Return a limit's date; "" where there is none, or it is today and the day is not known."""
    limit: str = question.get(option, "")
    if limit == TODAY:
        return on.isoformat() if on else ""
    return limit


def in_words(day: str) -> str:
    """Write an ISO date as GOV.UK does: "24 November 2026"."""
    return str(day_said(day))


def day_said(day: str) -> Said:
    """Write an ISO date so that its month can be named in another language."""
    written = date.fromisoformat(day)
    month = Said(MONTHS[written.month - 1])
    return said("{day} {month} {year}", day=written.day, month=month, year=written.year)


def check_nhs_number(_question: Raw, value: Any, _on: date | None) -> Iterator[Finding]:
    """See that the check digit fits."""
    if not patterns.nhs_number_holds(value):
        yield "invalid", "must be a real NHS number: its last digit does not fit the other nine"


def check_upn(_question: Raw, value: Any, _on: date | None) -> Iterator[Finding]:
    """See that the check letter fits."""
    if not patterns.upn_holds(value):
        yield "invalid", "must be a real UPN: its first letter does not fit the rest"
