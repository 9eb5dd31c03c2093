"""A compiled page is what GOV.UK's macros would have drawn, whatever is put in."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from casework.pageforms import markup
from casework.pageforms.compile import compile_page
from casework.pageforms.compile_question import compile_question
from casework.pageforms.drawings import drawn
from casework.pageforms.fields import FIELDS, Known
from casework.pageforms.flat import flat, slot
from casework.pageforms.markup import CARD, CELL, Look
from casework.pageforms.render import Shown, render_page
from casework.pageforms.searching import in_words
from formdefs.form import Form, Question
from formdefs.list_search import search
from formdefs.state import evaluate_form
from tests.pageform import FACTS, ON, form

FORM = form()
TOP = [q for q in FORM.questions.values() if not q.repeats]
FILES = {
    f"f{n}": {
        "id": f"f{n}",
        "name": f"a<{n}>.pdf",
        "type": "application/pdf",
        "size": n,
        "sha256": "0",
    }
    for n in range(3)
}
KNOWN = Known(
    persons={"p1": "Ann Smith", "p2": "Bob <Jones>"},
    workers={"w1": "Wanda & Co", "w2": "Wilf"},
    files=FILES,
)


class _Events(HTMLParser):
    """HTML as a list of what a browser would see: whitespace between words does not count."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []
        self.in_textarea = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((tag, dict(attrs)))
        self.in_textarea = tag == "textarea"

    def handle_endtag(self, tag: str) -> None:
        self.events.append(f"/{tag}")
        self.in_textarea = False

    def handle_data(self, data: str) -> None:
        kept = data if self.in_textarea else " ".join(data.split())
        if kept:
            self.events.append(kept)


def events(html: str) -> list[Any]:
    parser = _Events()
    parser.feed(html)
    parser.close()
    joined: list[Any] = []
    for event in parser.events:  # neighbouring texts are one
        both = joined and isinstance(event, str) and isinstance(joined[-1], str)
        if both and not event.startswith("/") and not joined[-1].startswith("/"):
            joined[-1] += " " + event
        else:
            joined.append(event)
    return joined


def expected(
    question: Question, name: str, typed: dict[str, list[str]], message: str, state: Any
) -> str:
    """The question drawn by the macros themselves, with real values."""
    values = {part: (typed.get(part) or [""])[0] for part in FIELDS[question.type].parts}
    if markup.shape(question, FORM) == "search":
        values["find"] = values["found"] = values["find"].strip()
    look = Look(
        name=name,
        values=values,
        items=_items(question, name, typed),
        error=str(escape(message)),
        optional=" hidden" if state.required((question.key,)) else "",
        hidden="" if state.visible((question.key,)) else " hidden",
        more=_more(question, typed),
    )
    return markup.direct(question, FORM, CARD, look)


def _more(question: Question, typed: dict[str, list[str]]) -> dict[str, str]:
    if markup.shape(question, FORM) == "search":
        wanted = (typed["find"] or [""])[0].strip()
        found = search(FORM.lists[question.list], wanted, on=ON)
        count = str(escape(in_words(found, wanted))) if wanted else ""
        return {"count": count, "source": "/lists/many", "on": str(ON)}
    if question.type == "address":
        return {"protected": " checked" if typed["protected"] == ["yes"] else ""}
    if question.type != "signature":
        return {}
    (drawing,) = typed["drawing"]
    return {
        "agreed": " checked" if typed["agree"] == ["yes"] else "",
        "undrawn": "" if drawing else " hidden",
        "picture": drawn(drawing, "The signature as it was drawn"),
    }


def _items(question: Question, name: str, typed: dict[str, list[str]]) -> list[dict[str, Any]]:
    chosen = typed.get("", [])
    if question.type == "yes_no":
        options: list[tuple[str, str, str]] = [("yes", "Yes", ""), ("no", "No", "")]
    elif question.type == "worker":
        options = [(key, label, "") for key, label in KNOWN.workers.items()]
    elif question.type == "people":
        names = [*chosen, ""] if not chosen or chosen[-1] else chosen
        return [
            {"id": _number(name, n), "number": n, "value": one}
            for n, one in enumerate(names, start=1)
        ]
    elif question.type == "file":
        return [
            {
                "id": f"{name}.remove-{n}",
                "value": key,
                "text": FILES[key]["name"],
                "href": f"/files/{key}/",
                "size": f"{FILES[key]['size']} bytes",
                "checked": " checked" if key in typed.get("remove", []) else "",
            }
            for n, key in enumerate(typed.get("present", []), start=1)
        ]
    elif markup.shape(question, FORM) == "search":
        return _found(question, name, typed)
    else:
        entries = FORM.lists[question.list].entries if question.list else ()
        options = [(e.code, e.label, e.hint) for e in entries if e.in_force(ON) or e.code in chosen]
    drop_down = markup.shape(question, FORM) == "select"
    items: list[dict[str, Any]] = []
    if drop_down:
        items.append({"value": "", "text": "Select an answer", "selected": chosen in ([], [""])})
    for n, (code, label, hint) in enumerate(options, start=1):
        item: dict[str, Any] = {"value": code, "text": label, "selected": code in chosen}
        if not drop_down:
            item |= {"id": _number(name, n), "checked": code in chosen}
        if hint and not drop_down:
            item["hint"] = {"text": hint}
        if code in question.exclusive:
            item["behaviour"] = "exclusive"
        items.append(item)
    return items


def _found(question: Question, name: str, typed: dict[str, list[str]]) -> list[dict[str, Any]]:
    chosen, known = typed[""], FORM.lists[question.list]
    found = search(known, (typed["find"] or [""])[0], on=ON).entries
    codes = [*chosen, *(e.code for e in found if e.code not in chosen)]
    items = [
        {"value": code, "text": known.label(code), "checked": code in chosen} for code in codes
    ]
    if chosen and question.type == "choice":
        items.append({"value": "", "text": "No answer", "checked": False})
    return [{**item, "id": f"{name}-{n}"} for n, item in enumerate(items, start=1)]


def _number(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n<>&\"'\ue000\ue001"),
    max_size=30,
).filter(lambda text: not text.startswith("\n"))
LINES = TEXTS.map(lambda text: text.replace("\n", " "))


def typed_for(question: Question) -> st.SearchStrategy[dict[str, list[str]]]:
    one = st.lists(LINES, min_size=1, max_size=1)
    if question.type == "long_text":
        one = st.lists(TEXTS, min_size=1, max_size=1)
    if question.type == "yes_no":
        one = st.sampled_from([["yes"], ["no"], []])
    if question.list:
        codes = [entry.code for entry in FORM.lists[question.list].entries]
        one = st.lists(
            st.sampled_from(codes), max_size=3 if question.type == "choices" else 1, unique=True
        )
    if markup.shape(question, FORM) == "search":
        found = st.sampled_from([[], ["choice 1"], ["<none>"], [" c7 "], ["choice"]])
        return st.fixed_dictionaries({"": one, "find": found, "found": found})
    if question.type == "worker":
        one = st.sampled_from([["w1"], ["w2"], [""]])
    if question.type == "people":
        one = st.lists(LINES.filter(bool), max_size=4)
    if question.type == "file":
        files = st.lists(st.sampled_from(sorted(FILES)), unique=True)
        return st.fixed_dictionaries({"present": files, "remove": files})
    parts = FIELDS[question.type].parts
    each = dict.fromkeys(parts, one)
    each |= {
        part: st.sampled_from([["yes"], []]) for part in ("protected", "agree") if part in each
    }
    if question.type == "signature":
        each["drawing"] = st.sampled_from([["1,2 3,4;5,6"], [""], ["<b>"]])
    return st.fixed_dictionaries(each)


@pytest.mark.parametrize(
    "question", [q for q in TOP if q.type != "calculated"], ids=lambda question: question.key
)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_compiled_question_equals_the_macros_own_output(question: Question, data: Any) -> None:
    typed = data.draw(typed_for(question))
    message = data.draw(LINES)
    name = question.key
    state = evaluate_form(FORM, {}, FACTS)
    posted = {f"{name}.{part}" if part else name: values for part, values in typed.items()}
    compiled = compile_page(FORM, FORM.pages[0]) if not PAGES else PAGES[0]
    PAGES[:] = [compiled]
    item = next(i for i in compiled.items[0].items if i.question is question)
    page = type(compiled)(compiled.page, FORM, (item,), False)
    problems = {name: message} if message else {}
    drawn = render_page(
        page,
        Shown(
            {},
            state,
            ON,
            typed=posted,
            problems=problems,
            known=KNOWN,
            list_href="/lists/{}".format,
        ),
    )
    assert events(drawn) == events(expected(question, name, typed, message, state))


PAGES: list[Any] = []


def test_a_question_in_a_table_keeps_its_label_for_those_who_cannot_see_the_column() -> None:
    question = FORM.questions["q200text"]
    drawn = compile_question(FORM, question, CELL).right.fill(
        {"name": "x", "value:": "", "optional": "", "hidden": "", "protected": "", "error": ""}
    )
    assert "app-cell-label" in drawn
    assert "&lt;b&gt;asked" in drawn


def test_a_retired_code_is_offered_only_where_it_is_stored() -> None:
    page = compile_page(FORM, FORM.pages[0])
    for answers, offered in (({}, False), ({"choice_q": "b"}, True)):
        state = evaluate_form(FORM, answers, FACTS)
        assert ('value="b"' in render_page(page, Shown(answers, state, ON))) is offered


def test_rows_within_rows_carry_their_ids_and_a_row_to_copy() -> None:
    answers = {
        "needs": [{"_id": "aaaaaaaa", "card_text": "<First>", "actions": [{"_id": "bbbbbbbb"}]}]
    }
    state = evaluate_form(FORM, answers, FACTS)
    drawn = render_page(compile_page(FORM, FORM.pages[1]), Shown(answers, state, ON, known=KNOWN))
    assert '<input type="hidden" name="needs._rows" value="aaaaaaaa">' in drawn
    assert '<input type="hidden" name="needs.aaaaaaaa.actions._rows" value="bbbbbbbb">' in drawn
    assert 'name="needs.aaaaaaaa.actions.bbbbbbbb.cell_date.day"' in drawn
    assert 'name="needs.newrow0x0.actions.newrow1x0.cell_text"' in drawn
    assert "&lt;First&gt;</h3>" in drawn


def test_a_slot_in_a_value_is_not_looked_for() -> None:
    template = flat(f"<p>{slot('a')}{slot('b')}</p>").bind({"a": slot("b")})
    assert template.fill({"b": "x"}) == f"<p>{slot('b')}x</p>"


def test_the_form_has_every_type() -> None:
    assert isinstance(FORM, Form)
    assert {question.type for question in TOP} == {*FIELDS, "calculated"}
