"""The pictures in the README and the tutorial, taken from the real product.

They are written to docs/images only with CASETHREAD_PICTURES=yes; otherwise beside the test's other
files, so that the way to each picture is walked at every run.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from formdefs import shipped
from tests.e2e.conftest import ROOT, Opener
from tests.e2e.filling import fill_page, page_of, paste, save, start_record

FORM = "Child and family assessment"
HERS = (
    "Lina is nine. She came to Anytown in June with her mother and two brothers. She has not been to "
    "school, and looks after the boys while her mother is unwell."
)
HIS = (
    "Lina is nine and lives with her mother and two brothers. Their father is missing. She has not "
    "been to school since June."
)
Take = Callable[..., None]


@pytest.fixture
def take(tmp_path: Path) -> Take:
    """`take(page, "name")` writes name.png: what the window shows, cut below `until` if it is given."""
    folder = ROOT / "docs/images" if os.environ.get("CASETHREAD_PICTURES") == "yes" else tmp_path

    def taken(page: Page, name: str, *, until: Locator | None = None, most: int = 1000) -> None:
        page.mouse.move(0, 0)
        width = (page.viewport_size or {"width": 1280})["width"]
        box = until.bounding_box() if until else None
        bottom = box["y"] + box["height"] + page.evaluate("scrollY") + 24 if box else most
        page.screenshot(
            path=folder / f"{name}.png", full_page=True, animations="disabled",
            clip={"x": 0, "y": 0, "width": width, "height": min(bottom, most)},
        )  # fmt: skip

    return taken


def analysis() -> tuple[dict[str, object], dict[str, object]]:
    """The first page of the assessment, and the sample's answers to it."""
    sample = shipped.sample("child_family_assessment")
    definition = next(f for f in shipped.forms() if f["key"] == "child_family_assessment")
    assert sample
    return dict(page_of(definition, "analysis")), sample


def test_fill_page_check_answers_and_phone(open_as: Opener, take: Take) -> None:
    wanda = open_as("wanda")
    record = start_record(wanda, case="CT000001", form=FORM, about="Testina Example")
    page, answers = analysis()
    fill_page(wanda, page, answers)
    wanda.locator("#risks").press_sequentially(" ")
    expect(wanda.locator("[data-status]")).to_contain_text("Saved as you type")
    wanda.locator("h1").scroll_into_view_if_needed()
    take(wanda, "fill-page")
    save(wanda)
    wanda.get_by_role("button", name="Check your answers").click()
    wanda.get_by_role("button", name="Submit for sign-off").click()
    expect(wanda.locator(".govuk-error-summary")).to_be_visible()
    take(wanda, "check-answers")
    phone = open_as("wanda", width=390)
    phone.goto(f"{record}pages/analysis/")
    take(phone, "phone", most=844)


def test_clash(open_as: Opener, take: Take) -> None:
    wanda, wilf = open_as("wanda"), open_as("wilf")
    record = start_record(wanda, case="CT000010", form=FORM, about="Lina Imaginary")
    wilf.goto(f"{record}pages/analysis/")
    wanda.locator("#summary").fill(HERS)
    save(wanda)
    wilf.locator("#summary").fill(HIS)
    wilf.get_by_role("button", name="Save", exact=True).click()
    wilf.get_by_label("Write another answer", exact=True).check()
    take(wilf, "clash", until=wilf.get_by_role("button", name="Save these answers"))


def test_case_sign_and_history(open_as: Opener, take: Take) -> None:
    max_ = open_as("max")
    max_.goto("/")
    max_.get_by_role("link", name="CT000002").first.click()
    take(max_, "case", until=max_.get_by_role("link", name="The whole history"))
    max_.get_by_role("link", name=FORM, exact=True).click()
    button = max_.get_by_role("button", name="Sign this record")
    box = button.bounding_box()
    assert box
    max_.evaluate("top => scrollTo(0, top)", box["y"] - 640)
    max_.mouse.move(0, 0)
    take_window(take, max_, "sign")
    max_.goto("/cases/")
    max_.get_by_role("link", name="CT000001").first.click()
    signed = max_.locator("tr", has_text="Testina Example").filter(has_text=FORM)
    signed = signed.filter(has_text="Signed")
    signed.get_by_role("link", name=FORM, exact=True).click()
    max_.get_by_role("link", name="History", exact=True).click()
    take(max_, "history")


def take_window(take: Take, page: Page, name: str) -> None:
    """What the window shows where it is scrolled to."""
    top = page.evaluate("scrollY")
    page.evaluate("top => { document.body.style.marginTop = `-${top}px`; scrollTo(0, 0); }", top)
    take(page, name, most=900)


def test_publish(open_as: Opener, take: Take) -> None:
    ada = open_as("ada")
    ada.goto("/configure/")
    ada.get_by_role("link", name="Referral", exact=True).click()
    editor = ada.locator("textarea[name=definition]")
    definition = json.loads(editor.input_value())
    definition["pages"][0]["items"][0]["hint"] = "The clock of one working day starts here."
    paste(editor, json.dumps(definition, indent=2, ensure_ascii=False))
    expect(ada.locator("[data-document-check]").first).to_contain_text("Nothing to mend")
    ada.get_by_role("button", name="More actions").click()
    ada.get_by_role("button", name="Check and publish").click()
    ada.get_by_label("Reason").fill("Two teams asked when the clock starts")
    ada.set_viewport_size({"width": 1280, "height": 1400})
    ada.locator("h1").first.scroll_into_view_if_needed()
    take(ada, "publish", until=ada.get_by_role("button", name="Publish", exact=True), most=1400)
