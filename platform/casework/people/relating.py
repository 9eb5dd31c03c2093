"""What two persons are to one another: said, put right, ended.

Who may is decided a floor above. Each event stands in the streams of both persons.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from casework.accounts.models import User
from casework.clock import london_day
from casework.ledger.append import already, append
from casework.people.keeping import keep
from casework.people.models import Person, Relation
from casework.people.relations import ends
from casework.refusals import Absent, Refused, Stale, refused
from formdefs.structure import Problem

LONGEST_NOTE = 2000
STALE = (
    "Somebody else has changed this since you opened the page. "
    "Look at what they changed, then make your change again."
)


@transaction.atomic
def relate(
    person_id: uuid.UUID,
    other_id: uuid.UUID,
    end: str,
    *,
    by: User,
    at: datetime,
    why: str = "",
    from_on: date | None = None,
    note: str = "",
    command_id: uuid.UUID | None = None,
) -> Relation:
    """Say what `other` is to `person`, by the code of an end, such as their *mother*.

    Raises Absent, Refused: for an end that there is none of, and for what is said already.
    """
    if event := already(command_id):
        assert event.subject is not None
        return Relation.objects.get(pk=event.subject)
    if end not in ends():
        raise refused("end", "unknown_code", f"There is no relation “{end}”")
    if person_id == other_id:
        raise refused("other", "same", "Choose another person: nobody is related to themselves")
    first, second = (other_id, person_id) if ends()[end].first else (person_id, other_id)
    if ends()[end].alike:
        first, second = sorted((person_id, other_id), key=lambda pk: pk.int)
    _lock(first, second)
    kind = ends()[end].kind
    open_now = Relation.objects.filter(kind=kind, to_on=None, mistaken=False)
    if open_now.filter(person=first, other=second).exists():
        raise refused("end", "already", "This is said of the two already")
    relation = Relation(
        kind=kind, person_id=first, other_id=second, from_on=from_on, note=note.strip()
    )
    relation.added_by, relation.added_at = by, at
    _check(relation, london_day(at))
    keep(relation, by=by, at=at, why=why)
    _tell("person.related", relation, {**_said(relation), "why": why}, by, at, command_id)
    return relation


@transaction.atomic
def change_relation(
    relation_id: uuid.UUID,
    *,
    seen_version: int,
    why: str,
    by: User,
    at: datetime,
    command_id: uuid.UUID | None = None,
    **details: Any,
) -> Relation:
    """Put right or end a relation: from_on, to_on, note, or `mistaken`: it never was.

    Raises Absent, Stale, Refused. What is the same writes nothing.
    """
    if unknown := details.keys() - {"from_on", "to_on", "note", "mistaken"}:
        raise TypeError(f"A relation has no {', '.join(sorted(unknown))}.")
    relation = Relation.objects.select_for_update(no_key=True).filter(pk=relation_id).first()
    if relation is None:
        raise Absent
    if already(command_id):
        return relation
    if relation.version != seen_version:
        raise Stale(STALE)
    before = _said(relation)
    for name, value in details.items():
        setattr(relation, name, value.strip() if isinstance(value, str) else value)
    changed = {n: {"before": v, "after": _said(relation)[n]} for n, v in before.items()}
    changed = {name: both for name, both in changed.items() if both["before"] != both["after"]}
    if not changed:
        return relation
    if not why.strip():
        raise refused("why", "required", "Enter the reason")
    _check(relation, london_day(at))
    if relation.to_on is None and not relation.mistaken and {"to_on", "mistaken"} & changed.keys():
        again = Relation.objects.filter(
            kind=relation.kind, person=relation.person_id, other=relation.other_id
        )
        if again.filter(to_on=None, mistaken=False).exclude(pk=relation.pk).exists():
            raise refused("to_on", "already", "The two have this relation again since")
    relation.version += 1
    keep(relation, by=by, at=at, why=why)
    ended = relation.mistaken or (before["to_on"] is None and relation.to_on is not None)
    kind = "person.relation_ended" if ended else "person.relation_changed"
    _tell(kind, relation, {"changes": changed, "why": why}, by, at, command_id)
    return relation


def _lock(*persons: uuid.UUID) -> None:
    """Lock the persons, in one order so that nobody waits for one another. Raises Absent."""
    rows = Person.objects.filter(pk__in=persons).order_by("pk").select_for_update(no_key=True)
    if len(list(rows.values_list("pk"))) != len(set(persons)):
        raise Absent


def _check(relation: Relation, today: date) -> None:
    found = list(days_wrong(relation.from_on, relation.to_on, today))
    if not isinstance(relation.note, str) or len(relation.note) > LONGEST_NOTE:
        says = f"The note must be {LONGEST_NOTE} characters or fewer"
        found.append(Problem("", ("note",), "max_length", says))
    if found:
        raise Refused(found)


def days_wrong(from_on: date | None, to_on: date | None, today: date) -> list[Problem]:
    """What is wrong with the first and the last day of something that is told today."""
    found = []
    if from_on and from_on > today:
        says = "The first day must be today or in the past"
        found.append(Problem("", ("from_on",), "not_after", says))
    if to_on and to_on > today:
        says = "The last day must be today or in the past"
        found.append(Problem("", ("to_on",), "not_after", says))
    if from_on and to_on and to_on < from_on:
        says = "The last day must be the first day or later"
        found.append(Problem("", ("to_on",), "not_before", says))
    return found


def _said(relation: Relation) -> dict[str, Any]:
    return {
        "from_on": relation.from_on.isoformat() if relation.from_on else None,
        "to_on": relation.to_on.isoformat() if relation.to_on else None,
        "note": relation.note,
        "mistaken": relation.mistaken,
    }


def _tell(
    kind: str,
    relation: Relation,
    content: Mapping[str, Any],
    by: User,
    at: datetime,
    command_id: uuid.UUID | None,
) -> None:
    """Write the event in both streams, in one order; the command stands at the first."""
    refs = {
        "relation": str(relation.pk),
        "kind": relation.kind,
        "first": str(relation.person_id),
        "second": str(relation.other_id),
        "version": relation.version,
    }
    for place, stream in enumerate(sorted((relation.person_id, relation.other_id))):
        append(
            stream,
            kind,
            by=by,
            at=at,
            subject=relation.pk,
            refs=refs,
            content=content,
            command_id=None if place else command_id,
        )
