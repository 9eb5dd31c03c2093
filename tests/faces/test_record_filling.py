"""Filling a record page by page over HTTP, as a browser without JavaScript does."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from casework.cases import unmasked
from casework.cases.models import Autosave, Record, RecordPage
from tests.cast import AT, Cast, make_case, make_record
from tests.faces.record_pages import inputs, page_url, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def record(library: Cast) -> Record:
    return make_record(make_case(library.wanda, library.north), library.wanda)


@pytest.fixture
def wanda(client: Client, library: Cast) -> Client:
    client.force_login(library.wanda)
    return client


def post(client: Client, url: str, save: str = "stay", **more: Any) -> Any:
    """Open a page, change some of its inputs, and send it as the browser would."""
    sent = {**inputs(client.get(url).content.decode()), **more, "_save": save}
    return client.post(url, sent)


def answers(record: Record) -> dict[str, Any]:
    return unmasked.answers_of(Record.objects.get(pk=record.pk))


def test_a_page_is_saved_and_shown_again(wanda: Client, record: Record) -> None:
    url = page_url(record, "received")
    response = post(
        wanda,
        url,
        **{
            "received_at.day": "23",
            "received_at.month": "nov",
            "received_at.year": "2026",
            "received_at.time": "9.30am",
            "referrer_name": "  Ann O’Hara <3 ",
        },
    )
    assert response.status_code == 302
    assert response["Location"] == url
    saved = answers(record)
    assert saved["received_at"] == "2026-11-23T09:30:00+00:00"
    assert saved["referrer_name"] == "Ann O’Hara <3"
    again = inputs(wanda.get(url).content.decode())
    assert again["referrer_name"] == ["Ann O’Hara <3"]
    assert again["received_at.time"] == ["09:30"]


def test_what_cannot_be_read_is_kept_and_said(wanda: Client, record: Record) -> None:
    url = page_url(record, "received")
    response = post(wanda, url, **{"received_at.day": "32nd", "received_at.month": "March"})
    assert response.status_code == 422
    page = response.content.decode()
    assert 'href="#received_at.day"' in page
    assert inputs(page)["received_at.day"] == ["32nd"]
    assert not RecordPage.objects.filter(record=record).exists()
    kept = inputs(wanda.get(url).content.decode())
    assert kept["received_at.day"] == ["32nd"]
    assert Autosave.objects.get(record=record).base_version == 0


def test_rows_are_added_and_removed_without_javascript(wanda: Client, record: Record) -> None:
    url = page_url(record, "children")
    added = post(wanda, url, save="", _add="children")
    assert added.status_code == 302
    row = added["Location"].split("#children.")[1]
    page = inputs(wanda.get(url).content.decode())
    assert page["children._rows"] == [row]
    post(wanda, url, **{f"children.{row}.given_names": "Amy"})
    assert answers(record)["children"] == [
        {"_id": row, "given_names": "Amy", "unborn": False}  # the form's default for a new row
    ]
    second = post(wanda, url, save="", _add="children", **{f"children.{row}.given_names": "Amy B"})
    other = second["Location"].split("#children.")[1]
    removed = post(wanda, url, save="", _remove=f"children.{row}")
    assert removed["Location"].endswith("#children")
    assert inputs(wanda.get(url).content.decode())["children._rows"] == [other]
    assert [one["_id"] for one in answers(record)["children"]] == [row]  # not saved yet
    post(wanda, url)
    assert "given_names" not in answers(record)["children"][0]


def test_a_page_that_shows_more_after_saving_is_shown_again(wanda: Client, record: Record) -> None:
    url = page_url(record, "received")
    response = post(wanda, url, save="continue", wants_anonymity="yes")
    assert response["Location"] == url
    assert "asks more questions" in text(wanda.get(url))
    response = post(wanda, url, save="continue")
    assert response["Location"] == page_url(record, "children")


def test_two_who_change_different_questions_are_merged(
    wanda: Client, library: Cast, record: Record
) -> None:
    url = page_url(record, "received")
    wilf = Client()
    wilf.force_login(library.wilf)
    first = inputs(wanda.get(url).content.decode())
    second = inputs(wilf.get(url).content.decode())
    wilf.post(url, {**second, "referrer_name": "Wilf's", "_save": "stay"})
    wanda.post(url, {**first, "referrer_expects": "Wanda's", "_save": "stay"})
    assert answers(record)["referrer_name"] == "Wilf's"
    assert answers(record)["referrer_expects"] == "Wanda's"
    assert "theirs are kept" in text(wanda.get(url))


@pytest.mark.parametrize(
    ("decision", "kept"), [("mine", "Wanda's\nlines"), ("theirs", "Wilf's"), ("edit", "Both of us")]
)
def test_two_who_change_the_same_question_are_asked(
    wanda: Client, library: Cast, record: Record, decision: str, kept: str
) -> None:
    url = page_url(record, "received")
    wilf = Client()
    wilf.force_login(library.wilf)
    first = inputs(wanda.get(url).content.decode())
    second = inputs(wilf.get(url).content.decode())
    wilf.post(url, {**second, "referrer_expects": "Wilf's", "_save": "stay"})
    mine = {"referrer_expects": "Wanda's\nlines", "referrer_name": "Ann"}
    clash = wanda.post(url, {**first, **mine, "_save": "stay"})
    assert clash.status_code == 409
    assert "Wilf's" in text(clash)
    assert (
        answers(record)["referrer_expects"] == "Wilf's"
    )  # nothing is overwritten before an answer
    kept_aside = inputs(wanda.get(url).content.decode())  # for who leaves without deciding
    assert kept_aside["referrer_expects"] == [mine["referrer_expects"]]
    sent = inputs(clash.content.decode())
    assert sent["_edit.referrer_expects"] == ["Wanda's\nlines"]
    chosen = {"_resolve.referrer_expects": decision, "_edit.referrer_expects": "Both of us"}
    response = wanda.post(url, {**sent, **chosen, "_save": "stay"})
    assert response.status_code == 302
    assert answers(record)["referrer_expects"] == kept
    assert answers(record)["referrer_name"] == "Ann"


def test_enter_saves_whatever_other_buttons_stand_above_the_form(
    wanda: Client, record: Record
) -> None:
    """Enter presses the form's first submit button in the page: never a language, or “Throw it away”."""
    url = page_url(record, "received")
    first = re.compile(r'<button type="submit"[^>]*form="page-form"[^>]*>')
    for _ in range(2):
        page = wanda.get(url).content.decode()
        pressed = first.search(page)
        assert pressed
        assert 'name="_save" value="stay"' in pressed[0]
        wanda.post(f"{url}autosave/", {**inputs(page), "referrer_name": "typed"})
    assert "Throw it away" in page
