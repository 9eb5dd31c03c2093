"""Random sound forms, with pages, sections, nested repeats and rules, and answers to them."""

import datetime
from typing import Any

from hypothesis import strategies as st

from tests.forms import a_form, page, question, repeat, section
from tests.pure.answers_at_random import LISTS, right

TODAY = datetime.date(2026, 11, 24)
_TYPES = ("text", "integer", "money", "decimal", "yes_no", "choice", "choices", "date", "people")


class _Maker:
    """Draws one form and its answers together; `known` are the numbers that a rule may read."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.made = 0

    def key(self, start: str) -> str:
        self.made += 1
        return f"{start}{self.made}"

    def rule(self, known: list[Any]) -> Any:
        """A rule of what was asked before, so that there is no circle."""
        if not known or self.draw(st.booleans()):
            return self.draw(st.booleans())
        return {">": [self.draw(st.sampled_from(known)), self.draw(st.integers(-3, 3))]}

    def items(self, known: list[Any], depth: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Items of one scope and answers to them; adds to `known` what later rules may read."""
        items: list[dict[str, Any]] = []
        answers: dict[str, Any] = {}
        for _ in range(self.draw(st.integers(0, 4 if depth == 0 else 2))):
            kinds = ["question", "number", "calculated"] + ["section", "repeat"] * (depth < 3)
            kind = self.draw(st.sampled_from(kinds))
            visible = {"visible": self.rule(known)}
            if kind == "section":
                inner, answered = self.items(known, depth + 1)
                items.append(section(self.key("s"), *inner, **visible))
                answers |= answered
            elif kind == "repeat":
                items.append(self.repeat(answers, known, depth) | visible)
            elif kind == "calculated":
                items.append(self.calculated(known) | visible)
            else:
                items.append(self.question(kind, answers, known) | visible)
        return items, answers

    def repeat(self, answers: dict[str, Any], known: list[Any], depth: int) -> dict[str, Any]:
        key = self.key("r")
        inside = [*known]
        inner, answered = self.items(inside, depth + 1)
        if self.draw(st.booleans()):
            answers[key] = [{"_id": self.key("row000000"), **answered}]
            if self.draw(st.booleans()):
                answers[key].append({"_id": self.key("row000000")})
        known.append({"count": [{"var": key}]})
        own = [number for number in inside[len(known) - 1 :] if "var" in number]
        if own:
            known.append({"sum": [{"map": [{"var": key}, self.draw(st.sampled_from(own))]}]})
        return repeat(key, *inner, min_rows=self.draw(st.integers(0, 1)))

    def question(self, kind: str, answers: dict[str, Any], known: list[Any]) -> dict[str, Any]:
        type_name = "integer" if kind == "number" else self.draw(st.sampled_from(_TYPES))
        more: dict[str, Any] = {}
        if type_name in ("choice", "choices"):
            more = {"list": "l", "options": self.options(known)}
        if self.draw(st.booleans()):
            more["readonly"] = self.rule(known)
        asked = question(type_name, self.key("q"), required=self.rule(known), **more)
        if self.draw(st.booleans()):
            answers[asked["key"]] = self.draw(right(asked) | st.none())
        if type_name == "integer":
            known.append({"var": asked["key"]})
        return asked

    def options(self, known: list[Any]) -> Any:
        """Which entries are offered: by themselves, by an answer, or by both."""
        by_code = {"==": [{"var": "option.code"}, self.draw(st.sampled_from(["A", "B", "none"]))]}
        by_sort = {"==": [{"var": "option.sort"}, "letter"]}
        own = self.draw(st.sampled_from([True, by_code, by_sort]))
        return {"or": [own, self.rule(known)]} if self.draw(st.booleans()) else own

    def calculated(self, known: list[Any]) -> dict[str, Any]:
        read: Any = known[-2:] or [1]
        made = question("calculated", self.key("c"), result="decimal", value={"+": [*read, 0.25]})
        known.append({"var": made["key"]})
        return made


@st.composite
def filled_forms(draw: st.DrawFn, most_pages: int = 3) -> tuple[dict[str, Any], dict[str, Any]]:
    """A definition with nothing wrong in it, and answers of the right types."""
    make, known = _Maker(draw), list[Any]()
    pages, answers = [], {}
    for _ in range(draw(st.integers(1, most_pages))):
        visible = {"visible": make.rule(known)}
        items, answered = make.items(known, 0)
        pages.append(page(*items, key=make.key("p"), **visible))
        answers |= answered
    return a_form(pages=pages, lists=LISTS), answers
