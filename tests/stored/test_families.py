"""Relations and households as they are kept, and who may see them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases import families
from casework.ledger.append import content_of
from casework.ledger.models import Event
from casework.people.finding_same import described, maybe_same
from casework.people.likeness import Described
from casework.people.living import add_household, join_household, leave_household, move_household
from casework.people.models import Person, Relation
from casework.people.relating import change_relation, relate
from casework.refusals import Absent, Refused, Stale
from tests.cast import AT, Cast, make_case, make_person

pytestmark = pytest.mark.django_db
TODAY = AT.date()
ADDRESS = {"line1": "1 Sample Street", "postcode": "EX99 1AA"}


def ends_of(person: Person, cast: Cast) -> list[tuple[str, str]]:
    """What the others are to a person, as wanda sees it."""
    return [
        (one.end.code, one.other.name if one.other else "")
        for one in families.relations_of(person, cast.wanda, AT)
    ]


def test_one_row_is_read_from_both_sides(cast: Cast) -> None:
    child, mother = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Mara")
    relation = relate(child.pk, mother.pk, "mother", by=cast.wanda, at=AT, why="Told")
    assert (relation.person_id, relation.other_id, relation.kind) == (mother.pk, child.pk, "mother")
    assert ends_of(child, cast) == [("mother", "Mara Example")]
    assert ends_of(mother, cast) == [("child_of_mother", "Tia Example")]
    with pytest.raises(Refused, match="already"):
        relate(mother.pk, child.pk, "child_of_mother", by=cast.wanda, at=AT)
    assert Relation.objects.count() == 1
    events = Event.objects.filter(kind="person.related")
    assert {event.stream for event in events} == {child.pk, mother.pk}
    assert relation.history.get().history_change_reason == "Told"


def test_brothers_and_sisters_are_said_once_whoever_says_it(cast: Cast) -> None:
    one, two = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Tom")
    command = uuid4()
    for _ in range(2):
        relate(one.pk, two.pk, "sibling", by=cast.wanda, at=AT, command_id=command)
    with pytest.raises(Refused):
        relate(two.pk, one.pk, "sibling", by=cast.wanda, at=AT)
    assert ends_of(one, cast) == [("sibling", "Tom Example")]
    assert ends_of(two, cast) == [("sibling", "Tia Example")]


def test_responsibility_is_a_fact_of_its_own_with_its_own_days(cast: Cast) -> None:
    child, father = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Dan")
    said = {"by": cast.wanda, "at": AT}
    relate(child.pk, father.pk, "father", **said)
    assert [one.end.group for one in families.relations_of(child, cast.wanda, AT)] == ["family"]
    held = relate(child.pk, father.pk, "responsible", from_on=TODAY - timedelta(days=9), **said)
    change_relation(held.pk, seen_version=1, to_on=TODAY, why="Order ended", **said)
    found = {one.end.code: one.over for one in families.relations_of(child, cast.wanda, AT)}
    assert found == {"father": False, "responsible": True}


@pytest.mark.parametrize(
    ("end", "details", "at"),
    [
        ("uncle", {}, "end"),
        ("mother", {"from_on": TODAY + timedelta(days=1)}, "from_on"),
        ("mother", {"note": "x" * 2001}, "note"),
    ],
)
def test_what_cannot_be_said(cast: Cast, end: str, details: dict[str, Any], at: str) -> None:
    child, mother = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Mara")
    with pytest.raises(Refused) as refusal:
        relate(child.pk, mother.pk, end, by=cast.wanda, at=AT, **details)
    assert refusal.value.problems[0].path == (at,)
    with pytest.raises(Refused):
        relate(child.pk, child.pk, "sibling", by=cast.wanda, at=AT)
    with pytest.raises(Absent):
        relate(child.pk, uuid4(), "mother", by=cast.wanda, at=AT)
    assert not Relation.objects.exists()


def test_a_relation_is_ended_with_a_reason_and_may_be_said_again(cast: Cast) -> None:
    child, carer = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Fay")
    said = {"by": cast.wanda, "at": AT}
    first = relate(child.pk, carer.pk, "foster_carer", from_on=TODAY - timedelta(9), **said)
    with pytest.raises(Refused, match="reason"):
        change_relation(first.pk, seen_version=1, to_on=TODAY, why=" ", **said)
    with pytest.raises(Refused):
        change_relation(first.pk, seen_version=1, to_on=TODAY - timedelta(10), why="x", **said)
    change_relation(first.pk, seen_version=1, to_on=TODAY, why="Moved", note=" left ", **said)
    with pytest.raises(Stale):
        change_relation(first.pk, seen_version=1, note="x", why="x", **said)
    event = Event.objects.filter(stream=child.pk, kind="person.relation_ended").get()
    assert content_of(event)["changes"]["note"] == {"before": "", "after": "left"}
    again = relate(child.pk, carer.pk, "foster_carer", **said)
    with pytest.raises(Refused, match="again"):
        change_relation(first.pk, seen_version=2, to_on=None, why="x", **said)
    change_relation(again.pk, seen_version=1, mistaken=True, why="Another child", **said)
    assert [code for code, _name in ends_of(child, cast)] == ["foster_carer"]


def test_whom_one_may_not_see_is_not_named(cast: Cast) -> None:
    child, sister = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Secret")
    relate(child.pk, sister.pk, "sibling", note="Secret lives at 9", by=cast.wanda, at=AT)
    add_household("Secret’s", [child.pk, sister.pk], by=cast.wanda, at=AT)
    make_case(cast.wanda, cast.north, child.pk)
    make_case(cast.olive, cast.south, sister.pk)
    (seen,) = families.relations_of(child, cast.wanda, AT)
    assert (seen.other, seen.note, seen.end.code) == (None, "", "sibling")
    assert families.kin_of(child, cast.wanda, AT) == []
    (home,) = families.homes_of(child, cast.wanda, AT)
    assert home.name == "Household"
    assert [person and person.pk for _member, person in home.members].count(None) == 1
    with pytest.raises(Absent):
        families.relation(cast.wanda, seen.relation.pk, AT)
    assert families.relation(cast.rita, seen.relation.pk, AT)
    with pytest.raises(Absent):
        families.home(cast.ada, home.household.pk, AT)


def test_children_of_one_mother_are_siblings_and_offered_together(cast: Cast) -> None:
    tia, tom, mara, lodger = (make_person(cast.wanda, n) for n in ("Tia", "Tom", "Mara", "Lodger"))
    for child in (tia, tom):
        relate(child.pk, mara.pk, "mother", by=cast.wanda, at=AT)
    assert families.kin_of(tia, cast.wanda, AT) == [tom]
    assert families.kin_of(mara, cast.wanda, AT) == []
    add_household("Example", [tia.pk, lodger.pk], by=cast.wanda, at=AT)
    assert families.relatives_of([tia], cast.wanda, AT) == [lodger, tom]


def test_a_household_is_joined_left_and_moved_with_its_days(cast: Cast) -> None:
    tia, tom = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Tom")
    said = {"by": cast.wanda, "at": AT}
    home = add_household(
        "Example", [tia.pk], address=ADDRESS, from_on=TODAY - timedelta(30), **said
    )
    join_household(home.pk, tom.pk, on=TODAY - timedelta(9), **said)
    with pytest.raises(Refused, match="already"):
        join_household(home.pk, tom.pk, **said)
    with pytest.raises(Stale):
        move_household(home.pk, {"line1": "2 New Road"}, seen_version=1, **said)
    move_household(home.pk, {"line1": "2 New Road"}, seen_version=2, on=TODAY, **said)
    leave_household(home.pk, tom.pk, on=TODAY, why="To his father", **said)
    with pytest.raises(Absent):
        leave_household(home.pk, tom.pk, on=TODAY, why="x", **said)
    seen = families.home(cast.wanda, home.pk, AT)
    assert [(m.person_id, m.to_on) for m, _ in seen.members] == [(tia.pk, None), (tom.pk, TODAY)]
    assert [(a.address["line1"], a.to_on) for a in seen.addresses] == [
        ("2 New Road", None),
        ("1 Sample Street", TODAY),
    ]
    for wrong in ({}, {"protected": True}, {"planet": "Mars"}, {"postcode": "nowhere"}):
        with pytest.raises(Refused):
            move_household(home.pk, wrong, seen_version=4, **said)


def test_candidates_are_found_by_an_index_and_follow_a_change_of_name(cast: Cast) -> None:
    from casework.people.actions import change_person

    kept = make_person(cast.wanda, "Zoë", "O’Brien", born_on=TODAY - timedelta(3000))
    for number in range(30):
        make_person(cast.wanda, f"Other{number}", "Marsh")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        (found,) = maybe_same(Described(("obrien", "zoe"), kept.born_on))
    assert (found.person, found.why) == (kept, "name_and_birthday")
    assert len(asked) <= 4
    assert maybe_same(described(kept), but=kept.pk) == []
    change_person(kept.pk, by=cast.wanda, at=AT, why="x", seen_version=1, family_name="Else")
    assert maybe_same(Described(("obrien", "zoe"))) == []
    assert [one.person for one in maybe_same(Described(("Zoe", "Else")))] == [kept]
