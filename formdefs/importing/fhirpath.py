"""FHIRPath over a QuestionnaireResponse, as rules: a listed set of paths and functions. Pure.

A path is `%resource` and steps that end in `where(linkId='…')` and `answer.value`; `%resource` is
the whole response, so that what stands in a repeating group gives one value for each of its rows.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from formdefs.importing import told
from formdefs.importing.told import NULL, Told, Untold

MAX_LENGTH = 4000
_DEEPEST = 40
_TOKEN = re.compile(
    r"""\s*(?:(?P<date>@\d{4}-\d{2}-\d{2}(?!T))|(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*')"""
    r"""|(?P<name>%?[A-Za-z_][\w-]*|`[^`]*`)|(?P<mark>!=|<=|>=|[=<>+\-*/&|(),.{}\[\]]))"""
)
_BINDING = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "&": 5, "*": 6, "/": 6, "mod": 6,
}  # fmt: skip
_STEPS = ("item", "answer", "value", "code", "ofType", "descendants", "first", "last")


def translate(text: str, refer: Callable[[str], Told]) -> Told:
    """Translate an expression; `refer` says what a link id stands for. Raises Untold."""
    if len(text) > MAX_LENGTH:
        raise Untold(f"an expression of more than {MAX_LENGTH} characters")
    parser = _Parser(_tokens(text), refer)
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
    tokens: Sequence[tuple[str, str]]
    refer: Callable[[str], Told]
    place: int = 0
    depth: int = 0

    def expression(self, binding: int) -> Told:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Untold("an expression nested so deeply")
        left = self._chained(self._first())
        while (operator := self._operator()) and _BINDING[operator] > binding:
            self.place += 1
            left = _operated(operator, left, self.expression(_BINDING[operator]))
        self.depth -= 1
        return left

    def _operator(self) -> str:
        if self.place >= len(self.tokens):
            return ""
        kind, text = self.tokens[self.place]
        if kind in ("mark", "name") and text in _BINDING:
            return text
        return ""

    def _first(self) -> Told:
        kind, text = self._next()
        if kind == "number":
            whole = "." not in text
            return Told(
                int(text) if whole else float(text), "integer" if whole else "number", literal=True
            )
        if kind == "text":
            return Told(re.sub(r"\\(.)", r"\1", text[1:-1]), "text", literal=True)
        if kind == "date":
            return Told(text[1:], "date", literal=True)
        if text == "(":
            inner = self.expression(0)
            self._expect(")")
            return inner
        if text == "-":
            of = self.expression(7)
            if of.literal and of.is_number:
                return Told(-of.rule, of.kind, literal=True)
            return told.arithmetic("-", Told(0, "integer", literal=True), of)
        if text == "{" and self._is_next("}"):
            self.place += 1
            return NULL
        if text in ("true", "false"):
            return Told(text == "true", "boolean", literal=True)
        if text == "%resource":
            return self._path()
        if kind == "name" and self._is_next("("):
            return self._called(text, None)
        raise Untold(f"“{text}”")

    def _path(self) -> Told:
        """Follow a path from the whole response to the answer that it names."""
        link_id = ""
        while self._is_next("."):
            name = self.tokens[self.place + 1][1] if self.place + 1 < len(self.tokens) else ""
            if name == "where":
                self.place += 2
                link_id = self._link_id()
            elif name in _STEPS:
                self.place += 2
                if self._is_next("("):
                    self._skip()
            else:
                break
        if not link_id:
            raise Untold("a path without a link id")
        return self.refer(link_id)

    def _link_id(self) -> str:
        wanted = [("mark", "("), ("name", "linkId"), ("mark", "=")]
        found = list(self.tokens[self.place : self.place + 5])
        if len(found) < 5 or found[:3] != wanted or found[3][0] != "text" or found[4][1] != ")":
            raise Untold("“where” of anything but one link id")
        self.place += 5
        return found[3][1][1:-1]

    def _skip(self) -> None:
        self._expect("(")
        if not self._is_next(")"):
            self._next()
        self._expect(")")

    def _chained(self, of: Told) -> Told:
        while self._is_next("."):
            self.place += 1
            kind, name = self._next()
            if kind != "name":
                raise Untold("a path that breaks off")
            if name in ("value", "code", "answer", "first", "last"):
                if self._is_next("("):
                    self._skip()
                continue
            of = self._called(name, of)
        return of

    def _called(self, name: str, of: Told | None) -> Told:
        self._expect("(")
        given: list[Told] = [] if of is None else [of]
        if not self._is_next(")"):
            given.append(self.expression(0))
            while self._is_next(","):
                self.place += 1
                given.append(self.expression(0))
        self._expect(")")
        function = FUNCTIONS.get(name)
        if function is None or len(given) != function[0]:
            raise Untold(f"the function “{name}”" + (f" of {len(given)}" if function else ""))
        return function[1](given)

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
    if operator == "&":
        return _joined(left, right)
    if operator in ("+", "-", "*", "/", "mod"):
        if operator == "+" and left.kind == right.kind == "text":
            return _joined(left, right)
        return told.arithmetic("%" if operator == "mod" else operator, left, right)
    if operator in ("=", "!=") and "codes" in (left.kind, right.kind):
        raise Untold("a comparison of several choices")
    return told.compared("==" if operator == "=" else operator, left, right)


def _joined(left: Told, right: Told) -> Told:
    if left.rows or right.rows or {left.kind, right.kind} & {"codes", "rows"}:
        raise Untold("“&” of several values")
    return Told({"cat": [left.rule, right.rule]}, "text")


def _exists(given: list[Told]) -> Told:
    (one,) = given
    if one.kind == "rows" or one.rows:
        return Told({">": [told.over_rows("count", one).rule, 0]}, "boolean")
    return Told({"!=": [one.rule, None]}, "boolean")


def _over(name: str) -> Callable[[list[Told]], Told]:
    return lambda given: told.over_rows(name, given[0])


FUNCTIONS: Mapping[str, tuple[int, Callable[[list[Told]], Told]]] = {
    "exists": (1, _exists),
    "empty": (1, lambda given: told.inverse(_exists(given))),
    "not": (1, lambda given: told.inverse(given[0])),
    "iif": (3, lambda given: told.either(*given)),
    "sum": (1, _over("sum")),
    "count": (1, _over("count")),
    "min": (1, _over("min")),
    "max": (1, _over("max")),
    "today": (0, lambda _given: Told({"today": []}, "date")),
    "now": (0, lambda _given: Told({"today": []}, "date")),
}
"""The functions that have a counterpart, with how many values each takes. `now` is the day alone."""
