"""The reasons for which commands are refused, whatever they are. Pure."""

from collections.abc import Mapping
from typing import Any

from casetypes.binding import own_row
from casetypes.commands import Command, Refusal
from casetypes.definition import CaseType, ClockType
from casetypes.names import Facts, holds, view
from casetypes.state import RecordState, State

CLOSED = Refusal("closed", "This case is closed: nothing more is written in it.")


def may(case_type: CaseType, roles: frozenset[str], verb: str, form: str = "") -> bool:
    """Whether a role may do something, with records of a form. Without permissions, all may all."""
    if not case_type.permissions:
        return True
    return any(
        grant["role"] in roles
        and verb in grant["may"]
        and (not form or form in grant.get("forms", (form,)))
        for grant in case_type.permissions
    )


def not_active(case_type: CaseType, state: State, subject: str) -> Refusal | None:
    """Why nothing happens to a subject now: the case or their part is over; None if it may."""
    if not state.open:
        return CLOSED
    part = state.subjects.get(subject)
    if part is None:
        return Refusal("subject", f"The case is not about that {case_type.called}.", (subject,))
    if part.closed:
        return Refusal("subject_closed", "Their part in this case is over.", (subject,))
    return None


def forbidden(
    case_type: CaseType,
    state: State,
    on: str,
    of: str,
    subjects: tuple[str, ...],
    facts: Facts,
    data: Mapping[str, Any] | None = None,
) -> Refusal | None:
    """The first invariant that a command would break, for any of the subjects.

    data: of the command, where its answers or its reason for closing count too.
    """
    for check in case_type.checks:
        if check.on != on or check.of not in ("", of):
            continue
        for subject in subjects or ("",):
            known = view(case_type, state, subject)
            if data and "answers" in data:
                last = state.newest(of, subject, but=data["record"]) if subject else None
                row = own_row(case_type.use(of), data["answers"], subject)
                before = (last.answers if last else None) or {}
                known = known.but(**{of: data["answers"]}, row=row, before=before)
            if data and "reason_code" in data:
                known = known.but(closing={"code": data["reason_code"]})
            if holds(check.when, known, facts):
                return Refusal("check", check.message, (subject,))
    return None


def statutory(kind: ClockType) -> Refusal:
    """A statutory clock is not touched by hand."""
    says = f"“{kind.title}” is set by statute: it is not paused, overridden or skipped. "
    return Refusal("statutory", says + "If it was late, say why.")


def not_allowed(verb: str) -> Refusal:
    """The role may not."""
    return Refusal("role", f"Your role in this case's team may not {verb} this.")


def not_now(record: RecordState, done: str) -> Refusal:
    """The record is not in a state for it."""
    return Refusal("status", f"This record is {record.status}, so it cannot be {done} now.")


def why_of(command: Command) -> dict[str, Any]:
    """The reason given with a command, as an event says it."""
    why = str(command.data.get("why", "")).strip()
    return {"why": why} if why else {}
