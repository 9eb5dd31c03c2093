"""Households: who lives with whom, where, from when to when.

Who may is decided a floor above. A household's events stand in a stream of its own, those of its
members in the members' streams too.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from casework.accounts.models import User
from casework.clock import london_day
from casework.ledger.append import already, append
from casework.people.details import address_problems
from casework.people.keeping import keep
from casework.people.models import Household, HouseholdAddress, HouseholdMember, Person
from casework.people.relating import STALE, days_wrong
from casework.refusals import Absent, Refused, Stale, refused

LONGEST_NAME = 120


@transaction.atomic
def add_household(
    name: str,
    members: Sequence[uuid.UUID],
    *,
    by: User,
    at: datetime,
    from_on: date | None = None,
    address: Mapping[str, Any] | None = None,
    why: str = "",
    command_id: uuid.UUID | None = None,
) -> Household:
    """Say that these persons live together, and where. Raises Absent, Refused."""
    if event := already(command_id):
        return Household.objects.get(pk=event.stream)
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME:
        says = f"Enter a name of the household, of {LONGEST_NAME} characters or fewer"
        raise refused("name", "required", says)
    if not members:
        raise refused("members", "required", "Choose who lives in the household")
    household = Household(name=name.strip(), added_by=by, added_at=at)
    keep(household, by=by, at=at, why=why)
    content = {"name": household.name, "address": dict(address or {}), "why": why}
    _append(household, "household.added", by, at, content=content, command_id=command_id)
    if address:
        _put_address(household, address, from_on, by=by, at=at, why=why)
    for person_id in sorted(set(members)):
        _put_member(household, person_id, from_on, by=by, at=at, why=why)
    return household


@transaction.atomic
def join_household(
    household_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    by: User,
    at: datetime,
    on: date | None = None,
    why: str = "",
    command_id: uuid.UUID | None = None,
) -> Household:
    """Say that a person lives there too. A person may live in more than one. Raises Absent, Refused."""
    household = _locked(household_id)
    if already(command_id):
        return household
    if household.members.filter(person=person_id, to_on=None).exists():
        raise refused("person", "already", "This person lives in the household already")
    _put_member(household, person_id, on, by=by, at=at, why=why, command_id=command_id)
    return _changed(household, by, at, why)


@transaction.atomic
def leave_household(
    household_id: uuid.UUID,
    person_id: uuid.UUID,
    *,
    on: date,
    why: str,
    by: User,
    at: datetime,
    command_id: uuid.UUID | None = None,
) -> Household:
    """Say that a person lives there no more since a day. Raises Absent, Refused."""
    household = _locked(household_id)
    if already(command_id):
        return household
    member = household.members.filter(person=person_id, to_on=None).first()
    if member is None:
        raise Absent
    if not why.strip():
        raise refused("why", "required", "Enter the reason")
    _days(member.from_on, on, at, "on")
    member.to_on = on
    keep(member, by=by, at=at, why=why)
    content = {"to_on": on.isoformat(), "why": why}
    _of_member(member, "person.left_household", by, at, content, command_id)
    return _changed(household, by, at, why)


@transaction.atomic
def move_household(
    household_id: uuid.UUID,
    address: Mapping[str, Any],
    *,
    seen_version: int,
    by: User,
    at: datetime,
    on: date | None = None,
    why: str = "",
    command_id: uuid.UUID | None = None,
) -> Household:
    """Say where all of them live from a day on; the address before ends that day.

    Raises Absent, Stale, Refused.
    """
    household = _locked(household_id)
    if already(command_id):
        return household
    if household.version != seen_version:
        raise Stale(STALE)
    last = household.addresses.filter(to_on=None).first()
    if last:
        day = on or london_day(at)
        _days(last.from_on, day, at, "on")
        last.to_on = day
        keep(last, by=by, at=at, why=why)
    _put_address(household, address, on, by=by, at=at, why=why)
    content = {"address": dict(address), "from_on": on.isoformat() if on else None, "why": why}
    _append(household, "household.moved", by, at, content=content, command_id=command_id)
    return _changed(household, by, at, why)


def _locked(household_id: uuid.UUID) -> Household:
    found = Household.objects.select_for_update(no_key=True).filter(pk=household_id).first()
    if found is None:
        raise Absent
    return found


def _changed(household: Household, by: User, at: datetime, why: str) -> Household:
    household.version += 1
    keep(household, by=by, at=at, why=why)
    return household


def _put_member(
    household: Household,
    person_id: uuid.UUID,
    on: date | None,
    *,
    by: User,
    at: datetime,
    why: str,
    command_id: uuid.UUID | None = None,
) -> None:
    if not Person.objects.filter(pk=person_id).exists():
        raise Absent
    _days(on, None, at, "from_on")
    member = HouseholdMember(household=household, person_id=person_id, from_on=on)
    keep(member, by=by, at=at, why=why)
    content = {"from_on": on.isoformat() if on else None, "why": why}
    _of_member(member, "person.joined_household", by, at, content, command_id)


def _put_address(
    household: Household,
    address: Mapping[str, Any],
    on: date | None,
    *,
    by: User,
    at: datetime,
    why: str,
) -> None:
    if problems := address_problems(address):
        raise Refused(problems)
    if not any(value for part, value in address.items() if part != "protected"):
        raise refused("address", "required", "Enter the address")
    _days(on, None, at, "from_on")
    row = HouseholdAddress(household=household, address=dict(address), from_on=on)
    keep(row, by=by, at=at, why=why)


def _days(from_on: date | None, to_on: date | None, at: datetime, name: str) -> None:
    if wrong := days_wrong(from_on, to_on, london_day(at)):
        raise refused(name, wrong[0].code, wrong[0].message)


def _of_member(
    member: HouseholdMember,
    kind: str,
    by: User,
    at: datetime,
    content: Mapping[str, Any],
    command_id: uuid.UUID | None,
) -> None:
    refs = {"household": str(member.household_id), "person": str(member.person_id)}
    append(
        member.person_id,
        kind,
        by=by,
        at=at,
        subject=member.household_id,
        refs=refs,
        content=content,
        command_id=command_id,
    )


def _append(household: Household, kind: str, by: User, at: datetime, **rest: Any) -> None:
    append(household.pk, kind, by=by, at=at, subject=household.pk, **rest)
