"""Prefilled answers on pages and in the API: where from, what is newer, and taking it, without JavaScript."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from casework.cases.actions.records import start_record
from casework.cases.models import Record
from casework.people.actions import change_person
from tests.cast import AT, Cast
from tests.faces.api_client import Api
from tests.faces.record_pages import inputs, page_url, text
from tests.stored.test_prefill import hours, second, world  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=8))


@pytest.fixture
def wanda(client: Client, cast: Cast) -> Client:
    client.force_login(cast.wanda)
    return client


def reborn(world: Any) -> None:  # noqa: F811
    """Give the child another birthday."""
    new = AT.date().replace(year=2014)
    change_person(world.child.id, by=world.wanda, at=hours(3), why="x", seen_version=1, born_on=new)


def send(client: Client, url: str, **more: Any) -> Any:
    return client.post(url, {**inputs(client.get(url).content.decode()), **more})


def test_each_answer_says_where_it_came_from(wanda: Client, world: Any) -> None:  # noqa: F811
    record = second(world)
    for address in (
        page_url(record, "page_1"),
        f"/records/{record.pk}/",
        f"/records/{record.pk}/check/",
        f"/records/{record.pk}/print/",
    ):
        response = wanda.get(address)
        said = " ".join(text(response).split())
        assert "From: First form, signed 2 November 2026" in said, address
        assert "From: the person’s details, 2 November 2026" in said
        assert f'href="/records/{world.first.pk}/"' in response.content.decode()


def test_what_the_worker_changed_is_said(wanda: Client, world: Any) -> None:  # noqa: F811
    record = second(world)
    send(wanda, page_url(record, "page_1"), why="My own words", _save="stay")
    assert "Changed from what was prefilled" in text(wanda.get(page_url(record, "page_1")))


def test_what_is_newer_is_offered_and_taken_by_one_button(wanda: Client, world: Any) -> None:  # noqa: F811
    record, url = second(world), None
    reborn(world)
    url = page_url(record, "page_1")
    said = " ".join(text(wanda.get(url)).split())
    assert "it was “2 November 2015”, it is now “2 November 2014”" in said
    answer = send(wanda, url, why="Typed beside", _refresh="born_on")
    assert answer.status_code == 302
    sent = inputs(wanda.get(url).content.decode())
    assert (sent["born_on.year"], sent["why"]) == (["2014"], ["Typed beside"])
    assert "it is now" not in text(wanda.get(url))


def test_nothing_is_taken_over_typing_that_cannot_be_saved(wanda: Client, world: Any) -> None:  # noqa: F811
    record = second(world)
    reborn(world)
    url = page_url(record, "page_1")
    answer = send(wanda, url, count="many", _refresh="born_on")
    assert answer.status_code == 422
    assert inputs(answer.content.decode())["count"] == ["many"]


def test_a_source_that_the_reader_may_not_see_has_no_name(client: Client, world: Any) -> None:  # noqa: F811
    from casework.cases.actions.sharing import end_access, grant_access
    from tests.stored.test_prefill import second_case

    grant_access(world.case.id, world.olive, "allow", why="x", by=world.max, at=AT)
    case = second_case(world.olive, world.south, world.child)
    record = start_record(
        case.id, form_key="second", subjects=[world.child.id], by=world.olive, at=hours(2)
    )
    end_access(world.case.id, world.olive, "allow", why="x", by=world.max, at=hours(3))
    client.force_login(world.olive)
    response = client.get(f"/records/{record.pk}/")
    assert "a record that you may not see" in text(response)
    assert str(world.first.pk) not in response.content.decode()


def test_the_api_tells_and_refreshes(world: Any) -> None:  # noqa: F811
    record = second(world)
    api = Api(world.wanda)
    told = {one["path"]: one for one in api.get(f"/records/{record.pk}").json()["prefilled"]}
    assert told["why"]["record"] == str(world.first.pk)
    assert told["born_on"]["source"] == "person"
    reborn(world)
    offers = api.get(f"/records/{record.pk}/offers").json()["items"]
    assert [(one["path"], one["now"]) for one in offers] == [("born_on", "2014-11-02")]
    done = api.post(
        f"/records/{record.pk}/pages/page_1/refresh", {"paths": ["born_on"]}, If_Match='"1"'
    )
    assert (done.status_code, done.json()["version"], done["ETag"]) == (200, 2, '"2"')
    again = api.post(f"/records/{record.pk}/pages/page_1/refresh", {}, If_Match='"1"')
    assert again.status_code == 412
    assert (
        Api(world.rita)
        .post(f"/records/{record.pk}/pages/page_1/refresh", {}, If_Match='"2"')
        .status_code
        == 403
    )


def test_what_is_withheld_is_not_offered_by_the_api(world: Any) -> None:  # noqa: F811
    record = second(world)
    assert Api(world.olive).get(f"/records/{record.pk}/offers").status_code == 404
    assert Record.objects.filter(pk=record.pk).exists()
