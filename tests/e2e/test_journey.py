"""The main job, as four people do it in a browser and an integrator through the API.

With JavaScript and without. Without, the administrator sends the changed form as a file: Wagtail's
own editor needs JavaScript, our pages around it do not.
"""

import json
import re
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from formdefs import shipped
from tests.e2e.conftest import Opener, Site
from tests.e2e.filling import Definition, add_row, fill_page, paste, remove_row, save, start_record

FORM = "Child and family assessment"
OLD_LABEL = "What are we worried about?"
LEFT_OUT = "wishes"


@dataclass(frozen=True)
class Change:
    """What the administrator changes: the wording of `risks`, and one question added."""

    javascript: bool
    label: str
    key: str
    id: str
    asks: str
    child: str
    case: str


CHANGES = (
    Change(True, "What are we worried about now?", "settled_where", "qe2ejs",
           "Where does the child feel most at home?", "Finn Testerton", "CT000005"),
    Change(False, "What worries us about this child?", "laughs_at", "qe2enojs",
           "What makes the child laugh?", "Bess Worker", "CT000012"),
)  # fmt: skip
ANSWER = "With Gran, in the kitchen"
COMMENT = "Say which of the worries is the newest, and who told us."
MENDED = "Pat has hit Mara three times since July; the school told us of the last on 5 October."


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: "js" if one.javascript else "no-js")
def test_publish_fill_return_mend_sign_and_read(
    open_as: Opener, site: Site, change: Change
) -> None:
    def sign_in(username: str) -> Page:
        return open_as(username, javascript=change.javascript)

    ada, wanda, max_ = sign_in("ada"), sign_in("wanda"), sign_in("max")
    definition, number = publish_changed_form(ada, change)

    record = start_and_look(wanda, change, number)
    fill_all_pages(wanda, definition, change)
    mend_what_check_your_answers_finds(wanda)
    submit(wanda)
    the_draft_on_version_1_stays_as_it_was(wanda, change)

    return_it(max_, record)
    mend_what_was_returned(wanda, record)
    submit(wanda)
    sign(max_, record)

    history_tells_who_what_when(wanda, record, change)
    the_api_gives_the_same(site, record, change, number)


def publish_changed_form(ada: Page, change: Change) -> tuple[Definition, int]:
    """Change the newest draft of the form, and publish it with a reason."""
    ada.goto("/configure/")
    row = ada.locator("tr", has_text=FORM)
    newest = int(re.findall(r"(\d+),", row.inner_text())[0])
    row.get_by_role("link", name=FORM).click()
    definition = json.loads(ada.locator("textarea[name=definition]").input_value())
    every_question(definition)["risks"]["label"] = change.label
    voice = next(page for page in definition["pages"] if page["key"] == "voice")
    voice["items"].insert(0, {
        "id": change.id, "kind": "question", "key": change.key, "type": "text",
        "label": change.asks, "required": True,
    })  # fmt: skip
    text = json.dumps(definition, indent=2, ensure_ascii=False)
    if change.javascript:
        type_into_the_editor(ada, text)
    else:
        send_as_a_file(ada, text)
    changes = f"What changes from version {newest}"
    expect(ada.locator("main")).to_contain_text(changes)
    expect(ada.locator("main")).to_contain_text(change.asks)
    ada.get_by_label("Reason").fill("Workers asked for it")
    ada.get_by_role("button", name="Publish", exact=True).click()
    expect(ada.locator("body")).to_contain_text(f"is published as version {newest + 1}")
    return definition, newest + 1


def type_into_the_editor(ada: Page, text: str) -> None:
    """Break the text, read what the live check says, mend it, and go on to publishing."""
    editor = ada.locator("textarea[name=definition]")
    paste(editor, text.replace('"type": "text"', '"type": "txet"', 1))
    findings = ada.locator("[data-document-check]").first
    expect(findings).to_contain_text("1 thing to mend")
    paste(editor, text)
    expect(findings).to_contain_text("Nothing to mend")
    ada.get_by_role("button", name="More actions").click()
    ada.get_by_role("button", name="Check and publish").click()


def send_as_a_file(ada: Page, text: str) -> None:
    """Import the file, and go on to publishing from the home page."""
    ada.goto("/configure/forms/import/")
    file = {"name": "changed.json", "mimeType": "application/json", "buffer": text.encode()}
    ada.locator("input[name=file]").set_input_files([file])  # type: ignore[list-item]
    ada.get_by_role("button", name="Import").click()
    expect(ada.locator("body")).to_contain_text("is imported as a draft")
    ada.goto("/configure/")
    row = ada.get_by_role("row").filter(has_text=FORM)
    row.get_by_role("link", name="Check and publish").click()


def start_and_look(wanda: Page, change: Change, number: int) -> str:
    """Start a record on the newest version; return its address."""
    address = start_record(wanda, case=change.case, form=FORM, about=change.child)
    expect(wanda.get_by_role("heading", level=1)).to_have_text("Analysis")
    wanda.get_by_role("link", name=FORM).first.click()
    expect(wanda.locator("main")).to_contain_text(f"{FORM}, version {number}")
    wanda.get_by_role("link", name="Fill in").click()
    return address


def fill_all_pages(wanda: Page, definition: Definition, change: Change) -> None:
    """Fill every page, but for one answer that is left out."""
    answers = some_answers() | {one.key: ANSWER for one in CHANGES}
    del answers[LEFT_OUT]
    for page in definition["pages"]:
        expect(wanda.get_by_role("heading", level=1)).to_have_text(page["title"])
        fill_page(wanda, page, answers)
        if page["key"] == "analysis":
            expect(wanda.get_by_text(change.label)).to_be_visible()
            needs = [row["need"] for row in answers["needs"]]
            mistaken = add_row(wanda, "needs")
            wanda.locator(f'[name="needs.{mistaken}.need"]').fill("Added by mistake")
            remove_row(wanda, "needs", mistaken)
            expect(wanda.locator('[name^="needs."][name$=".need"]')).to_have_count(len(needs))
        save(wanda)
        wanda.get_by_role("button", name=re.compile("^Save and (continue|check)")).click()


def mend_what_check_your_answers_finds(wanda: Page) -> None:
    """Submit too early, follow the error to its question, and answer it."""
    expect(wanda.get_by_role("heading", level=1)).to_have_text("Check your answers")
    wanda.get_by_role("button", name="Submit for sign-off").click()
    summary = wanda.locator(".govuk-error-summary")
    expect(summary).to_be_visible()
    assert summary.get_by_role("link").count() == 1
    summary.get_by_role("link").click()
    expect(wanda).to_have_url(re.compile(rf"/pages/voice/.*#{LEFT_OUT}$"))
    field = wanda.locator(f"#{LEFT_OUT}")
    expect(wanda.locator(f"#{LEFT_OUT}-error")).to_be_visible()
    field.fill(some_answers()[LEFT_OUT])
    save(wanda)
    wanda.get_by_role("button", name="Check your answers").click()
    expect(wanda.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(wanda.locator(".govuk-error-summary")).to_have_count(0)


def submit(wanda: Page) -> None:
    """Submit, and see that it is submitted."""
    wanda.get_by_role("button", name="Submit for sign-off").click()
    expect(wanda.locator("main")).to_contain_text("Waiting for sign-off")


def the_draft_on_version_1_stays_as_it_was(wanda: Page, change: Change) -> None:
    """Open the demo's draft, started before the form was changed."""
    wanda.goto("/?kind=writing")
    wanda.locator("tr", has_text="Tester Example").get_by_role("link", name=FORM).first.click()
    expect(wanda.locator("main")).to_contain_text(f"{FORM}, version 1")
    expect(wanda.locator("main")).to_contain_text(OLD_LABEL)
    wanda.get_by_role("link", name="Fill in").click()
    expect(wanda.get_by_text(OLD_LABEL)).to_be_visible()
    expect(wanda.get_by_text(change.label)).to_have_count(0)
    wanda.get_by_role("button", name="The child's voice and the family's views").click()
    expect(wanda.locator('[name="wishes"]')).to_be_visible()
    expect(wanda.get_by_text(change.asks)).to_have_count(0)


def return_it(max_: Page, record: str) -> None:
    """Return the record with a comment; without one it is refused."""
    open_from_home(max_, record, "to_sign")
    max_.get_by_role("link", name="Return for changes").click()
    max_.get_by_role("button", name="Return the record").click()
    expect(max_.locator(".govuk-error-summary")).to_contain_text("Enter what needs to be changed")
    max_.get_by_label("What needs to be changed?").fill(COMMENT)
    max_.get_by_role("button", name="Return the record").click()
    expect(max_.locator("main")).to_contain_text("Returned")


def mend_what_was_returned(wanda: Page, record: str) -> None:
    """Read the comment, mend the answer, and come to check your answers."""
    open_from_home(wanda, record, "writing")
    expect(wanda.locator("main")).to_contain_text(COMMENT)
    wanda.get_by_role("link", name="Mend the answers").click()
    wanda.locator("#risks").fill(MENDED)
    save(wanda)
    wanda.get_by_role("button", name="Check your answers").click()
    expect(wanda.locator("main")).to_contain_text(MENDED)


def sign(max_: Page, record: str) -> None:
    """Sign what is shown."""
    open_from_home(max_, record, "to_sign")
    expect(max_.locator("main")).to_contain_text(MENDED)
    max_.get_by_role("button", name="Sign this record").click()
    expect(max_.locator("main")).to_contain_text(re.compile(r"Signed\s+Max Manager"))
    expect(max_.get_by_role("button", name="Sign this record")).to_have_count(0)


def open_from_home(page: Page, record: str, kind: str) -> None:
    """Find the record where its user would: on *My work*, in the list of one kind."""
    page.goto(f"/?kind={kind}")
    path = record[record.index("/records/") :]
    page.locator(f'main a[href="{path}"]').first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FORM)


def history_tells_who_what_when(page: Page, record: str, change: Change) -> None:
    """Who changed what and when, before and after: of the record, and of one question."""
    page.goto(record)
    page.get_by_role("link", name="History", exact=True).click()
    whole = page.locator("main")
    expect(whole).to_contain_text("Max Manager")
    expect(whole).to_contain_text(COMMENT)
    expect(whole).to_contain_text(ANSWER)
    page.goto(f"{record}history/?question=risks")
    first, second = page.locator(".app-history__entry").all()
    expect(first).to_contain_text("Wanda Worker")
    expect(first.locator("time")).to_have_attribute("datetime", re.compile(r"^20\d\d-\d\d-\d\dT"))
    newest = second if MENDED in second.inner_text() else first
    expect(newest.get_by_role("rowheader")).to_contain_text(change.label)
    before, after = newest.get_by_role("cell").all()
    expect(before).to_contain_text(some_answers()["risks"])
    expect(after).to_contain_text(MENDED)


def the_api_gives_the_same(site: Site, record: str, change: Change, number: int) -> None:
    """Read the record with a token."""
    token = site.manage("api_token", "max", "--name", "e2e", "--scopes", "records:read").strip()
    address = record.rstrip("/").replace("/records/", "/api/v1/records/")
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as response:
        found: dict[str, Any] = json.load(response)
    assert (found["status"], found["form"]["number"]) == ("signed", number)
    assert found["answers"]["risks"] == MENDED
    assert found["answers"][change.key] == ANSWER
    assert [row["need"] for row in found["answers"]["needs"]] == [
        row["need"] for row in some_answers()["needs"]
    ]


def some_answers() -> dict[str, Any]:
    """The sample's answers, with the first rows only of each repeat."""
    sample = shipped.sample("child_family_assessment")
    assert sample
    kept = {"needs": 2}
    return {
        key: value[: kept.get(key, 1)]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else value
        for key, value in sample.items()
    }


def every_question(holder: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The questions of a definition by key, those in repeats too."""
    found: dict[str, dict[str, Any]] = {}
    for item in holder.get("pages", []) + holder.get("items", []):
        found |= {item["key"]: item} if item.get("kind") == "question" else every_question(item)
    return found
