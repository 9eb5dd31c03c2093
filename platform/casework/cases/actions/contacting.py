"""Starts a case from a contact: who it is about, the case, and the record that is first needed, in one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from casetypes.versions import case_type_of, version_of
from casework.accounts.models import Team, User
from casework.cases import access
from casework.cases.actions.cases import open_case
from casework.cases.actions.records import start_record
from casework.cases.models import Record
from casework.ledger.append import already
from casework.people.actions import add_person
from casework.refusals import refused
from formdefs.versions import NotPublished

_WHY = "Added with a contact"


@transaction.atomic
def start_by_contact(
    *,
    case_type: str,
    form_key: str,
    team: Team,
    subjects: Sequence[UUID],
    new_person: Mapping[str, Any] | None = None,
    by: User,
    at: datetime,
    occurred_at: datetime | None = None,
    why: str = "",
    command_id: UUID,
) -> Record:
    """Open a case about some persons, one of whom may be new, and start its first record about all.

    form_key: a form of the first stage of the case type. new_person: details as `add_person` takes
    them; whoever calls has looked for who may be the same. All of it happens or nothing: sent twice,
    it answers twice. Raises Absent, NotAllowed, Refused.
    """
    again = already(command_id) is not None
    if not again:
        access.require(by, "case.open", team, at)
        _check_first(case_type, form_key)
    wanted = list(subjects)
    if new_person is not None:
        if not again:
            access.require(by, "person.add", None, at)
        of_person = uuid5(command_id, "person")
        added = add_person(by=by, at=at, why=_WHY, command_id=of_person, **new_person)
        wanted.append(added.pk)
    case = open_case(
        case_type=case_type,
        team=team,
        subjects=wanted,
        by=by,
        at=at,
        occurred_at=occurred_at,
        why=why,
        command_id=command_id,
    )
    return start_record(
        case.pk,
        form_key=form_key,
        subjects=wanted,
        by=by,
        at=at,
        command_id=uuid5(command_id, "record"),
    )


def _check_first(case_type: str, form_key: str) -> None:
    try:
        version = version_of(case_type)
    except NotPublished:
        says = f"There is no case type “{case_type}”"
        raise refused("case_type", "unknown_code", says) from None
    if form_key not in case_type_of(version.pk).first.forms:
        raise refused("form_key", "unknown_code", "Choose what is written first in such a case")
