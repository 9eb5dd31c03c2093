"""Random rules in both evaluators, and the profile against an outside one where they overlap."""

from decimal import Decimal
from typing import Any

import datalogic_py
import pytest

from formdefs.rules import evaluate
from tests.soak.random_rules import pairs
from tests.soak.rules_pairs import compare


def test_both_evaluators_agree_on_random_rules() -> None:
    figures = compare(2_000, seed=20261124)
    assert figures.disagreements == []
    assert figures.missed() == []


def test_the_same_seed_makes_the_same_pairs() -> None:
    assert list(pairs(50, seed=3)) == list(pairs(50, seed=3))


PLAN: dict[str, Any] = {
    "name": "Sam",
    "children": 3,
    "cost": 12.5,
    "seen": False,
    "codes": ["A", "C"],
    "scores": [3, 1, 4, 1, 5],
    "home": {"town": "Leeds"},
    "needs": [
        {"need": "food", "hours": 2, "done": True, "actions": [{"who": "Ann"}, {"who": "Bob"}]},
        {"need": "sleep", "hours": 5, "done": False, "actions": []},
    ],
}

# Where the languages overlap: no conversion between types, nothing that fails, no null in an order.
OVERLAP: list[Any] = [
    {"var": "home.town"},
    {"var": ["home.street", "unknown"]},
    {"var": "scores.2"},
    {"==": [{"var": "name"}, "Sam"]},
    {"!=": [{"var": "children"}, 3]},
    {"<": [1, {"var": "children"}, 5]},
    {"<=": [3, {"var": "children"}, 3]},
    {">": [{"var": "cost"}, 12.25]},
    {">=": ["2026-11-22", "2026-11-21"]},
    {"and": [{"var": "name"}, {"var": "seen"}, "never"]},
    {"or": [{"var": "seen"}, {"var": "codes"}]},
    {"!": [{"var": "codes"}]},
    {"!!": ["0"]},
    {"if": [{"var": "seen"}, 1, {"in": ["C", {"var": "codes"}]}, 2, 3]},
    {"in": ["ee", {"var": "home.town"}]},
    {"+": [{"var": "children"}, 4, -2]},
    {"-": [10, {"var": "children"}]},
    {"-": [{"var": "cost"}]},
    {"*": [{"var": "cost"}, 4]},
    {"/": [{"var": "cost"}, 5]},
    {"%": [17, 5]},
    {"%": [-17, 5]},
    {"min": [3, 1, 2]},
    {"max": [3, {"var": "cost"}, 2]},
    {"cat": [{"var": "name"}, " has ", {"var": "children"}]},
    {"missing": ["name", "surname"]},
    {"missing_some": [2, ["name", "surname", "age"]]},
    {"some": [{"var": "needs"}, {"var": "done"}]},
    {"all": [{"var": "needs"}, {">": [{"var": "hours"}, 1]}]},
    {"none": [{"var": "needs"}, {"==": [{"var": "need"}, "money"]}]},
    {"some": [{"var": "needs"}, {"some": [{"var": "actions"}, {"==": [{"var": "who"}, "Bob"]}]}]},
    {"map": [{"var": "needs"}, {"*": [{"var": "hours"}, 2]}]},
    {"filter": [{"var": "scores"}, {">": [{"var": ""}, 2]}]},
    {"reduce": [{"var": "scores"}, {"+": [{"var": "accumulator"}, {"var": "current"}]}, 0]},
    {
        "reduce": [
            {"var": "needs"},
            {"max": [{"var": "accumulator"}, {"var": "current.hours"}]},
            0,
        ]
    },
    [{"var": "name"}, {"+": [1, 1]}],
]


@pytest.mark.parametrize("rule", OVERLAP, ids=str)
def test_the_profile_is_jsonlogic_where_types_agree(rule: Any) -> None:
    assert _plain(evaluate(rule, PLAN)) == datalogic_py.apply(rule, PLAN)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value
