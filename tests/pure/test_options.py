"""`options`: which entries of a list a question offers, by the other answers."""

import datetime
from typing import Any

from casework.pageforms.compile import compile_page
from casework.pageforms.fields import Known
from casework.pageforms.parse import parse
from casework.pageforms.render import Shown, render_page
from casework.pageforms.script import page_rules
from formdefs.answers import draft_problems, submission_problems
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.form import Form, load
from formdefs.list_definition import problems as list_problems
from formdefs.state import evaluate_form, facts_for
from tests.faces.record_pages import inputs
from tests.forms import a_form, a_list, question, repeat
from tests.twins import pages_in_browser

TODAY = datetime.date(2026, 11, 24)
FACTS = facts_for(TODAY, {}, {})
IN_REGION = {"==": [{"var": "option.parent"}, {"var": "region"}]}
LISTS = {
    "regions": {"options": [{"code": "north", "label": "North"}, {"code": "south", "label": "South"}]},
    "towns": {
        "options": [
            {"code": "LDS", "label": "Leeds", "attributes": {"parent": "north"}},
            {"code": "YRK", "label": "York", "attributes": {"parent": "north"}},
            {"code": "DVR", "label": "Dover", "attributes": {"parent": "south"}},
            {"code": "OTH", "label": "Elsewhere"},
        ]
    },
}  # fmt: skip


def _definition(**town: Any) -> dict[str, Any]:
    town = {"list": "towns", "options": IN_REGION, **town}
    return a_form(
        question("choice", "region", list="regions"),
        question("choice", "town", **town),
        question("choices", "towns", list="towns", options=IN_REGION),
        repeat(
            "homes",
            question("choice", "area", list="regions"),
            question(
                "choice", "place", list="towns", display="select",
                options={"==": [{"var": "option.parent"}, {"var": "area"}]},
            ),
        ),
        lists=LISTS,
    )  # fmt: skip


def _form(**town: Any) -> Form:
    return load(compile_form(_definition(**town), {}))


def _codes(answers: dict[str, Any], *path: str, form: Form | None = None) -> list[str]:
    state = evaluate_form(form or _form(), answers, FACTS)
    return [entry.code for entry in state.offered(path)]


def test_an_entry_is_offered_when_the_rule_holds_for_it() -> None:
    assert problems(_definition(), {}) == []
    assert _codes({"region": "north"}, "town") == ["LDS", "YRK"]
    assert _codes({"region": "south"}, "town") == ["DVR"]
    assert _codes({}, "town") == ["OTH"]  # both are null: it has no parent
    assert _codes({"region": "north"}, "region") == ["north", "south"]


def test_a_row_filters_by_its_own_answers() -> None:
    homes = [{"_id": "row00001", "area": "south"}, {"_id": "row00002", "area": "north"}]
    assert _codes({"homes": homes}, "homes", "row00001", "place") == ["DVR"]
    assert _codes({"homes": homes}, "homes", "row00002", "place") == ["LDS", "YRK"]


def test_a_constant_offers_all_or_nothing_and_a_refused_rule_all() -> None:
    assert len(_codes({}, "town", form=_form(options=True))) == 4
    assert _codes({}, "town", form=_form(options=False)) == []
    documents = compile_form(_definition(), {})
    documents["rules"]["nodes"]["qtown00"] = {"options": {"no_such_operator": []}}
    assert len(_codes({}, "town", form=load(documents))) == 4


def test_a_rule_reads_only_what_the_entries_have() -> None:
    wrong = {"==": [{"var": "option.county"}, {"var": "regoin"}]}
    found = problems(_definition(options=wrong), {})
    assert [(p.at, p.code) for p in found] == [
        ("/pages/0/items/1/options/==/0/var", "unknown_attribute"),
        ("/pages/0/items/1/options/==/1/var", "unknown_question"),
    ]
    assert "“code” and “label” and “parent”" in found[0].says + found[0].fix
    known = {"in": ["e", {"var": "option.label"}]}
    assert problems(_definition(options=known), {}) == []
    codes = {"==": [{"var": "option.code"}, 1]}
    assert [p.code for p in problems(_definition(options=codes), {})] == ["wrong_type"]


def test_no_question_of_such_a_form_is_called_option() -> None:
    named = a_form(
        question("text", "option"), question("choice", list="towns", options=IN_REGION), lists=LISTS
    )
    assert "shadowed_key" in [p.code for p in problems(named, {})]


def test_attributes_of_shared_lists_are_texts_with_names_of_their_own() -> None:
    document = a_list("A", "B")
    document["entries"][0]["attributes"] = {"parent": "north"}
    assert list_problems(document) == []
    for wrong in ({"code": "x"}, {"label": "x"}, {"parent": 3}, {"not a key": "x"}):
        document["entries"][0]["attributes"] = wrong
        assert [p.code for p in list_problems(document)] == ["shape"], wrong


def test_what_is_no_longer_offered_stays_and_is_refused_at_submission() -> None:
    answers = {"region": "south", "town": "LDS", "towns": ["DVR", "YRK"]}
    form = _form()
    assert draft_problems(form, answers) == []
    found = submission_problems(form, answers, FACTS, TODAY)
    assert [(p.path, p.code, p.message) for p in found] == [
        (
            ("town",), "not_offered",
            "“Town” cannot be “Leeds”, which is not offered with your other answers: choose again",
        ),
        (
            ("towns",), "not_offered",
            "“Towns” cannot be “York”, which is not offered with your other answers: choose again",
        ),
    ]  # fmt: skip
    assert evaluate_form(form, answers, FACTS).value(("town",)) == "LDS"


def test_a_hidden_answer_offers_and_filters_nothing() -> None:
    definition = _definition(visible=False)
    definition["pages"][0]["items"][0]["visible"] = False
    form = load(compile_form(definition, {}))
    assert submission_problems(form, {"region": "north", "town": "DVR"}, FACTS, TODAY) == []
    assert _codes({"region": "north"}, "towns", form=form) == ["OTH"]


def _html(answers: dict[str, Any]) -> str:
    form = _form()
    state = evaluate_form(form, answers, FACTS)
    return str(render_page(compile_page(form, form.pages[0]), Shown(answers, state, TODAY)))


def test_a_page_hides_what_is_not_offered_and_names_what_is_no_longer() -> None:
    html = _html({"region": "south", "town": "LDS"})
    for code, hidden in (("LDS", False), ("YRK", True), ("DVR", False), ("OTH", True)):
        item = html.split(f'name="town" type="radio" value="{code}"')[0].rsplit("<div", 1)[1]
        assert (" hidden" in item) is hidden, code
    said = html.split('value="LDS"')[1].split("</label>")[0]
    assert "<span data-gone> (no longer offered)</span>" in said
    first = html.split('id="town"')[1][:60]
    assert 'value="LDS"' in first, "a link to the question leads to an answer that shows"
    assert "data-none-offered hidden" in html


def test_a_drop_down_list_takes_out_what_is_not_offered() -> None:
    homes = [{"_id": "row00001", "area": "south", "place": "LDS"}]
    html = _html({"homes": homes})
    select = html.split('name="homes.row00001.place"')[1].split("</select>")[0]
    assert '<option value="LDS" selected>Leeds (no longer offered)</option>' in select
    assert '<option hidden disabled value="YRK">York</option>' in select
    assert '<option value="DVR">Dover</option>' in select


def test_a_page_that_is_shown_and_sent_untouched_keeps_what_is_no_longer_offered() -> None:
    homes = [{"_id": "row00001", "area": "south", "place": "LDS"}]
    answers = {"region": "south", "town": "LDS", "towns": ["YRK", "DVR"], "homes": homes}
    form = _form()
    assert parse(form.pages[0], inputs(_html(answers)), answers, Known()).answers == answers


def test_the_browser_offers_the_same() -> None:
    homes = [{"_id": "row00001", "area": "south"}]
    answers = {"region": "north", "homes": homes}
    form = _form()
    state = evaluate_form(form, answers, FACTS)
    page = page_rules(form.pages, state, FACTS)
    paths = [["qtown00"], ["qplace00", "row00001"], ["qregion00"]]
    [outcome] = pages_in_browser([{"page": page, "sent": inputs(_html(answers)), "paths": paths}])
    assert [place[4] for place in outcome["places"]] == [["LDS", "YRK"], ["DVR"], None]
