"""A note on a phone without scripts, a clock held by hand, and a record withdrawn by two; axe at each step."""

import re
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from casework.clock import LONDON, now
from tests.e2e.conftest import Opener
from tests.e2e.test_accessible import look, none, visit

CASE = "CT000001"


def test_a_note_on_a_phone_without_scripts(open_as: Opener) -> None:
    page = open_as("wanda", javascript=False, width=390)
    page.goto("/")
    page.get_by_role("link", name="Write a note").click()
    begin_a_note(page)
    page.get_by_role("button", name="Finish", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("What was said, seen or done?")
    found = visit(open_as("wanda"), [page.url])
    fill(page, "She rang from the bus, and will come on Monday.")
    page.get_by_role("button", name="Finish", exact=True).click()
    expect(page.locator("main")).to_contain_text("Case note is finished")
    expect(page.locator("main")).to_contain_text("will come on Monday")
    none(found)


def test_a_clock_is_paused_set_going_again_and_its_story_says_so(open_as: Opener) -> None:
    max_ = open_as("max")
    max_.goto(f"/cases/?q={CASE}")
    max_.get_by_role("link", name=CASE).first.click()
    case = max_.url
    found = hold(max_, "Pause it", "The family is away until Monday.")
    expect(supervision(max_)).to_contain_text("Paused since")
    found += look(max_)
    max_.goto(case)
    found += hold(max_, "Set it going again", "They are back.")
    expect(supervision(max_)).not_to_contain_text("Paused since")
    supervision(max_).get_by_role("link", name="How this clock came about").click()
    expect(max_.locator("main")).to_contain_text("The family is away until Monday.")
    expect(max_.locator("main")).to_contain_text("They are back.")
    none(found + look(max_))


def test_a_note_is_withdrawn_by_two(open_as: Opener) -> None:
    wanda, max_ = open_as("wanda"), open_as("max")
    wanda.goto("/write/")
    begin_a_note(wanda)
    record = wanda.url.split("/pages/")[0] + "/"
    fill(wanda, "Canary of another family.")
    wanda.get_by_role("button", name="Finish", exact=True).click()
    expect(wanda.locator("main")).to_contain_text("Case note is finished")

    wanda.goto(record)
    wanda.get_by_role("link", name="Ask that it is withdrawn").click()
    wanda.get_by_role("button", name="Ask for it").click()
    expect(wanda.locator(".govuk-error-summary")).to_contain_text("Enter why, in your words")
    found = look(wanda)
    wanda.locator("input[name=reason]").first.check()
    wanda.get_by_label("Say more").fill("It is of another family.")
    wanda.get_by_role("button", name="Ask for it").click()
    expect(wanda.locator("main")).to_contain_text(
        "Wanda Worker asked that this record is withdrawn"
    )

    max_.goto("/")
    max_.locator(f"main a[href='{record.removeprefix(origin(max_))}']").first.click()
    max_.get_by_role("link", name="Decide on it").click()
    found += look(max_)
    max_.get_by_label("Withdraw it").check()
    max_.get_by_label("Reason").fill("I have looked at both files.")
    max_.get_by_role("button", name="Decide", exact=True).click()
    expect(max_.get_by_role("heading", level=1)).to_have_text("This record was withdrawn")
    expect(max_.locator("main")).not_to_contain_text("Canary")
    none(found + look(max_))


def begin_a_note(page: Page) -> None:
    """From the page on which a note is begun, to its own page."""
    case = page.get_by_role("region").filter(has_text=CASE)
    case.get_by_role("button", name="Write: Case note").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Case note")
    page.locator("select[name=type]").select_option(index=1)
    when = (now() - timedelta(hours=1)).astimezone(LONDON)
    for part, value in (("day", when.day), ("month", when.month), ("year", when.year)):
        page.locator(f"[name='happened_at.{part}']").fill(str(value))
    page.locator("[name='happened_at.time']").fill(f"{when:%H:%M}")


def fill(page: Page, text: str) -> None:
    """Say what happened."""
    page.locator("textarea[name=text]").fill(text)


def supervision(page: Page) -> Locator:
    """The clock on the page of its case, with how it is worked out unfolded."""
    named = page.locator("strong", has_text=re.compile("^Case supervision"))
    clock = page.locator(".ct-clocks__clock").filter(has=named).first
    for folded in clock.locator("details:not([open]) > summary").all():
        folded.click()
    return clock


def hold(page: Page, what: str, why: str) -> list[str]:
    """Do something to the clock, and look at the page on which it is done."""
    supervision(page).get_by_role("link", name="Pause or cancel it").click()
    page.get_by_role("button", name="Change the clock").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter the reason")
    found = look(page)
    page.get_by_label(what).check()
    page.get_by_label("Reason").fill(why)
    page.get_by_role("button", name="Change the clock").click()
    return found


def origin(page: Page) -> str:
    """Scheme, host and port of where a page is."""
    return "/".join(page.url.split("/")[:3])
