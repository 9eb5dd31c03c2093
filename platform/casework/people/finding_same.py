"""Finds persons who may be the same as one about to be saved, by an index, whoever may see them."""

from dataclasses import dataclass
from uuid import UUID

from casework.people.likeness import Described, keys, likeness, sought
from casework.people.models import Person, PersonKey

_MOST_WEIGHED = 200
_MOST = 10
_ORDER = ("number", "name_and_birthday", "name_near_birthday", "birthday_and_one_name", "name")


@dataclass(frozen=True)
class Same:
    """A person who may be the same, and why: a reason of casework.people.likeness."""

    person: Person
    why: str


def described(person: Person) -> Described:
    """A person as casework.people.likeness takes one."""
    names = (person.given_names, person.family_name, person.known_as)
    return Described(names, person.born_on, person.identifiers)


def maybe_same(person: Described, *, but: UUID | None = None) -> list[Same]:
    """Up to ten who may be the same, the likeliest first; but: the person themself.

    Two hundred are weighed at most: those with one of the numbers or near birthdays before those of
    a name alone, which may be many; a birthday that is far off leaves a namesake out at once.
    """
    found: dict[UUID, Same] = {}
    wanted = sorted(sought(person))
    for some in (
        [key for key in wanted if key[0] in "nb"],
        [key for key in wanted if key[0] in "ps"],
    ):
        if not some:
            continue
        rows = PersonKey.objects.filter(key__in=some).exclude(person=but)
        if some[0][0] in "ps" and person.born_on:
            rows = rows.filter(
                person__born_on=None
            )  # others of this name have a near birthday's key
        pks = list(rows.values_list("person", flat=True).distinct()[:_MOST_WEIGHED])
        for one in Person.objects.filter(pk__in=pks):
            if why := likeness(person, described(one)):
                found[one.pk] = Same(one, why)
    ordered = sorted(found.values(), key=lambda same: (_ORDER.index(same.why), str(same.person.pk)))
    return ordered[:_MOST]


def keep_keys(person: Person) -> None:
    """Write the keys that a person has now."""
    now = keys(described(person))
    before = set(PersonKey.objects.filter(person=person).values_list("key", flat=True))
    if gone := before - now:
        PersonKey.objects.filter(person=person, key__in=gone).delete()
    PersonKey.objects.bulk_create(PersonKey(person=person, key=key) for key in sorted(now - before))
