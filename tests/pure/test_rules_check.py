"""What the check before publishing finds in a rule, and where."""

import json
from typing import Any

import pytest

from formdefs.rules import Names, problems, references
from tests.pure.test_rules import CASES
from tests.soak.random_rules import pairs
from tests.twins import here

ACTIONS = Names({"what": "text", "due": "date"}, {})
NEEDS = Names({"need": "text", "by_when": "date", "hours": "number"}, {"actions": ACTIONS})
FORM = Names(
    {
        "name": "text",
        "born": "date",
        "met": "datetime",
        "at": "time",
        "seen": "boolean",
        "cost": "number",
        "source": "code",
        "factors": "list",
        "home": "object",
    },
    {"needs": NEEDS},
)

GOOD: list[tuple[Any, tuple[str, ...]]] = [
    (True, ()),
    ({"==": [{"var": "seen"}, False]}, ()),
    ({"==": [{"var": "born"}, None]}, ()),
    ({"in": [{"var": "source"}, ["1A", "1B"]]}, ()),
    ({"in": ["2B", {"var": "factors"}]}, ()),
    ({"<": [{"var": "born"}, "2026-11-22"]}, ()),
    ({"<": [{"var": "met"}, {"today": []}]}, ()),
    ({"<": [{"var": "at"}, "09:30"]}, ()),
    ({"==": [{"var": "home.postcode"}, "SW1A 1AA"]}, ()),
    ({"some": [{"var": "needs"}, {"<": [{"var": "by_when"}, {"today": []}]}]}, ()),
    ({"==": [{"var": "needs.0.need"}, "food"]}, ()),
    ({"count": {"var": "needs"}}, ()),
    ({"==": [{"var": "need"}, {"var": "name"}]}, ("needs",)),
    ({"==": [{"var": "what"}, {"var": "need"}]}, ("needs", "actions")),
    ({"!=": [{"var": "_id"}, ""]}, ("needs",)),
    ({"sum": [{"var": "needs"}, {"*": [{"var": "hours"}, {"var": "cost"}]}]}, ()),
    ({"max": {"map": [{"var": "needs"}, {"var": "by_when"}]}}, ()),
    ({"age": [{"max": {"map": [{"var": "needs"}, {"var": "by_when"}]}}]}, ()),
    ({"reduce": [{"var": "needs"}, {"+": [{"var": "current.hours"}, 1]}, 0]}, ()),
    ({"add_working_days": [{"var": "met"}, {"if": [{"var": "seen"}, 10, 45]}, "ew"]}, ()),
    ({"cat": [{"var": "name"}, " ", {"var": "born"}, " ", {"var": "cost"}]}, ()),
    ({"filter": [[1, 2], {">": [{"var": ""}, {"var": "cost"}]}]}, ()),
    ({"or": [{"var": "name"}, {"var": "home.town"}, "nobody"]}, ()),
]

BAD: list[tuple[Any, tuple[str, ...], list[tuple[str, str, str]]]] = [
    ({"==": [{"var": "nmae"}, "x"]}, (), [("/==/0/var", "unknown_question", "“name”")]),
    ({"missing": ["name", "zzz"]}, (), [("/missing", "unknown_question", "“zzz”")]),
    ({"var": "need"}, (), [("/var", "wrong_scope", "rows of “needs”")]),
    ({"var": "what"}, ("needs",), [("/var", "wrong_scope", "rows of “actions”")]),
    ({"var": "needs.need"}, (), [("/var", "wrong_scope", "inside some, all")]),
    ({"var": "needs.0.ned"}, (), [("/var", "unknown_question", "“ned”")]),
    ({"var": "born.year"}, (), [("/var", "wrong_type", "a date: it has no part")]),
    ({"map": [{"var": "needs"}, {"var": "due"}]}, (), [("/map/1/var", "wrong_scope", "actions")]),
    ({"<": [{"var": "born"}, 18]}, (), [("/</1", "wrong_type", "a date beside a number")]),
    ({"==": [{"var": "seen"}, "true"]}, (), [("/==/1", "wrong_type", "yes or no beside text")]),
    ({">": [{"var": "seen"}, 1]}, (), [("/>/0", "wrong_type", "yes or no")]),
    ({"<": [None, 1]}, (), [("/</0", "wrong_type", "empty")]),
    ({"<": [{"var": "born"}, "22/11/2026"]}, (), [("/</1", "wrong_type", "Write 2026-12-31")]),
    ({"==": ["9:30", {"var": "at"}]}, (), [("/==/0", "wrong_type", "Write 09:30")]),
    ({"==": [{"var": "met"}, "noon"]}, (), [("/==/1", "wrong_type", "a date and time")]),
    ({"+": [{"var": "cost"}, {"var": "name"}]}, (), [("/+/1", "wrong_type", "text")]),
    ({"+": [{"var": "cost"}, "2"]}, (), [("/+/1", "wrong_type", "text")]),
    ({"in": [{"var": "cost"}, ["A"]]}, (), [("/in/0", "wrong_type", "beside a number")]),
    ({"in": ["A", {"var": "cost"}]}, (), [("/in/1", "wrong_type", "a number")]),
    ({"in": [1, {"var": "name"}]}, (), [("/in/0", "wrong_type", "a number")]),
    ({"some": [{"var": "name"}, True]}, (), [("/some/0", "wrong_type", "text")]),
    ({"sum": [{"var": "needs"}, {"var": "need"}]}, (), [("/sum/1", "wrong_type", "text")]),
    ({"sum": {"var": "needs"}}, (), [("/sum", "wrong_type", "group of answers")]),
    ({"max": [{"var": "cost"}, {"var": "born"}]}, (), [("/max/1", "wrong_type", "a date")]),
    ({"min": [{"var": "seen"}]}, (), [("/min/0", "wrong_type", "yes or no")]),
    ({"cat": ["x", {"var": "home"}]}, (), [("/cat/1", "wrong_type", "group of answers")]),
    ({"age": {"var": "cost"}}, (), [("/age", "wrong_type", "a number")]),
    ({"age": ["2010", {"today": []}]}, (), [("/age/0", "wrong_type", "“2010” is not a date")]),
    (
        {"add_working_days": [{"var": "cost"}, {"var": "born"}, 3]},
        (),
        [
            ("/add_working_days/0", "wrong_type", "a number"),
            ("/add_working_days/1", "wrong_type", "a date"),
            ("/add_working_days/2", "wrong_type", "calendar"),
        ],
    ),
    (
        {"and": [{"foo": 1}, {"!": [1, 2]}, {"var": {"cat": "a"}}]},
        (),
        [
            ("/and/0", "unknown_operator", "“foo”"),
            ("/and/1", "arguments", "0 to 1 argument"),
            ("/and/2", "computed_reference", "var"),
        ],
    ),
    (
        {"reduce": [{"var": "needs"}, {"var": "current.x"}, 0]},
        (),
        [
            ("/reduce/1/var", "unknown_question", "“x”"),
        ],
    ),
    (
        {"reduce": [[1], {"var": "total"}, 0]},
        (),
        [("/reduce/1/var", "unknown_question", "“total”")],
    ),
    ([0] * 200, (), [("", "too_many_nodes", "200")]),
]


@pytest.mark.parametrize(("rule", "scope"), GOOD, ids=lambda part: json.dumps(part)[:60])
def test_a_good_rule_has_no_problem(rule: Any, scope: tuple[str, ...]) -> None:
    assert problems(rule, FORM, scope) == []


@pytest.mark.parametrize(("rule", "scope", "expected"), BAD, ids=lambda part: json.dumps(part)[:60])
def test_what_is_wrong_is_found_where_it_is(
    rule: Any, scope: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    found = problems(rule, FORM, scope)
    assert [(one.at, one.code) for one in found] == [(at, code) for at, code, _ in expected]
    for one, (_, _, words) in zip(found, expected, strict=True):
        assert words in one.message
        assert one.message.endswith((".", "?"))


def test_a_rule_nested_too_deep_is_found() -> None:
    rule: Any = True
    for _ in range(16):
        rule = {"!": rule}
    assert [one.code for one in problems(rule, FORM)] == ["too_deep"]


STATIC = {"unknown_operator", "malformed", "arguments", "computed_reference"}
STATIC |= {"too_many_nodes", "too_deep"}


def test_the_check_finds_exactly_what_the_evaluator_refuses() -> None:
    rules = [case["rule"] for case in CASES] + [case["rule"] for case in pairs(2_000, seed=5)]
    for rule in rules:
        found = {one.code for one in problems(rule, FORM)} & STATIC
        refused = {here({"rule": rule}).get("refused")} & STATIC
        assert refused <= found, rule
        assert bool(refused) == bool(found), rule


def test_references_are_every_path_that_is_read() -> None:
    rule = {
        "and": [
            {"var": ["a.b", {"var": "c"}]},
            {"missing": ["d", "e"]},
            {"missing_some": [1, ["f"]]},
            {"datediff": [{"var": "g"}, "2026-11-22", "days"]},
            {"some": [{"var": "rows"}, {"==": [{"var": "item"}, {"var": ""}]}]},
        ]
    }
    assert references(rule) == {"a.b", "c", "d", "e", "f", "g", "rows", "item"}


def test_what_reduce_hands_on_is_no_reference() -> None:
    step = {"+": [{"var": "current.hours"}, {"var": "accumulator"}, {"var": "rate"}]}
    assert references({"reduce": [{"var": "rows"}, step, {"var": "current"}]}) == {
        "rows",
        "rate",
        "current",
    }


def test_the_scope_itself_is_a_reference_outside_lists() -> None:
    assert references({"var": ""}) == {""}
    assert references({"map": [{"var": ""}, {"var": ""}]}) == {""}
    assert references(None) == references("text") == references(5) == set()
