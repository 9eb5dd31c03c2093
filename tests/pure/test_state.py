"""What shows, what is required, what is worked out; and what counts."""

import datetime
from typing import Any

from formdefs.compile import compile_form
from formdefs.form import Form, load
from formdefs.state import State, effective, evaluate_form, facts_for
from tests.forms import a_form, page, question, repeat, section

FACTS = facts_for(datetime.date(2026, 11, 24), {}, {})
YES = {"==": [{"var": "yes_no"}, True]}


def _form(*items: dict[str, Any], **more: Any) -> Form:
    return load(compile_form(a_form(*items, **more), {}))


def _state(form: Form, answers: dict[str, Any]) -> State:
    return evaluate_form(form, answers, FACTS)


def test_a_question_shows_by_its_rule() -> None:
    form = _form(question("yes_no"), question("text", visible=YES))
    assert _state(form, {"yes_no": True}).visible(("text",))
    assert not _state(form, {"yes_no": False}).visible(("text",))
    assert not _state(form, {}).visible(("text",))


def test_what_holds_it_must_show_too() -> None:
    form = _form(
        pages=[
            page(question("yes_no")),
            page(section("s", question("text", required=True)), key="other", visible=YES),
        ]
    )
    hidden = _state(form, {})
    assert not hidden.visible(("text",))
    assert not hidden.required(("text",))
    assert not hidden.shows("ss00")
    assert not hidden.shows("pother00")
    assert _state(form, {"yes_no": True}).required(("text",))


def test_what_is_hidden_is_null_to_later_rules_wherever_they_stand() -> None:
    form = _form(
        question("text", "last", visible={"==": [{"var": "middle"}, "x"]}),
        question("text", "middle", visible=YES),
        question("yes_no"),
    )
    answers = {"middle": "x", "last": "kept"}
    assert not _state(form, answers).visible(("last",))
    assert _state(form, {**answers, "yes_no": True}).visible(("last",))
    assert effective(form, answers, FACTS) == {}


def test_rows_see_themselves_first_and_then_outwards() -> None:
    form = _form(
        question("integer", "least"),
        repeat(
            "rows",
            question("integer", "n"),
            question("text", "why", visible={"<": [{"var": "n"}, {"var": "least"}]}),
            repeat("inner", question("text", "deep", visible={">": [{"var": "n"}, 4]})),
        ),
    )
    inner = [{"_id": "inner001", "deep": "x"}]
    rows = [{"_id": "row00001", "n": 1}, {"_id": "row00002", "n": 5, "inner": inner}]
    state = _state(form, {"least": 3, "rows": rows})
    assert state.visible(("rows", "row00001", "why"))
    assert not state.visible(("rows", "row00002", "why"))
    assert state.visible(("rows", "row00002", "inner", "inner001", "deep"))
    assert state.order == (
        ("least",),
        ("rows",),
        ("rows", "row00001", "n"),
        ("rows", "row00001", "why"),
        ("rows", "row00001", "inner"),
        ("rows", "row00002", "n"),
        ("rows", "row00002", "why"),
        ("rows", "row00002", "inner"),
        ("rows", "row00002", "inner", "inner001", "deep"),
    )


def test_amounts_are_exact_and_results_canonical() -> None:
    total = {"sum": [{"map": [{"var": "rows"}, {"var": "cost"}]}]}
    form = _form(
        repeat("rows", question("money", "cost")),
        question("calculated", "total", result="money", value=total),
        question("calculated", "half", result="decimal", value={"/": [{"var": "total"}, 2]}),
        question("calculated", "many", result="yes_no", value={">": [{"var": "half"}, 0.15]}),
        question("calculated", "wrong", result="integer", value={"/": [{"var": "total"}, 4]}),
        question("calculated", "none", result="decimal", value={"/": [1, 0]}),
    )
    rows = [{"_id": "row00001", "cost": "0.10"}, {"_id": "row00002", "cost": "0.21"}]
    counted = effective(form, {"rows": rows}, FACTS)
    assert counted == {"rows": rows, "total": "0.31", "half": "0.16", "many": True}


def test_a_calculated_answer_is_never_taken_from_what_was_sent() -> None:
    form = _form(question("calculated", "c", result="integer", value={"+": [1, 1]}))
    assert effective(form, {"c": 99}, FACTS) == {"c": 2}


def test_days_come_from_the_facts() -> None:
    form = _form(
        question("date", "born"),
        question("calculated", "years", result="integer", value={"age": [{"var": "born"}]}),
        question("calculated", "now", result="date", value={"today": []}),
    )
    counted = effective(form, {"born": "2010-11-25"}, FACTS)
    assert counted == {"born": "2010-11-25", "years": 15, "now": "2026-11-24"}


def test_a_visible_rule_that_is_refused_shows_and_a_required_one_does_not_bite() -> None:
    documents = compile_form(a_form(question("text", visible=True, required=True)), {})
    refused = {"no_such_operator": []}
    documents["rules"]["nodes"]["qtext00"] = {"visible": refused, "required": refused}
    state = _state(load(documents), {})
    assert state.visible(("text",))
    assert not state.required(("text",))


def test_readonly_and_row_titles() -> None:
    form = _form(
        question("yes_no"),
        question("text", readonly=YES),
        repeat(
            "rows",
            question("integer", "n"),
            row_title={"cat": ["Row ", {"var": "n"}]},
        ),
        repeat("plain", question("decimal", "d"), row_title={"var": "d"}),
    )
    state = _state(
        form,
        {
            "yes_no": True,
            "rows": [{"_id": "row00001", "n": 7}],
            "plain": [{"_id": "row00002", "d": "1.50"}, {"_id": "row00003"}],
        },
    )
    assert state.readonly(("text",))
    assert not _state(form, {}).readonly(("text",))
    assert state.row_title(("rows", "row00001")) == "Row 7"
    assert state.row_title(("plain", "row00002")) == "1.5"
    assert state.row_title(("plain", "row00003")) == ""
    assert state.row_title(("rows", "gone")) == ""


def test_what_is_locked_is_so_though_it_does_not_show() -> None:
    form = _form(
        question("text", "locked", readonly=True, visible={"==": [{"var": "shows"}, True]}),
        question("yes_no", "shows"),
    )
    state = _state(form, {"shows": False})
    assert (state.readonly(("locked",)), state.locked(("locked",))) == (False, True)


def test_a_default_is_an_answer_of_its_type_or_none() -> None:
    form = _form(
        question("text", "plain", default="x"),
        question("text", "worked_out", default={"cat": ["a", {"var": "plain"}]}),
        question("money", "amount", default={"+": [1, 0.5]}),
        question("yes_no", "sure", default={"==": [{"var": "plain"}, "y"]}),
        question("date", "wrong", default={"cat": ["tomorrow"]}),
        question("text", "none"),
    )
    state = _state(form, {"plain": "y"})
    found = {key: state.default(node) for key, node in form.answered.items()}
    assert found == {
        "plain": "x", "worked_out": "ay", "amount": "1.50", "sure": True, "wrong": None, "none": None,
    }  # fmt: skip


def test_rows_stay_and_what_is_blank_goes() -> None:
    form = _form(repeat("rows", question("text")), question("text", "t"), question("address"))
    answers = {
        "rows": [{"_id": "row00001", "text": " "}],
        "t": "",
        "address": {"line1": "1 High Street", "town": None},
    }
    assert effective(form, answers, FACTS) == {
        "rows": [{"_id": "row00001"}],
        "address": {"line1": "1 High Street"},
    }


def test_answers_of_the_wrong_shape_do_no_harm() -> None:
    form = _form(
        repeat("rows", question("integer", "n", visible={">": [{"var": "n0"}, 1]})),
        question("integer", "n0"),
        question("calculated", "c", result="integer", value={"count": [{"var": "rows"}]}),
    )
    for rows in ("x", 1, {"_id": "a"}, [1, None, {"n": [1]}, {"_id": 3}], [[]]):
        state = _state(form, {"rows": rows, "n0": {"x": []}, "odd": 1})
        assert not state.visible(("rows", "0", "n"))
