"""Persons: added, changed without overwriting one another, and found by name."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.cases.history import person_changes
from casework.ledger.append import content_of
from casework.ledger.models import Event
from casework.people.actions import add_person, change_person
from casework.people.models import Person
from casework.people.names import folded, matching
from casework.refusals import Absent, Refused, Stale
from tests.cast import AT, make_person

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def test_a_person_is_added_with_history_and_event(cast: Any) -> None:
    person = add_person(
        by=cast.wanda, at=AT, why="Referred", given_names=" Zoë ", family_name="O’Brien",
        identifiers={"nhs_number": "9434765919"}, born_on=TODAY,
    )  # fmt: skip
    assert (person.given_names, person.version, person.added_by) == ("Zoë", 1, cast.wanda)
    row = person.history.get()
    assert (row.history_user, row.history_change_reason, row.history_date) == (
        cast.wanda,
        "Referred",
        AT,
    )
    event = Event.objects.get(stream=person.id)
    assert event.kind == "person.added"
    assert "Zo" not in event.refs
    assert content_of(event)["details"]["identifiers"] == {"nhs_number": "9434765919"}


def test_adding_twice_by_one_command_adds_once(cast: Any) -> None:
    command = uuid4()
    assert make_person(cast.wanda, command_id=command) == make_person(
        cast.wanda, command_id=command
    )
    assert Person.objects.count() == 1


def test_a_change_tells_before_and_after_and_leaves_the_rest(cast: Any) -> None:
    person = make_person(cast.wanda, "Ann", "Example", phone="01632 960001")
    changed = change_person(
        person.id, by=cast.wilf, at=AT, why="Married", seen_version=1, family_name="Other"
    )
    assert (changed.version, changed.phone) == (2, "01632 960001")
    event = Event.objects.filter(stream=person.id).latest("seq")
    assert content_of(event) == {
        "changes": {"family_name": {"before": "Example", "after": "Other"}},
        "why": "Married",
    }


def test_an_unchanged_person_writes_nothing(cast: Any) -> None:
    person = make_person(cast.wanda, "Ann")
    change_person(person.id, by=cast.wilf, at=AT, why="x", seen_version=1, given_names="Ann ")
    assert person.history.count() == 1
    assert Event.objects.filter(stream=person.id).count() == 1


def test_two_editors_cannot_overwrite_one_another(cast: Any) -> None:
    person = make_person(cast.wanda, "Ann")
    change_person(person.id, by=cast.wanda, at=AT, why="x", seen_version=1, given_names="Anna")
    with pytest.raises(Stale):
        change_person(person.id, by=cast.wilf, at=AT, why="x", seen_version=1, given_names="Annie")
    with pytest.raises(Absent):
        change_person(uuid4(), by=cast.wilf, at=AT, why="x", seen_version=1)


def test_a_user_is_one_person_at_most(cast: Any) -> None:
    ann, ben = make_person(cast.wanda, "Ann"), make_person(cast.wanda, "Ben")
    said = {"by": cast.max, "at": AT, "why": "The same"}
    assert change_person(ann.id, user_name="wilf", seen_version=1, **said).version == 2
    assert change_person(ann.id, user_name="wilf", seen_version=2, **said).version == 2
    assert change_person(ann.id, given_names="Anna", seen_version=2, **said).user == cast.wilf
    for name, code in {"wilf": "already", "nobody": "unknown_code"}.items():
        with pytest.raises(Refused) as refusal:
            change_person(ben.id, user_name=name, family_name="Other", seen_version=1, **said)
        assert [(p.path, p.code) for p in refusal.value.problems] == [(("user_name",), code)]
    ben.refresh_from_db()
    assert (ben.family_name, ben.version) == ("Example", 1)
    change_person(ann.id, user_name="", seen_version=3, **said)
    assert change_person(ben.id, user_name=" wilf ", seen_version=1, **said).user == cast.wilf
    kinds = Event.objects.filter(stream=ann.id).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["person.added", "person.linked", "person.changed", "person.unlinked"]
    assert [(c.before, c.after) for c in person_changes(ann) if c.path == ("user",)] == [
        (None, "Wilf Worker"),
        ("Wilf Worker", None),
    ]


def test_a_person_changed_and_linked_by_one_command_changes_once(cast: Any) -> None:
    person, command = make_person(cast.wanda, "Ann"), uuid4()
    for _ in range(2):
        changed = change_person(
            person.id, by=cast.max, at=AT, why="x", seen_version=1, command_id=command,
            user_name="wilf", given_names="Anna",
        )  # fmt: skip
        assert (changed.version, changed.user, changed.given_names) == (2, cast.wilf, "Anna")
    assert Event.objects.filter(stream=person.id).count() == 3


@pytest.mark.parametrize(
    ("details", "path"),
    [
        ({"given_names": "", "family_name": " "}, "given_names"),
        ({"given_names": "x" * 121}, "given_names"),
        ({"given_names": "a\nb"}, "given_names"),
        ({"born_on": TODAY + timedelta(days=1)}, "born_on"),
        ({"born_on": "2020-01-01"}, "born_on"),
        ({"born_on": TODAY, "died_on": TODAY - timedelta(days=1)}, "died_on"),
        ({"identifiers": {"nhs_number": "9434765918"}}, "identifiers.nhs_number"),
        ({"identifiers": {"upn": "A123"}}, "identifiers.upn"),
        ({"identifiers": {"shoe": "9"}}, "identifiers.shoe"),
        ({"identifiers": ["x"]}, "identifiers"),
        ({"email": "nobody"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"address": {"postcode": "nowhere"}}, "address.postcode"),
        ({"address": {"planet": "Mars"}}, "address.planet"),
        ({"address": {"protected": "yes"}}, "address.protected"),
    ],
)
def test_what_no_person_may_have(cast: Any, details: dict[str, Any], path: str) -> None:
    with pytest.raises(Refused) as refusal:
        make_person(cast.wanda, **{"given": "Ann", "family": "Example"} | _as_arguments(details))
    assert ".".join(refusal.value.problems[0].path) == path
    assert not Person.objects.exists()


def _as_arguments(details: dict[str, Any]) -> dict[str, Any]:
    names = {"given_names": "given", "family_name": "family"}
    return {names.get(name, name): value for name, value in details.items()}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", True),
        ("OBRIEN zoë", True),
        ("o'bri", True),
        ("smith jon", True),
        ("brien", False),
        ("zoe johnson", False),
        ("", False),
        ("%", False),
    ],
)
def test_a_person_is_found_by_the_beginnings_of_their_names(
    cast: Any, typed: str, found: bool
) -> None:
    person = make_person(cast.wanda, "Zoë", "O’Brien", known_as="Smith-Jones")
    assert matching(Person.objects.all(), typed).filter(pk=person.pk).exists() == found


def test_a_name_that_grows_when_folded_still_fits(cast: Any) -> None:
    assert make_person(cast.wanda, "\ufdfa" * 120).pk
    assert folded("Łukasz Ødegård") == "lukasz odegard"
