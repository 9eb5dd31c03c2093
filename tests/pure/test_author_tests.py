"""The author's tests of a form: what they say of it, and what they leave untouched."""

import copy
from datetime import date
from typing import Any

import pytest

from formdefs import author_report, author_tests, definition
from formdefs.author_coverage import goals
from formdefs.compile import compile_form
from formdefs.form import load
from formdefs.fragments import NO_FRAGMENTS

TODAY = date(2026, 11, 25)
CALENDARS: dict[str, Any] = {}
COLOURS = [
    {"code": "r", "label": "Red", "attributes": {"warm": "yes"}},
    {"code": "g", "label": "Green", "attributes": {"warm": "no"}},
]


def question(node_id: str, key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A question of the form."""
    return {
        "id": node_id,
        "kind": "question",
        "key": key,
        "type": kind,
        "label": key.title(),
        **more,
    }


FORM: dict[str, Any] = {
    "formdef": 1,
    "key": "visit",
    "title": "Visit",
    "kind": "visit",
    "language": "en",
    "lists": {"colour": {"options": COLOURS}},
    "pages": [
        {
            "id": "p1aa",
            "key": "one",
            "title": "One",
            "items": [
                question("q1aa", "seen", "yes_no"),
                question("q2aa", "why", visible={"==": [{"var": "seen"}, False]}, required=True),
                question("q3aa", "warm", "yes_no"),
                question(
                    "q4aa",
                    "colour",
                    "choice",
                    list="colour",
                    options={"if": [{"var": "warm"}, {"==": [{"var": "option.warm"}, "yes"]}, True]},
                ),
                question("q5aa", "due", "date", not_after="today"),
                {
                    "id": "r1aa",
                    "kind": "repeat",
                    "key": "needs",
                    "label": "Needs",
                    "items": [
                        question("q6aa", "need"),
                        question("q7aa", "cost", "money", required={"!": [{"var": "need"}]}),
                    ],
                },
                question(
                    "q8aa",
                    "total",
                    "calculated",
                    result="money",
                    value={"sum": [{"var": "needs"}, {"var": "cost"}]},
                ),
            ],
        }
    ],
    "checks": [
        {
            "id": "c1aa",
            "at": "colour",
            "message": "Red and green do not go together",
            "when": {"and": [{"==": [{"var": "colour"}, "g"]}, {"var": "warm"}]},
        }
    ],
}  # fmt: skip


def with_tests(*tests: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The form with tests."""
    return {**copy.deepcopy(FORM), **changed, "tests": list(tests)}


def expecting(answers: dict[str, Any], **expect: Any) -> dict[str, Any]:
    """One test."""
    return {"name": "a test", "answers": answers, "expect": expect}


def differences(test: dict[str, Any]) -> list[str]:
    """What one test finds, in sentences."""
    form = load(compile_form(with_tests(test), {}))
    (outcome,) = author_tests.run(form, [test], CALENDARS, TODAY)
    return [difference.says for difference in outcome.differences]


def test_a_test_passes_when_all_is_as_it_says() -> None:
    answers = {
        "seen": False,
        "warm": True,
        "colour": "g",
        "needs": [{"cost": "2.50"}, {"need": "x"}],
    }
    assert not differences(
        expecting(
            answers,
            visible={"why": True, "needs.0.cost": True},
            required={"why": True, "needs.0.cost": True, "needs.1.cost": False},
            values={"total": "2.50", "seen": False, "due": None},
            options={"colour": ["r"]},
            errors=["why: required", "colour: not_offered", "colour: check", "needs: none"],
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("test", "says"),
    [
        (expecting({}, visible={"why": True}), "“Why” (why) should show, and it does not."),
        (expecting({"seen": False}, visible={"why": False}), "“Why” (why) should not show, and it does."),
        (
            expecting({"seen": False}, required={"why": False}),
            "“Why” (why) should not have to be answered, and it does.",
        ),
        (
            expecting({"needs": [{"cost": "1.00"}]}, values={"total": "2.00"}),
            '“Total” (total) should be "2.00", and is "1.00".',
        ),
        (expecting({}, values={"seen": False}), "“Seen” (seen) should be false, and is empty."),
        (
            expecting({"warm": True}, options={"colour": ["r", "g"]}),
            '“Colour” (colour) should offer "r" and "g", and offers "r".',
        ),
        (
            expecting({"seen": False}, errors=["why: max_length"]),
            "“Why” (why) should have the problem “max_length”, and has “required”.",
        ),
        (
            expecting({"seen": False}, errors=["why: none"]),
            "“Why” (why) should have no problem, and has “required”.",
        ),
    ],
)  # fmt: skip
def test_a_failure_says_what_was_expected_and_what_came(test: dict[str, Any], says: str) -> None:
    assert differences(test) == [says]


def test_a_test_may_name_its_day() -> None:
    late = expecting({"due": "2026-11-26"}, errors=["due: not_after"])
    assert not differences(late)
    assert differences({**late, "today": "2026-11-26"})


def test_a_failing_test_is_a_problem_of_the_definition_with_its_place() -> None:
    broken = with_tests(expecting({}, visible={"why": False}), expecting({}, visible={"why": True}))
    assert definition.problems(broken, {}) == []
    (problem,) = author_tests.problems(broken, {}, NO_FRAGMENTS, CALENDARS, TODAY)
    assert (problem.code, problem.at) == ("test_fails", "/tests/1/expect/visible/why")
    assert "a test" in problem.says


@pytest.mark.parametrize(
    ("test", "code", "at"),
    [
        (expecting({"sen": True}), "unknown_question", "/tests/0/answers/sen"),
        (expecting({"total": "1.00"}), "unknown_question", "/tests/0/answers/total"),
        (expecting({"needs": [{"ned": "x"}]}), "unknown_question", "/tests/0/answers/needs/0/ned"),
        (expecting({}, visible={"whi": True}), "unknown_question", "/tests/0/expect/visible/whi"),
        (expecting({}, values={"seen.0": True}), "unknown_question", "/tests/0/expect/values/seen.0"),
        (expecting({}, options={"seen": []}), "unknown_question", "/tests/0/expect/options/seen"),
        (expecting({}, required={"total": True}), "unknown_question", "/tests/0/expect/required/total"),
        (expecting({}, visible={"needs.0.need": True}), "unknown_row", "/tests/0/expect/visible/needs.0.need"),
        (expecting({}, errors=["why"]), "test_error", "/tests/0/expect/errors/0"),
        (expecting({}, errors=["whi: required"]), "unknown_question", "/tests/0/expect/errors/0"),
    ],
)  # fmt: skip
def test_what_a_test_names_must_be_there(test: dict[str, Any], code: str, at: str) -> None:
    found = definition.problems(with_tests(test), {})
    assert [(problem.code, problem.at) for problem in found] == [(code, at)]


def test_answers_become_a_test_that_passes() -> None:
    form = load(compile_form(FORM, {}))
    answers = {"seen": False, "warm": True, "colour": "r", "needs": [{"_id": "aaaaaaa1"}]}
    test = author_tests.written(form, "as it is", answers, CALENDARS, TODAY)
    assert test == {
        "name": "as it is",
        "today": "2026-11-25",
        "answers": answers,
        "expect": {
            "visible": {"why": True},
            "required": {"needs.aaaaaaa1.cost": True},
            "values": {"total": "0.00"},
            "options": {"colour": ["r"]},
            "errors": ["why: required", "needs.aaaaaaa1.cost: required"],
        },
    }
    assert definition.problems(with_tests(test), {}) == []
    assert author_tests.problems(with_tests(test), {}, NO_FRAGMENTS, CALENDARS, TODAY) == []


def untouched(*tests: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What no test has seen, by part of the form."""
    found = author_report.report(with_tests(*tests), {}, NO_FRAGMENTS, CALENDARS, TODAY)
    return {f"{one.rule.node}.{one.rule.part}": one.unseen for one in found.rules}


def test_without_tests_no_rule_is_covered() -> None:
    report = author_report.report(FORM, {}, NO_FRAGMENTS, CALENDARS, TODAY)
    assert (report.coverage.covered, len(report.coverage.rules)) == (0, 5)
    assert report.summary == "0 of 5 rules are covered, 0 of 2 options are chosen."


def test_a_rule_is_covered_once_every_outcome_was_seen() -> None:
    no, yes = expecting({"seen": False}), expecting({"seen": True})
    assert untouched(no)["q2aa.visible"] == ("It is false in no test.",)
    assert "q2aa.visible" not in untouched(no, yes)


def test_each_part_of_and_must_decide_and_each_branch_be_chosen() -> None:
    red = expecting({"colour": "r", "warm": True})
    green = expecting({"colour": "g", "warm": True})
    cold = expecting({"colour": "g", "warm": False})
    assert untouched(red, green)["c1aa.when"] == (
        "No test is decided by this part: “Warm” is Yes.",
    )
    assert "c1aa.when" not in untouched(red, green, cold)
    assert untouched(red)["q4aa.options"] == ("No test comes to this outcome: always.",)
    assert "q4aa.options" not in untouched(red, cold)


def test_a_rule_in_rows_is_seen_in_every_row() -> None:
    assert "q7aa.required" not in untouched(expecting({"needs": [{"need": "x"}, {}]}))
    assert untouched(expecting({"needs": [{}]}))["q7aa.required"] == ("It is false in no test.",)


def test_a_check_in_rows_is_seen_in_every_row() -> None:
    check = {
        "id": "c2aa",
        "at": "needs.need",
        "message": "Too dear",
        "when": {">": [{"var": "cost"}, 5]},
    }
    checked = {**FORM, "checks": [check], "tests": [expecting({"needs": [{"cost": "9.00"}]})]}
    report = author_report.report(checked, {}, NO_FRAGMENTS, CALENDARS, TODAY)
    told = {one.rule.node: (one.rule.text, one.unseen) for one in report.rules}
    assert told["c2aa"] == ("Is wrong if “Cost” is more than 5", ("It is false in no test.",))


def test_what_is_hidden_does_not_count_as_seen() -> None:
    hidden = copy.deepcopy(FORM)
    hidden["pages"][0]["items"][1]["required"] = {"!": [{"var": "warm"}]}
    tests = [expecting({"seen": True, "warm": warm}) for warm in (True, False)]
    report = author_report.report({**hidden, "tests": tests}, {}, NO_FRAGMENTS, CALENDARS, TODAY)
    unseen = {f"{one.rule.node}.{one.rule.part}": one.unseen for one in report.rules}
    assert unseen["q2aa.required"] == ("It is true in no test.", "It is false in no test.")


def test_options_that_no_test_chooses_are_told_by_label() -> None:
    report = author_report.report(
        with_tests(expecting({"colour": "r"})), {}, NO_FRAGMENTS, CALENDARS, TODAY
    )
    (one,) = report.options
    assert (one.label, one.offered, one.answers) == ("Colour", 2, ("Green",))


def test_goals_reach_into_rules_over_rows() -> None:
    rule = {"some": [{"var": "needs"}, {"or": [{"var": "need"}, {"if": [{"var": "cost"}, 1]}]}]}
    assert goals(rule, condition=True) == [
        ("", "true"),
        ("", "false"),
        ("/some/1/or/0", "decides"),
        ("/some/1/or/1", "decides"),
        ("/some/1/or/1/if/1", "chosen"),
        ("/some/1/or/1", "chosen"),
    ]
