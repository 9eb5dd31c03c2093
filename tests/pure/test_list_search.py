"""Searching a long list: what is found and in which order, and pages that do not carry the list."""

import time
from datetime import date
from typing import Any

import pytest

from casework.pageforms.compile import compile_page
from casework.pageforms.render import Shown, render_page
from casework.pageforms.script import page_script
from formdefs.answers import submission_problems
from formdefs.codelists import CodeList, Entry, load
from formdefs.compile import compile_form
from formdefs.form import Form
from formdefs.form import load as load_form
from formdefs.list_definition import problems as list_problems
from formdefs.list_search import MOST, search
from formdefs.state import evaluate_form, facts_for
from tests.faces.record_pages import inputs
from tests.forms import a_form, question

ON = date(2026, 11, 24)
FACTS = facts_for(ON, {}, {})
TOWNS = CodeList(
    "towns",
    "",
    "",
    (
        Entry("KLE", "Leeds, near Maidstone", hint="Kent"),
        Entry("LDS", "Leeds", hint="West Yorkshire"),
        Entry("LED", "Ledbury"),
        Entry("SFL", "South Leeds"),
        Entry("OLD", "Leedstown", valid_to="2020-01-01"),
        Entry("LEEDS", "The code says it"),
        Entry("SIA", "Llanfair Siân"),
    ),
)


def codes(typed: str, **more: Any) -> list[str]:
    return [entry.code for entry in search(TOWNS, typed, on=ON, **more).entries]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (
            "leeds",
            ["LEEDS", "KLE", "LDS", "SFL"],
        ),  # the code itself, then labels, as the list has them
        ("LEED", ["KLE", "LDS", "LEEDS", "SFL"]),
        ("lds", ["LDS"]),
        ("maid leeds", ["KLE"]),  # every word, in any order
        ("yorkshire", ["LDS"]),
        ("sian", ["SIA"]),
        ("eeds", []),  # the beginning of a word
        ("  ", []),
        ("-", []),
    ],
)
def test_every_word_typed_begins_a_word_of_what_is_found(typed: str, found: list[str]) -> None:
    assert codes(typed) == found


def test_what_is_not_in_force_on_the_day_is_not_found() -> None:
    assert codes("leedstown") == []
    assert [e.code for e in search(TOWNS, "leedstown", on=date(2019, 1, 1)).entries] == ["OLD"]


def test_a_rule_keeps_some() -> None:
    assert codes("leeds", offers=lambda entry: entry.hint == "Kent") == ["KLE"]


def test_the_first_twenty_are_shown_and_that_there_is_more_is_said() -> None:
    for number, more in ((MOST, False), (MOST + 1, True)):
        entries = tuple(Entry(str(n), "Road") for n in range(number))
        found = search(CodeList("l", "", "", entries), "road", on=ON)
        assert (len(found.entries), found.more) == (MOST, more)


# A page with a list of 5,000.

MANY = 5000


def long_list() -> dict[str, Any]:
    entries = [
        {
            "code": f"S{n:04}",
            "label": f"School number {n} of {'North' if n % 2 else 'South'} Exampleshire",
            "attributes": {"parent": "north" if n % 2 else "south"},
        }
        for n in range(MANY)
    ]
    return {"key": "test.schools", "title": "Schools", "source": "Tests", "entries": entries}


def form_of_schools() -> Form:
    in_region = {"==": [{"var": "option.parent"}, {"var": "region"}]}
    regions = [{"code": "north", "label": "North"}, {"code": "south", "label": "South"}]
    definition = a_form(
        question("choice", "region", list="regions"),
        question("choice", "school", list="schools"),
        question("choice", "in_region", list="schools", options=in_region),
        question("choices", "schools", list="schools"),
        lists={"schools": {"list": "test.schools"}, "regions": {"options": regions}},
    )
    return load_form(compile_form(definition, {"test.schools": long_list()}))


def test_a_list_of_ten_thousand_is_published_and_no_longer_one() -> None:
    entries = [{"code": str(n), "label": "x"} for n in range(10_001)]
    document = {"key": "a.list", "title": "x", "source": "x", "entries": entries}
    assert [p.code for p in list_problems(document)] == ["shape"]
    assert list_problems({**document, "entries": entries[1:]}) == []


def test_a_page_with_a_list_of_5000_is_small_and_quick() -> None:
    form = form_of_schools()
    compiled = compile_page(form, form.pages[0])
    answers = {"school": "S0007", "schools": ["S0001", "S0002"], "region": "north"}
    typed = {"in_region.find": ["school 12"], "in_region.found": ["school 12"], "in_region": []}
    state = evaluate_form(form, answers, FACTS)
    shown = Shown(answers, state, ON, typed=typed)
    page = render_page(compiled, shown) + page_script(form.pages, state, FACTS)
    assert len(page.encode()) < 60_000
    began = time.process_time()
    for _ in range(10):
        render_page(compiled, shown)
        page_script(form.pages, state, FACTS)
    assert (time.process_time() - began) / 10 < 0.25  # seconds; some 0.02 on the slowest machine


def test_chosen_and_found_answers_are_on_the_page_and_are_sent() -> None:
    form = form_of_schools()
    answers = {"school": "S0007", "region": "north"}
    typed = {
        "in_region.find": ["school 12"],
        "in_region.found": ["school 12"],
        "in_region": ["S0002"],
    }
    state = evaluate_form(form, answers, FACTS)
    page = render_page(compile_page(form, form.pages[0]), Shown(answers, state, ON, typed=typed))
    sent = inputs(page)
    assert (sent["school"], sent["in_region"]) == (["S0007"], ["S0002"])
    # What the rule no longer keeps stays chosen, and says so; what is found keeps to the rule.
    assert (
        "School number 2 of South Exampleshire<span data-gone> (no longer offered)</span>" in page
    )
    assert 'value="S0121"' in page
    assert 'value="S0120"' not in page
    assert "The first 20 that match “school 12” are shown." in page


def test_an_answer_from_a_long_list_is_judged_by_its_rule() -> None:
    form = form_of_schools()
    found = submission_problems(form, {"region": "north", "in_region": "S0002"}, FACTS, ON)
    assert [problem.code for problem in found] == ["not_offered"]
    assert load("l", long_list()).label("S0002") == "School number 2 of South Exampleshire"
