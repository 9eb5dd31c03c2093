"""What goes wrong has a page that says what happened to one's work; health is told to operators."""

import pytest
from django.db import connection
from django.test import Client, RequestFactory, override_settings

from casework.ledger import triggers
from casework.web import errors
from tests.cast import Cast
from tests.faces.web_pages import browser, words


def test_a_form_from_before_signing_in_again_says_that_nothing_is_lost(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.wanda)
    response = client.post("/people/add/", {"given_names": "Noah"})
    assert response.status_code == 403
    assert "Nothing was saved, and nothing is lost." in words(response)


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_too_much_is_a_413_that_says_the_limit(cast: Cast) -> None:
    response = browser(cast.wanda).post("/people/add/", {"given_names": "x" * 2000})
    assert response.status_code == 413
    assert "what you typed is still there" in words(response)


@override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=5)
def test_too_many_fields_are_a_413_too(cast: Cast) -> None:
    response = browser(cast.wanda).post("/people/add/", {f"x{n}": "1" for n in range(9)})
    assert response.status_code == 413


def test_a_wrong_method_has_a_page_and_says_which_are_right(cast: Cast) -> None:
    response = browser(cast.wanda).post("/people/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert "This address cannot be opened like that" in words(response)


def test_what_breaks_has_a_page_that_needs_no_database() -> None:
    response = errors.broken(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "What you last saved is safe." in words(response)


def test_the_page_for_nothing_holds_nothing_of_the_request(cast: Cast) -> None:
    for client in (browser(), browser(cast.wanda)):
        response = client.get("/people/surprising-words/?also=these")
        assert response.status_code == 404
        assert "surprising" not in response.content.decode()
        assert "these" not in words(response)


def test_no_page_has_a_script_or_a_style_of_its_own(cast: Cast) -> None:
    response = browser(cast.wanda).get("/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "style-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
    body = response.content.decode()
    assert "<style" not in body
    assert ' style="' not in body
    assert all("src=" in tag.split(">")[0] for tag in body.split("<script")[1:])


def test_healthz_answers_without_signing_in() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_says_that_all_is_well(db: None) -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert set(response.json()["checks"].values()) == {"ok"}
    assert set(response.json()["checks"]) == {"database", "files", "migrations", "triggers"}


def test_readyz_says_which_part_is_not_ready(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    triggers.remove(connection)
    response = Client().get("/readyz")
    triggers.install(connection)
    assert response.status_code == 503
    assert "triggers are missing" in response.json()["checks"]["triggers"]


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_REDIRECT_EXEMPT=[r"^healthz$", r"^readyz$"])
def test_health_is_told_without_tls_as_a_proxy_asks_for_it(db: None) -> None:
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 200
    assert Client().get("/").status_code == 301
