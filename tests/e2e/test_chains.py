"""Two managers sign one record: returned with comments at its questions, mended, and signed by both."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Opener, Site

# A second manager of the North team, a case type whose referrals two sign, and a whole draft on it.
SETUP = """
from datetime import timedelta
from casetypes.publish import publish_case_type
from casetypes.shipped import documents
from casework.accounts.models import Role, RoleGrant, User
from casework.cases.actions.cases import open_case
from casework.cases.actions.records import start_record
from casework.clock import now
from casework.people.actions import add_person
from formdefs import shipped
from formdefs.versions import form_of, newest
at = now()
wanda, max_, ada = (User.objects.get(username=one) for one in ("wanda", "max", "ada"))
team = RoleGrant.objects.filter(user=max_, role=Role.MANAGER).first().team
mia, _ = User.objects.get_or_create(username="mia", defaults={"first_name": "Mia", "last_name": "Manager"})
mia.set_password("let-me-look-around")
mia.save()
RoleGrant.objects.create(user=mia, role=Role.MANAGER, team=team, granted_at=at)
written = next(one for one in documents() if one["key"] == "child_in_need")
written["sign_offs"][0]["steps"] = [
    {"role": "manager", "not": ["author"]},
    {"role": "manager", "title": "Head of service", "not": ["author", "earlier"],
     "when": {"==": [{"var": "referral.decision"}, "assessment"]}},
]
publish_case_type(written, by=ada, at=at, reason="Two sign")
person = add_person(by=wanda, at=at, why="test", given_names="Robin", family_name="Twice")
case = open_case(case_type="child_in_need", team=team, subjects=[person.pk], by=wanda, at=at)
answers = {**shipped.sample("referral"), "decision": "assessment"}
form = form_of(newest("referral").pk)
pages = {page.id: {k: answers[k] for k in page.answered if k in answers} for page in form.pages}
record = start_record(case.pk, form_key="referral", subjects=[person.pk], pages=pages, by=wanda, at=at)
print(f"RECORD {record.pk}")
"""
WORSE = "Is this still right? Ring the school."


@pytest.fixture
def record(site: Site) -> str:
    """The address of the draft."""
    found = re.search(r"RECORD (\S+)", site.manage("shell", "-c", SETUP))
    assert found
    return f"/records/{found[1]}/"


def test_returned_by_the_second_mended_and_signed_by_both(open_as: Opener, record: str) -> None:
    wanda, max_ = open_as("wanda"), open_as("max")
    mia = open_as("mia", javascript=False, width=390)
    submits(wanda, record)
    signs(max_, record, "Threshold is met.")
    expect(max_.locator("main")).to_contain_text("Head of service, signature 2 of 2")

    mia.goto("/to-sign/")
    mia.locator(f'a[href="{record}"]').click()
    mia.get_by_role("link", name="Return for changes").click()
    about = mia.locator("details.app-comment").filter(has_text="on Referrer's name")
    about.locator("summary").click()
    about.locator("textarea").fill(WORSE)
    mia.get_by_role("button", name="Return the record").click()
    expect(mia.locator("main")).to_contain_text(WORSE)

    wanda.goto(record)
    wanda.locator(".app-comments").get_by_role("link", name="Referrer's name").click()
    name = wanda.get_by_label("Referrer's name")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description(re.compile(re.escape(WORSE)))
    assert_accessible(wanda)
    name.fill("Heddi Newname")
    wanda.locator(".app-actions").get_by_role("button", name="Save", exact=True).click()
    submits(wanda, record)

    for page in (max_, mia):
        page.goto(record)
        main = page.locator("main")
        expect(main).to_contain_text("What changed since it was returned")
        row = page.get_by_role("row").filter(has_text="Referrer's name")
        for words in (WORSE, "Heddi Teacher", "Heddi Newname"):
            expect(row).to_contain_text(words)
        expect(page.get_by_text("Who took the referral?")).to_have_count(0)
        if page is max_:
            assert_accessible(page)
        signs(page, record, "")
    expect(mia.locator("main")).to_contain_text(
        re.compile(r"Signed as Head of service\s+Mia Manager")
    )
    expect(mia.get_by_role("button", name="Sign this record")).to_have_count(0)


def submits(wanda: Page, record: str) -> None:
    """Submit the record as it stands."""
    wanda.goto(f"{record}check/")
    wanda.get_by_role("button", name="Submit for sign-off").click()
    expect(wanda.locator("main")).to_contain_text("Waiting for sign-off")


def signs(page: Page, record: str, comment: str) -> None:
    """Sign what is shown."""
    page.goto(record)
    page.get_by_label("Decision and rationale").fill(comment)
    page.get_by_role("button", name="Sign this record").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text(re.compile("signed"))
