"""A page that is sent after the session ended is kept for its sender, and for nobody else."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from casework.cases.models import Autosave, Record, RecordPage
from casework.web.models import ParkedPost
from tests.cast import AT, Cast, make_case, make_record
from tests.faces.record_pages import inputs, page_url

pytestmark = pytest.mark.django_db
TYPED = "What nobody else may read"


class Watch:
    """The time, to be moved on."""

    def __init__(self) -> None:
        self.now = AT + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    told = Watch()
    monkeypatch.setattr("casework.clock.now", told)
    return told


@pytest.fixture
def record(library: Cast) -> Record:
    return make_record(make_case(library.wanda, library.north), library.wanda)


@pytest.fixture
def back(library: Cast, record: Record) -> str:
    """The address that leads back after signing in, from a page that Wanda sent too late."""
    client = Client()
    client.force_login(library.wanda)
    url = page_url(record, "received")
    sent = inputs(client.get(url).content.decode())
    client.logout()
    response = client.post(url, {**sent, "referrer_expects": TYPED, "_save": "stay"})
    assert response.status_code == 302
    signing_in = urlsplit(response["Location"])
    assert signing_in.path == "/accounts/login/"
    return parse_qs(signing_in.query)["next"][0]


def opened_by(user: Any, url: str) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(url, follow=True)


def test_its_sender_finds_it_on_the_page_after_signing_in(
    library: Cast, record: Record, back: str
) -> None:
    page = opened_by(library.wanda, back)
    assert inputs(page.content.decode())["referrer_expects"] == [TYPED]
    assert not RecordPage.objects.filter(record=record).exists()  # put back, not saved
    assert not ParkedPost.objects.exists()


@pytest.mark.parametrize("name", ["wilf", "max", "rita", "olive"])
def test_another_user_cannot_take_it_up(
    library: Cast, record: Record, back: str, name: str
) -> None:
    page = opened_by(getattr(library, name), back)
    assert TYPED not in page.content.decode()
    assert not Autosave.objects.filter(record=record).exists()
    assert opened_by(library.wanda, back).status_code == 200
    assert Autosave.objects.filter(record=record, user=library.wanda).exists()


def test_it_lies_encrypted_and_its_token_is_not_kept(back: str) -> None:
    parked = ParkedPost.objects.get()
    assert TYPED.encode() not in bytes(parked.body)
    assert parked.digest not in back


def test_it_is_gone_after_half_an_hour(library: Cast, back: str, watch: Watch) -> None:
    call_command("drop_parked")
    assert ParkedPost.objects.exists()
    watch.now += timedelta(minutes=30)
    assert TYPED not in opened_by(library.wanda, back).content.decode()
    call_command("drop_parked")
    assert not ParkedPost.objects.exists()


def test_a_page_that_does_not_say_whose_it_was_is_not_kept(library: Cast, record: Record) -> None:
    url = page_url(record, "received")
    for forged in ("", str(library.wanda.uid), f"{library.wanda.uid}:forged"):
        response = Client().post(url, {"referrer_expects": TYPED, "_who": forged})
        assert "parked" not in response["Location"]
    assert not ParkedPost.objects.exists()


def test_a_page_opened_before_signing_in_again_is_put_back(library: Cast, record: Record) -> None:
    """Its CSRF token is that of the earlier session, so it is not saved, but nothing is lost."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(library.wanda)
    url = page_url(record, "received")
    sent = inputs(client.get(url).content.decode())
    client.cookies["csrftoken"] = "a" * 32
    response = client.post(url, {**sent, "referrer_expects": TYPED, "_save": "stay"})
    assert response.status_code == 302
    page = client.get(response["Location"], follow=True).content.decode()
    assert inputs(page)["referrer_expects"] == [TYPED]
    assert not RecordPage.objects.filter(record=record).exists()


def test_somebody_elses_page_saves_nothing_in_ones_own_name(library: Cast, record: Record) -> None:
    wanda, wilf = Client(), Client()
    wanda.force_login(library.wanda)
    wilf.force_login(library.wilf)
    url = page_url(record, "received")
    sent = inputs(wanda.get(url).content.decode())
    response = wilf.post(url, {**sent, "referrer_expects": TYPED, "_save": "stay"})
    assert response.status_code == 409
    assert not RecordPage.objects.filter(record=record).exists()
