"""How every action begins: lock the row, learn in which roles it is asked, look for a first time."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from casework import statements
from casework.accounts.models import User
from casework.cases.models import Case, Record, Status
from casework.cases.standing import roles_in
from casework.ledger.append import already
from casework.ledger.models import Event
from casework.refusals import Absent, refused

# Whether a user may do what they ask is checked after `done_before`, by `access.check` with the
# roles: a command sent twice answers as it did first, though what it acts on has moved on since.


def locked_case(case_id: UUID, by: User, at: datetime) -> tuple[Case, frozenset[str]]:
    """The case, locked until the transaction ends, and the user's roles in it. Raises Absent."""
    case = statements.first(Case, {"id": case_id}, lock=True)
    if case is None:
        raise Absent
    return case, roles_in(by, case, at)


def locked_record(record_id: UUID, by: User, at: datetime) -> tuple[Record, frozenset[str]]:
    """The record with its case, locked as above, and the user's roles. Raises Absent."""
    record = statements.first(Record, {"id": record_id}, lock=True)
    case = statements.first(Case, {"id": record.case_id}) if record else None
    if record is None or case is None or record.status == Status.WITHDRAWN:
        raise Absent
    record.case = case
    return record, roles_in(by, case, at)


def locked_in_case(
    record_id: UUID, by: User, at: datetime, *, withdrawn: bool = False
) -> tuple[Record, frozenset[str]]:
    """The record as `locked_record`, with its case locked too: for what moves the case.

    withdrawn: give out a withdrawn record too, for the command that withdrew it.
    """
    found = statements.first(Record, {"id": record_id}, only=("id", "case_id"))
    case = statements.first(Case, {"id": found.case_id}, lock=True) if found else None
    record = statements.first(Record, {"id": record_id}, lock=True) if case else None
    if record is None or case is None:
        raise Absent
    if record.status == Status.WITHDRAWN and not withdrawn:
        raise Absent
    record.case = case
    return record, roles_in(by, case, at)


def done_before(
    command_id: UUID | None, kind: str | tuple[str, ...], by: User, **refs: object
) -> Event | None:
    """The event (of one of the kinds) that this command wrote when it was first sent, or None.

    Raises Refused when its id was used for another command: by somebody else, of another kind, or
    on something else (`refs` are what the event must name).
    """
    event = already(command_id)
    if event is None:
        return None
    named = refs_of(event)
    same = all(str(named.get(name, "")) == str(value) for name, value in refs.items())
    kinds = (kind,) if isinstance(kind, str) else kind
    if event.kind not in kinds or event.actor_id != by.pk or not same:
        raise refused("command_id", "used", "This id was used for another command. Make a new one")
    return event


def refs_of(event: Event) -> dict[str, Any]:
    """The ids, keys and numbers that an event names."""
    refs: dict[str, Any] = json.loads(event.refs)
    return refs
