"""The types of a rule's parts: what each operator takes, and what it gives. Pure.

Behind the check before publishing. An operator objects only to what can do nothing but fail.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from formdefs.dates import as_date, instant, is_time


@dataclass(frozen=True)
class Names:
    """The questions and repeats of one scope.

    questions: key → text, number, boolean, date, time, datetime, list, object or code.
    repeats: key → the names inside its rows. groups: key → the names that are read as parts of it
    (a form among the names of a case type's rules).
    """

    questions: Mapping[str, str]
    repeats: Mapping[str, "Names"]
    groups: Mapping[str, "Names"] = field(default_factory=dict)


@dataclass(frozen=True)
class Type:
    """What is known of a value: its kind, and of lists, rows and literals a little more.

    kind: one of `Names.questions`, or "null", or "any" where nothing is known.
    """

    kind: str
    item: "Type | None" = None  # of a list
    names: Names | None = None  # of a row
    parts: Mapping[str, "Type"] | None = None  # of what `reduce` hands on
    literal: str | None = None  # of a text that is written out

    @property
    def told(self) -> str:
        """The kind in words, with its article."""
        return _TOLD[self.kind]

    def part(self, step: str) -> "Type | None":
        """Give the type of a part, None if there is none."""
        if self.names:
            if step in self.names.repeats:
                return Type("list", item=of_row(self.names.repeats[step]))
            if step in self.names.groups:
                return of_row(self.names.groups[step])
            if step == "_id":
                return TEXT
            kind = self.names.questions.get(step)
            return None if kind is None else Type(kind)
        if self.parts:
            return self.parts.get(step)
        if self.kind == "list" and step.isdigit():
            return self.item or ANY
        return ANY if self.kind in ("object", "any") else None

    def known(self) -> Iterable[str]:
        """Give the names that can be read here."""
        if self.names:
            return [*self.names.questions, *self.names.repeats, *self.names.groups]
        return self.parts or ()


_TOLD = {
    "text": "text",
    "code": "a code",
    "number": "a number",
    "boolean": "yes or no",
    "date": "a date",
    "datetime": "a date and time",
    "time": "a time of day",
    "list": "a list",
    "object": "a group of answers",
    "null": "empty",
    "any": "unknown",
}

ANY, TEXT, NUMBER, BOOLEAN = Type("any"), Type("text"), Type("number"), Type("boolean")
DATE, NULL = Type("date"), Type("null")
_TEXTS = {"text", "code", "date", "datetime", "time"}


def of_row(names: Names) -> Type:
    """Give the type of a row, or of the form, with these names."""
    return Type("object", names=names)


def of_option(attributes: Iterable[str]) -> Type:
    """Give the type of the scope in which an entry of a list stands, as `option`."""
    parts = {name: Type("code" if name == "code" else "text") for name in attributes}
    return Type("object", parts={"option": Type("object", parts=parts)})


def of_literal(rule: object, parts: list[Type]) -> Type:
    """Give the type of what is written out; `parts` are the types of a list's parts."""
    if isinstance(rule, list):
        return Type("list", item=either(parts) if parts else None)
    if rule is None:
        return NULL
    if isinstance(rule, bool):
        return BOOLEAN
    if isinstance(rule, str):
        return Type("text", literal=rule)
    return Type("object") if isinstance(rule, dict) else NUMBER


def of_step(name: str, over: Type) -> Type:
    """Give the type of the innermost scope while an operator goes through a list."""
    item = over.item or ANY
    if name != "reduce":
        return item
    return Type("object", parts={"current": item, "accumulator": ANY})


def either(choices: list[Type]) -> Type:
    """Give the type of a value that may be any of these; an empty one says nothing."""
    told = [choice for choice in choices if choice.kind != "null"]
    if not told:
        return NULL
    first = told[0]
    if all(choice == first for choice in told):
        return first
    if all(choice.kind == first.kind for choice in told):
        return Type(first.kind)
    return TEXT if all(choice.kind in _TEXTS for choice in told) else ANY


def result(name: str, parts: list[Type]) -> Type:
    """Give the type of an operator's value."""
    if name in _RESULTS:
        return _RESULTS[name]
    if name == "if":
        return either([part for place, part in enumerate(parts) if _is_outcome(place, parts)])
    if name in ("and", "or"):
        return either(parts)
    if name in ("min", "max"):
        return _compared(parts)
    if name == "map":
        return Type("list", item=parts[1])
    if name == "filter":
        return parts[0]
    return ANY  # reduce


def _is_outcome(place: int, parts: list[Type]) -> bool:
    return place % 2 == 1 or (place == len(parts) - 1 and len(parts) % 2 == 1)


_RESULTS = {
    **dict.fromkeys(("!", "!!", "==", "!=", "<", "<=", ">", ">=", "in"), BOOLEAN),
    **dict.fromkeys(("some", "all", "none"), BOOLEAN),
    **dict.fromkeys(("+", "-", "*", "/", "%", "sum", "count", "age"), NUMBER),
    **dict.fromkeys(("datediff", "working_days"), NUMBER),
    **dict.fromkeys(("missing", "missing_some"), Type("list", item=TEXT)),
    **dict.fromkeys(("date", "today", "add_working_days"), DATE),
    "cat": TEXT,
}


def objections(name: str, parts: list[Type]) -> Iterator[tuple[int, str]]:
    """Yield each argument that the operator can only fail on: its place, and a sentence."""
    check = _CHECKS.get(name)
    if check:
        yield from check(name, parts)


_Objections = Iterator[tuple[int, str]]


def _numbers(name: str, parts: list[Type]) -> _Objections:
    for place, part in enumerate(parts):
        if part.kind not in ("number", "any"):
            yield place, f"“{name}” takes numbers, and this is {part.told}."


def _equals(name: str, parts: list[Type]) -> _Objections:
    for place, (left, right) in enumerate(pairwise(parts)):
        if "null" not in (left.kind, right.kind):
            yield from _unlike(name, (left, place), (right, place + 1))


def _ordered(name: str, parts: list[Type]) -> _Objections:
    for place, part in enumerate(parts):
        if part.kind not in {"number", "any", *_TEXTS}:
            yield place, f"“{name}” has an order for numbers and dates, and this is {part.told}."
            return
    yield from _equals(name, parts)


def _unlike(name: str, one: tuple[Type, int], other: tuple[Type, int]) -> _Objections:
    """Object to two arguments, each with its place, that can never be the same or ordered."""
    (left, _), (right, place) = one, other
    if "any" in (left.kind, right.kind):
        return
    if _family(left) != _family(right):
        yield place, f"“{name}” has {left.told} beside {right.told}: these are never alike."
        return
    for (typed, _), (written, at) in ((one, other), (other, one)):
        if written.literal is not None and not _fits(typed.kind, written.literal):
            yield at, f"“{written.literal}” is not {typed.told}. Write {_WRITTEN[typed.kind]}."


def _family(known: Type) -> str:
    return "text" if known.kind in _TEXTS else known.kind


_WRITTEN = {"date": "2026-12-31", "datetime": "2026-12-31T09:30:00+00:00", "time": "09:30"}


def _fits(kind: str, literal: str) -> bool:
    if kind == "date":
        return as_date(literal) is not None
    if kind == "datetime":
        return as_date(literal) is not None or instant(literal) is not None
    return is_time(literal) if kind == "time" else True


def _within(name: str, parts: list[Type]) -> _Objections:
    wanted, place = parts
    if place.kind == "list":
        if place.item and "null" not in (wanted.kind, place.item.kind):
            yield from _unlike(name, (place.item, 1), (wanted, 0))
    elif place.kind not in {"any", *_TEXTS}:
        yield 1, f"“in” looks in a list or in text, and this is {place.told}."
    elif place.kind in _TEXTS and wanted.kind not in {"any", *_TEXTS}:
        yield 0, f"“in” looks for text in text, and this is {wanted.told}."


def _items(name: str, parts: list[Type]) -> _Objections:
    if parts[0].kind not in ("list", "any", "null"):
        yield 0, f"“{name}” goes through a list, and this is {parts[0].told}."
    elif name == "sum":
        summed = parts[1] if len(parts) == 2 else parts[0].item or ANY
        if summed.kind not in ("number", "any", "null"):
            yield len(parts) - 1, f"“sum” adds numbers, and this is {summed.told}."


def _extremes(name: str, parts: list[Type]) -> _Objections:
    compared = [part for part in parts if part.kind not in ("null", "any")]
    if len(parts) == 1 and parts[0].kind == "list":
        return
    for place, part in enumerate(parts):
        if part.kind not in {"number", "any", "null", *_TEXTS}:
            yield place, f"“{name}” compares numbers or dates, and this is {part.told}."
        elif part in compared and _family(part) != _family(compared[0]):
            yield place, f"“{name}” compares {compared[0].told} with {part.told}."


def _compared(parts: list[Type]) -> Type:
    if len(parts) == 1 and parts[0].kind == "list":
        return parts[0].item or ANY
    return either([Type(part.kind) for part in parts])


def _text(_name: str, parts: list[Type]) -> _Objections:
    for place, part in enumerate(parts):
        if part.kind in ("list", "object"):
            yield place, f"“cat” joins text and numbers, and this is {part.told}."


def _dates(name: str, parts: list[Type]) -> _Objections:
    for place, part in enumerate(parts[:1] if name == "add_working_days" else parts[:2]):
        if part.kind not in ("date", "datetime", "text", "any"):
            yield place, f"“{name}” takes a date here, and this is {part.told}."
        elif part.literal is not None and as_date(part.literal) is None:
            yield place, f"“{part.literal}” is not a date. Write {_WRITTEN['date']}."
    if name == "add_working_days" and parts[1].kind not in ("number", "any"):
        yield 1, f"“{name}” adds a number of days, and this is {parts[1].told}."
    if name in ("working_days", "add_working_days") and parts[2].kind not in {"any", *_TEXTS}:
        yield 2, f"“{name}” takes the name of a calendar last, and this is {parts[2].told}."


_CHECKS: dict[str, Callable[[str, list[Type]], _Objections]] = {
    **dict.fromkeys(("+", "-", "*", "/", "%"), _numbers),
    **dict.fromkeys(("==", "!="), _equals),
    **dict.fromkeys(("<", "<=", ">", ">="), _ordered),
    **dict.fromkeys(("some", "all", "none", "map", "filter", "reduce", "count", "sum"), _items),
    **dict.fromkeys(("min", "max"), _extremes),
    **dict.fromkeys(("date", "age", "datediff", "working_days", "add_working_days"), _dates),
    "in": _within,
    "cat": _text,
}
