"""After one change only what depends on it is worked out again, and it comes to the same."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.pageforms.compile import compile_page
from casework.pageforms.render import Shown, render_page
from casework.pageforms.script import page_rules
from formdefs.compile import compile_form
from formdefs.form import Form, Repeat, load
from formdefs.state import State, effective_in, evaluate_form, without_empty
from tests.faces.record_pages import inputs
from tests.forms import a_form, question, repeat
from tests.pageform import FACTS, ON
from tests.pure.answers_at_random import EXAMPLES
from tests.pure.changes_at_random import changes
from tests.pure.forms_at_random import filled_forms
from tests.twins import pages_in_browser


def all_of(form: Form, state: State) -> dict[str, Any]:
    """Everything that a state says of every node in every row."""
    told: dict[str, Any] = {"order": state.order, "effective": effective_in(state)}
    for node in form.nodes.values():
        for scope in state.standing(node.repeats):
            told[f"{node.id} {scope.path}"] = state.shows(node.id, scope.row_ids)
    for path in state.order:
        node = form.at(path)
        if isinstance(node, Repeat):
            continue
        offered = [e.code for e in state.offered(path)] if node.list else None
        told[".".join(path)] = (
            *(state.visible(path), state.required(path), state.readonly(path)),
            *(state.value(path), offered),
        )
    return told


@settings(max_examples=EXAMPLES * 3, deadline=None)
@given(st.data())
def test_changing_comes_to_the_same_as_working_all_out_anew(data: Any) -> None:
    definition, answers = data.draw(filled_forms())
    form = load(compile_form(definition, {}))
    state = evaluate_form(form, answers, FACTS)
    for path, value, after in data.draw(changes(form, answers)):
        state.change(path, value)
        assert all_of(form, state) == all_of(form, evaluate_form(form, after, FACTS)), path


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(st.data())
def test_a_version_published_without_the_graph_comes_to_the_same(data: Any) -> None:
    definition, answers = data.draw(filled_forms())
    documents = compile_form(definition, {})
    del documents["rules"]["reads"]
    form = load(documents)
    state = evaluate_form(form, answers, FACTS)
    for path, value, after in data.draw(changes(form, answers, most=2)):
        state.change(path, value)
        assert all_of(form, state) == all_of(form, evaluate_form(form, after, FACTS)), path


def _counted() -> tuple[Form, list[str]]:
    """A form of rows, and the ids of what is looked at from now on."""
    form = load(
        compile_form(
            a_form(
                question("integer", "least"),
                question("integer", "other"),
                repeat(
                    "rows",
                    question("integer", "n"),
                    question("text", "why", visible={"<": [{"var": "n"}, {"var": "least"}]}),
                    question("text", "more", visible={"!": {"var": "why"}}),
                ),
                question(
                    "calculated", "total", result="integer",
                    value={"sum": [{"map": [{"var": "rows"}, {"var": "n"}]}]},
                ),
            ),
            {},
        )
    )  # fmt: skip
    looked: list[str] = []
    for planned in form.plan:
        visible = planned.visible
        if not isinstance(visible, bool):

            def seen(run: Any, node: str = planned.node.id, visible: Any = visible) -> bool:
                looked.append(f"{node} {run.scopes[-1].get('_id')}")
                return bool(visible(run))

            object.__setattr__(planned, "visible", seen)
    return form, looked


def test_a_change_in_a_row_looks_at_that_row_alone() -> None:
    form, looked = _counted()
    rows = [{"_id": f"row0000{n}", "n": n} for n in range(5)]
    state = evaluate_form(form, {"least": 3, "rows": rows}, FACTS)
    assert len(looked) == 10
    looked.clear()
    state.change(("rows", "row00002", "n"), 7)
    assert looked == ["qwhy00 row00002", "qmore00 row00002"]
    assert state.value(("total",)) == 0 + 1 + 7 + 3 + 4
    assert not state.visible(("rows", "row00002", "why"))
    looked.clear()
    state.change(("other",), 1)
    assert looked == []
    state.change(("least",), 9)
    assert sum(one.startswith("qwhy00") for one in looked) == 5
    looked.clear()
    state.change(("rows", "row00001", "why"), "because")
    assert looked == ["qwhy00 row00001", "qmore00 row00001"]


def test_only_what_is_there_can_be_changed() -> None:
    form, _ = _counted()
    state = evaluate_form(form, {}, FACTS)
    for path in (("nothing",), ("rows", "row00001", "n")):
        with pytest.raises(KeyError):
            state.change(path, 1)


def test_the_graph_is_stored_with_the_version() -> None:
    documents = compile_form(
        a_form(
            question("yes_no"),
            repeat(
                "needs",
                question("text", "need"),
                question("text", "why", required={"var": "yes_no"}),
                row_title={"var": "need"},
            ),
            question("text", visible={"some": [{"var": "needs"}, {"==": [{"var": "need"}, "x"]}]}),
            checks=[
                {
                    "id": "chk1",
                    "when": {"missing": ["text", "yes_no"]},
                    "at": "text",
                    "message": "?",
                }
            ],
        ),
        {},
    )
    assert documents["rules"]["reads"] == {
        "rneeds00": {"row_title": ["qneed00"]},
        "qwhy00": {"required": ["qyesno00"]},
        "qtext00": {"visible": ["rneeds00"]},
        "chk1": {"when": ["qtext00", "qyesno00"]},
    }


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.data(), min_size=10, max_size=10))
def test_the_browser_comes_to_the_same_after_changes_as_anew(drawn: list[Any]) -> None:
    """Ten forms at a time, because starting Node takes longer than they do."""
    cases = []
    for data in drawn:
        definition, given_answers = data.draw(filled_forms())
        form = load(compile_form(definition, {}))
        answers = without_empty(given_answers) or {}
        state = evaluate_form(form, answers, FACTS)
        page = page_rules(form.pages, state, FACTS)
        html = "".join(
            render_page(compile_page(form, one), Shown(answers, state, ON)) for one in form.pages
        )
        later = [after for _path, _value, after in data.draw(changes(form, answers))]
        cases.append(
            {"page": page, "sent": inputs(html), "paths": [], "changes": [*later, answers]}
        )
    for case, outcome in zip(cases, pages_in_browser(cases), strict=True):
        for turn, told in enumerate(outcome["later"]):
            assert told["changed"] == told["anew"], (turn, json.dumps(case))
