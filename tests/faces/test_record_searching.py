"""A long list that is searched: by a button without JavaScript, and by the addresses the browser asks."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.cases.models import Autosave, Record
from casework.cases.unmasked import answers_of
from formdefs.publish import publish, publish_list
from tests.cast import AT, Cast, make_case, make_record
from tests.faces.record_pages import inputs, page_url, text
from tests.faces.web_pages import browser, errors
from tests.forms import a_form, question, repeat
from tests.pure.test_list_search import long_list

pytestmark = pytest.mark.django_db
IN_REGION = {"==": [{"var": "option.parent"}, {"var": "region"}]}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=1))


@pytest.fixture
def wanda(cast: Cast) -> Client:
    return browser(cast.wanda)


@pytest.fixture
def record(cast: Cast) -> Record:
    """A draft on a form that asks from a list of 5,000, also by region and in rows."""
    publish_list(long_list(), by=cast.ada, at=AT, reason="test")
    regions = [{"code": "north", "label": "North"}, {"code": "south", "label": "South"}]
    definition = a_form(
        question("integer"),
        question("choice", "region", list="regions"),
        question("choice", "school", list="schools"),
        question("choice", "near", list="schools", options=IN_REGION),
        question("choices", "visited", list="schools"),
        repeat("moves", question("choice", "left", list="schools")),
        lists={"schools": {"list": "test.schools"}, "regions": {"options": regions}},
    )
    publish(definition, by=cast.ada, at=AT, reason="test")
    return make_record(make_case(cast.wanda, cast.north), cast.wanda, "a_form")


def opened(client: Client, record: Record) -> dict[str, Any]:
    return dict(inputs(client.get(page_url(record, "page_1")).content.decode()))


def test_without_javascript_a_button_finds_and_nothing_typed_is_lost(
    wanda: Client, record: Record
) -> None:
    url = page_url(record, "page_1")
    typed = {"integer": "not a number", "region": "north", "near.find": "school 12"}
    asked = wanda.post(url, {**opened(wanda, record), **typed, "_find": "near"})
    assert asked["Location"].endswith("?rows#near")
    page = wanda.get(url)
    assert "The first 20 that match “school 12” are shown." in text(page)
    body = page.content.decode()
    assert 'value="S0121"' in body  # of the region that is typed and not saved
    assert 'value="S0120"' not in body
    sent = inputs(body)
    assert (sent["integer"], sent["region"], sent["near.find"]) == (
        ["not a number"],
        ["north"],
        ["school 12"],
    )
    saved = wanda.post(url, {**sent, "integer": "3", "near": "S0121", "_save": "stay"})
    assert saved.status_code == 302
    assert answers_of(record) == {"integer": 3, "region": "north", "near": "S0121"}
    again = wanda.get(url)
    assert "School number 121 of North Exampleshire" in text(again)
    assert inputs(again.content.decode())["near.find"] == [""]


def test_a_search_that_was_typed_and_not_answered_is_asked_for_with_what_it_finds(
    wanda: Client, record: Record
) -> None:
    url = page_url(record, "page_1")
    sent = {**opened(wanda, record), "school.find": "S0042", "_save": "continue"}
    refused = wanda.post(url, sent)
    assert refused.status_code == 422
    assert [target for _text, target in errors(refused)] == ["school"]
    assert "choose one of the answers found" in text(refused)
    sent = {**inputs(refused.content.decode()), "school": "S0042", "_save": "stay"}
    assert wanda.post(url, sent).status_code == 302
    assert answers_of(record) == {"school": "S0042"}


def test_an_answer_is_changed_and_taken_away(wanda: Client, record: Record) -> None:
    url = page_url(record, "page_1")
    wanda.post(url, {**opened(wanda, record), "school": "S0001", "_save": "stay"})
    wanda.post(url, {**opened(wanda, record), "visited": ["S0002", "S0003"], "_save": "stay"})
    assert answers_of(record) == {"school": "S0001", "visited": ["S0002", "S0003"]}
    wanda.post(url, {**opened(wanda, record), "school": "", "visited": "S0003", "_save": "stay"})
    assert answers_of(record) == {"visited": ["S0003"]}


def test_a_row_is_searched_by_its_button(wanda: Client, record: Record) -> None:
    url = page_url(record, "page_1")
    added = wanda.post(url, {**opened(wanda, record), "_add": "moves"})["Location"]
    name = f"{added.split('#')[1]}.left"
    asked = {**opened(wanda, record), f"{name}.find": "number 77", "_find": name}
    assert wanda.post(url, asked)["Location"].endswith(f"#{name}")
    page = wanda.get(url)
    assert 'value="S0077"' in page.content.decode()
    sent = {**inputs(page.content.decode()), name: "S0077", "_save": "stay"}
    wanda.post(url, sent)
    assert answers_of(record)["moves"][0]["left"] == "S0077"


@pytest.mark.parametrize("name", ["region", "nothing", "moves", "", "near.find", "moves.x.left.y"])
def test_what_is_not_searched_is_not_found(wanda: Client, record: Record, name: str) -> None:
    url = page_url(record, "page_1")
    sent = {**opened(wanda, record), "_find": name}
    assert wanda.post(url, sent).status_code == 404
    assert wanda.post(f"{url}find/", sent).status_code == 404


def test_the_browser_asks_for_a_list_as_it_was_pinned(
    wanda: Client, record: Record, cast: Cast
) -> None:
    body = wanda.get(page_url(record, "page_1")).content.decode()
    address = reverse("web:list-entries", args=[record.form_version_id, "schools"])
    assert f'data-source="{address}"' in body
    newer = long_list()
    newer["entries"][7]["label"] = "Renamed"
    publish_list(newer, by=cast.ada, at=AT, reason="test")
    found = wanda.get(address, {"find": "s0007", "on": "2026-11-24"})
    assert found.json() == {
        "entries": [
            {"code": "S0007", "label": "School number 7 of North Exampleshire", "hint": ""}
        ],
        "more": False,
    }
    assert found["Cache-Control"] == "private, max-age=86400, immutable"
    assert wanda.get(address, {"find": "school", "on": "never"}).json()["more"] is True
    assert wanda.get(address.replace("schools", "nothing")).status_code == 404


def test_the_browser_asks_with_what_is_typed_where_a_rule_filters(
    wanda: Client, record: Record, cast: Cast
) -> None:
    url = page_url(record, "page_1")
    page = opened(wanda, record)
    for region, codes in (("north", ["S0121"]), ("south", [])):
        sent = {**page, "region": region, "near.find": "s0121", "_find": "near"}
        found = wanda.post(f"{url}find/", sent).json()
        assert [entry["code"] for entry in found["entries"]] == codes
    assert answers_of(record) == {}
    assert not Autosave.objects.exists()
    assert browser(cast.olive).post(f"{url}find/", {"_find": "near"}).status_code == 404
