"""Fills the pages of a record in the browser, from answers as the API knows them.

Nothing here knows a form: it reads the definition, and finds each input by its name. Rows are added
with the form's own buttons, so what works here works with and without JavaScript.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

Definition = Mapping[str, Any]
Todo = tuple[str, Definition, Any]  # the name of the inputs, the question, its answer


def page_of(definition: Definition, key: str) -> Definition:
    """The page of a definition by its key."""
    found: Definition = next(page for page in definition["pages"] if page["key"] == key)
    return found


def fill_page(page: Page, form_page: Definition, answers: Mapping[str, Any]) -> None:
    """Answer every question of the page that `answers` has.

    Without JavaScript a question that depends on another shows after a save: then save, and go on.
    """
    open_details(page)
    later = [todo for todo in _questions(page, form_page, "", answers) if not _answered(page, todo)]
    while later:
        save(page)
        open_details(page)
        left = [todo for todo in later if not _answered(page, todo)]
        assert len(left) < len(later), f"These never show: {[name for name, *_ in left]}"
        later = left


def save(page: Page) -> None:
    """Press Save, and wait until the page says so."""
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-status]")).to_contain_text("aved by")


def paste(editor: Locator, text: str) -> None:
    """Paste over all that an editor holds. Typing a long text takes the browser ten seconds; nobody does."""
    editor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor.evaluate("(_, text) => navigator.clipboard.writeText(text)", text)
    editor.press("ControlOrMeta+a")
    editor.press("ControlOrMeta+v")
    expect(editor).to_have_value(text)


def open_details(page: Page) -> None:
    """Open every section that is folded up."""
    for summary in page.locator("#page-form details:not([open]) > summary").all()[::-1]:
        summary.click()


def add_row(page: Page, path: str) -> str:
    """Press the button that adds a row to a repeat; return the row's id."""
    before = row_ids(page, path)
    page.locator(f'button[name=_add][value="{path}"]').click()
    expect(page.locator(f'input[name="{path}._rows"]')).to_have_count(len(before) + 1)
    [added] = [row for row in row_ids(page, path) if row not in before]
    return added


def remove_row(page: Page, path: str, row: str) -> None:
    """Press the button that removes a row."""
    before = len(row_ids(page, path))
    page.locator(f'button[name=_remove][value="{path}.{row}"]').click()
    expect(page.locator(f'input[name="{path}._rows"]')).to_have_count(before - 1)


def row_ids(page: Page, path: str) -> list[str]:
    """The ids of the rows on the page."""
    rows = page.locator(f'input[name="{path}._rows"]').all()
    return [str(row.get_attribute("value")) for row in rows]


def _questions(
    page: Page, holder: Definition, prefix: str, answers: Mapping[str, Any]
) -> Iterator[Todo]:
    """Each question with an answer, in order; adds the rows that it comes by."""
    for item in holder["items"]:
        if item["kind"] == "section":
            yield from _questions(page, item, prefix, answers)
        elif item["kind"] == "question" and item["key"] in answers:
            yield f"{prefix}{item['key']}", item, answers[item["key"]]
        elif item["kind"] == "repeat":
            path = f"{prefix}{item['key']}"
            for number, row in enumerate(answers.get(item["key"], [])):
                there = row_ids(page, path)
                row_id = there[number] if number < len(there) else add_row(page, path)
                open_details(page)
                yield from _questions(page, item, f"{path}.{row_id}.", row)


def _answered(page: Page, todo: Todo) -> bool:
    """Answer one question if it shows; whether it did."""
    name, question, answer = todo
    if not page.locator(f'[data-question="{name}"]').is_visible():
        return False
    _HOW.get(question["type"], _text)(page, name, answer)
    return True


def _input(page: Page, name: str) -> Locator:
    return page.locator(f'[name="{name}"]:not([type=hidden])')


def _text(page: Page, name: str, answer: Any) -> None:
    _input(page, name).fill(str(answer))


def _option(page: Page, name: str, code: str) -> None:
    select = page.locator(f'select[name="{name}"]')
    if select.count():
        select.select_option(code)
    else:
        page.locator(f'input[name="{name}"][value="{code}"]').check()


def _options(page: Page, name: str, codes: list[str]) -> None:
    for code in codes:
        page.locator(f'input[name="{name}"][value="{code}"]').check()


def _yes_no(page: Page, name: str, answer: bool) -> None:
    _option(page, name, "yes" if answer else "no")


def _date(page: Page, name: str, answer: str) -> None:
    year, month, day = [*(re.findall("[0-9]+", answer)[:3]), "", ""][:3]
    for part, value in (("day", day), ("month", month), ("year", year)):
        _input(page, f"{name}.{part}").fill(value)


def _datetime(page: Page, name: str, answer: str) -> None:
    _date(page, name, answer[:10])
    _input(page, f"{name}.time").fill(answer[11:16])


def _person(page: Page, name: str, answer: Mapping[str, Any]) -> None:
    _input(page, name).fill(answer["name"])


def _people(page: Page, name: str, answer: list[Mapping[str, Any]]) -> None:
    """Name them one by one; there is one empty input more than names."""
    for number, one in enumerate(answer):
        if _input(page, name).count() <= number:
            page.locator(f'button[name=_add][value="{name}"]').click()
            expect(_input(page, name)).to_have_count(number + 1)
        _input(page, name).nth(number).fill(one["name"])


def _worker(page: Page, name: str, answer: Mapping[str, Any]) -> None:
    page.locator(f'select[name="{name}"]').select_option(label=answer["name"])


def _address(page: Page, name: str, answer: Mapping[str, Any]) -> None:
    for part, value in answer.items():
        box = _input(page, f"{name}.{part}")
        box.set_checked(value) if isinstance(value, bool) else box.fill(value)


def _organisation(page: Page, name: str, answer: Mapping[str, Any]) -> None:
    for part, value in answer.items():
        _input(page, f"{name}.{part}").fill(value)


def _signature(page: Page, name: str, answer: Mapping[str, Any]) -> None:
    """Sign by typing; who can draw is a test of its own."""
    _input(page, f"{name}.name").fill(answer["name"])
    _input(page, f"{name}.agree").check()


_HOW = {
    "yes_no": _yes_no, "choice": _option, "choices": _options,
    "date": _date, "partial_date": _date, "datetime": _datetime,
    "person": _person, "people": _people, "worker": _worker, "address": _address,
    "organisation": _organisation, "signature": _signature,
}  # fmt: skip


def start_record(page: Page, *, case: str, form: str, about: str) -> str:
    """Start a record about one person, from the list of cases; return the record's address."""
    page.goto(f"/cases/?q={case}")
    page.get_by_role("link", name=case).first.click()
    page.get_by_role("link", name="Start a record").click()
    page.get_by_label(form).check()
    for person in page.locator("input[name=subjects]").all():
        person.uncheck()
    page.get_by_label(about).check()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#page-form")).to_be_visible()
    return page.url.split("/pages/")[0] + "/"
