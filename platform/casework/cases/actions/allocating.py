"""Who works with a case: it is taken from the team's tray, allocated, and an allocation ended.

Each is a row with a role, a reason and two days; what ended stays. `Case.worker` repeats the open row
of the leading role, and nothing but this module and a transfer writes it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casetypes.definition import WorkingRole
from casework.accounts import roles as grants
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_case
from casework.cases.models import Allocation, Case
from casework.cases.running.loading import type_of
from casework.ledger.append import append
from casework.people.keeping import keep
from casework.refusals import Absent, NotAllowed, NotNow, refused

TAKEN = "Taken from the team's tray"


@transaction.atomic
def take(case_id: UUID, *, by: User, at: datetime, command_id: UUID | None = None) -> Case:
    """Take a case that nobody has from the tray of one's own team.

    Raises Absent, NotAllowed, NotNow (somebody has it by now).
    """
    case, roles = locked_case(case_id, by, at)
    if done_before(command_id, "case.allocated", by, case=case_id):
        return case
    access.check(by, "case.take", case, roles)
    if case.worker_id is not None:
        name = "You have" if case.worker_id == by.pk else f"{case.worker.name} has"  # type: ignore[union-attr]
        raise NotNow(f"{name} this case already. A manager can allocate it to somebody else.")
    if not grants.members_of(case.team, at).filter(pk=by.pk).exists():
        raise NotAllowed(f"Only workers and managers of {case.team.name} take its cases.")
    begin(case, by, type_of(case).lead, why=TAKEN, by=by, at=at, command_id=command_id)
    return case


@transaction.atomic
def allocate(
    case_id: UUID,
    worker: User | None,
    *,
    role: str = "",
    why: str = "",
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Case:
    """Give the case to one of its team's workers or managers, in a role ("" for the leading one).

    Who had the leading role before has it no more. worker: None ends the leading role without
    another. Raises Absent, NotAllowed, NotNow, Refused.
    """
    case, roles = locked_case(case_id, by, at)
    kind = "case.allocated" if worker else "case.allocation_ended"
    if done_before(command_id, kind, by, case=case_id):
        return case
    access.check(by, "case.allocate", case, roles)
    if worker is None:
        for row in _open(case).filter(lead=True):
            end(case, row, why=why, by=by, at=at, command_id=command_id)
        return case
    chosen = type_of(case).allocations.get(role) if role else type_of(case).lead
    if chosen is None:
        raise refused("role", "unknown_code", "Choose the role in which they work with the case")
    check_worker(case, worker, at)
    if _open(case).filter(user=worker, role=chosen.key).exists():
        raise refused("worker", "already", f"{worker.name} has this case already in that role")
    begin(case, worker, chosen, why=why, by=by, at=at, command_id=command_id)
    return case


@transaction.atomic
def end_allocation(
    case_id: UUID,
    allocation_id: UUID,
    *,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Allocation:
    """End one allocation, with a reason. Raises Absent, NotAllowed, NotNow, Refused."""
    case, roles = locked_case(case_id, by, at)
    row = Allocation.objects.filter(pk=allocation_id, case=case).first()
    if done_before(command_id, "case.allocation_ended", by, allocation=allocation_id) and row:
        return row
    access.check(by, "case.allocate", case, roles)
    if row is None:
        raise Absent
    if row.to_at is not None:
        raise NotNow("This allocation has ended already.")
    if not why.strip():
        raise refused("why", "required", "Enter a reason")
    end(case, row, why=why.strip(), by=by, at=at, command_id=command_id)
    return row


def begin(
    case: Case,
    user: User,
    role: WorkingRole,
    *,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Allocation:
    """Write an allocation of a locked case; the leading one ends the one before it."""
    before = _open(case).filter(lead=True).first() if role.lead else None
    if before is not None:
        _ended(before, by=by, at=at, why=why)
    row = Allocation.objects.create(
        case=case, user=user, role=role.key, lead=role.lead, from_at=at, reason=why, by=by
    )
    if role.lead:
        _lead(case, user, by=by, at=at, why=why or "Case allocated")
    refs = {"worker": str(user.uid), "role": role.key, "lead": role.lead}
    if before is not None:
        refs["ended"] = str(before.pk)
    _note(row, "case.allocated", by, at, why, command_id, **refs)
    return row


def end(
    case: Case,
    row: Allocation,
    *,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> None:
    """End an open allocation of a locked case."""
    _ended(row, by=by, at=at, why=why)
    if row.lead:
        _lead(case, None, by=by, at=at, why=why or "Allocation ended")
    refs = {"worker": str(row.user.uid), "role": row.role, "lead": row.lead}
    _note(row, "case.allocation_ended", by, at, why, command_id, **refs)


def end_all(
    case: Case, *, user: User | None = None, why: str, by: User, at: datetime
) -> list[Allocation]:
    """End every open allocation of a locked case, or those of one user."""
    rows = _open(case).filter(user=user) if user else _open(case)
    ended = list(rows.select_related("user"))
    for row in ended:
        end(case, row, why=why, by=by, at=at)
    return ended


def _ended(row: Allocation, *, by: User, at: datetime, why: str) -> None:
    row.to_at, row.ended_by, row.end_reason = at, by, why
    row.save()


def _lead(case: Case, user: User | None, *, by: User, at: datetime, why: str) -> None:
    """Let `Case.worker` say what the rows say."""
    case.worker = user
    case.version += 1
    keep(case, by=by, at=at, why=why)


def _open(case: Case) -> Any:
    return Allocation.objects.filter(case=case, to_at=None)


def check_worker(case: Case, worker: User, at: datetime) -> None:
    """Refuse who is not of the case's team, or may not see the case."""
    if not grants.members_of(case.team, at).filter(pk=worker.pk).exists():
        says = f"{worker.name} is not a worker or manager of {case.team.name}"
        raise refused("worker", "not_in_team", says)
    if not access.cases_for(worker, at).filter(pk=case.pk).exists():
        raise refused("worker", "kept_out", "This case cannot be allocated to that worker")


def _note(
    row: Allocation,
    kind: str,
    by: User,
    at: datetime,
    why: str,
    command_id: UUID | None,
    **refs: Any,
) -> None:
    append(
        row.case_id,
        kind,
        by=by,
        at=at,
        refs={"case": str(row.case_id), "allocation": str(row.pk), **refs},
        content={"why": why} if why else None,
        command_id=command_id,
    )
