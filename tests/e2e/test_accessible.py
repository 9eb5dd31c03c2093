"""Axe finds nothing (WCAG 2.0 to 2.2, A and AA) on any page and state; the keyboard is enough.

Each page is looked at on a desktop (1280) and a phone (390); the workers' pages must not scroll
sideways at 320. Pages of Wagtail's own that we did not touch are listed in the output, not counted.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import Opener, Site
from tests.e2e.filling import add_row, open_details, save, start_record
from tests.e2e.places import Places, places

WIDTHS = (1280, 390)
CASE, FORM, CHILD = "CT000001", "Child and family assessment", "Testina Example"


@pytest.fixture(scope="module")
def demo(site: Site) -> Places:
    """Where the demo's things are."""
    return places(site)


def look(page: Page, *, narrow: bool = True) -> list[str]:
    """Axe's findings on the page as it stands at each width, and a word on sideways scrolling."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{page.url} at {width}: {finding}" for finding in violations(page)]
    if narrow:
        page.set_viewport_size({"width": 320, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{page.url} scrolls sideways at 320: {wide}"] if wide > 320 else []
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def visit(page: Page, paths: Iterator[str] | list[str], *, narrow: bool = True) -> list[str]:
    """Open each address, which must be there, and look at it."""
    found = []
    for path in paths:
        answer = page.goto(path)
        status = answer.status if answer else 0
        assert 200 <= status < 400, f"{path}: {status}"
        found += look(page, narrow=narrow)
    return found


def none(found: list[str]) -> None:
    """Fail with every finding at once."""
    assert not found, "\n".join(found)


def test_signing_in(open_as: Opener) -> None:
    page = open_as(None)
    page.goto("/accounts/login/")
    found = look(page)
    page.get_by_label("Username").fill("nobody")
    page.locator("input[name=password]").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    none(found + look(page))


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_cases_and_people(open_as: Opener, demo: Places, javascript: bool) -> None:
    record = demo.record("draft")
    case, person = f"/cases/{record['case']}/", demo.persons[record["case"]]
    page = open_as("wanda")
    if not javascript:
        page = open_as("wanda", javascript=False)
        for path in ("/", case, f"/records/{record['id']}/"):
            assert page.goto(path).ok  # type: ignore[union-attr]
            expect(page.get_by_role("heading", level=1)).to_be_visible()
        return
    found = visit(page, [
        "/", "/cases/", "/cases/?q=closed", "/cases/open/", case, f"{case}history/",
        f"{case}subjects/add/", f"{case}subjects/{person}/end/", f"{case}records/start/",
        "/people/", "/people/?q=ex", "/people/add/", f"/people/{person}/", f"/people/{person}/edit/",
        f"/people/{person}/history/", "/account/", "/account/tokens/add/", "/accounts/password/change/",
    ])  # fmt: skip
    for path, button in (("/people/add/", "Add"), (f"{case}records/start/", "Start")):
        page.goto(path)
        page.locator("main form button").last.click()
        expect(page.locator(".govuk-error-summary"), button).to_be_visible()
        found += look(page)
    page.goto("/cases/00000000-0000-4000-8000-000000000000/")
    none(found + look(page))


def test_the_managers_pages(open_as: Opener, demo: Places) -> None:
    waiting = next(r for r in demo.records if r["status"] == "submitted")
    record, case = f"/records/{waiting['id']}/", f"/cases/{waiting['case']}/"
    page = open_as("max")
    found = visit(page, ["/", f"{case}allocate/", f"{case}close/", f"{case}access/", record])
    page.get_by_role("link", name="Return for changes").or_(
        page.get_by_role("button", name="Return for changes")
    ).first.click()
    none(found + look(page))


def test_trays_clocks_notes_and_notices(open_as: Opener, demo: Places) -> None:
    page, team = open_as("max"), f"/teams/{demo.team}/"
    record = demo.record("signed")
    found = visit(page, [
        *(f"{team}?show={one}" for one in ("unallocated", "waiting", "overdue", "soon", "transfers")),
        f"/cases/{record['case']}/transfer/", f"/cases/{record['case']}/allocate/", "/contact/",
        "/write/", "/write/?q=ex", "/notices/", "/notices/wishes/", f"/records/{record['id']}/withdraw/",
        *(f"/clocks/{one}/" for one in demo.clocks[record["case"]][:2]),
    ])  # fmt: skip
    none(found)


def test_access_administration(open_as: Opener, demo: Places) -> None:
    wilf = f"/access/users/{demo.users['wilf']}/"
    page = open_as("axel")
    found = visit(page, [
        "/access/users/", "/access/users/add/", wilf, f"{wilf}roles/add/",
        f"{wilf}deactivate/", "/access/teams/", "/access/teams/add/", f"/access/teams/{demo.team}/",
    ])  # fmt: skip
    page.goto("/access/users/add/")
    page.locator("main form button").last.click()
    found += look(page)
    refused = page.goto("/configure/")
    assert refused is not None
    assert refused.status == 403
    none(found + look(page))


def test_records_in_every_state(open_as: Opener, demo: Places) -> None:
    page = open_as("wanda")
    found = []
    for status in ("draft", "returned", "submitted", "signed", "abandoned"):
        record = next(r for r in demo.records if r["status"] == status)
        found += visit(page, [f"/records/{record['id']}/"])
    signed = f"/records/{demo.record('signed')['id']}/"
    draft = f"/records/{demo.record('draft')['id']}/"
    none(found + visit(page, [
        f"{signed}history/", f"{signed}print/", f"{signed}reopen/", f"{signed}revisions/1/",
        f"{draft}check/", f"{draft}abandon/",
    ]))  # fmt: skip


def test_noting_who_agrees(open_as: Opener, demo: Places) -> None:
    page = open_as("wanda")
    page.goto(f"/records/{demo.record('submitted')['id']}/")
    link = page.get_by_role("link", name="Note who agrees")
    if not link.count():
        page.goto(f"/records/{demo.record('signed')['id']}/")
    if link.count():
        link.click()
    none(look(page))


@pytest.mark.parametrize("form", ["Referral", FORM, "Child in need plan"])
def test_every_page_of_a_form(open_as: Opener, form: str) -> None:
    page = open_as("wanda")
    record = start_record(page, case=CASE, form=form, about=CHILD)
    page.goto(record)
    steps = page.locator("aside a[href*='/pages/']")
    paths = [steps.nth(i).get_attribute("href") for i in range(steps.count())]
    assert paths
    found = []
    for path in paths:
        page.goto(str(path))
        open_details(page)
        for repeat in page.locator("#page-form > * button[name=_add]").all()[:3]:
            if repeat.is_visible():
                add_row(page, str(repeat.get_attribute("value")))
        found += look(page)
    none(found)


def test_a_page_with_errors(open_as: Opener) -> None:
    page = open_as("wanda")
    record = start_record(page, case=CASE, form=FORM, about=CHILD)
    page.goto(f"{record}pages/about/")
    page.locator("[id^=review_on], [name$='.day']").first.fill("45")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    none(look(page))


def test_two_answers_to_one_question(open_as: Opener) -> None:
    wanda, wilf = open_as("wanda"), open_as("wilf")
    record = start_record(wanda, case=CASE, form=FORM, about=CHILD)
    wilf.goto(f"{record}pages/analysis/")
    wanda.goto(f"{record}pages/analysis/")
    wanda.locator("#summary").fill("She is eight.")
    save(wanda)
    wilf.locator("#summary").fill("She is nine.")
    wilf.get_by_role("button", name="Save", exact=True).click()
    expect(wilf.get_by_role("heading", level=1)).to_have_text("Choose which answers to keep")
    none(look(wilf))


def test_the_configuration(open_as: Opener) -> None:
    page = open_as("ada")
    page.goto("/configure/")
    page.get_by_role("link", name=FORM).first.click()
    edit = page.url
    found = look(page, narrow=False)
    draft = edit.rstrip("/").split("/")[-1]
    ours = [f"/configure/forms/{draft}/publish/", "/configure/forms/import/", "/configure/"]
    found += visit(page, [*ours, f"/configure/forms/{draft}/included/"], narrow=False)
    page.goto("/configure/fragments/")
    page.get_by_role("link", name="The action").first.click()
    fragment = page.url.rstrip("/").split("/")[-1]
    found += visit(page, [f"/configure/fragments/{fragment}/uses/"], narrow=False)
    own = visit(page, ["/configure/account/", "/configure/forms/"], narrow=False)
    print("Wagtail's own pages:", *(own or ["nothing found"]), sep="\n  ")
    none(found)


def test_the_api_documentation(open_as: Opener) -> None:
    none(visit(open_as(None), ["/api/v1/docs"], narrow=False))


def test_a_page_is_filled_by_keyboard_alone(open_as: Opener) -> None:
    page = open_as("wanda")
    record = start_record(page, case=CASE, form=FORM, about=CHILD)
    page.goto(f"{record}pages/analysis/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "summary":
            break
    seen = page.evaluate(
        "(e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow)(document.activeElement)"
    )
    assert seen != "nonenone", "the focus does not show"
    page.keyboard.type("She is eight, and we know her.")
    for _ in range(60):
        page.keyboard.press("Tab")
        if "Save and continue" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/about/")
    page.goto(f"{record}pages/analysis/")
    expect(page.locator("#summary")).to_have_value("She is eight, and we know her.")
