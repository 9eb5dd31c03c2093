"""Conditions in rows and in rows of rows, by keyboard alone and as a screen reader is told; and without JavaScript.

What the page says aloud is read from its live region, and names and states from the accessibility
tree, never from classes.
"""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Opener
from tests.e2e.filling import add_row, row_ids, save, start_record

CASE, CHILD = "CT000001", "Testina Example"
PLAN, ASSESSMENT = "Child in need plan", "Child and family assessment"
LATE = "Why is an action due after the day by which it will be better?"
TOO_EARLY = "The action is due before the plan starts"


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab (or Shift+Tab) until this has the focus."""
    for _ in range(300):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"The keyboard does not reach {wanted}")


def type_date(page: Page, name: str, day: str, month: str, year: str, key: str = "Tab") -> None:
    """Go to a date's three inputs by keyboard and type over what stands there."""
    tab_to(page, page.locator(f'[name="{name}.day"]'), key)
    for number, part in enumerate((day, month, year)):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.press("Control+a")
        page.keyboard.type(part)


def added_by_key(page: Page, path: str) -> str:
    """Press Enter on the button that adds a row; the focus is in the row, which is said."""
    before = row_ids(page, path)
    tab_to(page, page.locator(f'button[name=_add][value="{path}"]'))
    page.keyboard.press("Enter")
    expect(page.locator(f'input[name="{path}._rows"]')).to_have_count(len(before) + 1)
    [row] = [one for one in row_ids(page, path) if one not in before]
    expect(page.locator(f'[id="{path}.{row}"]')).to_be_focused()
    expect(said(page)).to_have_text("A row is added")
    return row


def said(page: Page) -> Locator:
    """What the page says aloud, politely."""
    live = page.locator("[data-said]")
    expect(live).to_have_attribute("aria-live", "polite")
    return live


def begin(page: Page, form: str, screen: str) -> None:
    """Start a record and open one of its pages."""
    address = start_record(page, case=CASE, form=form, about=CHILD)
    page.goto(f"{address}pages/{screen}/")
    expect(page.locator("#page-form")).to_be_visible()


def begin_plan(page: Page) -> None:
    """Start a plan that begins on 16 November 2026, and open its outcomes."""
    begin(page, PLAN, "about")
    for part, text in (("day", "16"), ("month", "11"), ("year", "2026")):
        page.locator(f'[name="start_date.{part}"]').fill(text)
    save(page)
    page.goto(re.sub("/pages/.*", "/pages/outcomes/", page.url))


def test_a_plans_nested_rows_by_keyboard(open_as: Opener) -> None:
    page = open_as("wanda")
    begin_plan(page)
    outcome = f"outcomes.{added_by_key(page, 'outcomes')}"
    type_date(page, f"{outcome}.outcome_by", "29", "1", "2027")
    action = f"{outcome}.actions.{added_by_key(page, f'{outcome}.actions')}"
    why = page.get_by_role("textbox", name=LATE)
    expect(why).to_have_count(0)

    type_date(page, f"{action}.by_when", "12", "2", "2027")
    expect(why).to_have_count(1)
    expect(said(page)).to_have_text(f"There is one more question: {LATE}")
    expect(page.locator(f'[name="{action}.by_when.year"]')).to_be_focused()
    tab_to(page, why)
    page.keyboard.type("The sessions go on")

    # Earlier than the plan: told at once, in the row, and as the group's description.
    type_date(page, f"{action}.by_when", "2", "11", "2026", "Shift+Tab")
    expect(why).to_have_count(0)
    group = page.get_by_role("group", name=re.compile("By when will it be done"))
    expect(group).to_have_accessible_description(re.compile(TOO_EARLY))
    expect(said(page)).to_contain_text(TOO_EARLY)
    assert violations(page) == []

    type_date(page, f"{action}.by_when", "12", "2", "2027", "Shift+Tab")
    expect(why).to_have_value("The sessions go on")  # a slip loses nothing
    expect(group).not_to_have_accessible_description(re.compile(TOO_EARLY))
    type_date(page, f"{outcome}.outcome_by", "1", "3", "2027", "Shift+Tab")
    expect(why).to_have_count(0)
    expect(said(page)).to_have_text("Questions that do not apply are hidden.")


def test_an_assessments_rows_by_keyboard(open_as: Opener) -> None:
    page = open_as("wanda")
    begin(page, ASSESSMENT, "about")
    not_seen = page.get_by_role("combobox", name="Why has the child not been seen?")
    worked_out = page.locator("[data-output]").first
    alone = page.get_by_role("group", name=re.compile("Was the child seen alone"))
    place = page.get_by_role("combobox", name="Where was the child seen?")
    expect(not_seen).to_have_count(1)
    row = f"dates_seen.{added_by_key(page, 'dates_seen')}"
    expect(alone).to_have_count(0)

    tab_to(page, page.locator(f'[name="{row}.seen"][value=yes]'))
    page.keyboard.press("Space")
    for shown in (alone, place):
        expect(shown).to_have_count(1)
    expect(not_seen).to_have_count(0)
    expect(worked_out).to_have_text("Yes")
    expect(said(page)).to_contain_text(
        re.compile("There are . more questions: Was the child seen alone")
    )
    expect(page.locator(f'[name="{row}.seen"][value=yes]')).to_be_focused()

    page.keyboard.press("ArrowRight")
    expect(page.locator(f'[name="{row}.seen"][value=no]')).to_be_checked()
    expect(alone).to_have_count(0)
    expect(not_seen).to_have_count(1)
    expect(worked_out).to_have_text("No")
    assert violations(page) == []


def test_a_plans_nested_rows_without_javascript(open_as: Opener) -> None:
    page = open_as("wanda", javascript=False)
    begin_plan(page)
    outcome = f"outcomes.{add_row(page, 'outcomes')}"
    action = f"{outcome}.actions.{add_row(page, f'{outcome}.actions')}"
    dates = (
        (f"{outcome}.outcome_by", ("29", "1", "2027")),
        (f"{action}.by_when", ("12", "2", "2027")),
    )
    for name, parts in dates:
        for part, text in zip(("day", "month", "year"), parts, strict=True):
            page.locator(f'[name="{name}.{part}"]').fill(text)
    why = page.get_by_role("textbox", name=LATE)
    expect(why).to_have_count(0)
    save(page)
    expect(why).to_have_count(1)
    why.fill("The sessions go on")
    page.locator(f'[name="{action}.by_when.day"]').fill("2")
    page.locator(f'[name="{action}.by_when.month"]').fill("11")
    page.locator(f'[name="{action}.by_when.year"]').fill("2026")
    save(page)
    expect(why).to_have_count(0)
    page.get_by_role("button", name="Save and continue").click()
    page.goto(re.sub("/pages/.*", "/check/", page.url))
    expect(page.get_by_role("link", name=re.compile(TOO_EARLY))).to_be_visible()
