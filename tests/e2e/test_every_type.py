"""A form with every type of question, in the browser: looked at by axe, signed by hand, read again."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener, Site
from tests.e2e.filling import add_row, save, start_record
from tests.e2e.test_accessible import CASE, CHILD, look, none
from tests.pageform import COLOURS, definition


@pytest.fixture(scope="module", autouse=True)
def published(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Publish the form, and the list that it asks from."""
    folder: Path = tmp_path_factory.mktemp("forms")
    for name, document in (("list", COLOURS), ("form", definition())):
        file = folder / f"{name}.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        site.manage("formdef", "import", str(file), "--publish", "--reason", "For this test")


def start(page: Page) -> str:
    """Start a record on the form; return its address."""
    return start_record(page, case=CASE, form="Everything", about=CHILD)


def test_every_type_of_question(open_as: Opener) -> None:
    page = open_as("wanda")
    record = start(page)
    found = look(page)
    page.goto(f"{record}pages/rows/")
    add_row(page, "needs")
    none(found + look(page))


def test_a_signature_is_drawn_with_the_pointer_and_shown(open_as: Opener) -> None:
    page = open_as("wanda")
    record = start(page)
    page.locator("[name='signature_q.name']").fill("Ann Smith")
    box = page.locator("[data-question=signature_q] svg")
    expect(box).to_have_attribute("aria-label", "Nothing is drawn yet")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place is not None
    x, y = place["x"] + 20, place["y"] + 30
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y + 40, steps=10)
    page.mouse.up()
    expect(box).to_have_attribute("aria-label", "The signature as it was drawn")
    none(look(page))
    save(page)
    page.goto(record)
    drawn = page.get_by_role("img", name="Signature drawn by Ann Smith")
    expect(drawn).to_be_visible()
    none(look(page))
    page.goto(f"{record}pages/one/")
    page.get_by_role("button", name="Take the drawing away").click()
    expect(page.get_by_label("Typing the name above signs this").first).to_be_focused()
    page.keyboard.press("Space")
    save(page)
    page.goto(record)
    expect(page.get_by_text("Signed by typing the name")).to_be_visible()
    expect(drawn).to_have_count(0)


def test_a_signature_is_typed_by_keyboard_without_javascript(open_as: Opener) -> None:
    page = open_as("wanda", javascript=False)
    record = start(page)
    page.locator("[name='signature_q.name']").focus()
    page.keyboard.type("Ann Smith")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("[data-status]")).to_contain_text("aved by")
    page.goto(record)
    expect(page.get_by_text("Signed by typing the name")).to_be_visible()
