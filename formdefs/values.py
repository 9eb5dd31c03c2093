"""The values of the rule language: numbers, truth, sameness, order, text. Pure.

Every function here has a twin of the same meaning in `formdefs/browser/rules.js`; the shared cases
hold them together. The types are told in `docs/reference/rules.md`.
"""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from formdefs.dates import instant, is_date, is_time

Value = Any
"""None, bool, int (within ±LARGEST_INT), Decimal, str, list or dict."""

Number = int | Decimal

LARGEST_INT = 2**53 - 1  # the largest whole number that every JSON reader keeps
_EXPONENTS = range(-99, 100)  # of a number's leading digit

_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")

# No traps: what fails is NaN or infinite, and `tidy` makes it null.
DECIMALS = Context(prec=34, rounding=ROUND_HALF_EVEN, traps=[])


def tidy(number: Decimal) -> Number | None:
    """Round to 34 digits in lowest terms; an int where it can be; None beyond the range.

    >>> tidy(Decimal("2.50")), tidy(Decimal("1E+3")), tidy(Decimal("NaN"))
    (Decimal('2.5'), 1000, None)
    """
    if not number.is_finite():
        return None
    rounded = number.normalize(DECIMALS)
    if not rounded:
        return 0
    if rounded.adjusted() not in _EXPONENTS:
        return None
    if rounded == rounded.to_integral_value() and abs(rounded) <= LARGEST_INT:
        return int(rounded)
    return rounded


def read(value: object) -> Value:
    """Give an answer as a value: floats become decimals, what cannot be a value becomes None."""
    if value is None or isinstance(value, str | bool | list | dict):
        return value
    return number(value)


def number(value: object) -> Number | None:
    """Give the number, or None if the value is none (a boolean is none)."""
    kind = type(value)
    if kind is int:
        return value if -LARGEST_INT <= value <= LARGEST_INT else None  # type: ignore[operator,return-value]
    if kind is Decimal:
        return tidy(value)  # type: ignore[arg-type]
    if kind is float and abs(value) <= LARGEST_INT:  # type: ignore[arg-type]
        return tidy(Decimal(repr(value)))
    return None


def truthy(value: Value) -> bool:
    """JsonLogic's truth: null, false, 0, "" and [] are false; {} and "0" are true."""
    return bool(value) or isinstance(value, dict)


def same(left: object, right: object, spend: Callable[[int], None]) -> bool:
    """Compare type and value; date-times by instant. Each pair of parts costs a step."""
    if not isinstance(left, list | dict):
        return _same_scalar(left, right)
    pairs = [(left, right)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            spend(len(one))
            pairs.extend(zip(reversed(one), reversed(other), strict=True))
        elif isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return False
            spend(len(one))
            pairs.extend((one[key], other[key]) for key in sorted(one, reverse=True))
        elif not _same_scalar(one, other):
            return False
    return True


def _same_scalar(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        # Only two date-times may be the same moment in different words.
        return one == other or (len(one) > 19 and len(other) > 19 and order(one, other) == 0)
    if one is None or isinstance(one, bool) or other is None or isinstance(other, bool):
        return one is other
    first, second = number(one), number(other)
    return first is not None and second is not None and first == second


def order(left: Value, right: Value) -> int | None:
    """Give -1, 0 or 1 between two numbers or two texts; None where there is no order."""
    if isinstance(left, str) and isinstance(right, str):
        if len(left) > 19 and len(right) > 19:
            first, second = instant(left), instant(right)
            if first is not None and second is not None:
                return (first > second) - (first < second)
        return (left > right) - (left < right)
    if type(left) is int and type(right) is int:
        return (left > right) - (left < right)
    one, other = number(left), number(right)
    if one is None or other is None:
        return None
    return (one > other) - (one < other)


def size(value: Value) -> int:
    """Count the value and all its parts, however deep."""
    if not isinstance(value, list | dict):
        return 1
    counted, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        counted += 1
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one.values())
    return counted


def number_text(value: Number) -> str:
    """Write a number in plain digits, without superfluous zeros.

    >>> number_text(Decimal("1E+20")), number_text(Decimal("0.5"))
    ('100000000000000000000', '0.5')
    """
    return str(value) if isinstance(value, int) else format(value, "f")


def typed(kind: str, answer: Value) -> Value:
    """Convert a stored answer to the value that rules see, by the kind of the question.

    Kinds are those of `Names.questions`. What is not of its kind is None.

    >>> typed("number", "12.50"), typed("date", "2026-02-30"), typed("text", "")
    (Decimal('12.5'), None, None)
    """
    if answer == "":
        return None
    if kind == "number":
        if isinstance(answer, str):
            return tidy(Decimal(answer)) if _NUMBER.fullmatch(answer) else None
        return number(answer)
    check = _TEXTS.get(kind)
    if check is None:
        return answer
    return answer if isinstance(answer, str) and check(answer) else None


_TEXTS: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "datetime": lambda text: instant(text) is not None,
    "time": is_time,
}
