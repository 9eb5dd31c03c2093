"""Questions that a rule locks: shown both ways, kept as they were, the same in the browser."""

from typing import Any

from casework.pageforms.compile import compile_page
from casework.pageforms.fields import Known
from casework.pageforms.parse import parse
from casework.pageforms.render import Shown, render_page
from casework.pageforms.script import page_rules
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.form import Form, load
from formdefs.state import evaluate_form
from tests.faces.record_pages import inputs
from tests.forms import a_form, question, repeat
from tests.pageform import FACTS, ON
from tests.twins import pages_in_browser

CLOSED = {"==": [{"var": "closed"}, True]}


def _form() -> Form:
    definition = a_form(
        question("yes_no", "closed"),
        question("text", "note", readonly=CLOSED, default="as agreed"),
        question("text", "fixed", readonly=True, default="for ever"),
        question(
            "calculated", "both", result="text",
            value={"cat": [{"var": "note"}, ", ", {"var": "fixed"}]},
        ),
        repeat(
            "rows",
            question("integer", "n", default={"count": [{"var": "rows"}]}),
            question("integer", "m", readonly=CLOSED, default={"+": [{"var": "n"}, 1]}),
        ),
    )  # fmt: skip
    assert problems(definition, {}) == []
    return load(compile_form(definition, {}))


def _html(form: Form, answers: dict[str, Any]) -> str:
    state = evaluate_form(form, answers, FACTS)
    return str(render_page(compile_page(form, form.pages[0]), Shown(answers, state, ON)))


def _told(form: Form, stored: Any, sent: dict[str, Any], paths: list[list[str]]) -> list[Any]:
    """What the browser tells of places: [shows, required, read-only, value, offered, …]."""
    state = evaluate_form(form, stored or {}, FACTS)
    page = page_rules(form.pages, state, FACTS, {form.pages[0].id: stored})
    [outcome] = pages_in_browser([{"page": page, "sent": sent, "paths": paths}])
    return list(outcome["places"])


def test_a_question_that_a_rule_may_lock_is_there_as_inputs_and_as_words() -> None:
    form = _form()
    open_html = _html(form, {"closed": False, "note": "typed"})
    shut_html = _html(form, {"closed": True, "note": "typed"})
    for html, shut in ((open_html, False), (shut_html, True)):
        note = html.split('data-question="note"')[1].split('data-question="fixed"')[0]
        assert ("<div data-open hidden>" in note) is shut
        assert ("<div data-locked hidden>" in note) is not shut
        assert 'id="note.said"' in note
        assert note.count('id="note"') == 1
        assert ("note" in inputs(html).get("_editable", [])) is not shut


def test_what_is_locked_comes_back_as_it_was() -> None:
    form = _form()
    stored = {"closed": True, "note": "kept", "fixed": "for ever"}
    sent = inputs(_html(form, stored)) | {"note": ["other"]}
    assert parse(form.pages[0], sent, stored, Known()).answers == stored


def test_the_browser_locks_at_once_and_takes_what_was_kept() -> None:
    form = _form()
    stored = {"closed": False, "note": "kept", "fixed": "for ever"}
    sent = inputs(_html(form, stored)) | {"note": ["typed"]}
    places = [["qnote00"], ["qboth00"]]
    note, both = _told(form, stored, sent, places)
    assert (note[2], both[3]) == (False, "typed, for ever")
    note, both = _told(form, stored, {**sent, "closed": ["yes"]}, places)
    assert (note[2], both[3]) == (True, "kept, for ever")


def test_the_browser_begins_a_locked_question_of_a_new_page_or_row_with_its_default() -> None:
    form = _form()
    sent = inputs(_html(form, {"closed": True})) | {"closed": ["yes"]}
    sent |= {"rows._rows": ["newrow01"], "rows.newrow01.n": ["4"], "rows.newrow01.m": ["9"]}
    both, row = _told(form, None, sent, [["qboth00"], ["qm00", "newrow01"]])
    assert both[3] == "as agreed, for ever"
    assert row[2] is True
