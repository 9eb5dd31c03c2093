"""A case goes from team to team: proposed by the one, taken over or refused by the other, taken back.

Until it is taken over nothing of it changes. Then its allocations end, its open actions go on under
the same id or are closed as the proposer said, and the new team sees it in place of the old one.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework.accounts import roles as grants
from casework.accounts.models import Role, Team, User
from casework.canonical import canonical
from casework.cases import access, rights
from casework.cases.actions.allocating import begin, check_worker, end_all
from casework.cases.actions.doors import done_before, locked_case, refs_of
from casework.cases.models import Case, Task, Transfer
from casework.cases.running.asking import asked, follow
from casework.cases.running.loading import type_of
from casework.ledger.append import append
from casework.people.keeping import keep
from casework.refusals import Absent, NotNow, refused

_OVER = {
    Transfer.ACCEPTED: "This case was taken over by {team} already.",
    Transfer.REFUSED: "{team} has refused this case. A manager can propose it again.",
    Transfer.WITHDRAWN: "The proposal was taken back, so there is nothing to answer.",
}


@transaction.atomic
def propose_transfer(
    case_id: UUID,
    to_team: Team,
    *,
    why: str,
    tasks: Mapping[str, Mapping[str, str]] | None = None,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Transfer:
    """Propose a case to another team, with a reason that its managers will read.

    `tasks`: for each open action, by its key, {"end": "carry"} or {"end": "close", "why"}; done when
    it is taken over. Raises Absent, NotAllowed, NotNow, Refused.
    """
    case, roles = locked_case(case_id, by, at)
    if event := done_before(command_id, "case.transfer_proposed", by, case=case_id):
        return Transfer.objects.get(pk=refs_of(event)["transfer"])
    access.check(by, "case.transfer", case, roles)
    if waiting := Transfer.objects.filter(case=case, status=Transfer.PROPOSED).first():
        raise NotNow(
            f"This case is proposed to {waiting.to_team.name} already. Take that back first."
        )
    _check_team(case, to_team, at)
    if not why.strip():
        raise refused("why", "required", "Enter a reason")
    asked(case, "case.transfer", {"tasks": dict(tasks or {})}, by=by, roles=roles, at=at)
    row = Transfer(
        case=case,
        from_team=case.team,
        to_team=to_team,
        reason=why.strip(),
        tasks=canonical({key: dict(end) for key, end in (tasks or {}).items()}),
        proposed_by=by,
        proposed_at=at,
    )
    row.save(force_insert=True)
    said = {"why": row.reason, "tasks": row.tasks}
    _note(row, "case.transfer_proposed", by, at, said, command_id)
    return row


@transaction.atomic
def accept_transfer(
    transfer_id: UUID,
    *,
    worker: User | None = None,
    why: str = "",
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Transfer:
    """Take a proposed case over, for one of the team's people (`worker`) or into its tray.

    Actions that came up since the proposal go on. Raises Absent, NotAllowed, NotNow, Refused.
    """
    case, row, before = _locked(transfer_id, "case.transfer_accepted", by, command_id)
    if before:
        return row
    roles = _may_answer(case, row, by, at)
    case.team = row.to_team
    case.version += 1
    keep(case, by=by, at=at, why=f"Taken over by {row.to_team.name}")
    if worker is not None:
        check_worker(case, worker, at)
    refs = {"worker": str(worker.uid)} if worker else {}
    _answer(row, Transfer.ACCEPTED, why, by=by, at=at)
    _note(row, "case.transfer_accepted", by, at, _words(row), command_id, **refs)
    end_all(case, why=f"The case went to {row.to_team.name}", by=by, at=at)
    if worker is not None:
        why = f"Taken over from {row.from_team.name}"
        begin(case, worker, type_of(case).lead, why=why, by=by, at=at)
    staying = grants.members_of(row.to_team, at).values_list("uid", flat=True)
    named = {
        "tasks": _ends(case, row),
        "worker": str(worker.uid) if worker else "",
        "staying": [str(uid) for uid in staying],
    }
    events = asked(case, "case.transfer", named, by=by, roles=roles, at=at)
    follow(case, events, by=by, at=at)
    return row


@transaction.atomic
def refuse_transfer(
    transfer_id: UUID, *, why: str, by: User, at: datetime, command_id: UUID | None = None
) -> Transfer:
    """Refuse a proposed case, with a reason. It stays where it is.

    Raises Absent, NotAllowed, NotNow, Refused.
    """
    case, row, before = _locked(transfer_id, "case.transfer_refused", by, command_id)
    if before:
        return row
    _may_answer(case, row, by, at)
    if not why.strip():
        raise refused("why", "required", "Enter why the team does not take it over")
    _answer(row, Transfer.REFUSED, why, by=by, at=at)
    _note(row, "case.transfer_refused", by, at, _words(row), command_id)
    return row


@transaction.atomic
def withdraw_transfer(
    transfer_id: UUID, *, why: str = "", by: User, at: datetime, command_id: UUID | None = None
) -> Transfer:
    """Take a proposal back while it is not answered. Raises Absent, NotAllowed, NotNow."""
    case, row, before = _locked(transfer_id, "case.transfer_withdrawn", by, command_id)
    if before:
        return row
    access.transfer(by, transfer_id, at)
    access.require(by, "case.transfer", case, at)
    _still_open(row)
    _answer(row, Transfer.WITHDRAWN, why, by=by, at=at)
    _note(row, "case.transfer_withdrawn", by, at, _words(row), command_id)
    return row


def _locked(
    transfer_id: UUID, kind: str, by: User, command_id: UUID | None
) -> tuple[Case, Transfer, bool]:
    """The case and its proposal, locked, and whether this command was done before. Raises Absent."""
    found = Transfer.objects.filter(pk=transfer_id).first()
    if found is None:
        raise Absent
    case = Case.objects.select_for_update().get(pk=found.case_id)
    row = Transfer.objects.select_related("from_team", "to_team").get(pk=transfer_id)
    return case, row, bool(done_before(command_id, kind, by, transfer=transfer_id))


def _may_answer(case: Case, row: Transfer, by: User, at: datetime) -> frozenset[str]:
    """The roles of who answers for the team that is asked. Raises Absent, NotAllowed, NotNow."""
    access.transfer(by, row.pk, at)
    access.require(by, "case.receive", row.to_team, at)
    _still_open(row)
    if case.closed_at is not None:
        raise NotNow(rights.CLOSED)
    if not row.to_team.active:
        raise NotNow(f"{row.to_team.name} is no longer a team.")
    return frozenset(str(role) for role, team in grants.roles_of(by, at) if team == row.to_team_id)


def _still_open(row: Transfer) -> None:
    if row.status != Transfer.PROPOSED:
        raise NotNow(_OVER[row.status].format(team=row.to_team.name))


def _check_team(case: Case, team: Team, at: datetime) -> None:
    if team.pk == case.team_id:
        raise refused("to_team", "same", f"{team.name} has this case. Choose another team")
    if not team.active:
        raise refused("to_team", "inactive", f"{team.name} is no longer a team")
    if not grants.members_of(team, at, Role.MANAGER).exists():
        says = f"{team.name} has no manager who could answer. Ask an access administrator"
        raise refused("to_team", "no_manager", says)


def _ends(case: Case, row: Transfer) -> dict[str, Mapping[str, str]]:
    """What becomes of each action that is open now: as the proposer said, or it goes on."""
    said: Mapping[str, Mapping[str, str]] = json.loads(row.tasks)
    keys = Task.objects.filter(case=case, status=Task.OPEN).values_list("key", flat=True)
    return {key: said.get(key, {"end": "carry"}) for key in keys}


def _answer(row: Transfer, status: str, why: str, *, by: User, at: datetime) -> None:
    row.status, row.answer, row.answered_by, row.answered_at = status, why.strip(), by, at
    row.save()


def _words(row: Transfer) -> dict[str, str]:
    return {"why": row.answer} if row.answer else {}


def _note(
    row: Transfer,
    kind: str,
    by: User,
    at: datetime,
    said: Mapping[str, str],
    command_id: UUID | None,
    **refs: Any,
) -> None:
    named = {
        "case": str(row.case_id),
        "transfer": str(row.pk),
        "from_team": str(row.from_team_id),
        "to_team": str(row.to_team_id),
    }
    append(
        row.case_id,
        kind,
        by=by,
        at=at,
        refs={**named, **refs},
        content=dict(said) or None,
        command_id=command_id,
    )
