"""Laws of form pages, on random forms and answers: shown then sent is the identity; twins agree."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.pageforms.compile import compile_page
from casework.pageforms.fields import Known
from casework.pageforms.parse import parse
from casework.pageforms.render import Shown, render_page
from casework.pageforms.script import page_rules
from formdefs.answer_types import TYPES
from formdefs.compile import compile_form
from formdefs.form import Form, Page, Repeat, load
from formdefs.state import State, evaluate_form, without_empty
from tests.faces.record_pages import inputs
from tests.pageform import FACTS, ON, form
from tests.pure.answers_at_random import EXAMPLES, right
from tests.pure.forms_at_random import filled_forms
from tests.twins import pages_in_browser

FORM = form()
COMPILED = [compile_page(FORM, page) for page in FORM.pages]
ROW = "abcdefgh"


def answers_for(page: Page) -> st.SearchStrategy[dict[str, Any]]:
    """Random right answers to some questions of a page of every type."""
    found: dict[str, Any] = {}
    for key, node in page.answered.items():
        if isinstance(node, Repeat):
            inner = {
                inner_key: _right(inner_node)
                for inner_key, inner_node in node.answered.items()
                if not isinstance(inner_node, Repeat)
            }
            row = st.fixed_dictionaries({"_id": st.just(ROW)}, optional=inner)
            found[key] = row.map(lambda one: [one])
        elif node.type != "calculated":
            found[key] = _right(node)
    return st.fixed_dictionaries({}, optional=found)


def _right(question: Any) -> st.SearchStrategy[Any]:
    if question.list:
        codes = [entry.code for entry in FORM.lists[question.list].entries]
        if question.type == "choice":
            return st.sampled_from(codes)
        return st.lists(st.sampled_from(codes), unique=True, min_size=1)
    return right(question.raw)


def files_in(answers: Any) -> dict[str, Any]:
    """Every file that answers name, by its id."""
    if isinstance(answers, list):
        return {k: v for one in answers for k, v in files_in(one).items()}
    if isinstance(answers, dict) and "sha256" in answers:
        return {answers["id"]: answers}
    return files_in(list(answers.values())) if isinstance(answers, dict) else {}


@settings(max_examples=EXAMPLES * 3, deadline=None)
@given(st.data())
def test_a_page_that_is_shown_and_sent_untouched_gives_the_answers_back(data: Any) -> None:
    for compiled in COMPILED:
        drawn = without_empty(data.draw(answers_for(compiled.page))) or {}
        known = Known(files=files_in(drawn))
        state = evaluate_form(FORM, drawn, FACTS)
        html = render_page(compiled, Shown(drawn, state, ON, known=known))
        parsed = parse(compiled.page, inputs(html), drawn, known)
        assert parsed.answers == drawn
        assert not parsed.problems


def test_the_law_was_tried_on_every_type() -> None:
    assert {question.type for question in FORM.questions.values()} == {*TYPES}


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(filled_forms(), min_size=10, max_size=10))
def test_the_browser_shows_requires_and_works_out_the_same(filled: list[Any]) -> None:
    """Ten forms at a time, because starting Node takes longer than they do."""
    cases, expected = [], []
    for definition, drawn in filled:
        loaded = load(compile_form(definition, {}))
        answers = without_empty(drawn) or {}
        state = evaluate_form(loaded, answers, FACTS)
        for page in loaded.pages:
            if not state.shows(page.id):
                continue  # nobody is shown a page that does not show
            paths = [path for path in state.order if path[0] in page.answered]
            html = render_page(compile_page(loaded, page), Shown(answers, state, ON))
            cases.append(
                {
                    "page": page_rules((page,), state, FACTS),
                    "sent": inputs(html),
                    "paths": [[loaded.at(path).id, *path[1:-1:2]] for path in paths],
                }
            )
            expected.append([_place(loaded, state, path) for path in paths])
    outcomes = pages_in_browser(cases)
    for case, outcome, told in zip(cases, outcomes, expected, strict=True):
        assert outcome["places"] == told, json.dumps(case)


def _place(loaded: Form, state: State, path: tuple[str, ...]) -> list[Any]:
    node = loaded.at(path)
    calculated = not isinstance(node, Repeat) and node.type == "calculated"
    required = not isinstance(node, Repeat) and state.required(path)
    filtered = not isinstance(node, Repeat) and node.options is not True
    offered = [entry.code for entry in state.offered(path)] if filtered else None
    readonly = not isinstance(node, Repeat) and state.readonly(path)
    value = state.value(path) if calculated else None
    return [state.visible(path), required, readonly, value, offered, "", False]
