"""Everything that can happen to a person: added, changed, and said to be one of the users.

Who may is decided a floor above: faces ask casework.cases.access first. The ledger's stream of a
person is their id.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from casework.accounts.models import User
from casework.clock import london_day
from casework.ledger.append import already, append
from casework.people.details import problems
from casework.people.finding_same import keep_keys
from casework.people.keeping import keep
from casework.people.models import Person
from casework.people.names import search_key
from casework.refusals import Absent, Refused, Stale, refused

FIELDS = (
    *("given_names", "family_name", "known_as", "born_on", "due_on", "died_on", "sex"),
    *("identifiers", "phone", "email", "address"),
)


@transaction.atomic
def add_person(
    *, by: User, at: datetime, why: str, command_id: uuid.UUID | None = None, **details: Any
) -> Person:
    """Add a person with these details (FIELDS). Raises Refused."""
    if event := already(command_id):
        return Person.objects.get(pk=event.stream)
    person = Person(added_by=by, added_at=at)
    _take(person, details, at)
    keep(person, by=by, at=at, why=why)
    keep_keys(person)
    append(
        person.id,
        "person.added",
        by=by,
        at=at,
        content={"details": _as_json(person, FIELDS), "why": why},
        command_id=command_id,
    )
    return person


@transaction.atomic
def change_person(
    person_id: uuid.UUID,
    *,
    by: User,
    at: datetime,
    why: str,
    seen_version: int,
    user_name: str | None = None,
    command_id: uuid.UUID | None = None,
    **details: Any,
) -> Person:
    """Change some details of a person; the others stay. Unchanged details write nothing.

    `user_name` says which user the person is, who then never sees their own file ("": none of them;
    None: as before). `seen_version` is that of the person as the user saw them. Raises Stale when
    somebody else has changed the person since, Refused, Absent.
    """
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise Absent
    if already(command_id):
        return person
    if person.version != seen_version:
        raise Stale(
            "Somebody else has changed this person since you opened the page. "
            "Look at what they changed, then make your changes again."
        )
    before = _as_json(person, FIELDS)
    _take(person, details, at)
    after = _as_json(person, FIELDS)
    changed = [name for name in FIELDS if before[name] != after[name]]
    user_before = person.user_id
    if user_name is not None:
        person.user = _user_of(person, user_name.strip())
    linked = person.user_id != user_before
    if not changed and not linked:
        return person
    person.version += 1
    keep(person, by=by, at=at, why=why)
    if changed:
        keep_keys(person)
        changes = {name: {"before": before[name], "after": after[name]} for name in changed}
        append(
            person.id,
            "person.changed",
            by=by,
            at=at,
            refs={"version": person.version, "fields": changed},
            content={"changes": changes, "why": why},
            command_id=command_id,
        )
    if linked:
        append(
            person.id,
            "person.linked" if person.user else "person.unlinked",
            by=by,
            at=at,
            refs={"user": str(person.user.uid) if person.user else None, "version": person.version},
            content={"why": why} if why else None,
            command_id=None if changed else command_id,  # of the first event alone
        )
    return person


def _user_of(person: Person, user_name: str) -> User | None:
    """The user of a name, None for "". Raises Refused if there is none, or it is another person."""
    if not user_name:
        return None
    # Locked, so that two persons cannot become one user at the same time.
    user = User.objects.select_for_update(no_key=True).filter(username=user_name).first()
    if user is None:
        raise refused("user_name", "unknown_code", f"There is no user with the name “{user_name}”")
    if Person.objects.filter(user=user).exclude(pk=person.pk).exists():
        raise refused(
            "user_name", "already", f"“{user_name}” is another person’s user name already"
        )
    return user


def _take(person: Person, details: Mapping[str, Any], at: datetime) -> None:
    """Put checked details on the person. Raises Refused, TypeError for what is no detail."""
    if unknown := details.keys() - set(FIELDS):
        raise TypeError(f"A person has no {', '.join(sorted(unknown))}.")
    for name, value in details.items():
        setattr(person, name, value.strip() if isinstance(value, str) else value)
    if found := problems(person, london_day(at)):
        raise Refused(found)
    person.search_key = search_key(person.given_names, person.family_name, person.known_as)


def _as_json(person: Person, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(person, name) for name in names}
    return {name: v.isoformat() if hasattr(v, "isoformat") else v for name, v in values.items()}
