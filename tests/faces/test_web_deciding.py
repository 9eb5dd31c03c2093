"""What is decided on a record over HTTP: signing with a decision, and what is shown of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.cases.actions.signing import submit
from casework.cases.models import Snapshot
from casework.cases.unmasked import decision_on
from tests.cast import AT, Cast, make_case, make_record, sample_answers
from tests.faces.web_pages import browser, errors, words

pytestmark = pytest.mark.django_db
DECISION = "Threshold is met.\nSee <Ben> first."


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def snapshot(library: Cast) -> Snapshot:
    """A whole referral that waits for its signature."""
    case = make_case(library.wanda, library.north)
    record = make_record(case, library.wanda, pages=by_page(sample_answers("referral")))
    return submit(record.pk, seen=None, by=library.wanda, at=AT)


def by_page(answers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Answers to the newest referral by the page that asks for them."""
    from formdefs.versions import form_of, newest

    pages = form_of(newest("referral").pk).pages
    return {page.id: {k: answers[k] for k in page.answered if k in answers} for page in pages}


@pytest.fixture
def max_(library: Cast) -> Client:
    return browser(library.max)


def at(name: str, snapshot: Snapshot, **more: Any) -> str:
    return reverse(f"web:{name}", kwargs={"record_id": snapshot.record_id, **more})


def send(client: Client, snapshot: Snapshot, comment: str, sha256: str = "") -> Any:
    sent = {"comment": comment, "sha256": sha256 or snapshot.sha256}
    return client.post(at("record-sign", snapshot), sent)


def test_a_decision_is_shown_wherever_the_signature_is(max_: Client, snapshot: Snapshot) -> None:
    page = max_.get(at("record", snapshot))
    assert "Decision and rationale (optional)" in words(page)
    assert send(max_, snapshot, DECISION).status_code == 302
    for address in (
        at("record", snapshot),
        at("record-print", snapshot),
        at("record-revision", snapshot, revision=1),
        at("record-history", snapshot),
        reverse("web:case", args=[snapshot.record.case_id]),
    ):
        page = max_.get(address)
        assert "Threshold is met. See <Ben> first." in words(page), address
        assert b"<Ben>" not in page.content


def test_a_signature_needs_no_decision(max_: Client, snapshot: Snapshot) -> None:
    assert send(max_, snapshot, " ").status_code == 302
    assert "Decision and rationale" not in words(max_.get(at("record", snapshot)))


def test_a_decision_is_not_lost_when_nothing_is_signed(max_: Client, snapshot: Snapshot) -> None:
    stale = send(max_, snapshot, DECISION, sha256="0" * 64)
    assert stale.status_code == 409
    assert "See &lt;Ben&gt; first.</textarea>" in stale.content.decode()
    long = send(max_, snapshot, "x" * 4001)
    assert long.status_code == 422
    assert errors(long)[0][1] == "id_comment"
    assert "x" * 4001 in long.content.decode()
    assert decision_on(snapshot) == ""
