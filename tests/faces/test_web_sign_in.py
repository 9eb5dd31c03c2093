"""Signing in: back to where one was, locked out after five wrong passwords, first password changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from casework.accounts import administer
from casework.accounts.models import User
from casework.clock import now
from casework.web import gate
from tests.cast import Cast
from tests.faces.web_pages import browser, errors, words

PASSWORD = "three-random-words-here"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _no_tries_counted(db: None) -> None:
    cache.clear()


@pytest.fixture
def wanda(cast: Cast) -> User:
    cast.wanda.set_password(PASSWORD)
    cast.wanda.save()
    return cast.wanda


def sign_in(client: Client, username: str, password: str, **more: str) -> Any:
    return client.post(LOGIN, {"login": username, "password": password, **more})


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(wanda: User) -> None:
    client = browser()
    sent = client.get("/cases/?whose=mine")
    assert sent["Location"] == "/accounts/login/?next=/cases/%3Fwhose%3Dmine"
    assert 'name="next" value="/cases/?whose=mine"' in client.get(sent["Location"]).content.decode()
    response = sign_in(client, "wanda", PASSWORD, next="/cases/?whose=mine")
    assert response["Location"] == "/cases/?whose=mine"


def test_nobody_is_sent_to_another_site(wanda: User) -> None:
    response = sign_in(browser(), "wanda", PASSWORD, next="https://elsewhere.example/")
    assert response["Location"] == "/"


def test_a_wrong_password_says_what_to_do_and_which_field(wanda: User) -> None:
    response = sign_in(browser(), "wanda", "wrong")
    assert "The username or the password is not right." in words(response)
    assert errors(sign_in(browser(), "", "")) == [
        ("Enter your username", "id_login"),
        ("Enter your password", "id_password"),
    ]


def test_five_wrong_passwords_lock_the_user_name_also_for_the_right_one(wanda: User) -> None:
    client = browser()
    assert [sign_in(client, "wanda", "wrong").status_code for _ in range(5)] == [200] * 5
    locked = sign_in(client, "wanda", PASSWORD)
    assert locked.status_code == 429
    assert "Wait 5 minutes and try again" in words(locked)
    assert client.get("/").status_code == 302


def test_the_lock_of_one_user_name_is_not_that_of_another(wanda: User, cast: Cast) -> None:
    for _ in range(5):
        sign_in(browser(), "max", "wrong")
    assert sign_in(browser(), "wanda", PASSWORD).status_code == 302


def test_a_leaver_is_told_that_the_log_in_is_switched_off(wanda: User) -> None:
    wanda.is_active = False
    wanda.save()
    client = browser()
    response = sign_in(client, "wanda", PASSWORD)
    assert response["Location"] == "/accounts/inactive/"
    assert "an access administrator has deactivated your log-in" in words(
        client.get("/accounts/inactive/")
    )
    assert client.get("/").status_code == 302


def test_deactivating_ends_the_sessions_at_once(wanda: User, cast: Cast) -> None:
    client = browser()
    sign_in(client, "wanda", PASSWORD)
    assert client.get("/").status_code == 200
    administer.deactivate(wanda.pk, by=cast.axel, at=now(), why="Left")
    assert client.get("/").status_code == 302


def test_a_first_password_is_changed_before_anything_else_is_opened(cast: Cast) -> None:
    _user, plain = administer.add_user(
        by=cast.axel, at=now(), username="nina", first_name="Nina", last_name="New"
    )
    client = browser()
    assert sign_in(client, "nina", plain).status_code == 302
    for address in ("/", "/cases/", "/account/", "/accounts/sessions/"):
        assert client.get(address)["Location"] == "/accounts/password/change/"
    changed = client.post(
        "/accounts/password/change/",
        {"oldpassword": plain, "password1": PASSWORD, "password2": PASSWORD},
    )
    assert changed["Location"] == "/account/"
    page = client.get("/account/")
    assert page.status_code == 200
    assert "Your password is changed." in words(page)
    assert not User.objects.get(username="nina").must_change_password


def test_a_bad_new_password_is_refused_at_its_field(wanda: User) -> None:
    client = browser(wanda)
    response = client.post(
        "/accounts/password/change/",
        {"oldpassword": "wrong", "password1": "short", "password2": "other"},
    )
    assert {link for _text, link in errors(response)} == {"id_oldpassword", "id_password1"}


def test_signing_out_needs_a_button(wanda: User) -> None:
    client = browser(wanda)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/").status_code == 302


def test_a_session_lasts_while_it_is_used_and_is_written_rarely(
    wanda: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, start = browser(wanda), now()
    written = []
    for minutes in range(0, 61, 1):
        monkeypatch.setattr(gate.clock, "now", lambda m=minutes: start + timedelta(minutes=m))
        written.append("sessionid" in client.get("/account/").cookies)
    assert 15 <= sum(written) <= 21


def test_no_address_signs_up_resets_a_password_or_changes_an_address(cast: Cast) -> None:
    client = browser(cast.wanda)
    for path in (
        "signup/",
        "email/",
        "password/reset/",
        "password/set/",
        "confirm-email/",
        "login/code/",
    ):
        assert client.get(f"/accounts/{path}").status_code == 404, path
