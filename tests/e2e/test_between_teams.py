"""A contact becomes a case, is proposed to another team and taken over; axe looks at each page on the way."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.test_accessible import look, none

WHY = "They have moved to the south of the town"


def test_a_contact_begins_a_case_that_another_team_takes_over(open_as: Opener) -> None:
    max_, omar = open_as("max"), open_as("omar")
    reference = contact_without_scripts(open_as("wanda", javascript=False, width=390))
    found = contact(open_as("wanda"))
    found += proposed(max_, reference)
    found += taken_over(omar, reference)
    max_.goto("/")
    max_.get_by_role("link", name="North family safeguarding", exact=True).first.click()
    max_.get_by_role("link", name="Between teams").click()
    row = max_.get_by_role("row").filter(has_text=reference)
    expect(row).to_contain_text("Taken over")
    found += look(max_)
    row.get_by_role("link", name="Open").click()
    expect(
        max_.get_by_text(re.compile("South family safeguarding took it over on"))
    ).to_be_visible()
    none(found + look(max_))


def contact(page: Page) -> list[str]:
    """The page at first, with what is found and what is wrong, and with who may be the same."""
    page.goto("/")
    page.get_by_role("link", name="A contact has come in").click()
    found = look(page)
    page.get_by_label("Given names").fill("Testina")
    page.get_by_label("Family name").fill("Example")
    page.get_by_label("Find a person by name").fill("example")
    page.get_by_label("Find a person by name").press("Enter")
    expect(page.get_by_label("Given names")).to_have_value("Testina")
    found += look(page)
    page.get_by_role("button", name="Open the case and write").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Select what is written first")
    found += look(page)
    page.get_by_label("Referral", exact=True).check()
    page.get_by_role("button", name="Open the case and write").click()
    expect(page.get_by_text("This person may be here already")).to_be_visible()
    return found + look(page)


def contact_without_scripts(page: Page) -> str:
    """On a phone without scripts: the reference of the case, whose first record is ready to fill."""
    page.goto("/contact/")
    page.get_by_label("Who it came from, and what about, in a line").fill("The school rang")
    page.get_by_label("Given names").fill("Robin")
    page.get_by_label("Family name").fill("Newcomer")
    page.get_by_role("button", name="Open the case and write").click()
    expect(page.get_by_label("Given names")).to_have_value("Robin")
    page.get_by_label("Referral", exact=True).check()
    page.get_by_role("button", name="Open the case and write").click()
    page.wait_for_url("**/records/*/pages/*/")
    expect(page.get_by_text("Robin Newcomer").first).to_be_visible()
    reference = re.search(r"CT\d{6}", page.locator("body").inner_text())
    assert reference
    return reference[0]


def proposed(page: Page, reference: str) -> list[str]:
    """The manager finds the case in the tray, and proposes it to the South team."""
    page.goto("/")
    page.get_by_role("link", name="North family safeguarding", exact=True).first.click()
    found = look(page)
    page.get_by_role("link", name=reference, exact=True).click()
    page.get_by_role("link", name="Propose to another team").click()
    found += look(page)
    page.get_by_role("button", name="Propose the case").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter the reason")
    found += look(page)
    page.get_by_label("Team").select_option(label="South family safeguarding")
    page.get_by_label("Reason", exact=True).fill(WHY)
    page.get_by_role("button", name="Propose the case").click()
    expect(page.get_by_text("proposed this case to South family safeguarding")).to_be_visible()
    found += look(page)
    page.get_by_role("link", name="Look at the proposal or take it back").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    return found + look(page)


def taken_over(page: Page, reference: str) -> list[str]:
    """The other team's manager finds it from My work, and takes it over for one of their workers."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("1 proposed by others, South")).click()
    expect(page.get_by_role("row").filter(has_text=reference)).to_contain_text(WHY)
    found = look(page)
    page.get_by_role("link", name=f"Take over or refuse {reference}").click()
    found += look(page)
    page.get_by_label("We refuse it").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("why the team does not take it")
    found += look(page)
    page.get_by_label("We take it over").check()
    page.get_by_label("Who works with it then").select_option(label="Olive Worker")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text(f"{reference} is with South family safeguarding now.")).to_be_visible()
    expect(page.get_by_text("took the case over for South family safeguarding")).to_be_visible()
    return found + look(page)
