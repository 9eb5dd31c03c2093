"""XPath as XLSForm writes it, as rules: the functions of `FUNCTIONS`, and no others. Pure.

`${name}` is a question, `.` the question itself, a bare name a column of the choices. XForms
functions: getodk.github.io/xforms-spec. What is outside is refused by its name, never guessed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formdefs.importing import told
from formdefs.importing.told import NULL, Told, Untold

MAX_LENGTH = 4000
MAX_DEPTH = 14
Resolve = Callable[[str], Told]

_TOKEN = re.compile(
    r"""\s*(?:(?P<ref>\$\{[^}]*\})|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<text>"[^"]*"|'[^']*')"""
    r"""|(?P<name>[A-Za-z_][\w.-]*)|(?P<mark>!=|<=|>=|//|\.\.|[=<>+\-*/(),.\[\]|@:]))"""
)
_BINDING = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "div": 6, "mod": 6,
}  # fmt: skip
_WORDS = ("or", "and", "div", "mod")
_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "div": "/", "mod": "%"}


def translate(
    text: str, refer: Resolve, this: Told | None = None, column: Resolve | None = None
) -> Told:
    """Translate an expression.

    refer: what `${name}` stands for; this: what `.` stands for; column: what a bare name stands for.
    Raises Untold with the part that has no counterpart.
    """
    if len(text) > MAX_LENGTH:
        raise Untold(f"an expression of more than {MAX_LENGTH} characters")
    parser = _Parser(_tokens(text), refer, this, column)
    made = parser.expression(0)
    if parser.place < len(parser.tokens):
        raise Untold(f"“{parser.tokens[parser.place][1]}” where it stands")
    return made


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise Untold(f"“{text[place : place + 20].strip()}”")
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


@dataclass
class _Parser:
    """A Pratt parser over the tokens, which gives rules instead of a tree."""

    tokens: Sequence[tuple[str, str]]
    refer: Resolve
    this: Told | None
    column: Resolve | None
    place: int = 0
    depth: int = 0

    def expression(self, binding: int) -> Told:
        self.depth += 1
        if self.depth > MAX_DEPTH * 3:
            raise Untold("an expression nested so deeply")
        left = self._first()
        while (operator := self._operator()) and _BINDING[operator] > binding:
            self.place += 1
            left = _operated(operator, left, self.expression(_BINDING[operator]))
        self.depth -= 1
        return left

    def _operator(self) -> str:
        if self.place >= len(self.tokens):
            return ""
        kind, text = self.tokens[self.place]
        if kind == "mark" and text in _BINDING:
            return text
        return text if kind == "name" and text in _WORDS else ""

    def _first(self) -> Told:
        kind, text = self._next()
        if kind == "number":
            value = float(text)
            whole = value.is_integer() and "." not in text
            return Told(
                int(value) if whole else value, "integer" if whole else "number", literal=True
            )
        if kind == "text":
            return Told(text[1:-1], "text", literal=True)
        if kind == "ref":
            return self.refer(text[2:-1].strip())
        if text == "-":
            return _negative(self.expression(7))
        if text == "(":
            inner = self.expression(0)
            self._expect(")")
            return inner
        if text == "." and self.this is not None and not self._is_next("/"):
            return self.this
        if kind == "name":
            if self._is_next("("):
                return self._call(text)
            if self.column is not None and not self._is_next("/"):
                return self.column(text)
        raise Untold(f"the path “{text}”")

    def _call(self, name: str) -> Told:
        self._expect("(")
        arguments: list[Told] = []
        if not self._is_next(")"):
            arguments.append(self.expression(0))
            while self._is_next(","):
                self.place += 1
                arguments.append(self.expression(0))
        self._expect(")")
        function = FUNCTIONS.get(name)
        if function is None:
            raise Untold(f"the function “{name}”")
        least, most, made = function
        if not least <= len(arguments) <= most:
            raise Untold(f"“{name}” with {len(arguments)} arguments")
        return made(arguments)

    def _next(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise Untold("an expression that breaks off")
        self.place += 1
        return self.tokens[self.place - 1]

    def _is_next(self, mark: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place] == ("mark", mark)

    def _expect(self, mark: str) -> None:
        if not self._is_next(mark):
            raise Untold(f"an expression without its “{mark}”")
        self.place += 1


def _operated(operator: str, left: Told, right: Told) -> Told:
    if operator in ("and", "or"):
        return told.both(operator, left, right)
    if operator in _ARITHMETIC:
        return told.arithmetic(_ARITHMETIC[operator], left, right)
    return told.compared("==" if operator == "=" else operator, left, right)


def _negative(of: Told) -> Told:
    if of.literal and of.is_number:
        return Told(-of.rule, of.kind, literal=True)
    return told.arithmetic("-", Told(0, "integer", literal=True), of)


def _coalesce(given: list[Told]) -> Told:
    first, second = given
    return told.either(Told({"!=": [first.rule, None]}, "boolean"), first, _empty(second))


def _if(given: list[Told]) -> Told:
    return told.either(given[0], _empty(given[1]), _empty(given[2]))


def _empty(of: Told) -> Told:
    return NULL if of.literal and of.rule == "" else of


def _concat(given: list[Told]) -> Told:
    if any(one.rows or one.kind in ("codes", "rows") for one in given):
        raise Untold("“concat” of lists")
    return Told({"cat": [one.rule for one in given]}, "text")


def _date(given: list[Told]) -> Told:
    (one,) = given
    if one.kind in ("date", "datetime"):
        return Told({"date": [one.rule]}, "date")
    if one.literal and isinstance(one.rule, str):
        return Told(one.rule, "date", literal=True)
    raise Untold("“date” of what is no date")


def _number_of(given: list[Told]) -> Told:
    if given[0].is_number:
        return given[0]
    raise Untold("“number” of what is no number")


def _extreme(name: str) -> Callable[[list[Told]], Told]:
    def made(given: list[Told]) -> Told:
        if len(given) == 1:
            return told.over_rows(name, given[0])
        kinds = {one.kind for one in given}
        if any(one.rows for one in given) or not (
            kinds <= {"number", "integer"} or len(kinds) == 1
        ):
            raise Untold(f"“{name}” of unlike values")
        kind = "number" if "number" in kinds else given[0].kind
        return Told({name: [one.rule for one in given]}, kind)

    return made


def _constant(rule: Any, kind: str, *, literal: bool = True) -> Callable[[list[Told]], Told]:
    return lambda _given: Told(rule, kind, literal=literal)


def _text_of(given: list[Told]) -> Told:
    return given[0] if given[0].kind == "text" else _concat(given)


FUNCTIONS: Mapping[str, tuple[int, int, Callable[[list[Told]], Told]]] = {
    "not": (1, 1, lambda given: told.inverse(given[0])),
    "selected": (2, 2, lambda given: told.selected(given[0], given[1])),
    "count-selected": (1, 1, lambda given: told.over_rows("count", given[0])),
    "count": (1, 1, lambda given: told.over_rows("count", given[0])),
    "sum": (1, 1, lambda given: told.over_rows("sum", given[0])),
    "min": (1, 20, _extreme("min")),
    "max": (1, 20, _extreme("max")),
    "if": (3, 3, _if),
    "coalesce": (2, 2, _coalesce),
    "concat": (1, 20, _concat),
    "string": (1, 1, _text_of),
    "number": (1, 1, _number_of),
    "boolean": (1, 1, lambda given: Told({"!!": [told.truth(given[0]).rule]}, "boolean")),
    "date": (1, 1, _date),
    "today": (0, 0, _constant({"today": []}, "date", literal=False)),
    "now": (0, 0, _constant({"today": []}, "date", literal=False)),
    "true": (0, 0, _constant(True, "boolean")),
    "false": (0, 0, _constant(False, "boolean")),
}
"""The functions that have a counterpart: least and most arguments, and what they become. `now` is
the day alone."""
