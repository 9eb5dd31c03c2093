"""What forms at full strength look like: marks, set-aside text, newer versions, other languages, the rules.

Axe finds nothing on any of these pages, on a desktop and a phone; what is marked is not on any page
of who may not read it; marks are put on and taken off by keyboard alone.
"""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener, Site
from tests.e2e.filling import add_row, paste, save, start_record
from tests.e2e.test_accessible import CASE, CHILD, FORM, look, none, visit
from tests.forms import a_form, page, question, repeat

TITLE = "Form at full strength"
BY_FORM, BY_WORKER, BY_LAWYER = "CANARY-form.", "CANARY-worker.", "CANARY-lawyer."
VISIBLE = {"==": [{"var": "seen"}, False]}
WELSH = {
    "form.title": "Ffurflen gryf",
    "pfirst00.title": "Yr ymweliad",
    "qseen00.label": "Wedi’i weld?",
}
FIRST = a_form(
    key="full_strength",
    title=TITLE,
    per="subject",
    pages=[
        page(
            question("yes_no", "seen"),
            question("text", "why_not", visible=VISIBLE),
            question("long_text", "story"),
            question("text", "police", mark="police"),
            question("text", "case_number", prefill=[{"case": "reference"}]),
            question("email", "contact", prefill=[{"person": "email"}]),
            key="first",
            title="The visit",
        ),
        page(
            repeat(
                "needs",
                question("text", "need"),
                repeat(
                    "actions",
                    question("text", "what"),
                    question("text", "told", mark="police"),
                ),
            ),
            question("text", "left"),
            question("text", "moved"),
            question("text", "count"),
            key="second",
            title="The plan",
        ),
    ],
    translations={"cy": WELSH},
    tests=[{
        "name": "Not seen",
        "answers": {"seen": False},
        "expect": {"visible": {"why_not": True}},
    }],
)  # fmt: skip


def second() -> dict[str, Any]:
    """The next version: one question gone, one on another page, one of another type."""
    made: dict[str, Any] = copy.deepcopy(FIRST)
    visit_page, plan = made["pages"]
    needs, _left, moved, count = plan["items"]
    visit_page["items"].append(moved)
    plan["items"] = [needs, {**count, "type": "integer"}]
    return made


class World:
    """The site, with the form published; publishes the next version when asked."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder, self.published = site, folder, 0

    def publish(self, definition: dict[str, Any]) -> None:
        self.published += 1
        file = self.folder / f"{self.published}.json"
        file.write_text(json.dumps(definition), encoding="utf-8")
        self.site.manage("formdef", "import", str(file), "--publish", "--reason", "For this test")


@pytest.fixture(scope="module", autouse=True)
def world(site: Site, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Publish the form's first version."""
    made = World(site, tmp_path_factory.mktemp("forms"))
    made.publish(FIRST)
    return made


def filled(page: Page) -> tuple[str, str]:
    """Start a record and fill both pages; return its address and the path of the nested row."""
    record = start_record(page, case=CASE, form=TITLE, about=CHILD)
    page.locator("[name=seen][value=no]").check()
    page.locator("[name=why_not]").fill("Nobody opened")
    page.locator("[name=story]").fill(BY_WORKER)
    page.locator("[name=police]").fill(BY_FORM)
    save(page)
    page.goto(f"{record}pages/second/")
    need = f"needs.{add_row(page, 'needs')}"
    page.locator(f"[name='{need}.need']").fill("A bed")
    action = f"{need}.actions.{add_row(page, f'{need}.actions')}"
    page.locator(f"[name='{action}.what']").fill(BY_LAWYER)
    page.locator(f"[name='{action}.told']").fill(BY_FORM)
    page.locator("[name=left]").fill("Something left")
    page.locator("[name=moved]").fill("Something moved")
    page.locator("[name=count]").fill("12")
    save(page)
    return record, action


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on the element whose text, or whose value, is this."""
    for _ in range(120):
        page.keyboard.press("Tab")
        words = (
            "e => (e.tagName === 'INPUT' ? e.value : e.textContent).trim().replace(/\\s+/g, ' ')"
        )
        if page.evaluate(f"({words})(document.activeElement)") == name:
            seen = page.evaluate(
                "(e => { const s = getComputedStyle(e);"
                " return s.outlineStyle + s.boxShadow + s.backgroundColor; })(document.activeElement)"
            )
            assert seen != "nonenonergba(0, 0, 0, 0)", f"the focus does not show on {name}"
            return
    raise AssertionError(f"Tab does not reach {name!r} on {page.url}")


def put_mark(page: Page, record: str, label: str, mark: str, first: str) -> list[str]:
    """Put a mark on an answer by keyboard alone; return what axe finds on the way."""
    page.goto(f"{record}marks/")
    tab_to(page, f"Mark {label}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Put a mark on an answer")
    found = look(page)
    tab_to(page, "Put the mark on")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Select a mark")
    found += look(page)
    tab_to(page, first)
    for _ in range(10):
        if page.evaluate("document.activeElement.checked && document.activeElement.value") == mark:
            break
        page.keyboard.press("Space")
        if page.evaluate("document.activeElement.value") != mark:
            page.keyboard.press("ArrowDown")
    tab_to(page, "Put the mark on")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The mark is on.")).to_be_visible()
    return found + look(page)


def take_off(page: Page, record: str, title: str, label: str) -> list[str]:
    """Take a mark off by keyboard alone; return what axe finds on the way."""
    page.goto(f"{record}marks/")
    tab_to(page, f"Take off the mark {title} from {label}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Take off the mark")
    found = look(page)
    tab_to(page, "Take the mark off")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter why")
    found += look(page)
    tab_to(page, "Enter why the mark is taken off")
    page.keyboard.press("Enter")
    expect(page.locator("[name=why]")).to_be_focused()
    page.keyboard.type("The police agreed.")
    tab_to(page, "Take the mark off")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The mark is taken off.")).to_be_visible()
    return found


def shown(page: Page, record: str, places: list[str]) -> str:
    """All that the pages about a record give: their source, and what assistive technology is told."""
    told = ""
    for path in ("", "history/", "print/", "marks/", *places):
        answer = page.goto(f"{record}{path}")
        assert answer is not None
        told += answer.text() + page.content() + page.locator("body").aria_snapshot()
    return told


def test_what_is_marked_is_on_no_page_of_who_may_not_read_it(open_as: Opener) -> None:
    wanda, rita, max_ = open_as("wanda"), open_as("rita"), open_as("max")
    record, action = filled(wanda)
    found = put_mark(wanda, record, "Story", "third_party", "third_party")
    what = "What (Needs: row 1, Actions: row 1)"
    found += put_mark(wanda, record, what, "legal", "third_party")
    places = [
        *(f"history/?question={path}" for path in ("story", "police", f"{action}.what")),
        *(f"history/?question={action}.told", "pages/first/", "pages/second/", "check/"),
    ]
    blind = shown(rita, record, places)
    assert "CANARY" not in blind
    assert "A bed" in blind
    worker = shown(wanda, record, places)
    assert BY_LAWYER not in worker
    assert BY_WORKER in worker
    assert BY_FORM in worker
    manager = shown(max_, record, places)
    assert all(one in manager for one in (BY_FORM, BY_WORKER, BY_LAWYER))
    for reader in (rita, wanda):
        found += visit(reader, [f"{record}{path}" for path in ("", "history/", "print/", "marks/")])
    found += visit(wanda, [f"{record}{path}" for path in places])
    found += take_off(max_, record, "Third-party information", "Story")
    found += take_off(max_, record, "Legal advice", what)
    released = shown(rita, record, places)
    assert BY_WORKER in released
    assert BY_LAWYER in released
    assert BY_FORM not in released
    none(found)


def test_the_demos_marked_referral_as_a_reader_sees_it(open_as: Opener) -> None:
    rita = open_as("rita")
    rita.goto("/cases/")
    rita.get_by_role("link", name=CASE).first.click()
    rita.get_by_role("link", name="Referral").first.click()
    rita.wait_for_url("**/records/*/")
    expect(rita.get_by_text("Withheld", exact=False).first).to_be_visible()
    record = rita.url
    none(visit(rita, [f"{record}{path}" for path in ("", "history/", "print/", "marks/")]))


def test_the_table_of_marks(open_as: Opener) -> None:
    axel = open_as("axel")
    found = visit(axel, ["/access/marks/", "/access/marks/legal/read_only/"])
    axel.locator("main form button").last.click()
    expect(axel.locator(".govuk-error-summary")).to_be_visible()
    none([*found, *look(axel), *visit(axel, ["/access/marks/police/worker/"])])


def test_typed_text_that_is_hidden_and_set_aside(open_as: Opener) -> None:
    wanda = open_as("wanda")
    record, _action = filled(wanda)
    wanda.goto(f"{record}pages/first/")
    wanda.locator("[name=seen][value=yes]").check()
    save(wanda)
    found = visit(wanda, [f"{record}check/"])
    keep = wanda.get_by_label("Keep “Why not”")
    keep.focus()
    wanda.keyboard.press("Space")
    expect(keep).to_be_checked()
    found += look(wanda)
    wanda.get_by_role("button", name="Submit for sign-off").click()
    expect(wanda.get_by_text("Nobody opened").first).to_be_attached()
    wanda.goto(record)
    expect(wanda.get_by_role("heading", name="Set aside")).to_be_visible()
    none([*found, *look(wanda), *visit(wanda, [f"{record}print/?set-aside"])])


def test_where_a_prefilled_answer_is_from_and_what_is_newer(open_as: Opener) -> None:
    wanda = open_as("wanda")
    record, _action = filled(wanda)
    wanda.goto(f"{record}pages/first/")
    wanda.locator("[name=case_number]").fill("Another number")
    save(wanda)
    expect(wanda.get_by_text("Changed from what was prefilled")).to_be_visible()
    found = look(wanda)
    wanda.goto(record)
    wanda.get_by_role("link", name=CASE).first.click()
    wanda.wait_for_url("**/cases/*/")
    wanda.locator("main a[href^='/people/']", has_text=CHILD).first.click()
    wanda.wait_for_url("**/people/*/")
    wanda.goto(f"{wanda.url}edit/")
    email = f"testina{record[-6:-1]}@example.org"
    wanda.get_by_label("Email").fill(email)
    wanda.locator("[name=why]").fill("She told us")
    wanda.get_by_role("button", name="Save changes").click()
    found += visit(wanda, [f"{record}pages/first/"])
    expect(wanda.get_by_text(email)).to_be_visible()
    tab_to(wanda, "Use it: Contact")
    wanda.keyboard.press("Enter")
    expect(wanda.locator("[name=contact]")).to_have_value(email)
    none([*found, *look(wanda), *visit(wanda, [record, f"{record}check/", f"{record}history/"])])


def test_a_page_in_welsh(open_as: Opener) -> None:
    wanda = open_as("wanda")
    record, _action = filled(wanda)
    wanda.goto(f"{record}pages/first/")
    tab_to(wanda, "Cymraeg")
    wanda.keyboard.press("Enter")
    expect(wanda.locator("html")).to_have_attribute("lang", "cy")
    found = look(wanda)
    found += visit(
        wanda, [record, f"{record}pages/second/", f"{record}check/", f"{record}history/"]
    )
    wanda.goto(f"{record}pages/first/")
    wanda.get_by_role("button", name="English").first.click()
    expect(wanda.locator("html")).to_have_attribute("lang", "en")
    none(found)


def test_moving_to_a_newer_version(open_as: Opener, world: World) -> None:
    wanda, max_ = open_as("wanda"), open_as("max")
    one, _action = filled(wanda)
    filled(wanda)
    world.publish(second())
    found = visit(wanda, [one])
    wanda.get_by_role("link", name="see what would change").click()
    found += look(wanda)
    wanda.locator("summary").first.click()
    found += look(wanda)
    tab_to(wanda, wanda.get_by_role("button", name="Move to version").inner_text())
    wanda.keyboard.press("Enter")
    expect(wanda.get_by_role("heading", name="no longer asks")).to_be_visible()
    found += look(wanda)
    found += visit(
        wanda, [f"{one}{path}" for path in ("print/", "history/", "newer-version/undo/")]
    )
    max_.goto("/")
    max_.get_by_role("link", name="Drafts of my teams on older versions of forms").click()
    found += look(max_)
    max_.get_by_role("link", name=TITLE).click()
    found += look(max_)
    max_.get_by_role("button", name="Move all").click()
    expect(max_.get_by_text("moved", exact=False).first).to_be_visible()
    none(found + look(max_))


def test_the_pages_of_authors(open_as: Opener) -> None:
    ada = open_as("ada")
    ada.goto("/configure/")
    ada.get_by_role("link", name=FORM).first.click()
    ada.wait_for_url("**/forms/edit/*/")
    form = ada.url.rstrip("/").split("/")[-1]
    ada.goto("/configure/forms/")
    ada.get_by_role("link", name=TITLE).first.click()
    ada.wait_for_url("**/forms/edit/*/")
    mine = ada.url.rstrip("/").split("/")[-1]
    none(visit(ada, _author_pages(form, mine), narrow=False))


def _author_pages(*drafts: str) -> Iterator[str]:
    for draft in drafts:
        for path in ("rules/", "tests/", "differences/", "included/", "translations/"):
            yield f"/configure/forms/{draft}/{path}"
    yield f"/configure/forms/{drafts[-1]}/differences/?old=1&new=2"
    yield f"/configure/forms/{drafts[-1]}/translations/?language=cy"


def test_the_report_of_an_import(open_as: Opener, tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "title": "Name"},
            "born": {"type": "string", "format": "date"},
            "colour": {"type": "string", "enum": ["red", "green"]},
            "odd": {"oneOf": [{"type": "string"}, {"type": "number"}]},
        },
    }
    controls = [
        {"type": "Control", "scope": f"#/properties/{name}"} for name in schema["properties"]
    ]  # type: ignore[attr-defined]
    file = tmp_path / "person.json"
    file.write_text(json.dumps({
        "schema": schema, "uischema": {"type": "VerticalLayout", "elements": controls},
    }))  # fmt: skip
    ada = open_as("ada")
    ada.goto("/configure/forms/import/")
    ada.locator("input[type=file]").first.set_input_files(file)
    ada.get_by_role("button", name="Import").or_(
        ada.get_by_role("button", name="Show")
    ).last.click()
    expect(ada.locator("input[name=key]")).to_be_visible()
    none(look(ada, narrow=False))


def test_a_draft_takes_up_the_newest_version_of_a_fragment(open_as: Opener) -> None:
    ada = open_as("ada")
    ada.goto("/configure/fragments/")
    ada.get_by_role("link", name="The action").first.click()
    ada.wait_for_url("**/fragments/edit/*/")
    fragment = ada.url.rstrip("/").split("/")[-1]
    editor = ada.locator("textarea[name=definition]")
    changed = json.loads(editor.input_value())
    changed["items"][0]["label"] = "What will be done, and where?"
    paste(editor, json.dumps(changed, indent=2))
    ada.get_by_role("button", name="More actions").click()
    ada.get_by_role("button", name="Check and publish").click()
    ada.get_by_label("Reason").fill("Workers asked where")
    ada.get_by_role("button", name="Publish", exact=True).click()
    expect(ada.locator("body")).to_contain_text("is published as version 2")
    uses, included = (f"/configure/fragments/{fragment}/{path}/" for path in ("uses", "included"))
    found = visit(ada, [included, uses], narrow=False)
    expect(ada.locator("main")).to_contain_text("What will be done, and where?")
    for box in ada.locator("input[name=draft]").all():
        box.uncheck()
    ada.get_by_label("Child in need plan", exact=True).check()
    ada.get_by_role("button", name="Take up version 2 in the chosen drafts").click()
    expect(ada.locator("main")).to_contain_text("“Child in need plan” includes version 2 now")
    none(found + visit(ada, [uses], narrow=False))
