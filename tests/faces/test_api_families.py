"""Relations, households and who may be the same, through the API."""

from datetime import timedelta
from typing import Any

import pytest

from casework.cases.actions.cases import open_case
from casework.people.models import Person, Relation
from tests.cast import AT, Cast, make_case, make_person
from tests.faces.api_client import Api

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=1))


def test_a_relation_is_said_once_read_from_both_sides_and_ended(cast: Cast) -> None:
    wanda = Api(cast.wanda)
    tia, mara = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Mara")
    body = {"other": str(mara.pk), "end": "mother", "note": "As told", "why": "Told"}
    made = wanda.post(f"/persons/{tia.pk}/relations", body, Idempotency_Key="one")
    again = wanda.post(f"/persons/{tia.pk}/relations", body, Idempotency_Key="one")
    assert (made.status_code, again.json()) == (201, made.json())
    assert Relation.objects.count() == 1
    (seen,) = wanda.get(f"/persons/{mara.pk}/relations").json()["items"]
    assert (seen["end"], seen["other"]["name"]) == ("child_of_mother", "Tia Example")
    address = f"/persons/{mara.pk}/relations/{seen['id']}"
    assert wanda.patch(address, {"to_on": "2026-11-01"}).status_code == 428
    assert wanda.patch(address, {"to_on": "2026-11-01"}, If_Match='"1"').status_code == 422
    sent = {"to_on": "2026-11-01", "why": "Adopted"}
    assert wanda.patch(address, sent, If_Match='"1"').json()["to_on"] == "2026-11-01"
    assert wanda.patch(address, sent | {"note": "x"}, If_Match='"1"').status_code == 412
    ends = {one["end"]: one for one in wanda.get("/relation-kinds").json()["ends"]}
    assert ends[ends["mother"]["inverse"]]["inverse"] == "mother"


def test_relations_come_in_pages_and_name_nobody_whom_one_may_not_see(cast: Cast) -> None:
    tia = make_person(cast.wanda, "Tia")
    wanda, found = Api(cast.wanda), []
    for number in range(3):
        other = make_person(cast.wanda, f"Secret{number}", phone="01632 960001")
        sent = {"other": str(other.pk), "end": "sibling", "note": f"Secret{number} is loud"}
        assert wanda.post(f"/persons/{tia.pk}/relations", sent).status_code == 201
        make_case(cast.olive, cast.south, other.pk)
    make_case(cast.wanda, cast.north, tia.pk)
    address: str | None = f"/api/v1/persons/{tia.pk}/relations?limit=1"
    while address:
        answer = wanda.get(address.removeprefix("/api/v1"))
        assert "Secret" not in answer.content.decode()
        found += answer.json()["items"]
        address = answer.json()["next"]
    assert [(one["other"], one["note"]) for one in found] == [(None, "")] * 3
    assert Api(cast.olive).get(f"/persons/{tia.pk}/relations").status_code == 404
    hidden = wanda.get(f"/persons/{tia.pk}/relations/{found[0]['id']}")
    assert hidden.status_code == 404


def test_a_household_is_made_joined_moved_and_left(cast: Cast) -> None:
    wanda = Api(cast.wanda)
    tia, tom = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Tom")
    body = {"name": "Example", "members": [str(tia.pk)], "address": {"line1": "1 Sample Street"}}
    made = wanda.post("/households", body).json()
    address = f"/households/{made['id']}"
    joined = wanda.post(f"{address}/members", {"person": str(tom.pk), "on": "2026-10-01"})
    assert [one["person"]["name"] for one in joined.json()["members"]] == [
        "Tia Example",
        "Tom Example",
    ]
    moved = {"address": {"line1": "9 Hidden Lane", "protected": True}, "on": "2026-11-01"}
    assert wanda.post(f"{address}/addresses", moved, If_Match='"1"').status_code == 412
    done = wanda.post(f"{address}/addresses", moved, If_Match='"2"')
    assert "Hidden" not in done.content.decode()
    assert done.json()["addresses"][0]["protected"] is True
    left = wanda.post(
        f"{address}/members/{tom.pk}/end", {"on": "2026-11-01", "why": "To his father"}
    )
    assert [one["to_on"] for one in left.json()["members"]] == [None, "2026-11-01"]
    (listed,) = wanda.get(f"/persons/{tia.pk}/households").json()["items"]
    assert listed["id"] == made["id"]
    make_case(cast.wanda, cast.north, tia.pk, tom.pk)
    assert Api(cast.olive).get(address).status_code == 404
    assert Api(cast.rita).post(f"{address}/members", {"person": str(tom.pk)}).status_code == 403


def test_who_may_be_the_same_is_told_and_has_to_be_denied(cast: Cast) -> None:
    born = "2016-03-04"
    kept = make_person(cast.wanda, "Zoë", "O’Brien", born_on=AT.date().replace(2016, 3, 4))
    body: dict[str, Any] = {"given_names": "Zoe", "family_name": "OBrien", "born_on": born}
    wanda = Api(cast.wanda)
    told = wanda.post("/persons", body, Idempotency_Key="a")
    assert (told.status_code, told.json()["code"]) == (409, "maybe_same")
    assert [one["id"] for one in told.json()["candidates"]] == [str(kept.pk)]
    assert Person.objects.count() == 1
    sure = body | {"confirm_not_duplicate": True}
    assert wanda.post("/persons", sure, Idempotency_Key="b").status_code == 201
    # What was done is answered again, not taken for a double of itself.
    other = {"given_names": "Poppy", "family_name": "Marsh"}
    first = wanda.post("/persons", other, Idempotency_Key="c")
    assert first.status_code == 201
    assert wanda.post("/persons", other, Idempotency_Key="c").json() == first.json()
    address = f"/persons/{first.json()['id']}"
    change = {**body, "why": "Married"}
    assert wanda.patch(address, change, If_Match='"1"').json()["code"] == "maybe_same"
    sent = change | {"confirm_not_duplicate": True}
    assert wanda.patch(address, sent, If_Match='"1"').status_code == 200


def test_of_whom_one_may_not_see_only_whom_to_ask_is_told(cast: Cast) -> None:
    kept = make_person(cast.wanda, "Zoë", "O’Brien", born_on=AT.date().replace(2016, 3, 4))
    open_case(case_type="child_in_need", team=cast.north, subjects=[kept.pk], by=cast.wanda, at=AT)
    body = {"given_names": "Zoe", "family_name": "OBrien", "born_on": "2016-03-04"}
    told = Api(cast.olive).post("/persons", body)
    assert told.status_code == 409
    assert told.json()["candidates"] == []
    assert told.json()["ask"] == [{"team": "North", "managers": ["Max Manager"]}]
    assert str(kept.pk) not in told.content.decode()
    assert "Brien" not in told.content.decode()
