"""What a user may see of relations and households: by name only the persons whom they may see.

Of the others it is told that there is somebody, what they are and from when; never who, nor a note.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet

from casework.accounts.models import User
from casework.cases import access
from casework.people.models import (
    Household,
    HouseholdAddress,
    HouseholdMember,
    Person,
    Relation,
)
from casework.people.relations import End, kinds_of_kin, seen_from
from casework.refusals import Absent

# Who was there from the first comes first, on both databases.
BEGUN = F("from_on").asc(nulls_first=True)


@dataclass(frozen=True)
class RelationSeen:
    """A relation from one person's side. end: what the other is; other: None if they are not seen."""

    relation: Relation
    end: End
    other: Person | None

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.relation.to_on is not None

    @property
    def note(self) -> str:
        """The note, which may tell who the other is."""
        return self.relation.note if self.other else ""


@dataclass(frozen=True)
class HomeSeen:
    """A household: its members (None for whom the user may not see) and addresses, the present first.

    This person's own membership is `own`, None where the household is not looked at from a person.
    """

    household: Household
    members: Sequence[tuple[HouseholdMember, Person | None]]
    addresses: Sequence[HouseholdAddress]
    own: HouseholdMember | None = None

    @property
    def protected(self) -> bool:
        """Whether any of its addresses is shown only on demand: it says so, or a member's own does."""
        return any(one.address.get("protected") for one in self.addresses) or any(
            member.person.address.get("protected") for member, _seen in self.members
        )

    @property
    def name(self) -> str:
        """Its name, unless somebody whom the user may not see lives there: it may be theirs."""
        return self.household.name if all(seen for _member, seen in self.members) else "Household"


def _seen(persons: Iterable[UUID], user: User, at: datetime) -> set[UUID]:
    wanted = set(persons)
    if not wanted:
        return set()
    seen = access.persons_for(user, at).filter(pk__in=wanted)
    return set(seen.values_list("pk", flat=True))


def households() -> QuerySet[Household]:
    """All households, to be narrowed to those of a person whom the user sees."""
    return Household.objects.all()


def relation_rows(person: Person) -> QuerySet[Relation]:
    """The relations of a person, from either side, but those said by mistake."""
    of = Relation.objects.filter(Q(person=person) | Q(other=person), mistaken=False)
    return of.select_related("person", "other")


def as_seen(
    rows: Sequence[Relation], person: Person, user: User, at: datetime
) -> list[RelationSeen]:
    """Relations as they are read from a person's side: one query whatever their number."""
    others = {row.pk: row.other if row.person_id == person.pk else row.person for row in rows}
    seen = _seen((other.pk for other in others.values()), user, at)
    return [
        RelationSeen(
            row,
            seen_from(row.kind, first=row.person_id == person.pk),
            others[row.pk] if others[row.pk].pk in seen else None,
        )
        for row in rows
    ]


def relations_of(person: Person, user: User, at: datetime) -> list[RelationSeen]:
    """All relations of a person whom the user sees: those that last before those that are over."""
    found = as_seen(list(relation_rows(person)), person, user, at)
    return sorted(found, key=lambda one: (one.over, one.end.title, str(one.relation.pk)))


def relation(user: User, relation_id: UUID | str, at: datetime) -> Relation:
    """The relation, for who sees both persons. Raises Absent."""
    try:
        found = Relation.objects.select_related("person", "other").get(pk=relation_id)
    except (Relation.DoesNotExist, ValidationError, ValueError):
        raise Absent from None
    both = {found.person_id, found.other_id}
    if found.mistaken or _seen(both, user, at) != both:
        raise Absent
    return found


def kin_of(person: Person, user: User, at: datetime) -> list[Person]:
    """The brothers and sisters whom the user sees: stated, or with a parent in common, by name."""
    mine = Relation.objects.filter(mistaken=False)
    shared = kinds_of_kin("shared")
    parents = mine.filter(kind__in=shared, other=person).values("person")
    of_parents = mine.filter(kind__in=shared, person__in=parents).values("other")
    stated = mine.filter(kind__in=kinds_of_kin("stated"))
    found = access.persons_for(user, at).filter(
        Q(pk__in=of_parents)
        | Q(pk__in=stated.filter(person=person).values("other"))
        | Q(pk__in=stated.filter(other=person).values("person"))
    )
    return list(found.exclude(pk=person.pk).order_by("born_on", "given_names", "id"))


def homes_of(person: Person, user: User, at: datetime) -> list[HomeSeen]:
    """The households in which a person lives or lived, the present ones first."""
    own = list(person.homes.select_related("household").order_by(BEGUN, "id"))
    households = {member.household_id: member.household for member in own}
    found = _homes(list(households.values()), user, at)
    mine = {member.household_id: member for member in own}  # the last of several times
    homes = [
        HomeSeen(home.household, home.members, home.addresses, mine[home.household.pk])
        for home in found
    ]
    return sorted(homes, key=lambda one: (bool(one.own and one.own.to_on), str(one.household.pk)))


def home(user: User, household_id: UUID | str, at: datetime) -> HomeSeen:
    """A household, for who sees any of its members, present or past. Raises Absent."""
    try:
        household = Household.objects.get(pk=household_id)
    except (Household.DoesNotExist, ValidationError, ValueError):
        raise Absent from None
    (found,) = _homes([household], user, at)
    if not any(seen for _member, seen in found.members):
        raise Absent
    return found


def may_change_home(found: HomeSeen, user: User, at: datetime) -> bool:
    """Whether a user may change a household: they may change a member who lives there now.

    Only the first members are asked about, which is enough: rights come from cases in common.
    """
    now = [seen for member, seen in found.members if seen and member.to_on is None]
    now = now or [seen for _member, seen in found.members if seen]
    return any(access.may(user, "person.change", one, at) for one in now[:5])


def relatives_of(persons: Sequence[Person], user: User, at: datetime) -> list[Person]:
    """Brothers, sisters and who lives in the same household now: to offer where a case is opened."""
    found: dict[UUID, Person] = {}
    for person in persons[:10]:
        found |= {one.pk: one for one in kin_of(person, user, at)}
    homes = HouseholdMember.objects.filter(person__in=persons, to_on=None).values("household")
    living = HouseholdMember.objects.filter(household__in=homes, to_on=None).values("person")
    found |= {one.pk: one for one in access.persons_for(user, at).filter(pk__in=living)}
    for person in persons:
        found.pop(person.pk, None)
    return sorted(found.values(), key=lambda one: (one.family_name, one.given_names, one.pk))


def _homes(households: Sequence[Household], user: User, at: datetime) -> list[HomeSeen]:
    """Three queries, whatever the number of households."""
    if not households:
        return []
    members = list(
        HouseholdMember.objects.filter(household__in=households)
        .select_related("person")
        .order_by(BEGUN, "person__given_names", "id")
    )
    seen = _seen((member.person_id for member in members), user, at)
    addresses = list(HouseholdAddress.objects.filter(household__in=households))
    return [
        HomeSeen(
            household,
            [
                (member, member.person if member.person_id in seen else None)
                for member in sorted(members, key=lambda one: one.to_on is not None)
                if member.household_id == household.pk
            ],
            sorted(
                (one for one in addresses if one.household_id == household.pk),
                key=lambda one: one.to_on is not None,
            ),
        )
        for household in households
    ]
