"""A page with every type of question over HTTP; files; and a form that is laid out as one page."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from casework.cases.models import Record, Upload
from casework.cases.unmasked import answers_of
from formdefs.publish import publish, publish_list
from tests.cast import AT, Cast, make_case, make_record
from tests.faces.record_pages import inputs, page_url, text
from tests.faces.web_pages import browser, errors
from tests.pageform import COLOURS, definition

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n" + b"x" * 20


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def wanda(cast: Cast) -> Client:
    return browser(cast.wanda)


def a_record(cast: Cast, **more: Any) -> Record:
    """A draft on a form with every type of question."""
    publish_list(COLOURS, by=cast.ada, at=AT, reason="test")
    publish({**definition(), **more}, by=cast.ada, at=AT, reason="test")
    return make_record(make_case(cast.wanda, cast.north), cast.wanda, "everything")


TYPED = {
    "text_q": "Text <b>",
    "long_text_q": "One\r\nTwo",
    "integer_q": "1,250",
    "money_q": "£3.5",
    "yes_no_q": "no",
    "choice_q": "g",
    "choices_q": ["g", "r"],
    "date_q.day": "1",
    "date_q.month": "2",
    "date_q.year": "2020",
    "partial_date_q.year": "2019",
    "time_q": "9.30am",
    "person_q": "testina example",
    "people_q": ["Her aunt", ""],
    "address_q.line1": "1 High Street",
    "organisation_q.name": "Oak School",
    "organisation_q.email": "office@oak.example",
    "signature_q.name": "Testina Example",
    "signature_q.drawing": "1,2 30,40;5,6",
    "postcode_q": "sw1a1aa",
    "nhs_number_q": "943 476 5919",
    "long_list": "c3",
}


def test_every_type_is_typed_saved_and_shown_again(wanda: Client, cast: Cast) -> None:
    record = a_record(cast)
    url = page_url(record, "one")
    page = inputs(wanda.get(url).content.decode())
    sent = {**page, **TYPED, "worker_q": str(cast.wilf.uid), "_save": "stay"}
    assert wanda.post(url, sent)["Location"] == url
    saved = answers_of(record)
    person = record.subjects.get()
    assert saved["person_q"] == {"id": str(person.pk), "name": "Testina Example"}
    assert saved["people_q"] == [{"name": "Her aunt"}]
    assert saved["worker_q"] == {"id": str(cast.wilf.uid), "name": "Wilf Worker"}
    assert saved["long_text_q"] == "One\nTwo"
    assert saved["money_q"] == "3.50"
    again = wanda.get(url).content.decode()
    assert "It is Text &lt;b&gt;" in again
    wanda.post(url, {**inputs(again), "_save": "stay"})
    assert answers_of(record) == saved
    assert record.pages.get().version == 1  # sent untouched, it writes nothing


def test_a_signature_is_typed_or_drawn_and_its_picture_is_shown_wherever_it_is_read(
    wanda: Client, cast: Cast
) -> None:
    record = a_record(cast)
    url, here = page_url(record, "one"), f"/records/{record.pk}/"
    page = inputs(wanda.get(url).content.decode())
    typed = {"signature_q.name": "Ann Smith", "signature_q.agree": "yes"}
    wanda.post(url, {**page, **typed, "_save": "stay"})
    assert answers_of(record)["signature_q"] == {"name": "Ann Smith"}
    again = inputs(wanda.get(url).content.decode())
    again.pop("signature_q.agree")
    wanda.post(url, {**again, "signature_q.drawing": "1,2 30,40;5,6", "_save": "stay"})
    assert answers_of(record)["signature_q"] == {"name": "Ann Smith", "drawing": "1,2 30,40;5,6"}
    picture = 'aria-label="Signature drawn by Ann Smith"><path d="M1,2L30,40M5,6L5,6"'
    for address in ("", "print/", "check/", "history/", "history/?question=signature_q"):
        read = wanda.get(here + address)
        assert picture in read.content.decode(), address
        assert "Signed by drawing" in text(read), address
    assert "Signed by typing the name" in text(wanda.get(f"{here}history/"))
    kept = inputs(wanda.get(url).content.decode())
    cleared = {**kept, "signature_q.clear": "yes", "signature_q.agree": "yes", "_save": "stay"}
    wanda.post(url, cleared)
    assert answers_of(record)["signature_q"] == {"name": "Ann Smith"}


@pytest.mark.parametrize("drawing", ['1,2"><script>', "1,2 M0,0", "1000,2", "1,2;"])
def test_a_drawing_that_is_none_is_refused_and_never_drawn(
    wanda: Client, cast: Cast, drawing: str
) -> None:
    url = page_url(a_record(cast), "one")
    page = inputs(wanda.get(url).content.decode())
    sent = {**page, "signature_q.name": "Ann", "signature_q.drawing": drawing, "_save": "stay"}
    response = wanda.post(url, sent)
    assert [target for _text, target in errors(response)] == ["signature_q.drawing"]
    assert "<path" not in response.content.decode().split("</header>")[1]


def test_a_value_of_the_wrong_kind_is_refused_and_shown_as_typed(wanda: Client, cast: Cast) -> None:
    record = a_record(cast)
    url = page_url(record, "one")
    page = inputs(wanda.get(url).content.decode())
    sent = {**page, "nhs_number_q": "943 476 59", "text_q": "kept", "_save": "stay"}
    response = wanda.post(url, sent)
    assert response.status_code == 422
    assert inputs(response.content.decode())["nhs_number_q"] == ["943 476 59"]
    assert "must be an NHS number" in text(response)
    assert inputs(wanda.get(url).content.decode())["text_q"] == ["kept"]


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_page(
    wanda: Client, cast: Cast
) -> None:
    url = page_url(a_record(cast), "one")
    page = inputs(wanda.get(url).content.decode())
    wrong = {"integer_q": "x", "date_q.day": "32", "email_q": "no", "upn_q": "no"}
    response = wanda.post(url, {**page, **wrong, "_save": "stay"})
    assert [target for _text, target in errors(response)] == [
        *("integer_q", "date_q.day", "email_q", "upn_q"),
    ]


def test_files_are_added_listed_downloaded_and_removed(wanda: Client, cast: Cast) -> None:
    record = a_record(cast)
    url = page_url(record, "one")
    page = inputs(wanda.get(url).content.decode())
    files = [SimpleUploadedFile(name, PDF) for name in ("a.pdf", "b.pdf")]
    wanda.post(url, {**page, "file_q": files, "_save": "stay"})
    assert [one["name"] for one in answers_of(record)["file_q"]] == ["a.pdf", "b.pdf"]
    again = wanda.get(url).content.decode()
    first = Upload.objects.get(name="a.pdf")
    assert f'href="/files/{first.pk}/"' in again
    given = wanda.get(f"/files/{first.pk}/")
    assert given["Content-Disposition"] == 'attachment; filename="a.pdf"'
    assert b"".join(given.streaming_content) == PDF
    wanda.post(url, {**inputs(again), "file_q.remove": str(first.pk), "_save": "stay"})
    assert [one["name"] for one in answers_of(record)["file_q"]] == ["b.pdf"]


def test_a_file_that_is_not_taken_is_said_and_the_rest_is_kept(wanda: Client, cast: Cast) -> None:
    record = a_record(cast)
    url = page_url(record, "one")
    page = inputs(wanda.get(url).content.decode())
    files = [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("virus.exe", b"MZ\x90\x00" * 30)]
    response = wanda.post(url, {**page, "file_q": files, "text_q": "kept", "_save": "stay"})
    assert response.status_code == 422
    assert "not of a kind that is kept here" in text(response)
    again = inputs(wanda.get(url).content.decode())
    assert again["text_q"] == ["kept"]
    assert again["file_q.present"] == [str(Upload.objects.get(name="a.pdf").pk)]


def test_a_form_laid_out_as_one_page_saves_each_of_its_pages(wanda: Client, cast: Cast) -> None:
    record = a_record(cast, layout="single")
    url = page_url(record, "one")
    page = wanda.get(url).content.decode()
    assert "Rows</h2>" in page
    added = wanda.post(url, {**inputs(page), "text_q": "First page", "_add": "needs"})
    row = added["Location"].split("#needs.")[1]
    again = inputs(wanda.get(url).content.decode())
    sent = {**again, f"needs.{row}.card_text": "Second page", "_save": "continue"}
    assert wanda.post(url, sent)["Location"].endswith("/check/")
    assert answers_of(record) == {
        "text_q": "First page",
        "needs": [{"_id": row, "card_text": "Second page"}],
    }
    assert record.pages.count() == 2
