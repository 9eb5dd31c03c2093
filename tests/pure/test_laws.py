"""Laws of the form language that hold for every question type and any answer."""

import json
from typing import Any

import jsonschema
import pytest
import referencing
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.canonical import canonical
from formdefs import answers as judging
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.form import Form, Repeat, load
from formdefs.places import places
from formdefs.state import effective, facts_for
from formdefs.structure import structure_problems
from tests.forms import a_form, repeat, row
from tests.pure.answers_at_random import (
    EXAMPLES,
    LISTS,
    TYPE_NAMES,
    any_answer,
    questions,
    spoilt,
)
from tests.pure.forms_at_random import TODAY, filled_forms


def _of_question(asked: dict[str, Any]) -> tuple[Form, dict[str, Any]]:
    """A form that asks the question at form level and in rows, and its schema."""
    inner = {**asked, "id": "qinner", "key": "inner"}
    documents = compile_form(a_form(asked, repeat("rows", inner), lists=LISTS), {})
    return load(documents), documents["schema"]


def _checkers(schema: dict[str, Any]) -> list[jsonschema.Draft202012Validator]:
    """The slow validator, asserting `format` and not."""
    nothing = referencing.Registry()
    asserting = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return [
        jsonschema.Draft202012Validator(schema, registry=nothing, format_checker=checker)
        for checker in (asserting, None)
    ]


@pytest.mark.parametrize("type_name", TYPE_NAMES)
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_every_validator_gives_the_same_verdict(type_name: str, data: st.DataObject) -> None:
    asked = data.draw(questions(type_name))
    form, schema = _of_question(asked)
    given_answers = {
        "asked": data.draw(any_answer(asked)),
        "rows": [row(inner=data.draw(any_answer(asked)))],
    }
    for answers in (given_answers, judging.clean(given_answers)):
        verdict = form.validator.is_valid(answers)
        assert [checker.is_valid(answers) for checker in _checkers(schema)] == [verdict, verdict]
        assert bool(structure_problems(form, answers)) is not verdict


@pytest.mark.parametrize("type_name", TYPE_NAMES)
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_is_wrong_has_a_place_a_code_and_a_sentence(
    type_name: str, data: st.DataObject
) -> None:
    asked = data.draw(questions(type_name))
    form, _ = _of_question(asked)
    answers = {
        "rows": [row(inner=data.draw(any_answer(asked)))],
        "asked": data.draw(any_answer(asked)),
    }
    found = judging.draft_problems(form, answers, on=TODAY)
    for problem in found:
        assert form.at(problem.path).id == problem.question
        assert f"“{form.at(problem.path).label}”" in problem.message
        assert problem.code in judging.CODES
    assert [p.path[0] for p in found] == sorted(p.path[0] for p in found)  # asked, then rows


@given(filled_forms())
@settings(max_examples=2 * EXAMPLES, deadline=None)
def test_a_random_form_is_sound_and_its_export_is_itself(
    made: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    definition, _ = made
    assert problems(definition, {}) == []
    exported = json.loads(canonical(definition))
    assert exported == definition
    assert compile_form(exported, {}) == compile_form(definition, {})


@given(filled_forms())
@settings(max_examples=2 * EXAMPLES, deadline=None)
def test_effective_answers_are_clean_final_and_of_the_schema(
    made: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    definition, answers = made
    form = load(compile_form(definition, {}))
    facts = facts_for(TODAY, {}, {})
    once = effective(form, answers, facts)
    assert effective(form, once, facts) == once
    assert judging.clean(once) == once
    assert form.validator.is_valid(once)
    assert judging.draft_problems(form, judging.clean(answers)) == []


@given(filled_forms(), st.data())
@settings(max_examples=EXAMPLES * 2, deadline=None)
def test_a_quick_look_passes_only_what_a_close_one_would(
    made: tuple[dict[str, Any], dict[str, Any]], data: Any
) -> None:
    definition, answers = made
    form = load(compile_form(definition, {}))
    answers = {k: data.draw(st.just(v) | spoilt(v)) for k, v in answers.items()}
    answers |= data.draw(
        st.dictionaries(st.sampled_from(["odd", "c1", "q1", "r1"]), st.none() | st.just("x"))
    )
    untidy = form.tidy.untidy(answers)
    tidy = {key: value for key, value in answers.items() if key not in untidy}
    assert judging.clean(tidy) == tidy
    assert structure_problems(form, tidy) == []
    found = judging.draft_problems(form, answers)
    known = [path for path, _node, _value in places(form, judging.clean(answers))]
    at = [known.index(p.path) for p in found if p.path in known]
    assert at == sorted(at)
    told = {(p.path, p.code) for p in structure_problems(form, judging.clean(answers))}
    assert told <= {(p.path, p.code) for p in found}


@given(filled_forms())
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_does_not_count_changes_nothing_at_submission(
    made: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    definition, answers = made
    form = load(compile_form(definition, {}))
    facts = facts_for(TODAY, {}, {})
    found = judging.submission_problems(form, answers, facts, TODAY)
    counted = effective(form, answers, facts)
    typed = _without_calculated(form.answered, counted)
    assert judging.submission_problems(form, typed, facts, TODAY) == found


def _without_calculated(answered: Any, answers: dict[str, Any]) -> dict[str, Any]:
    typed = {}
    for key, value in answers.items():
        node = answered.get(key)
        if isinstance(node, Repeat):
            typed[key] = [_without_calculated(node.answered, inner) for inner in value]
        elif node is None or node.type != "calculated":  # None: the row's own id
            typed[key] = value
    return typed


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.floats(-(2**53) + 1, 2**53 - 1)
        | st.text(st.characters(codec="utf-8")),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_canonical_text_reads_back_and_is_its_own_canonical_text(value: Any) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 2**53, [1e17], {"a": -1e20}, "\ud800", {"\ud800": 1}, [object()]],
)
def test_what_json_cannot_hold_has_no_canonical_text(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical(value)
