"""Pages in another language: chosen on a page, nothing typed is lost, what is not translated says so."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.test import Client

from casework.cases.models import Autosave, Record
from formdefs.publish import publish
from tests.cast import AT, Cast, make_case, make_record
from tests.faces.record_pages import inputs, page_url, text
from tests.stored.small_form import FORM
from tests.tools.write_messages import LOCALE, collected

pytestmark = pytest.mark.django_db

WELSH = {
    "form.title": "Ffurflen fach",
    "page1.title": "Yr ymweliad",
    "qseen.label": "Wedi’i weld?",
    "qdate.label": "Pryd?",
}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def record(cast: Cast) -> Record:
    definition = {**FORM, "translations": {"cy": WELSH}}
    publish(definition, by=cast.ada, at=AT, reason="For a test")
    return make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")


@pytest.fixture
def wanda(client: Client, cast: Cast) -> Client:
    client.force_login(cast.wanda)
    return client


def post(client: Client, url: str, **more: Any) -> Any:
    sent = {**inputs(client.get(url).content.decode()), **more}
    return client.post(url, sent)


def test_a_page_is_english_until_somebody_chooses(wanda: Client, record: Record) -> None:
    page = wanda.get(page_url(record, "visit"))
    body = page.content.decode()
    assert '<html lang="en"' in body
    assert "Save and continue" in text(page)
    assert 'id="page-words"' not in body
    assert 'lang="cy" formnovalidate>Cymraeg</button>' in body


def test_what_is_typed_is_kept_when_the_language_changes(wanda: Client, record: Record) -> None:
    url = page_url(record, "visit")
    changed = post(wanda, url, story="Typed in English", **{"seen_on.day": "32"}, _language="cy")
    assert (changed.status_code, changed["Location"]) == (302, url)
    page = wanda.get(url)
    body = page.content.decode()
    assert '<html lang="cy"' in body
    assert "Cadw a pharhau" in text(page)
    assert "Wedi’i weld?" in text(page)
    sent = inputs(body)
    assert sent["story"] == ["Typed in English"]
    assert sent["seen_on.day"] == ["32"]


def test_changing_the_language_of_an_untouched_page_keeps_nothing(
    wanda: Client, record: Record
) -> None:
    post(wanda, page_url(record, "visit"), _language="cy")
    assert not Autosave.objects.exists()


def test_what_is_not_translated_says_which_language_it_is_in(wanda: Client, record: Record) -> None:
    post(wanda, page_url(record, "visit"), _language="cy")
    body = wanda.get(page_url(record, "visit")).content.decode()
    assert '<span lang="en">What happened?</span>' in body
    assert '<span lang="en">Wedi' not in body


def test_problems_are_told_in_the_language_of_the_page(wanda: Client, record: Record) -> None:
    url = page_url(record, "visit")
    post(wanda, url, _language="cy")
    refused = post(
        wanda,
        url,
        **{"seen_on.day": "32", "seen_on.month": "1", "seen_on.year": "2026"},
        _save="stay",
    )
    assert refused.status_code == 422
    said = text(refused)
    assert "Mae problem" in said
    assert "“Pryd?”: rhaid i hwn fod yn ddyddiad go iawn" in said
    check = text(wanda.get(f"/records/{record.pk}/check/"))
    assert "Dewiswch ie neu na ar gyfer “Wedi’i weld?”" in check


def test_answers_dates_and_states_are_read_in_the_language(wanda: Client, record: Record) -> None:
    url = page_url(record, "visit")
    post(
        wanda,
        url,
        seen="yes",
        _save="stay",
        **{"seen_on.day": "1", "seen_on.month": "11", "seen_on.year": "2026"},
    )
    post(wanda, url, _language="cy")
    read = text(wanda.get(f"/records/{record.pk}/"))
    assert "1 Tachwedd 2026" in read
    assert "Ie" in read
    assert "Drafft" in read
    printed = text(wanda.get(f"/records/{record.pk}/print/"))
    assert "Ffurflen fach" in printed


def test_scripts_are_given_their_words_as_data(wanda: Client, record: Record) -> None:
    post(wanda, page_url(record, "visit"), _language="cy")
    body = wanda.get(page_url(record, "visit")).content.decode()
    island = re.search(r'<script type="application/json" id="page-words">(.*?)</script>', body)
    assert island
    assert json.loads(island[1])["Put it back"] == "Ei roi’n ôl"


def test_the_language_is_chosen_before_signing_in_too(client: Client, cast: Cast) -> None:
    answer = client.post("/language/", {"language": "cy", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert "Mewngofnodi" in text(client.get("/accounts/login/"))


def test_a_page_that_is_not_translated_says_that_it_is_english(wanda: Client, cast: Cast) -> None:
    wanda.cookies["django_language"] = "cy"
    body = wanda.get("/people/").content.decode()
    assert '<html lang="cy"' in body
    assert re.search(r'<main [^>]*lang="en"', body)


def test_the_next_address_may_not_lead_elsewhere(client: Client, cast: Cast) -> None:
    answer = client.post("/language/", {"language": "cy", "next": "https://example.org/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("path", sorted(LOCALE.glob("*/LC_MESSAGES/django.po")), ids=str)
def test_the_catalogue_has_every_fixed_text_and_no_other(path: Any) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3])
    wanted = {(one.id, one.context) for one in collected(path.parts[-3]) if one.id}
    found = {(one.id, one.context) for one in catalogue if one.id}
    assert found == wanted, "Run: python -m tests.tools.write_messages"
