"""The shared cases of the rule language, run by both evaluators, and what only one can show."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from formdefs.rules import RuleError, evaluate
from formdefs.rules_shape import OPERATORS
from formdefs.values import number_text, typed
from tests.twins import here, in_browser

CASES_FILE = Path(__file__).parent / "rules_cases.json"


def _cases() -> list[dict[str, Any]]:
    document = json.loads(CASES_FILE.read_text(encoding="utf-8"))
    return [
        {**case, "facts": document["facts"].get(case.get("facts"), {})}
        for case in document["cases"]
    ]


CASES = _cases()


def _wrong(case: dict[str, Any], outcome: dict[str, Any]) -> str | None:
    if "refused" in case:
        at = case.get("at", outcome.get("at"))
        good = outcome.get("refused") == case["refused"] and outcome["at"] == at
    else:  # as text: Python holds 1 and True for equal
        good = "value" in outcome and _text(outcome["value"]) == _text(case["result"])
    return None if good else f"{_text(case)} gave {_text(outcome)}"


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def test_every_case_holds_in_python() -> None:
    assert [wrong for case in CASES if (wrong := _wrong(case, here(case)))] == []


def test_every_case_holds_in_the_browsers_module() -> None:
    outcomes = in_browser(CASES)
    assert len(outcomes) == len(CASES)
    found = zip(CASES, outcomes, strict=True)
    assert [wrong for case, outcome in found if (wrong := _wrong(case, outcome))] == []


def test_the_cases_are_many_and_all_different() -> None:
    told = [_text(case) for case in CASES]
    assert len(told) >= 400
    assert len(set(told)) == len(told)


_DATES = ("date", "today", "age", "datediff", "working_days", "add_working_days")


def test_dates_decimals_nulls_and_scope_have_four_hundred_cases() -> None:
    def is_hard(case: dict[str, Any]) -> bool:
        told, rule = _text(case), _text(case["rule"])
        dated = any(f'"{name}"' in rule for name in _DATES)
        return dated or "$decimal" in told or "null" in told or bool(case.get("scope"))

    assert sum(map(is_hard, CASES)) >= 400
    assert sum(bool(case.get("scope")) for case in CASES) >= 60


def test_every_operator_has_cases_of_its_own() -> None:
    for name in OPERATORS:
        own = [case for case in CASES if case["group"] == name]
        worth = [case for case in own if case.get("result") is not None]
        assert len(own) >= 5, name
        assert len(worth) >= 2, name


def test_numbers_come_back_as_int_or_decimal() -> None:
    for rule, worth in (({"+": [0.5, 0.5]}, 1), ({"/": [1, 4]}, Decimal("0.25"))):
        result = evaluate(rule, {})
        assert (type(result), result) == (type(worth), worth)


def test_a_rule_is_refused_every_time_it_is_asked() -> None:
    rule = {"nope": []}
    for _ in range(2):
        with pytest.raises(RuleError, match="nope"):
            evaluate(rule, {})


def test_what_is_not_json_is_refused() -> None:
    for rule in ({1, 2}, {"==": [object(), 1]}, float("nan"), {"+": [float("inf")]}):
        with pytest.raises(RuleError) as refused:
            evaluate(rule, {})
        assert refused.value.code == "malformed"


def test_answers_that_are_not_json_are_null() -> None:
    for odd in (object(), float("nan"), float("inf"), Decimal("NaN"), {1}):
        assert evaluate({"var": "a"}, {"a": odd}) is None


TYPED = json.loads((CASES_FILE.parent / "typed_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("kind", "answer", "worth"), TYPED)
def test_answers_are_typed_before_rules_see_them(kind: str, answer: Any, worth: Any) -> None:
    value = typed(kind, answer)
    if isinstance(value, Decimal):
        value = {"$decimal": number_text(value)}
    assert (type(value), value) == (type(worth), worth)
