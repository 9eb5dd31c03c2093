"""Where the source's own data lies in our answers, and both ways between them. Pure.

The source's data nests as its author pleased; ours is flat in each scope. A `Shape` has the
source's nesting with our keys at its ends, so that data goes in and comes out the same.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

from formdefs.importing.naming import name_fits, row_id

Path = tuple[str | int, ...]
_ABSENT: Any = object()
WORKED_OUT = "worked_out"  # a calculated answer: nothing goes in, and nothing comes out


@dataclass
class Value:
    """One answer. how: a name in `HOW`; codes: code -> the source's value, of a choice."""

    key: str
    how: str = "same"
    codes: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Object:
    """Named parts, which lie beside each other in the same scope; others: further names."""

    parts: "dict[str, Shape]" = field(default_factory=dict)
    others: "list[Named]" = field(default_factory=list)


@dataclass
class Named:
    """Parts that the data names: rows of the repeat `key`, each with its name under `name`.

    pattern: what a name must match to be one of these, "" for any.
    """

    key: str
    name: str
    item: "Shape"
    pattern: str = ""


@dataclass
class Rows:
    """Rows of the repeat `key`; a row of plain values has one question."""

    key: str
    item: "Shape"


@dataclass
class Either:
    """One of several shapes; which one is answered under `key` with the alternative's code.

    fits: code -> whether data is of that alternative, tried in order.
    """

    key: str
    alternatives: "dict[str, Shape]"
    fits: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)


Shape = Value | Object | Rows | Either


@dataclass
class Holder:
    """The shape of one scope in the making: the form's, a row's, or an alternative's; base: its steps."""

    base: tuple[str, ...]
    shape: Shape | None = None

    def object_at(self, steps: tuple[str, ...]) -> Object:
        """Return the object at a place in the data; it and the groups around it come into being."""
        if not isinstance(self.shape, Object):
            self.shape = Object()
        found = self.shape
        for step in steps[len(self.base) :]:
            part = found.parts.get(step)
            if not isinstance(part, Object):
                part = found.parts[step] = Object()
            found = part
        return found

    def plant(self, steps: tuple[str, ...], shape: Shape) -> None:
        """Put a shape at its place in the data; the groups around it come into being."""
        inner = steps[len(self.base) :]
        if not inner:
            self.shape = shape
            return
        if not isinstance(self.shape, Object):
            self.shape = Object()
        found = self.shape
        for step in inner[:-1]:
            part = found.parts.setdefault(step, Object())
            if not isinstance(part, Object):
                return
            found = part
        found.parts[inner[-1]] = shape


class Unfit(ValueError):
    """A value has no place in the answers, or could not come back as it is; `path` is its place."""

    def __init__(self, path: Path, says: str) -> None:
        self.path = path
        super().__init__(f"{pointer(path) or 'The whole'}: {says}")


def pointer(path: Path) -> str:
    """Write a place in data as a JSON Pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def answers_in(shape: Shape, data: Any) -> dict[str, Any]:
    """Turn the source's data into answers; what is null or absent is no answer.

    Row ids come from the row's place, so that the same data gives the same rows. Raises Unfit for
    what has no place: nothing is dropped in silence.
    """
    answers: dict[str, Any] = {}
    _in(shape, data, (), answers)
    return answers


def _in(shape: Shape, data: Any, path: Path, answers: dict[str, Any]) -> None:
    if data is None:
        return
    if isinstance(shape, Value):
        if shape.how == WORKED_OUT or (not isinstance(data, Mapping) and is_empty(data)):
            return
        value = HOW[shape.how][0](data, shape)
        if value is None:
            raise Unfit(path, f"{_short(data)} is not an answer to “{shape.key}”.")
        answers[shape.key] = value
    elif isinstance(shape, Object):
        if not isinstance(data, Mapping):
            raise Unfit(path, f"{_short(data)} is not a group of values.")
        for name, part in data.items():
            if name in shape.parts:
                _in(shape.parts[name], part, (*path, name), answers)
            elif not is_empty(part):
                _in_named(shape, name, part, path, answers)
    elif isinstance(shape, Rows):
        if not isinstance(data, list):
            raise Unfit(path, f"{_short(data)} is not a list.")
        rows = []
        for index, item in enumerate(data):
            row: dict[str, Any] = {"_id": row_id(pointer((*path, index)))}
            _in(shape.item, item, (*path, index), row)
            rows.append(row)
        if rows:
            answers[shape.key] = rows
    else:
        code = next((c for c in shape.alternatives if shape.fits[c](data)), None)
        if code is None:
            raise Unfit(path, f"{_short(data)} is none of the alternatives.")
        answers[shape.key] = code
        _in(shape.alternatives[code], data, path, answers)


def _in_named(shape: Object, name: str, part: Any, path: Path, answers: dict[str, Any]) -> None:
    here = (*path, name)
    for named in shape.others:
        if name and (not named.pattern or name_fits(named.pattern, name)):
            row: dict[str, Any] = {"_id": row_id(pointer(here)), named.name: name}
            _in(named.item, part, here, row)
            answers.setdefault(named.key, []).append(row)
            return
    raise Unfit(here, "the form has no question for it.")


def answers_out(shape: Shape, answers: Mapping[str, Any]) -> Any:
    """Turn answers into the source's data; where nothing is answered, what is empty of its kind."""
    found = _out(shape, answers)
    return _nothing(shape) if found is _ABSENT else found


def _nothing(shape: Shape) -> Any:
    return {} if isinstance(shape, Object) else [] if isinstance(shape, Rows) else None


def _out(shape: Shape, answers: Mapping[str, Any]) -> Any:
    if isinstance(shape, Value):
        answer = None if shape.how == WORKED_OUT else answers.get(shape.key)
        return _ABSENT if answer is None else HOW[shape.how][1](answer, shape)
    if isinstance(shape, Object):
        parts = {name: _out(part, answers) for name, part in shape.parts.items()}
        kept = {name: part for name, part in parts.items() if part is not _ABSENT}
        return {**_named_out(shape, answers), **kept} or _ABSENT
    if isinstance(shape, Rows):
        rows = answers.get(shape.key)
        if not isinstance(rows, list):
            return _ABSENT
        found = [_out(shape.item, row) for row in rows]
        return [_nothing(shape.item) if item is _ABSENT else item for item in found]
    code = answers.get(shape.key)
    chosen = shape.alternatives.get(code) if isinstance(code, str) else None
    return _ABSENT if chosen is None else _out(chosen, answers)


def _named_out(shape: Object, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has a name and a value; of two of the same name the last."""
    found: dict[str, Any] = {}
    for named in shape.others:
        rows = answers.get(named.key)
        for row in rows if isinstance(rows, list) else ():
            part, name = _out(named.item, row), row.get(named.name)
            if isinstance(name, str) and part is not _ABSENT:
                found[name] = part
    return found


def is_empty(data: Any) -> bool:
    """Say whether data says nothing: null, blank text, or a list or object that is empty."""
    if isinstance(data, Mapping):
        return all(is_empty(part) for part in data.values())
    return data is None or data == [] or (isinstance(data, str) and not data.strip())


def without_empty(data: Any) -> Any:
    """Leave out what says nothing, at any depth; items of lists stay, as rows do, as null."""
    if is_empty(data):
        return None
    if isinstance(data, Mapping):
        kept = {name: without_empty(part) for name, part in data.items()}
        return {name: part for name, part in kept.items() if not is_empty(part)}
    if isinstance(data, list):
        return [without_empty(item) for item in data]
    return data


def same(one: Any, other: Any) -> bool:
    """Say whether two pieces of data are the same JSON: numbers by value, the rest exactly.

    >>> same({"a": [1, True]}, {"a": [1.0, True]}), same(1, True), same("1", 1)
    (True, False, False)
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def _short(data: Any) -> str:
    try:
        text = json.dumps(data, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = type(data).__name__
    return text if len(text) <= 40 else f"{text[:39]}…"


def is_number(data: Any) -> TypeGuard[int | float]:
    """Say whether data is a JSON number, which true and false are not."""
    if isinstance(data, bool) or not isinstance(data, int | float | Decimal):
        return False
    return data.bit_length() <= 256 if isinstance(data, int) else math.isfinite(data)


def canonical_decimal(data: Any) -> str | None:
    """Write a number as our decimals are: no superfluous zero, no exponent.

    >>> canonical_decimal(3.0), canonical_decimal("10.20"), canonical_decimal(1e-7)
    ('3', '10.2', '0.0000001')
    """
    try:
        number = Decimal(str(data))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return None
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _json_number(text: str) -> int | float:
    return int(text) if "." not in text else float(text)


def _any(data: Any, _shape: Value) -> str | None:
    """Write a value of any kind as text: a string as it is, unless it could be read as JSON."""
    if isinstance(data, str) and _read(data) is _ABSENT:
        return data
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return None


def _read(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _ABSENT


def _refuse(word: str) -> Any:
    raise ValueError(word)  # NaN and Infinity are no JSON


def _any_out(answer: Any, _shape: Value) -> Any:
    found = _read(answer)
    return answer if found is _ABSENT else found


def _text(data: Any, _shape: Value) -> str | None:
    return data if isinstance(data, str) and data else None


def _time(data: Any, _shape: Value) -> str | None:
    """Take HH:MM or HH:MM:00: our times have no seconds, and none may be dropped."""
    if isinstance(data, str) and len(data) == 8 and data.endswith(":00"):
        return data[:5]
    return data if isinstance(data, str) and len(data) == 5 else None


def _code(data: Any, shape: Value) -> str | None:
    return next((code for code, value in shape.codes.items() if same(value, data)), None)


def _codes(data: Any, shape: Value) -> list[str] | None:
    found = [_code(item, shape) for item in data] if isinstance(data, list) else [None]
    return None if None in found else [code for code in found if code]


HOW: Mapping[str, tuple[Callable[[Any, Value], Any], Callable[[Any, Value], Any]]] = {
    "same": (lambda data, _s: data, lambda answer, _s: answer),
    "any": (_any, _any_out),
    "text": (_text, lambda answer, _s: answer),
    "yes_no": (
        lambda data, _s: data if isinstance(data, bool) else None,
        lambda answer, _s: answer,
    ),
    "integer": (
        lambda data, _s: int(data) if is_number(data) and data == int(data) else None,
        lambda answer, _s: answer,
    ),
    "decimal": (
        lambda data, _s: canonical_decimal(data) if is_number(data) else None,
        lambda answer, _s: _json_number(answer),
    ),
    "time": (_time, lambda answer, _s: f"{answer}:00"),
    "acknowledged": (
        lambda data, _s: True if data == "OK" else False if data is False else None,
        lambda answer, _s: "OK" if answer else False,
    ),
    "short_time": (_time, lambda answer, _s: answer),
    "code": (_code, lambda answer, shape: shape.codes.get(answer, answer)),
    "codes": (_codes, lambda answer, shape: [shape.codes.get(code, code) for code in answer]),
}
"""Both ways for each kind of value: (into an answer, or None if it is none; out of an answer)."""
