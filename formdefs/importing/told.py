"""An expression of another language as a rule, with the type of its value. Pure.

Shared by XPath and FHIRPath: both convert between types where our rules do not, so each comparison
is written for the types that stand in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ORDERED = ("<", "<=", ">", ">=")
_TEXTS = ("text", "date", "datetime", "time")


class Untold(ValueError):
    """The expression cannot be said as a rule; the text says which part of it."""


@dataclass(frozen=True)
class Told:
    """A rule and the type of its value.

    kind: number, integer, text, boolean, date, datetime, time, code, codes, rows, null, any;
    literal: whether it is written out; values: source's value -> code, of a code; rows: keys of the
    repeats through which it leads, from the outermost in, where it stands for many values.
    """

    rule: Any
    kind: str
    literal: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is a number, whole or not."""
        return self.kind in ("number", "integer")


NULL = Told(None, "null", literal=True)


def compared(operator: str, left: Told, right: Told) -> Told:
    """Compare two values, converting what is written out to the type beside it."""
    for one in (left, right):
        if one.rows or one.kind == "rows":
            raise Untold("a comparison with every row of a repeat")
    if left.literal and not right.literal:
        right, left = _alike(right, left), right
        operator = _TURNED.get(operator, operator)
    else:
        right = _alike(left, right)
    if operator in ORDERED and (left.kind in _UNORDERED or right.kind in _UNORDERED):
        raise Untold(f"“{operator}” between values without an order")
    unknown = {"any", "null"} & {left.kind, right.kind}
    if _family(left) != _family(right) and not unknown:
        raise Untold(f"a comparison of {left.kind} with {right.kind}")
    return Told({operator: [left.rule, right.rule]}, "boolean")


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UNORDERED = ("boolean", "code", "codes", "rows", "null")


def selected(of: Told, code: Told) -> Told:
    """Say whether a code is among those chosen."""
    if not code.literal:
        if of.kind == "codes" and code.kind == "code":
            return Told({"in": [code.rule, of.rule]}, "boolean")
        raise Untold("“selected” of what is not written out")
    wanted = code_of(of, code.rule)
    if of.kind == "codes":
        return Told({"in": [wanted, of.rule]}, "boolean")
    if of.kind == "code":
        return Told({"==": [of.rule, wanted]}, "boolean")
    raise Untold("“selected” of what is no choice")


def code_of(of: Told, value: Any) -> str:
    """Return the code of one of the source's values."""
    return of.values.get(str(value), str(value))


def arithmetic(operator: str, left: Told, right: Told) -> Told:
    """Calculate with two numbers."""
    for one in (left, right):
        if one.rows or not (one.is_number or one.kind in ("any", "null")):
            raise Untold(f"“{operator}” with {one.kind}")
    whole = operator != "/" and left.kind == right.kind == "integer"
    return Told({operator: [left.rule, right.rule]}, "integer" if whole else "number")


def both(word: str, left: Told, right: Told) -> Told:
    """Join two conditions."""
    return Told({word: [truth(left).rule, truth(right).rule]}, "boolean")


def truth(of: Told) -> Told:
    """Take a value as a condition."""
    if of.rows:
        raise Untold("a condition on every row of a repeat")
    return of


def inverse(of: Told) -> Told:
    """Turn a condition round."""
    return Told({"!": [truth(of).rule]}, "boolean")


def either(condition: Told, yes: Told, no: Told) -> Told:
    """Choose between two values."""
    kind = yes.kind if yes.kind == no.kind or no.kind == "null" else no.kind
    if "null" not in (yes.kind, no.kind) and yes.kind != no.kind:
        kind = "number" if yes.is_number and no.is_number else "text"
        if kind == "text" and not {yes.kind, no.kind} <= {*_TEXTS, "code"}:
            raise Untold(f"a choice between {yes.kind} and {no.kind}")
    return Told({"if": [truth(condition).rule, yes.rule, no.rule]}, kind)


def over_rows(name: str, of: Told) -> Told:
    """Count, add up, or take the least or most of the values of all rows."""
    if of.kind == "rows" and name == "count":
        return Told({"count": [_rows(of.rows, of.rule)]}, "integer")
    if not of.rows:
        if of.kind == "codes" and name == "count":
            return Told({"count": [of.rule]}, "integer")
        if name == "sum" and of.is_number:
            return of
        raise Untold(f"“{name}” of what is not in a repeat")
    if len(of.rows) > 1:
        raise Untold(f"“{name}” through a repeat in a repeat")
    rows = {"var": of.rows[0]}
    if name == "sum":
        return Told({"sum": [rows, of.rule]}, of.kind)
    if name == "count":
        return Told({"count": [rows, {"!=": [of.rule, None]}]}, "integer")
    return Told({name: [{"map": [rows, of.rule]}]}, of.kind)


def _rows(rows: tuple[str, ...], rule: Any) -> Any:
    if len(rows) > 1:
        raise Untold("rows of a repeat in a repeat")
    return rule


def _alike(beside: Told, written: Told) -> Told:
    """Write a literal as the value beside it is written."""
    if not written.literal:
        return written
    value = written.rule
    if value == "":
        return NULL
    if beside.kind == "code":
        return Told(code_of(beside, value), "code", literal=True)
    if beside.kind == "codes" and isinstance(value, str):
        return Told([code_of(beside, part) for part in value.split()], "codes", literal=True)
    if beside.is_number and isinstance(value, str):
        number = _number(value)
        return written if number is None else Told(number, "number", literal=True)
    if beside.kind == "text" and written.is_number:
        return Told(str(value), "text", literal=True)
    if beside.kind == "boolean" and str(value).lower() in _TRUE | _FALSE:
        return Told(str(value).lower() in _TRUE, "boolean", literal=True)
    if beside.kind in ("date", "datetime", "time") and isinstance(value, str):
        return Told(value, beside.kind, literal=True)
    return written


_TRUE, _FALSE = {"true", "yes", "1", "ok"}, {"false", "no", "0"}


def _number(text: str) -> int | float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _family(of: Told) -> str:
    if of.is_number:
        return "number"
    return "text" if of.kind in (*_TEXTS, "code") else of.kind
