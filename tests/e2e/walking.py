"""Walks a case in the browser as its people do: write, sign, do an action. Knows no form by name."""

import random
import re
import string
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from casework.clock import LONDON, london_day, now
from formdefs import shipped
from tests.casetypes import known
from tests.e2e.filling import Definition, fill_page

FORMS = known().forms  # with their fragments in them


def new_name() -> str:
    """A family name that nobody on the file has, so that a test can run again on the same site."""
    return "".join(random.choices(string.ascii_lowercase, k=9)).title()


def day(days: int) -> str:
    """The day so many days from today."""
    return (london_day(now()) + timedelta(days=days)).isoformat()


def soon(minutes: int) -> str:
    """The time in London so many minutes from now, and before the day is over."""
    today = now().astimezone(LONDON)
    last = today.replace(hour=23, minute=59)
    return min(today + timedelta(minutes=minutes), last).isoformat()


def add_person(page: Page, given: str, family: str) -> None:
    """Add a person to the file."""
    page.goto("/people/add/")
    page.get_by_label("Given names").fill(given)
    page.get_by_label("Family name").fill(family)
    page.get_by_role("button", name=re.compile("^Add person")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(family)


def open_case(page: Page, kind: str, family: str) -> str:
    """Open a case of a kind about everybody of a family name; return its address."""
    page.goto("/cases/open/")
    page.locator("input[name=q]").fill(family)
    page.get_by_role("button", name=re.compile("^(Search|Find)")).click()
    expect(page.locator("button[name=add]").first).to_be_visible()
    while (add := page.locator("button[name=add]")).count():
        left = add.count()
        add.first.click()
        expect(page.locator("button[name=add]")).to_have_count(left - 1)
    page.get_by_label(kind).check()
    page.get_by_role("button", name="Open the case").click()
    expect(page.locator("main")).to_contain_text(re.compile("CT[0-9]{6}"))
    return page.url


def write(
    page: Page,
    case: str,
    form: str,
    about: Sequence[str],
    answers: Mapping[str, Any],
    *,
    touches: Sequence[str] = (),
) -> str:
    """Start a record of a form about some persons, fill each page, and submit; its address.

    touches: titles of open actions to tick, on a form that asks for them.
    """
    definition = FORMS[form]
    page.goto(case)
    page.get_by_role("link", name="Start a record").click()
    page.get_by_label(definition["title"], exact=True).check()
    for box in page.locator("input[name=subjects]").all():
        box.uncheck()
    for name in about:
        page.get_by_label(name).check()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#page-form")).to_be_visible()
    record = page.url.split("/pages/")[0] + "/"
    heading = page.get_by_role("heading", level=1)
    on_its_page = page.get_by_role("button", name="Finish", exact=True).count() == 1
    shown = screens(definition, answers)
    for (title, form_pages), following in zip(shown, [*shown[1:], None], strict=True):
        expect(heading).to_have_text(title)  # a press does not wait for what it opens
        for form_page in form_pages:
            fill_page(page, form_page, answers)
        for action in touches:
            page.get_by_label(action).check()
        onward = following[0] if following else "Finish" if on_its_page else "Check your answers"
        page.get_by_role("button", name=onward, exact=True).click()
    if not on_its_page:
        expect(heading).to_have_text("Check your answers")
        page.get_by_role("button", name=re.compile("^(Submit for sign-off|Finish)")).click()
    expect(page.locator("main")).to_contain_text(re.compile("Waiting for sign-off|Finished"))
    return record


def screens(
    definition: Definition, answers: Mapping[str, Any]
) -> list[tuple[str, list[Definition]]]:
    """The pages that show together, with the heading above them: the first, and what is answered."""
    pages = definition["pages"]
    if definition["layout"] != "pages":
        return [(definition["title"], pages)]
    asked = [one for one in pages if one is pages[0] or _keys(one) & answers.keys()]
    return [(one["title"], [one]) for one in asked]


def _keys(holder: Definition) -> set[str]:
    """The keys that a page's answers stand under."""
    keys: set[str] = set()
    for item in holder["items"]:
        keys |= _keys(item) if item["kind"] == "section" else {item.get("key", "")}
    return keys


def sign(page: Page, record: str) -> None:
    """Sign what is shown."""
    page.goto(record)
    page.get_by_role("button", name="Sign this record").click()
    expect(page.get_by_role("button", name="Sign this record")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Signed")


def do_action(page: Page, case: str, title: str, outcome: str) -> None:
    """Say of an open action of the case that it is done, and what came of it; stay on its page."""
    page.goto(case)
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("radio", name="It is done").check()
    page.get_by_label("What came of it").fill(outcome)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("The action is changed")


def stage(page: Page, case: str, person: str) -> str:
    """Where a person stands, as the case's page shows it."""
    page.goto(case)
    line = page.get_by_role("region", name=person)
    return line.locator("[aria-current=step]").inner_text()


def clock(page: Page, case: str, title: str, person: str = "") -> str:
    """What the case's page says of a clock, of the case's or of one person's."""
    page.goto(case)
    said = clock_at(page, title, person).locator(".ct-clocks__how").first
    return (said.text_content() or "").strip()  # folded up when it is over


def clock_at(page: Page, title: str, person: str = "") -> Locator:
    """A clock on the page of its case; those of one kind that stand alike for several are together."""
    named = page.locator("strong", has_text=re.compile(f"^{re.escape(title)}.*{re.escape(person)}"))
    return page.locator(".ct-clocks__clock").filter(has=named).first


def required(form: str, **changed: Any) -> dict[str, Any]:
    """The sample's answers to what must be answered, with the first row only of each repeat."""
    sample = shipped.sample(form)
    assert sample
    kept: dict[str, Any] = {}
    for page in FORMS[form]["pages"]:
        kept |= _required(page, sample)
    return {key: value for key, value in {**kept, **changed}.items() if value is not None}


def _required(holder: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for item in holder["items"]:
        key = item.get("key", "")
        if item["kind"] == "section":
            kept |= _required(item, answers)
        elif item["kind"] == "repeat" and answers.get(key):
            kept[key] = [_required(item, answers[key][0])]
        elif item["kind"] == "question" and item.get("required") and key in answers:
            kept[key] = answers[key]
    return kept
