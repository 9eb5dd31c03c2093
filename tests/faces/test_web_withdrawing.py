"""Withdrawing a record on the workers' pages: two persons, and a tombstone at its address."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.cases.models import Withdrawal
from tests.cast import Cast, make_case, make_record
from tests.stored.small_form import publish_small

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(cast: Cast) -> Any:
    """A draft in a case, and a client for each of the cast."""
    publish_small(cast.ada)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")

    def as_user(name: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, name))
        return client

    return cast, record, as_user


def url(name: str, record: Any) -> str:
    return reverse(f"web:{name}", kwargs={"record_id": record.pk})


def test_one_asks_another_approves_and_a_tombstone_stands(site: Any) -> None:
    _cast, record, as_user = site
    wanda, max_ = as_user("wanda"), as_user("max")
    assert b"Ask that it is withdrawn" in wanda.get(url("record", record)).content
    asking = url("record-withdraw", record)
    wrong = wanda.post(asking, {"reason": "wrong_person", "why": " "})
    assert wrong.status_code == 422
    assert b"Enter why, in your words" in wrong.content
    sent = {"reason": "wrong_person", "why": "This is her cousin."}
    page = wanda.post(asking, sent, follow=True)
    assert b"Wanda Worker asked that this record is withdrawn" in page.content
    deciding = url("record-withdraw-decide", record)
    assert deciding.encode() not in page.content  # who asked does not decide
    assert wanda.get(deciding).status_code == 403
    assert b"To be withdrawn, if I agree" in max_.get(reverse("web:home")).content
    assert deciding.encode() in max_.get(url("record", record)).content
    shown = max_.get(deciding).content.decode()
    assert "This is her cousin." in shown
    assert max_.post(deciding, {"why": "x"}).status_code == 422
    done = max_.post(deciding, {"approve": "yes", "why": "I have checked."}, follow=True)
    text = done.content.decode()
    for words in (
        "This record was withdrawn",
        "This is her cousin.",
        "I have checked.",
        "Max Manager",
    ):
        assert words in text
    for name in (
        "record-history",
        "record-print",
        "record-marks",
        "record-check",
        "record-withdraw",
    ):
        assert wanda.get(url(name, record)).status_code == 404
    assert as_user("rita").get(url("record", record)).status_code == 200
    for stranger in ("olive", "ada", "axel"):
        assert as_user(stranger).get(url("record", record)).status_code == 404
    case = wanda.get(reverse("web:case", kwargs={"case_id": record.case_id}))
    assert case.status_code == 200
    assert b"approved that a record is withdrawn" in case.content


def test_refused_the_record_stays(site: Any) -> None:
    _cast, record, as_user = site
    as_user("wanda").post(url("record-withdraw", record), {"reason": "disposal", "why": "Old."})
    deciding = url("record-withdraw-decide", record)
    page = as_user("max").post(deciding, {"approve": "no", "why": "Not yet."}, follow=True)
    assert b"The record stays." in page.content
    assert Withdrawal.objects.get().status == "refused"
    assert as_user("wanda").get(url("record-history", record)).status_code == 200


def test_the_api_has_it_no_more(site: Any) -> None:
    from datetime import timedelta

    from casework import clock
    from casework.accounts.tokens import make_token
    from casework.cases.actions.withdrawing import ask_withdrawal, decide_withdrawal

    cast, record, _as_user = site
    at = clock.now()
    asked = ask_withdrawal(record.pk, "disposal", why="x", by=cast.wanda, at=at)
    decide_withdrawal(asked.pk, approve=True, why="y", by=cast.max, at=at)
    scopes = ["cases:read", "records:read", "events:read"]
    token = make_token(by=cast.wanda, at=at, name="t", scopes=scopes, expires_at=at + timedelta(1))[
        1
    ]
    client = Client(headers={"authorization": f"Bearer {token}"})
    assert client.get(f"/api/v1/records/{record.pk}").status_code == 404
    listed = client.get("/api/v1/records")
    assert listed.status_code == 200
    assert str(record.pk) not in listed.content.decode()
    events = client.get(f"/api/v1/cases/{record.case_id}/events")
    assert events.status_code == 200
    assert "withdrawal.approved" in events.content.decode()
