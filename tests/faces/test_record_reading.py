"""A record read over HTTP: checked before it is submitted, printed, its history, its revisions."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.cases.actions.records import save_page
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.models import Record, Status
from casework.ledger.models import Read
from casework.web.wording import moment
from formdefs.versions import form_of
from tests.cast import AT, Cast, make_case, make_record, sample_answers
from tests.faces.record_pages import inputs, page_url, text
from tests.faces.web_pages import browser, words

pytestmark = pytest.mark.django_db
NAME = "Only Named Here"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def record(library: Cast) -> Record:
    """A draft referral with nothing left to fill in."""
    draft = make_record(make_case(library.wanda, library.north), library.wanda)
    answers = {**sample_answers("referral"), "referrer_name": NAME}
    for page in form_of(draft.form_version_id).pages:
        on_page = {key: answers[key] for key in page.answered if key in answers}
        save_page(draft.pk, page.id, on_page, seen_version=0, by=library.wanda, at=AT)
    return draft


@pytest.fixture
def wanda(library: Cast) -> Client:
    return browser(library.wanda)


def at(name: str, record: Record, **more: Any) -> str:
    return reverse(f"web:{name}", kwargs={"record_id": record.pk, **more})


def test_a_whole_record_is_submitted_as_it_was_shown(wanda: Client, record: Record) -> None:
    page = wanda.get(at("record-check", record))
    assert "There is a problem" not in text(page)
    response = wanda.post(at("record-check", record), inputs(page.content.decode()))
    assert response["Location"] == at("record", record)
    record.refresh_from_db()
    assert record.status == Status.SUBMITTED


def test_what_is_wrong_leads_to_its_question(wanda: Client, library: Cast) -> None:
    record = make_record(make_case(library.wanda, library.north), library.wanda)
    page = wanda.get(at("record-check", record)).content.decode()
    href = f"{page_url(record, 'received')}?problems#received_at.day"
    assert f'href="{href}"' in page
    shown = wanda.get(href.split("#")[0]).content.decode()
    assert 'id="received_at.day"' in shown
    assert 'href="#received_at.day"' in shown
    response = wanda.post(at("record-check", record), inputs(page))
    assert response.status_code == 422
    record.refresh_from_db()
    assert record.status == Status.DRAFT


def test_a_record_changed_since_it_was_checked_is_not_submitted(
    wanda: Client, library: Cast, record: Record
) -> None:
    shown = inputs(wanda.get(at("record-check", record)).content.decode())
    received = form_of(record.form_version_id).page("received")
    answers = {k: v for k, v in sample_answers("referral").items() if k in received.answered}
    changed = {**answers, "referrer_name": "Changed"}
    save_page(record.pk, received.id, changed, seen_version=1, by=library.wilf, at=AT)
    response = wanda.post(at("record-check", record), shown)
    assert response.status_code == 409
    assert "Changed" in text(response)


def hidden_reason(wanda: Client, record: Record) -> dict[str, list[str]]:
    """Type a reason, hide it by another answer, and return what check-your-answers would send."""
    url = page_url(record, "received")
    sent = {**inputs(wanda.get(url).content.decode()), "wants_anonymity": "yes"}
    wanda.post(url, {**sent, "anonymity_reason": "She is afraid", "_save": "stay"})
    sent = inputs(wanda.get(url).content.decode())
    wanda.post(url, {**sent, "wants_anonymity": "no", "_save": "stay"})
    page = wanda.get(at("record-check", record))
    assert "She is afraid" in words(page).split("Typed answers that are about to be dropped")[1]
    return inputs(page.content.decode())


def test_what_other_answers_hid_is_listed_before_it_is_dropped(
    wanda: Client, record: Record
) -> None:
    sent = hidden_reason(wanda, record)
    assert "_set_aside" not in sent
    wanda.post(at("record-check", record), sent)
    page = words(wanda.get(at("record", record)))
    assert "She is afraid" not in page
    assert "Set aside" not in page


def test_what_is_ticked_is_kept_with_the_record_and_read_as_set_aside(
    wanda: Client, library: Cast, record: Record
) -> None:
    sent = hidden_reason(wanda, record)
    wanda.post(at("record-check", record), {**sent, "_set_aside": ["anonymity_reason"]})
    for page in (at("record", record), at("record-revision", record, revision=1)):
        set_aside = words(wanda.get(page)).split("Set aside", 1)[1]
        assert "Not part of the answers" in set_aside
        assert "Why should the family not know?" in set_aside
        assert "She is afraid" in set_aside
    printed = words(wanda.get(at("record-print", record)))
    assert "She is afraid" not in printed
    assert "Print what was set aside too" in printed
    printed = words(wanda.get(at("record-print", record) + "?set-aside"))
    assert "She is afraid" in printed.split("Not part of the answers")[1]
    history = words(wanda.get(at("record-history", record)))
    assert "Set aside when the record was submitted" in history


def test_a_returned_record_has_what_was_hidden_and_how_it_was_decided(
    wanda: Client, library: Cast, record: Record
) -> None:
    sent = hidden_reason(wanda, record)
    wanda.post(at("record-check", record), {**sent, "_set_aside": ["anonymity_reason"]})
    shown = record.snapshots.get().sha256
    return_record(record.pk, comment="More", seen_sha256=shown, by=library.max, at=AT)
    page = wanda.get(at("record-check", record)).content.decode()
    assert inputs(page)["_set_aside"] == ["anonymity_reason"]
    assert 'value="She is afraid"' not in page
    assert "She is afraid" in page


def test_a_path_that_is_not_hidden_is_refused_in_words_and_the_ticks_stay(
    wanda: Client, record: Record
) -> None:
    sent = hidden_reason(wanda, record)
    ticked = ["anonymity_reason", "referrer_name"]
    response = wanda.post(at("record-check", record), {**sent, "_set_aside": ticked})
    assert response.status_code == 422
    assert "“referrer_name” is not an answer that is about to be dropped" in words(response)
    assert inputs(response.content.decode())["_set_aside"] == ["anonymity_reason"]
    record.refresh_from_db()
    assert record.status == Status.DRAFT


def test_a_print_is_stamped_and_leaves_protected_answers_out(
    wanda: Client, library: Cast, record: Record
) -> None:
    phone = sample_answers("referral")["referrer_phone"]
    assert phone in text(wanda.get(at("record", record)))
    page = words(wanda.get(at("record-print", record)))
    assert phone not in page
    assert "Protected: not printed" in page
    assert f"INTERNAL Printed by Wanda Worker on {moment(AT + timedelta(hours=1))}" in page
    assert Read.objects.filter(actor=library.wanda, detail="printed").count() == 1


def test_a_protected_address_is_not_printed(wanda: Client, library: Cast) -> None:
    record = make_record(make_case(library.wanda, library.north), library.wanda)
    child = {
        "_id": "aaaaaaaa",
        "given_names": "Amy",
        "address": {"line1": "1 Secret Street", "protected": True},
    }
    page = form_of(record.form_version_id).page("children")
    save_page(record.pk, page.id, {"children": [child]}, seen_version=0, by=library.wanda, at=AT)
    assert "1 Secret Street" in text(wanda.get(at("record", record)))
    assert "1 Secret Street" not in text(wanda.get(at("record-print", record)))


def test_history_tells_who_what_before_and_after(
    wanda: Client, library: Cast, record: Record
) -> None:
    url = page_url(record, "received")
    wilf = browser(library.wilf)
    sent = inputs(wilf.get(url).content.decode())
    wilf.post(url, {**sent, "referrer_name": "Somebody Else", "_save": "stay"})
    page = words(wanda.get(at("record-history", record)))
    assert f"{NAME} Somebody Else" in page.split("Wilf Worker", 1)[1]
    of_one = words(wanda.get(at("record-history", record) + "?question=referrer_name"))
    assert of_one.count("Wanda Worker") > of_one.count("Wilf Worker")  # the header names her too
    assert f"Not answered {NAME}" in of_one
    assert "When was the referral received?" not in of_one
    assert wanda.get(at("record-history", record) + "?question=nothing").status_code == 404


def test_what_was_signed_stays_readable_after_it_is_reopened(
    wanda: Client, library: Cast, record: Record
) -> None:
    snapshot = submit(record.pk, seen=None, by=library.wanda, at=AT)
    sign(record.pk, seen_sha256=snapshot.sha256, by=library.max, at=AT)
    reopen(record.pk, why="The name was wrong", by=library.wanda, at=AT)
    url = page_url(record, "received")
    sent = inputs(wanda.get(url).content.decode())
    wanda.post(url, {**sent, "referrer_name": "Another Name", "_save": "stay"})
    assert NAME not in words(wanda.get(at("record", record)))
    signed = wanda.get(at("record-revision", record, revision=1))
    assert NAME in words(signed)
    assert "Max Manager" in words(signed)
    assert snapshot.sha256 in words(signed)
    assert "Revision 1" in words(wanda.get(at("record", record)))
    assert wanda.get(at("record-revision", record, revision=2)).status_code == 404


def test_what_is_sent_for_a_submitted_record_is_shown_to_be_copied(
    wanda: Client, library: Cast, record: Record
) -> None:
    url = page_url(record, "received")
    sent = inputs(wanda.get(url).content.decode())
    submit(record.pk, seen=None, by=library.wilf, at=AT)
    response = wanda.post(url, {**sent, "referrer_name": "Typed too late", "_save": "stay"})
    assert response.status_code == 409
    assert "Typed too late" in text(response)
    assert not re.search("<form[^>]*page-form", response.content.decode())
    assert wanda.get(url)["Location"] == at("record", record)


def test_a_form_is_started_about_a_subject(wanda: Client, library: Cast) -> None:
    case = make_case(library.wanda, library.north)
    url = reverse("web:record-start", kwargs={"case_id": case.pk})
    page = inputs(wanda.get(url).content.decode())
    assert len(page["subjects"]) == 1
    response = wanda.post(url, {**page, "form": "child_family_assessment"})
    record = Record.objects.get(case=case)
    assert response["Location"] == page_url(record, "analysis")
    assert wanda.post(url, {**page, "form": ""}).status_code == 422
    assert Record.objects.filter(case=case).count() == 1


def test_the_forms_of_another_case_type_are_not_offered_and_a_refusal_keeps_what_was_chosen(
    wanda: Client, library: Cast
) -> None:
    case = make_case(library.wanda, library.north)
    url = reverse("web:record-start", kwargs={"case_id": case.pk})
    page = inputs(wanda.get(url).content.decode())
    shown = text(wanda.get(url))
    assert "Child in need plan" in shown
    assert "Complaint" not in shown
    assert shown.count("Asked for now") == 1  # the referral, of which there is none
    answer = wanda.post(url, {**page, "form": "cin_review"})
    assert answer.status_code == 422
    assert "There is a problem" in text(answer)
    assert re.search('value="cin_review"[^>]* checked', answer.content.decode())
    assert not Record.objects.filter(case=case).exists()
