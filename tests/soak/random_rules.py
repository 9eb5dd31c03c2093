"""Random rules with the data to evaluate them over. Pure; the same for the same seed.

The rules are typed, so that most of them come to something; a few of their parts are of another
type on purpose, and a few rules are to be refused.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from formdefs.rules_shape import operation

Rule = Any
Names = Mapping[str, list[str]]  # kind → the paths that have a value of it

FORM: Names = {
    "number": ["children", "cost", "rate", "tiny"],
    "text": ["name", "notes", "home.town", "codes.0"],
    "date": ["born", "started", "ended", "met"],
    "boolean": ["seen", "agreed"],
    "numbers": ["scores"],
    "texts": ["codes"],
    "rows": ["needs", "visits"],
}
ROW: Names = {
    "number": ["hours", "price"],
    "text": ["need", "who"],
    "date": ["by_when", "seen_on"],
    "boolean": ["done"],
    "numbers": ["marks"],
    "texts": ["tags"],
}
KINDS = tuple(FORM)
DAYS = ("2026-11-22", "2024-02-29", "2025-12-24", "2026-03-31", "2010-06-15", "2000-02-28")
STAMPS = ("2026-10-25T01:50:00+01:00", "2026-10-25T01:10:00+00:00", "2026-11-24T09:30:00Z")
WORDS = ("", "A", "B", "food", "Spring", "ring", "é", "\U0001f600", "\uffff", "2026-11-22", "1")
FACTS = {
    "today": "2026-11-22",
    "calendars": {
        "ew": {"week": [1, 2, 3, 4, 5], "holidays": ["2025-12-25", "2025-12-26", "2026-12-25"]},
        "weekend": {"week": [6, 7], "holidays": ["2026-11-29"]},
    },
}


@dataclass
class Maker:
    """Makes rules of a wanted kind; deeper parts are more often plain."""

    chance: random.Random

    def rule(self, kind: str, names: Names, depth: int = 0) -> Rule:
        if self.chance.random() < 0.02:
            kind = self.chance.choice(KINDS)
        if depth > 4 or self.chance.random() < 0.15 + 0.15 * depth:
            return self.plain(kind, names)
        return self.chance.choice(_PRODUCERS[kind])(self, kind, names, depth + 1)

    def plain(self, kind: str, names: Names) -> Rule:
        if names.get(kind) and self.chance.random() < 0.7:
            return {"var": self.chance.choice(names[kind])}
        return self.literal(kind)

    def literal(self, kind: str) -> Rule:
        if kind == "number":
            return self.chance.choice([0, 1, 2, -3, 7, 12, 0.5, 2.25, -0.1, 1000, 9007199254740991])
        if kind == "date":
            return self.chance.choice(DAYS)
        if kind == "boolean":
            return self.chance.random() < 0.5
        if kind == "text":
            return self.chance.choice(WORDS)
        of = {"numbers": "number", "texts": "text"}.get(kind)
        return [self.literal(of) for _ in range(self.chance.randint(0, 4))] if of else []

    def some(self, kind: str, names: Names, depth: int, least: int, most: int) -> list[Rule]:
        return [self.rule(kind, names, depth) for _ in range(self.chance.randint(least, most))]

    def over(self, kind: str, names: Names, depth: int) -> tuple[Rule, Rule]:
        """A list, and a rule of a kind over its items."""
        listed = self.chance.choice(("rows", "rows", "numbers", "texts"))
        if listed == "rows":
            inner = {key: [*ROW.get(key, []), *names.get(key, [])[:2]] for key in KINDS}
        else:
            item = "number" if listed == "numbers" else "text"
            inner = {**names, item: [""]}
        return self.rule(listed, names, depth), self.rule(kind, inner, depth)


Producer = Callable[[Maker, str, Names, int], Rule]


def _plainly(operator: str, of: str, least: int, most: int) -> Producer:
    def make(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
        return {operator: maker.some(of, names, depth, least, most)}

    return make


def _compared(operator: str) -> Producer:
    def make(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
        of = maker.chance.choice(("number", "date", "text", "boolean", "texts"))
        if operator not in ("==", "!="):
            of = maker.chance.choice(("number", "number", "date", "text"))
        parts = maker.some(of, names, depth, 2, 2 + (maker.chance.random() < 0.1))
        if operator in ("==", "!=") and maker.chance.random() < 0.2:
            parts[1] = None
        return {operator: parts}

    return make


def _over(operator: str, of: str) -> Producer:
    def make(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
        return {operator: list(maker.over(of, names, depth))}

    return make


def _same_kind(operator: str, least: int, most: int) -> Producer:
    def make(maker: Maker, kind: str, names: Names, depth: int) -> Rule:
        return {operator: maker.some(kind, names, depth, least, most)}

    return make


def _if(maker: Maker, kind: str, names: Names, depth: int) -> Rule:
    parts = []
    for _ in range(maker.chance.randint(1, 2)):
        parts += [maker.rule("boolean", names, depth), maker.rule(kind, names, depth)]
    return {"if": [*parts, maker.rule(kind, names, depth)]}


def _default(maker: Maker, kind: str, names: Names, depth: int) -> Rule:
    path = maker.chance.choice([*names.get(kind, []), "not_there"])
    return {"var": [path, maker.rule(kind, names, depth)]}


def _reduce(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
    operator = maker.chance.choice(("+", "+", "-", "*", "max", "min"))
    current = maker.chance.choice(("current", "current", "current.hours"))
    listed = "rows" if current == "current.hours" else "numbers"
    step = {operator: [{"var": "accumulator"}, {"var": current}]}
    start = [maker.rule("number", names, depth)] if listed == "rows" else []
    return {"reduce": [maker.rule(listed, names, depth), step, *start]}


def _sum(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
    if maker.chance.random() < 0.4:
        return {"sum": maker.rule("numbers", names, depth)}
    return {"sum": list(maker.over("number", names, depth))}


def _count(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
    if maker.chance.random() < 0.4:
        return {"count": [maker.rule("rows", names, depth)]}
    return {"count": list(maker.over("boolean", names, depth))}


def _in(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
    of, where = maker.chance.choice((("text", "texts"), ("number", "numbers"), ("text", "text")))
    return {"in": [maker.rule(of, names, depth), maker.rule(where, names, depth)]}


def _cat(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
    kinds = maker.chance.choices(
        ("text", "number", "date", "boolean"), k=maker.chance.randint(1, 3)
    )
    return {"cat": [maker.rule(kind, names, depth) for kind in kinds]}


def _datediff(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
    unit = maker.chance.choice(("days", "weeks", "months", "years"))
    return {"datediff": [*maker.some("date", names, depth, 2, 2), unit]}


def _calendar(maker: Maker) -> str:
    return maker.chance.choice(("ew", "ew", "ew", "ew", "weekend", "weekend", "nowhere"))


def _working_days(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
    return {"working_days": [*maker.some("date", names, depth, 2, 2), _calendar(maker)]}


def _add_working_days(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
    days: Rule = maker.chance.choice([-45, -1, 0, 1, 5, 10, 45, 400])
    if maker.chance.random() < 0.3:
        days = maker.rule("number", names, depth)
    return {"add_working_days": [maker.rule("date", names, depth), days, _calendar(maker)]}


def _missing(maker: Maker, _kind: str, names: Names, _depth: int) -> Rule:
    asked = [path for paths in names.values() for path in paths] + ["not_there"]
    paths = maker.chance.sample(asked, k=min(len(asked), maker.chance.randint(1, 4)))
    if maker.chance.random() < 0.5:
        return {"missing": paths}
    return {"missing_some": [maker.chance.randint(0, 3), paths]}


def _age(maker: Maker, _kind: str, names: Names, depth: int) -> Rule:
    return {"age": maker.some("date", names, depth, 1, 2)}


_GENERAL = [_if, _default, _same_kind("or", 1, 3), _same_kind("and", 1, 2)]

_PRODUCERS: dict[str, list[Producer]] = {
    "number": [
        *(_plainly(operator, "number", 2, 3) for operator in ("+", "-", "*", "/", "%")),
        *(_plainly(operator, "number", 1, 1) for operator in ("-", "/")),
        *(_plainly(operator, "number", 1, 3) for operator in ("min", "max")),
        *(_plainly(operator, "numbers", 1, 1) for operator in ("min", "max")),
        *(_sum, _count, _reduce, _age, _datediff, _working_days, *_GENERAL),
    ],
    "text": [_cat, _cat, _same_kind("min", 1, 2), _same_kind("max", 1, 2), *_GENERAL],
    "date": [
        _plainly("date", "date", 1, 1),
        _plainly("today", "date", 0, 0),
        *(_same_kind("min", 1, 3), _same_kind("max", 1, 3), *_GENERAL),
        *(_add_working_days, _add_working_days),
    ],
    "boolean": [
        *(_compared(operator) for operator in ("==", "!=", "<", "<=", ">", ">=")),
        *(_over(operator, "boolean") for operator in ("some", "all", "none")),
        *(_plainly(operator, "boolean", 1, 1) for operator in ("!", "!!")),
        *(_in, *_GENERAL),
    ],
    "numbers": [_over("map", "number"), _over("map", "number"), _if, _default],
    "texts": [_missing, _missing, _over("map", "text"), _if, _default],
    "rows": [
        lambda maker, _kind, names, depth: {
            "filter": [
                maker.rule("rows", names, depth),
                maker.rule("boolean", {**names, **ROW}, depth),
            ]
        },
        _if,
    ],
}


def _number(chance: random.Random) -> Any:
    if chance.random() < 0.5:
        return chance.choice([0, 1, 2, 3, 5, 18, -4, 0.5, 12.75, 9007199254740991])
    digits = str(chance.randint(1, 10 ** chance.choice([2, 4, 17, 34])))
    point = chance.randint(0, min(len(digits), 20))
    whole, fraction = digits[: len(digits) - point] or "0", digits[len(digits) - point :]
    sign = "-" if chance.random() < 0.2 else ""
    return {"$decimal": f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"}


def _answers(chance: random.Random, names: Names, depth: int = 0) -> dict[str, Any]:
    values: dict[str, Callable[[], Any]] = {
        "number": lambda: _number(chance),
        "text": lambda: chance.choice(WORDS),
        "date": lambda: chance.choice(DAYS + STAMPS),
        "boolean": lambda: chance.random() < 0.5,
        "numbers": lambda: [_number(chance) for _ in range(chance.randint(1, 4))],
        "texts": lambda: [chance.choice(WORDS) for _ in range(chance.randint(1, 3))],
        "rows": lambda: [_answers(chance, ROW, 1) for _ in range(chance.randint(1, 3))],
    }
    answers = {}
    for kind, keys in names.items():
        for key in keys:
            if "." not in key and chance.random() < 0.92:
                answers[key] = values[kind]() if chance.random() < 0.97 else None
    return answers if depth else {**answers, "home": {"town": chance.choice(WORDS)}}


def _spoilt(rule: Rule, chance: random.Random) -> Rule:
    """A rule that is to be refused, for one reason or another."""
    found = operation(rule)
    if not found:
        return {"nope": [rule]}
    name, parts = found
    return chance.choice(
        [
            {"nope": parts},
            {name: parts, "and": []},
            {name: [*parts, {"var": {"var": "name"}}]},
            {"==": parts[:1]},
            {"if": {name: parts}},
            {"!": [rule, rule]},
            {"+": [rule, 9007199254740993]},
        ]
    )


def pairs(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield as many cases of a rule and the data to evaluate it over; the same for one seed."""
    chance = random.Random(seed)
    maker = Maker(chance)
    for _ in range(count):
        rows = [_answers(chance, ROW, 1) for _ in range(chance.choice([0, 0, 1, 2]))]
        names = {key: [*FORM[key], *(ROW.get(key, []) if rows else [])] for key in KINDS}
        rule = maker.rule(chance.choice(KINDS), names)
        if chance.random() < 0.02:
            rule = _spoilt(rule, chance)
        yield {
            "rule": rule,
            "answers": _answers(chance, FORM),
            "scope": rows,
            "facts": FACTS if chance.random() < 0.98 else {},
        }
