"""A form of 150 questions with 60 rules and three repeats inside each other, of 20 rows each. Pure.

Its rules read only what is always asked, and use only what our profile and JsonLogic at large read
alike: so any JsonLogic engine gives the same results for them, and can be timed on the same work.
"""

from collections.abc import Iterator, Sequence
from typing import Any

ROWS = 20
QUESTIONS = {"": 110, "needs": 16, "actions": 14, "steps": 10}
RULES = {"": 40, "needs": 8, "actions": 7, "steps": 5}
_KINDS = ("integer", "yes_no", "choice", "text", "date")
_CODES = "ABCDEF"

Rule = tuple[tuple[str, ...], str, str, Any]  # keys of the repeats around it, question, part, rule


def definition() -> dict[str, Any]:
    """The form: five pages, the rows on the last."""
    top = _questions("")
    steps = _repeat("steps", _questions("steps"))
    actions = _repeat("actions", [*_questions("actions"), steps])
    needs = _repeat("needs", [*_questions("needs"), actions])
    pages = [_page(number, top[number * 22 : number * 22 + 22]) for number in range(5)]
    pages[4]["items"].append(needs)
    options = [{"code": code, "label": f"Label {code}"} for code in _CODES]
    return {
        "formdef": 1, "key": "big", "title": "Big", "kind": "bench", "language": "en",
        "lists": {"l": {"options": options}}, "pages": pages,
    }  # fmt: skip


def answers(rows: int = ROWS) -> dict[str, Any]:
    """An answer to every question that takes one."""
    found = _answers("", 0)
    found["needs"] = [
        {
            "_id": f"need{need:04d}",
            **_answers("needs", need),
            "actions": [
                {
                    "_id": f"act{action:05d}",
                    **_answers("actions", action),
                    "steps": [
                        {"_id": f"step{step:04d}", **_answers("steps", step)}
                        for step in range(rows)
                    ],
                }
                for action in range(rows)
            ],
        }
        for need in range(rows)
    ]
    return found


def rules() -> Iterator[Rule]:
    """Yield the sixty rules, in the order of their scopes."""
    chains: Sequence[tuple[str, ...]] = (
        (),
        ("needs",),
        ("needs", "actions"),
        ("needs", "actions", "steps"),
    )
    for chain in chains:
        scope = chain[-1] if chain else ""
        for number in range(RULES[scope]):
            part, rule = _rule(scope, number)
            yield chain, _key(scope, len(_plain(scope)) + number), part, rule


def places() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the path of every question that is typed, in the fourth row of each repeat; its type."""
    above: tuple[str, ...] = ()
    for scope, row_id in (
        ("", ""),
        ("needs", "need0003"),
        ("actions", "act00003"),
        ("steps", "step0003"),
    ):
        above = (*above, scope, row_id) if scope else above
        for number in _plain(scope):
            yield (*above, _key(scope, number)), _KINDS[number % 5]


def two_answers(kind: str) -> tuple[Any, Any]:
    """Two answers of a type that rules tell apart."""
    return {
        "integer": (2, 12), "yes_no": (True, False), "choice": ("B", "F"), "text": ("Words of 4", "x"),
        "date": ("2026-02-01", "2026-11-01"),
    }[kind]  # fmt: skip


def _plain(scope: str) -> range:
    """The numbers of the questions that have no rule."""
    return range(QUESTIONS[scope] - RULES[scope])


def _key(scope: str, number: int) -> str:
    return f"{scope or 'form'}_{number}"


def _questions(scope: str) -> list[dict[str, Any]]:
    found = [_question(scope, number, _KINDS[number % 5]) for number in _plain(scope)]
    for number in range(RULES[scope]):
        part, rule = _rule(scope, number)
        kind = "calculated" if part == "value" else _KINDS[number % 5]
        made = _question(scope, len(_plain(scope)) + number, kind)
        made[part] = rule
        if part == "value":
            made["result"] = "integer" if "+" in rule or "*" in rule else "text"
        found.append(made)
    return found


def _question(scope: str, number: int, kind: str) -> dict[str, Any]:
    key = _key(scope, number)
    more: dict[str, Any] = {"list": "l"} if kind == "choice" else {}
    if kind == "date" and scope != "steps":
        more["not_after"] = "2027-01-01"
    return {
        "id": f"q{key.replace('_', '')}x", "kind": "question", "key": key, "type": kind,
        "label": key, **more,
    }  # fmt: skip


def _repeat(key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": f"r{key}", "kind": "repeat", "key": key, "label": key, "items": items}


def _page(number: int, items: list[dict[str, Any]]) -> dict[str, Any]:
    key = f"page_{number}"
    return {"id": f"page{number}", "key": key, "title": key, "items": items}


def _answers(scope: str, turn: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number in _plain(scope):
        n = number + turn
        found[_key(scope, number)] = (
            n % 17, n % 3 == 0, _CODES[n % 6], f"Words of {n}", f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
        )[number % 5]  # fmt: skip
    return found


def _rule(scope: str, number: int) -> tuple[str, Any]:
    """One of eight kinds of rule, reading its own scope and, in rows, those outside it."""

    def read(kind: int, place: int) -> dict[str, str]:
        outer = ("", "needs", "actions", "steps")
        wanted = scope if place % 3 else outer[max(outer.index(scope) - 1, 0)]
        numbers = [n for n in _plain(wanted) if n % 5 == kind]
        return {"var": _key(wanted, numbers[place % len(numbers)])}

    whole, yes, code, text, day = (read(kind, number + kind) for kind in range(5))
    other = read(0, number + 3)
    if number % 8 == 4 and scope == "":
        return "visible", {"some": [{"var": "needs"}, {"==": [{"var": "needs_2"}, "B"]}]}
    made: list[tuple[str, Any]] = [
        ("visible", {"==": [yes, True]}),
        ("required", {"and": [{"==": [code, "A"]}, {">": [whole, 3]}]}),
        ("visible", {"in": [code, ["A", "B", "C"]]}),
        ("value", {"+": [whole, other, 5]}),
        ("required", {"!=": [text, "Words of 4"]}),
        ("visible", {"or": [{"!": [text]}, {"<": [day, "2026-06-01"]}]}),
        ("value", {"if": [{">": [whole, 10]}, "high", {">": [whole, 5]}, "middle", "low"]}),
        ("value", {"*": [whole, other]}),
    ]
    return made[number % 8]
