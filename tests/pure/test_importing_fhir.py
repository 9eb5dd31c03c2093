"""FHIR Questionnaires, written from its specification, become forms; responses go in and come out."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formdefs.answers import draft_problems, submission_problems
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.form import Form, load
from formdefs.importing import fhir
from formdefs.importing.data_shape import Unfit, same
from formdefs.importing.fhir_response import answers_of, response_of
from formdefs.importing.report import Imported, NotImportable
from formdefs.state import evaluate_form
from tests.pageform import FACTS
from tests.pure.answers_at_random import EXAMPLES
from tests.questionnaires import (
    FLU,
    HEALTH,
    HEALTH_RESPONSE,
    coding,
    expressed,
    extended,
    item,
    option,
    questionnaire,
    when,
)

ON = date(2026, 11, 24)


def _form(imported: Imported) -> Form:
    assert not problems(imported.definition, {})
    return load(compile_form(imported.definition, {}))


def _lost(imported: Imported) -> list[str]:
    return [
        f"{line.at}: {line.what}: {line.says}" for line in imported.report if line.outcome == "lost"
    ]


def test_nested_groups_and_repeats_go_in_and_come_out() -> None:
    imported = fhir.read(HEALTH)
    form = _form(imported)
    answers = answers_of(HEALTH, imported.names, HEALTH_RESPONSE)
    assert draft_problems(form, answers) == []
    assert submission_problems(form, answers, FACTS, ON) == []
    assert same(response_of(HEALTH, imported.names, answers), HEALTH_RESPONSE)
    assert _lost(imported) == []
    state = evaluate_form(form, answers, FACTS)
    assert state.value(("total",)) == "123.5"
    assert state.visible(("how",))
    first, second = (row["_id"] for row in answers["visits"])
    drug = answers["visits"][0]["drugs"][0]["_id"]
    assert state.visible(("visits", first, "drugs", drug, "dear"))
    assert answers["visits"][1]["colour_other"] == "Blue"
    assert state.visible(("visits", second, "colour_other"))


def test_importing_twice_gives_the_same() -> None:
    assert fhir.read(HEALTH).definition == fhir.read(deepcopy(HEALTH)).definition


@pytest.mark.parametrize(
    ("conditions", "behaviour", "answers", "shows"),
    [
        ([when("n", "=", answerInteger=3)], None, {"n": 3}, True),
        ([when("n", "!=", answerInteger=3)], None, {"n": 3}, False),
        ([when("n", ">", answerInteger=3)], None, {"n": 4}, True),
        ([when("n", "<", answerInteger=3)], None, {}, False),
        ([when("n", ">=", answerInteger=3)], None, {"n": 3}, True),
        ([when("n", "<=", answerInteger=3)], None, {"n": 4}, False),
        ([when("n", "exists", answerBoolean=True)], None, {"n": 0}, True),
        ([when("n", "exists", answerBoolean=False)], None, {"n": 0}, False),
        ([when("c", "=", answerCoding=FLU)], None, {"c": "flu"}, True),
        ([when("c", "=", answerCoding={"code": "flu"})], None, {"c": "flu"}, True),
        ([when("many", "=", answerCoding=FLU)], None, {"many": ["x", "flu"]}, True),
        ([when("many", "!=", answerCoding=FLU)], None, {"many": ["x", "flu"]}, False),
        ([when("d", ">", answerDate="2026-01-01")], None, {"d": "2026-01-02"}, True),
        ([when("t", "<", answerTime="10:00:00")], None, {"t": "09:59"}, True),
        ([when("x", ">", answerDecimal=1.5)], None, {"x": "1.6"}, True),
        ([when("s", "=", answerString="yes")], None, {"s": "yes"}, True),
        ([when("in", "=", answerInteger=1)], None, {"g": [{"_id": "a" * 8, "in": 1}]}, True),
        ([when("n", "=", answerInteger=1), when("b", "=", answerBoolean=True)], "all",
         {"n": 1, "b": False}, False),
        ([when("n", "=", answerInteger=1), when("b", "=", answerBoolean=True)], "any",
         {"n": 1, "b": False}, True),
    ],
)  # fmt: skip
def test_enable_when(
    conditions: list[Any], behaviour: str | None, answers: dict[str, Any], shows: bool
) -> None:
    more: dict[str, Any] = {"enableBehavior": behaviour} if behaviour else {}
    options = [option(FLU), option(coding("x", "X"))]
    imported = fhir.read(
        questionnaire(
            item("n", "integer", "N"),
            item("b", "boolean", "B"),
            item("c", "choice", "C", answerOption=options),
            item("many", "choice", "Many", answerOption=options, repeats=True),
            item("d", "date", "D"),
            item("t", "time", "T"),
            item("x", "decimal", "X"),
            item("s", "string", "S"),
            item("g", "group", "G", item("in", "integer", "In"), repeats=True),
            item("last", "string", "Last", enableWhen=conditions, **more),
        )
    )
    assert _lost(imported) == []
    assert evaluate_form(_form(imported), answers, FACTS).visible(("last",)) is shows


def _worked_out(expression: str) -> Imported:
    return fhir.read(
        questionnaire(
            item("a", "integer", "A"),
            item("b", "decimal", "B"),
            item("g", "group", "G", item("n", "integer", "N"), repeats=True),
            item("r", "decimal", "R", **expressed("calculatedExpression", expression)),
        )
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("%resource.item.where(linkId='a').answer.value * 2", "8"),
        ("%resource.descendants().where(linkId='a').answer.value + 0.5", "4.5"),
        ("%resource.item.where(linkId='g').item.where(linkId='n').answer.value.sum()", "5"),
        ("%resource.item.where(linkId='g').count()", "2"),
        ("iif(%resource.item.where(linkId='b').answer.value.exists(), 1, 2)", "2"),
        ("iif(%resource.item.where(linkId='b').answer.value.empty().not(), 1, {})", None),
        ("(1 + 2) * -3", "-9"),
        ("7 mod 4", "3"),
    ],
)
def test_calculated_expressions(expression: str, value: str | None) -> None:
    imported = _worked_out(expression)
    assert _lost(imported) == []
    answers = {"a": 4, "g": [{"_id": "a" * 8, "n": 2}, {"_id": "b" * 8, "n": 3}]}
    assert evaluate_form(_form(imported), answers, FACTS).value(("r",)) == value


@pytest.mark.parametrize(
    "expression",
    [
        "%resource.item.where(linkId='a').answer.value.power(2)",
        "%patient.birthDate",
        "%resource.item.where(text='a').answer.value",
        "%resource.repeat(item).where(linkId='a')",
        "a + b",
        "%resource.item.where(linkId='nobody').answer.value",
        "%resource.item.where(linkId='g').item.where(linkId='n').answer.value",
        "1 +",
        "",
    ],
)
def test_other_expressions_are_lost_and_the_answer_is_typed(expression: str) -> None:
    imported = _worked_out(expression)
    assert _form(imported).answered["r"].type == "decimal"  # type: ignore[union-attr]
    assert not expression or any("the answer is typed" in lost for lost in _lost(imported))


def test_what_has_no_counterpart_is_told() -> None:
    imported = fhir.read(
        questionnaire(
            item("ref", "reference", "Who?"),
            item("away", "choice", "Where?", answerValueSet="http://example.org/vs"),
            item(
                "hid",
                "string",
                "Hidden",
                **extended(**{"questionnaire-hidden": {"valueBoolean": True}}),
            ),
            item(
                "odd", "string", "Odd", extension=[{"url": "http://x.org/odd", "valueString": "x"}]
            ),
            item("if", "string", "If", enableWhen=[when("hid", "=", answerString="x")]),
        )
    )
    told = " ".join(_lost(imported))
    for word in ("reference", "never fetched", "questionnaire-hidden", "odd", "enableWhen"):
        assert word in told
    _form(imported)


def test_limits_units_and_first_values_are_carried() -> None:
    imported = fhir.read(
        questionnaire(
            item("n", "integer", "N", initial=[{"valueInteger": 3}],
                 **extended(minValue={"valueInteger": 1}, maxValue={"valueInteger": 9})),
            item("c", "choice", "C", answerOption=[{**option(FLU), "initialSelected": True}]),
            item("x", "string", "X", maxLength=5, required=True, readOnly=True,
                 **extended(regex={"valueString": "[a-z]+"})),
        )
    )  # fmt: skip
    n, c, x = (_form(imported).answered[key] for key in ("n", "c", "x"))
    assert (n.minimum, n.maximum, n.default) == (1, 9, 3)  # type: ignore[union-attr]
    assert c.default == "flu"  # type: ignore[union-attr]
    assert (x.max_length, x.pattern, x.readonly) == (5, "[a-z]+", True)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (None, "not a FHIR Questionnaire"),
        ([], "not a FHIR Questionnaire"),
        ({"resourceType": "Patient"}, "not a FHIR Questionnaire"),
        (questionnaire(), "asks nothing"),
        (questionnaire({"type": "string"}), "linkId"),
        (questionnaire(item("a", "string"), item("a", "string")), "twice"),
        (questionnaire(item("a", "display", "Words")), "asks nothing"),
    ],
)
def test_what_is_no_questionnaire_is_refused(source: Any, told: str) -> None:
    with pytest.raises(NotImportable, match=told):
        fhir.read(source)


def test_a_response_that_does_not_fit_is_refused_with_its_place() -> None:
    imported = fhir.read(HEALTH)
    for response, told in (
        ({"resourceType": "Questionnaire"}, "not a QuestionnaireResponse"),
        (_response({"linkId": "nobody", "answer": []}), "no such item"),
        (_response({"linkId": "rang", "answer": [{"valueTime": "09:30:11"}]}), "rang"),
        (_response({"linkId": "rang", "answer": [{"valueString": "x"}]}), "answered by a String"),
        (_response({"linkId": "score", "answer": [{"valueInteger": 7}]}), "score"),
    ):
        with pytest.raises(Unfit, match=told):
            answers_of(HEALTH, imported.names, response)


def _response(*items: Any) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "item": list(items)}


_NAMES = st.sampled_from(
    [
        *("linkId", "type", "text", "item", "enableWhen", "question", "operator", "answerInteger"),
        *("answerOption", "valueCoding", "valueInteger", "repeats", "required", "extension", "url"),
        *("initial", "enableBehavior", "answerValueSet", "readOnly", "maxLength", "code", "system"),
    ]
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
    | st.sampled_from(["group", "string", "choice", "a", "b", "=", "exists", "any"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=20,
)  # fmt: skip
_ITEMS = st.recursive(
    st.fixed_dictionaries(
        {"linkId": st.text("abcdefgh", min_size=1, max_size=3)
         , "type": st.sampled_from([*fhir.TYPES, "group", "display", "reference"])},
        optional={"text": st.text(max_size=5), "repeats": _ANY | st.just(True), "enableWhen": _ANY,
                  "answerOption": _ANY, "initial": _ANY, "extension": _ANY, "required": _ANY},
    ),
    lambda inner: st.builds(
        lambda one, below: {**one, "item": below},
        st.fixed_dictionaries({"linkId": st.text("ijkl", min_size=1, max_size=3),
                               "type": st.sampled_from(["group", "string", "choice"]),
                               "text": st.just("T")}, optional={"repeats": st.booleans()}),
        st.lists(inner, max_size=3)),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=EXAMPLES * 8, deadline=None)
@given(st.lists(_ITEMS | _ANY, max_size=4), _ANY, _ANY)
def test_nothing_raises_but_a_refusal(items: list[Any], more: Any, response: Any) -> None:
    source = {"resourceType": "Questionnaire", "item": items, "contained": more, "title": more}
    try:
        imported = fhir.read(source)
    except NotImportable:
        return
    _form(imported)
    try:
        answers = answers_of(source, imported.names, _response(*([response] if response else [])))
    except Unfit:
        return
    response_of(source, imported.names, answers)


_WORD = st.sampled_from(
    [
        *("%resource", ".item", ".where(", "linkId='a'", ")", ".answer", ".value", ".sum()", "("),
        *(
            "+",
            "*",
            "=",
            "and",
            "iif(",
            ",",
            "1",
            "'x'",
            "{}",
            "exists()",
            ".",
            "today()",
            "@2026-01-01",
        ),
        "%resource.item.where(linkId='a').answer.value",
    ]
)


@settings(max_examples=EXAMPLES * 5, deadline=None)
@given(st.lists(_WORD, max_size=10).map("".join) | st.text(max_size=20))
def test_no_expression_raises_anything(expression: str) -> None:
    _form(_worked_out(expression))
