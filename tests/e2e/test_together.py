"""Nothing typed is lost: two people on one page, a crash, a session that ends, a page left too soon."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.conftest import PASSWORD, Opener
from tests.e2e.filling import add_row, remove_row, save, start_record

CASE, CHILD, FORM = "CT000010", "Sami Imaginary", "Child and family assessment"
HERS = "Sami is six and has not been to school since June.\nHis aunt brought him."
HIS = "Sami, six, lives with his aunt; nobody knows where his father is."
BOTH = "Sami is six, lives with his aunt, and has not been to school since June."


def new_page(worker: Page) -> str:
    """The address of the first page of a new record."""
    record = start_record(worker, case=CASE, form=FORM, about=CHILD)
    return f"{record}pages/analysis/"


def both_open(open_as: Opener, *, javascript: bool = True) -> tuple[Page, Page]:
    """One page of one record, open in two browsers."""
    wanda = open_as("wanda", javascript=javascript)
    wilf = open_as("wilf", javascript=javascript)
    wilf.goto(new_page(wanda))
    return wanda, wilf


def test_answers_to_different_questions_are_merged(open_as: Opener) -> None:
    wanda, wilf = both_open(open_as)
    wanda.locator("#summary").fill(HERS)
    wilf.locator("#strengths").fill("His aunt")
    save(wanda)
    save(wilf)
    expect(wilf.locator("main")).to_contain_text("theirs are kept beside yours")
    expect(wilf.locator("#summary")).to_have_value(HERS)
    expect(wilf.locator("#strengths")).to_have_value("His aunt")
    wanda.reload()
    expect(wanda.locator("#strengths")).to_have_value("His aunt")


@pytest.mark.parametrize(
    ("javascript", "choice", "kept"),
    [
        (True, "Keep mine", HIS),
        (True, "Keep theirs", HERS),
        (True, "Write another answer", BOTH),
        (False, "Write another answer", BOTH),
    ],
)
def test_one_question_answered_twice_shows_both_and_asks(
    open_as: Opener, javascript: bool, choice: str, kept: str
) -> None:
    wanda, wilf = both_open(open_as, javascript=javascript)
    wanda.locator("#summary").fill(HERS)
    save(wanda)
    wilf.locator("#summary").fill(HIS)
    wilf.locator("#strengths").fill("His aunt")
    wilf.get_by_role("button", name="Save", exact=True).click()
    expect(wilf.get_by_role("heading", level=1)).to_have_text("Choose which answers to keep")
    mine, theirs = wilf.locator(".app-side").all()
    expect(mine).to_contain_text(HIS)
    expect(theirs).to_contain_text("Wanda Worker")
    expect(theirs).to_contain_text(HERS.split("\n")[1])
    wilf.get_by_label(choice, exact=True).check()
    if kept == BOTH:
        wilf.get_by_role("textbox").first.fill(BOTH)
    wilf.get_by_role("button", name="Save these answers").click()
    expect(wilf.locator("#summary")).to_have_value(kept)
    expect(wilf.locator("#strengths")).to_have_value("His aunt")
    wanda.reload()
    expect(wanda.locator("#summary")).to_have_value(kept)
    expect(wanda.locator("#strengths")).to_have_value("His aunt")


def test_a_row_removed_by_one_and_edited_by_the_other_is_asked_about(open_as: Opener) -> None:
    wanda = open_as("wanda")
    address = new_page(wanda)
    row = add_row(wanda, "needs")
    wanda.locator(f'[name="needs.{row}.need"]').fill("To go to school")
    save(wanda)
    wilf = open_as("wilf")
    wilf.goto(address)
    remove_row(wilf, "needs", row)
    wanda.locator(f'[name="needs.{row}.need"]').fill("To go to school every day")
    save(wanda)
    wilf.get_by_role("button", name="Save", exact=True).click()
    expect(wilf.locator("main")).to_contain_text("This row was removed")
    expect(wilf.locator("main")).to_contain_text("To go to school every day")
    wilf.get_by_label("Keep theirs", exact=True).check()
    wilf.get_by_role("button", name="Save these answers").click()
    expect(wilf.locator(f'[name="needs.{row}.need"]')).to_have_value("To go to school every day")


def test_what_is_typed_is_kept_within_five_seconds_and_survives_a_crash(open_as: Opener) -> None:
    wanda = open_as("wanda")
    address = new_page(wanda)
    wanda.locator("#summary").press_sequentially("Sami is six")
    expect(wanda.locator("[data-status]")).to_contain_text("Saved as you type", timeout=5_000)
    wanda.context.close()  # without any warning, as when the browser dies
    wilf = open_as("wilf")
    wilf.goto(address)
    expect(wilf.locator("#summary")).to_have_value("")
    again = open_as("wanda")
    again.goto(address)
    expect(again.locator("#summary")).to_have_value("Sami is six")
    expect(again.locator("main")).to_contain_text("have not saved it yet")
    save(again)
    wilf.reload()
    expect(wilf.locator("#summary")).to_have_value("Sami is six")


def sign_in_here(page: Page, username: str) -> None:
    """Sign in on the page that the end of the session led to."""
    expect(page.locator("input[name=password]")).to_be_visible()
    page.get_by_label("Username").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("lost", ["sessionid", None], ids=["session", "all cookies"])
def test_typing_survives_the_end_of_the_session(
    open_as: Opener, javascript: bool, lost: str | None
) -> None:
    wanda = open_as("wanda", javascript=javascript)
    new_page(wanda)
    wanda.locator("#summary").fill(HERS)
    wanda.context.clear_cookies(name=lost) if lost else wanda.context.clear_cookies()
    wanda.get_by_role("button", name="Save", exact=True).click()
    sign_in_here(wanda, "wanda")
    expect(wanda.locator("main")).to_contain_text(
        "What you typed before your session ended is back"
    )
    expect(wanda.locator("#summary")).to_have_value(HERS)
    save(wanda)
    expect(wanda.locator("#summary")).to_have_value(HERS)


def test_the_page_says_that_the_session_ended(open_as: Opener) -> None:
    wanda = open_as("wanda")
    new_page(wanda)
    wanda.context.clear_cookies(name="sessionid")
    wanda.locator("#summary").press_sequentially("Sami is six")
    status = wanda.locator("[data-status]")
    expect(status).to_contain_text("Not saved: you have been signed out")
    with wanda.context.expect_page() as opened:
        status.get_by_role("link", name="Sign in in a new tab").click()
    sign_in_here(opened.value, "wanda")
    expect(status).to_contain_text("Saved as you type", timeout=30_000)


def test_another_user_who_signs_in_does_not_get_what_was_typed(open_as: Opener) -> None:
    wanda = open_as("wanda", javascript=False)
    new_page(wanda)
    wanda.locator("#summary").fill(HERS)
    wanda.context.clear_cookies()
    wanda.get_by_role("button", name="Save", exact=True).click()
    address = wanda.url
    sign_in_here(wanda, "wilf")
    expect(wanda.locator("#summary")).to_have_value("")
    wanda.context.clear_cookies()
    wanda.goto(address)
    sign_in_here(wanda, "wanda")
    expect(wanda.locator("#summary")).to_have_value(HERS)


def test_leaving_with_unsaved_typing_warns(open_as: Opener) -> None:
    wanda = open_as("wanda")
    new_page(wanda)
    warned: list[str] = []

    def stay(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.dismiss()

    wanda.on("dialog", stay)
    wanda.wait_for_load_state()  # the script that warns has come
    wanda.locator("#summary").press_sequentially("Sami")
    wanda.get_by_role("link", name="People", exact=True).click(no_wait_after=True)
    expect(wanda.locator("#summary")).to_have_value("Sami")
    expect(wanda.locator("[data-status]")).to_contain_text("Saved as you type")
    assert warned == ["beforeunload"]
    wanda.get_by_role("link", name="People", exact=True).click()
    expect(wanda).to_have_url(re.compile("/people/$"))
