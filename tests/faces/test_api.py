"""The API's door: tokens, scopes, the gate, problems, and its own description."""

import json
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver

from api import docs, urls
from api.openapi import Generator
from api.view import View
from casework import clock
from casework.accounts import administer
from casework.accounts.models import Token
from casework.accounts.tokens import SCOPES
from tests.cast import AT
from tests.faces.api_client import BASE, Api, problem

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _an_hour_after_the_cast_came(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(hours=1))


def test_no_token_a_wrong_one_an_ended_one_and_an_old_one_are_told_alike(cast):
    api = Api(cast.wanda)
    good = api.headers["Authorization"]
    assert api.get("/me").status_code == 200
    told = set()
    for header in ("", "Bearer", "Bearer ct_guess", "Basic abc", f"Token {good[7:]}", good + "x"):
        api.headers["Authorization"] = header
        response = api.get("/me")
        problem(response, 401, "unauthenticated")
        assert response["WWW-Authenticate"] == 'Bearer realm="casethread"'
        told.add(response.content)
    api.headers["Authorization"] = good
    Token.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    told.add(api.get("/me").content)
    Token.objects.update(expires_at=clock.now() + timedelta(1), ended_at=clock.now())
    told.add(api.get("/me").content)
    assert len(told) == 1


def test_a_browsers_session_is_no_way_in(cast):
    browser = Client()
    browser.force_login(cast.wanda)
    problem(browser.get(f"{BASE}/me"), 401, "unauthenticated")


def test_a_leavers_token_ends_at_once(cast):
    api = Api(cast.wanda)
    administer.deactivate(cast.wanda.pk, by=cast.axel, at=clock.now(), why="left")
    problem(api.get("/me"), 401, "unauthenticated")


def test_me_tells_scopes_roles_and_teams(cast):
    document = Api(cast.max, ["cases:read"]).get("/me").json()
    assert document["user"] == {"id": str(cast.max.uid), "name": "Max Manager"}
    assert document["scopes"] == ["cases:read"]
    assert document["roles"] == [
        {"role": "manager", "team": {"id": str(cast.north.id), "name": "North"}}
    ]


def _found():
    """Every method of every endpoint with the address to call it at."""
    for pattern in urls.urlpatterns:
        view = getattr(pattern.callback, "cls", None)
        if view is not None:
            values = {
                "key": "referral",
                "number": 1,
                "newer": 1,
                "document": "schema",
                "page": "p1",
            }
            names = pattern.pattern.converters
            address = f"/{pattern.pattern}"
            for name, converter in names.items():
                kind = type(converter).__name__.removesuffix("Converter").lower()
                value = values.get(name, "5e0cbd67-3b9e-4a43-8d51-5fbbd6bb4b8e")
                address = address.replace(f"<{kind}:{name}>", str(value))
            for method in view().allowed_methods:
                if method not in ("HEAD", "OPTIONS"):
                    yield pytest.param(view, method, address, id=f"{method} {pattern.name}")


ENDPOINTS = list(_found())
COMMANDS = [
    pytest.param(method, address, id=param.id)
    for param in ENDPOINTS
    for _view, method, address in [param.values]
    if method != "GET" and not address.endswith("/files")
]


@pytest.mark.parametrize(("view", "method", "address"), ENDPOINTS)
def test_every_endpoint_needs_a_token_with_its_scope(cast, view, method, address):
    assert issubclass(view, View)
    scope = getattr(view, method.lower()).scope
    problem(Api(None).send(method, address), 401, "unauthenticated")
    if scope:
        others = Api(cast.wanda, [name for name in SCOPES if name != scope])
        assert scope in problem(others.send(method, address), 403, "scope")["detail"]


@pytest.mark.parametrize(("view", "method", "address"), ENDPOINTS)
def test_no_endpoint_does_more_than_its_methods(cast, view, method, address):
    other = next(m for m in ("DELETE", "PUT", "POST") if m not in view().allowed_methods)
    response = Api(cast.wanda).send(other, address)
    problem(response, 405, "method")
    assert method in response["Allow"]
    problem(Api(cast.wanda).send("OPTIONS", address), 405, "method")


@pytest.mark.parametrize(
    "address",
    ["/", "/nothing", "/cases/", "/cases/1", "/records/x/pages/y", "/forms/a%00b", "/%ff"],
)
def test_every_other_address_is_absent_like_a_thing_that_is_not_there(cast, address):
    api = Api(cast.wanda)
    absent = api.get(f"/cases/{uuid4()}")
    problem(absent, 404, "absent")
    assert api.get(address).content == absent.content


BODIES = {
    b"[" * 100_000: (400, "depth"),
    b'{"given_names": "a\\u0000b"}': (400, "text"),
    b'{"given_names": "\\ud800"}': (400, "text"),
    b'{"given_names": NaN}': (400, "number"),
    b'{"given_names": 1e999}': (400, "number"),
    b'{"given_names": ' + b"9" * 5000 + b"}": (400, "number"),
    b'{"why": "a", "why": "b"}': (400, "duplicate_key"),
    b'{"why": "\xff"}': (400, "encoding"),
    b"\xef\xbb\xbf{}": (400, "json"),
    b"[]": (400, "json"),
    b"{": (400, "json"),
}
LARGE = {
    b'{"why": "' + b"x" * 5 * 2**20 + b'"}': (413, "too_large"),
    b'{"a": [' + b"[]," * 600_000 + b"1]}": (413, "too_large"),
    b'{"a":' * 400_000: (400, "depth"),
}


@pytest.mark.parametrize(("method", "address"), COMMANDS)
def test_the_gate_stands_before_every_command(cast, method, address):
    api = Api(cast.wanda)
    for body, (status, code) in BODIES.items():
        problem(api.send(method, address, body), status, code)


@pytest.mark.parametrize("body", LARGE, ids=lambda body: repr(body[:24]))
def test_the_gate_holds_what_is_large(cast, body):
    problem(Api(cast.wanda).post("/persons", body), *LARGE[body])


def test_other_kinds_of_content_are_refused(cast):
    api = Api(cast.wanda)
    for content_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
    ):
        response = api.client.post(
            f"{BASE}/persons", b"{}", content_type=content_type, headers=api.headers
        )
        problem(response, 415, "media_type")
    problem(api.post("/persons", {}, Content_Encoding="gzip"), 415, "media_type")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=x", "limit=-1", "limit=%C2%B2", "cursor=x", "cursor=W10", "cursor=%00",
        "cursor=WyIyMDI2IiwgIngiXQ", "cursor=bnVsbA", "id__in=1", "ordering=answers", "fields=answers",
        "expand=case", "cursor=" + "W1tb" * 9000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/cases", "/records", "/persons"])
def test_odd_parameters_are_refused(cast, address, query):
    problem(Api(cast.wanda).get(f"{address}?{query}"), 400, "query")


@pytest.mark.parametrize("query", ["case=x", "status=lost", "case=%00", "form=a%00"])
def test_odd_filters_are_refused(cast, query):
    problem(Api(cast.wanda).get(f"/records?{query}"), 400, "query")


def test_what_is_somebodys_is_kept_out_of_caches(cast):
    for address in "/me", "/cases", f"/cases/{uuid4()}":
        response = Api(cast.wanda).get(address)
        assert response["Cache-Control"] == "private, no-store"
        assert "Authorization" in response["Vary"]


def test_what_is_asked_for_is_answered_in_json(cast):
    response = Api(cast.wanda).get("/me", Accept="text/html")
    assert response["Content-Type"] == "application/json"


def test_the_committed_description_is_the_one_that_the_code_gives():
    committed = (ROOT / "docs/reference/openapi.yaml").read_bytes()
    assert committed == docs.yaml_text(), (
        "Write it anew: manage.py spectacular --generator-class api.openapi.Generator "
        "--file docs/reference/openapi.yaml --validate"
    )


def test_the_description_is_whole():
    document = Generator().get_schema(public=True)
    assert document["openapi"].startswith("3.1")
    operations = [
        (path, method) for path, methods in document["paths"].items() for method in methods
    ]
    assert len(operations) == len(ENDPOINTS)
    used = set()

    def look(part):
        if isinstance(part, dict):
            if "$ref" in part:
                used.add(part["$ref"].removeprefix("#/components/schemas/"))
            for inner in part.values():
                look(inner)
        elif isinstance(part, list):
            for inner in part:
                look(inner)

    look(document)
    assert used == set(document["components"]["schemas"])


@pytest.mark.parametrize("address", ["/docs", "/docs/try"])
def test_the_docs_pages_need_neither_token_nor_inline_script_nor_another_server(address):
    browser = Client()
    page = browser.get(f"{BASE}{address}")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in text
    assert "style=" not in text
    assert text.count("<script") == text.count("<script defer src=")
    assert "http" not in text
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert json.loads(browser.get(f"{BASE}/openapi.json").content)["openapi"].startswith("3.1")
    assert browser.get(f"{BASE}/openapi.yaml").content == docs.yaml_text()


def test_the_docs_page_tells_every_operation_and_schema():
    text = Client().get(f"{BASE}/docs").content.decode()
    document = Generator().get_schema(public=True)
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'<h3 id="{operation["operationId"]}">' in text
    for name in document["components"]["schemas"]:
        assert f'<h3 id="schema-{name}">' in text
    for link in re.findall('href="#([^"]+)"', text):
        assert f'id="{link}"' in text, link
    for scope in SCOPES:
        assert text.count(f"<code>{scope}</code>") >= 2, scope


def test_the_api_is_mounted_once():
    assert [p for p in get_resolver().url_patterns if str(p.pattern) == "api/v1/"]
