"""A list of 5,000 is searched in the browser: by keyboard alone, in rows, by a rule, and without JavaScript."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener, Site
from tests.e2e.filling import add_row, save, start_record
from tests.e2e.test_accessible import CASE, CHILD, look, none
from tests.forms import a_form, question, repeat
from tests.pure.test_list_search import long_list

IN_REGION = {"==": [{"var": "option.parent"}, {"var": "region"}]}
REGIONS = [{"code": "north", "label": "North"}, {"code": "south", "label": "South"}]


@pytest.fixture(scope="module", autouse=True)
def published(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Publish the form, and the list that it asks from."""
    definition = a_form(
        question("choice", "region", list="regions"),
        question("choice", "school", list="schools", hint="Where the child is on roll."),
        question("choice", "near", list="schools", options=IN_REGION),
        question("choices", "visited", list="schools"),
        question("text", "other", visible={"==": [{"var": "school"}, "S0042"]}),
        repeat("moves", question("choice", "left", list="schools")),
        key="searching",
        title="Searching",
        lists={"schools": {"list": "test.schools"}, "regions": {"options": REGIONS}},
    )
    folder: Path = tmp_path_factory.mktemp("forms")
    for name, document in (("list", long_list()), ("form", definition)):
        file = folder / f"{name}.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        site.manage("formdef", "import", str(file), "--publish", "--reason", "For this test")


def start(page: Page) -> str:
    """Start a record on the form; return its address."""
    return start_record(page, case=CASE, form="Searching", about=CHILD)


def test_a_list_is_searched_by_keyboard_alone(open_as: Opener) -> None:
    page = open_as("wanda")
    start(page)
    box = page.get_by_role("combobox").first
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("button", name="Find")).to_have_count(0)
    box.focus()
    page.keyboard.type("school 42 ")
    expect(page.get_by_role("option")).to_have_count(20)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[role=status]").first).to_contain_text("The first 20 that match")
    none(look(page))
    box.focus()
    page.keyboard.press("End")
    for _ in range(len("school 42 ")):
        page.keyboard.press("Backspace")
    page.keyboard.type("S004")
    expect(page.get_by_role("option")).to_have_count(10)
    for key in (
        "ArrowDown",
        "ArrowUp",
        "ArrowUp",
        "ArrowDown",
        "ArrowDown",
        "ArrowDown",
        "ArrowDown",
    ):
        page.keyboard.press(key)
    active = page.get_by_role("option", selected=True)
    expect(active).to_have_text("School number 42 of South Exampleshire")
    assert box.get_attribute("aria-activedescendant") == active.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page.get_by_label("School number 42 of South Exampleshire")).to_be_checked()
    expect(page.locator("[data-said]")).to_contain_text("School number 42")
    expect(box).to_have_value("")
    expect(page.get_by_label("Other")).to_be_visible()  # its rule has read the answer
    page.keyboard.type("nowhere at all")
    expect(page.locator("[role=status]").first).to_contain_text("Nothing in the list matches")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    save(page)
    expect(page.get_by_label("School number 42 of South Exampleshire")).to_be_checked()
    none(look(page))


def test_a_rule_filters_what_is_found_and_several_are_chosen(open_as: Opener) -> None:
    page = open_as("wanda")
    record = start(page)
    near = page.locator("#near")
    expect(near).to_have_role("combobox")  # the script has come
    for region, found in (("South", "number 120"), ("North", "number 121")):
        page.get_by_label(region, exact=True).check()
        near.fill("s012")
        options = page.locator("#near-list [role=option]")
        expect(options).to_have_count(5)
        expect(options.first).to_contain_text(found)
        near.press("Escape")
    near.fill("s0121")
    near.press("Enter")  # the list has not come yet: it is asked for, and nothing is saved
    page.locator("#near-list [role=option]").click()
    visited = page.locator("#visited")
    for code in ("s0007", "s0008"):
        visited.fill(code)
        expect(page.locator("#visited-list [role=option]")).to_have_count(1)
        visited.press("Enter")
    row = add_row(page, "moves")
    left = page.locator(f"[id='moves.{row}.left']")
    left.fill("s0009")
    page.locator(f"[id='moves.{row}.left-list'] [role=option]").click()
    save(page)
    page.goto(record)
    for number in (121, 7, 8, 9):
        expect(page.get_by_text(f"School number {number} of")).to_be_visible()


def test_without_javascript_a_button_finds(open_as: Opener) -> None:
    page = open_as("wanda", javascript=False)
    record = start(page)
    page.get_by_label("North", exact=True).check()
    near = page.locator("[data-question=near]")
    near.get_by_label("Search the list").fill("school 12")
    near.get_by_role("button", name="Find").click()
    expect(near.get_by_text("The first 20 that match")).to_be_visible()
    near.get_by_label("School number 121 of North Exampleshire").check()
    save(page)
    page.goto(record)
    expect(page.get_by_text("School number 121 of North Exampleshire")).to_be_visible()
