"""Asks the engine what follows from a command, and writes what it says: events, then their tables."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from casetypes.commands import Command, Refusal
from casetypes.engine import decide
from casetypes.state import Event
from casework.accounts.models import User
from casework.cases.models import Case
from casework.cases.running.loading import facts_now, state_of, type_of
from casework.cases.running.writing import write
from casework.refusals import NotAllowed, NotNow, refused

_NOT_ALLOWED = ("role", "own_work", "signed_before")
_OF_AN_ARGUMENT = {
    "why": "why", "outcome": "outcome", "stage": "stage", "subjects": "subjects",
    "open_tasks": "tasks", "move": "move", "task": "task", "clock": "clock",
    "ticked": "ticked",
    "cycle": "run", "code": "code", "words": "words", "on": "on",
}  # fmt: skip


def asked(
    case: Case,
    kind: str,
    data: dict[str, Any],
    *,
    by: User | None,
    roles: Iterable[str],
    at: datetime,
    occurred: datetime | None = None,
) -> tuple[Event, ...]:
    """What follows from a command on a case whose row is locked. Nothing is written yet.

    Raises NotAllowed, NotNow and Refused, as the engine says.
    """
    command = Command(kind, data, str(by.uid) if by else "", frozenset(roles), at, occurred)
    decided = decide(type_of(case), state_of(case), command, facts_now(at))
    if isinstance(decided, Refusal):
        if decided.code in _NOT_ALLOWED:
            raise NotAllowed(decided.says)
        if decided.code in _OF_AN_ARGUMENT:
            raise refused(_OF_AN_ARGUMENT[decided.code], decided.code, decided.says.rstrip("."))
        raise NotNow(decided.says)
    return decided


def follow(
    case: Case,
    events: Iterable[Event],
    *,
    by: User | None,
    at: datetime,
    own: str = "",
    command_id: UUID | None = None,
) -> None:
    """Write what follows from a command, in its order. Its own event the action has written.

    own: kind of the command's own event where that is among them: the first gets the command's id.
    """
    for event in events:
        first = event.kind == own
        write(case, event, by=by, at=at, command_id=command_id if first else None)
        own = "" if first else own
