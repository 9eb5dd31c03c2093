"""Lets one user into a case or keeps one out, beside what their roles give. Deny beats all."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.allocating import end_all
from casework.cases.actions.doors import done_before, locked_case, refs_of
from casework.cases.models import Case, CaseAccess
from casework.ledger.append import append
from casework.refusals import Absent, NotAllowed, refused

OWN = "Nobody changes their own access to a case. Another manager of the case's team may."


@transaction.atomic
def grant_access(
    case_id: UUID,
    user: User,
    effect: str,
    *,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> CaseAccess:
    """Let a user into the case ("allow") or keep them out of it ("deny"), with a reason.

    Who is kept out works with the case no more. Raises Absent, NotAllowed, NotNow, Refused.
    """
    case, roles = locked_case(case_id, by, at)
    if event := done_before(command_id, "case.access_given", by, case=case_id):
        return CaseAccess.objects.get(pk=refs_of(event)["access"])
    _check(case, user, by, roles)
    if effect not in (CaseAccess.ALLOW, CaseAccess.DENY):
        raise refused("effect", "unknown_code", "Choose to let them in or to keep them out")
    if not why.strip():
        raise refused("why", "required", "Enter a reason")
    if _open(case, user, effect).exists():
        already = "let into" if effect == CaseAccess.ALLOW else "kept out of"
        raise refused("user", "already", f"{user.name} is {already} this case already")
    given = CaseAccess.objects.create(case=case, user=user, effect=effect, given_by=by, given_at=at)
    if effect == CaseAccess.DENY:
        end_all(case, user=user, why=why, by=by, at=at)
    _note("case.access_given", given, user, why, by, at, command_id)
    return given


@transaction.atomic
def end_access(
    case_id: UUID,
    user: User,
    effect: str,
    *,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> CaseAccess:
    """End what `grant_access` began, with a reason. Raises Absent, NotAllowed, NotNow, Refused."""
    case, roles = locked_case(case_id, by, at)
    if event := done_before(command_id, "case.access_ended", by, case=case_id):
        return CaseAccess.objects.get(pk=refs_of(event)["access"])
    _check(case, user, by, roles)
    if not why.strip():
        raise refused("why", "required", "Enter a reason")
    given = _open(case, user, effect).first()
    if given is None:
        raise Absent
    given.ended_at = at
    given.save()
    _note("case.access_ended", given, user, why, by, at, command_id)
    return given


def _check(case: Case, user: User, by: User, roles: frozenset[str]) -> None:
    access.check(by, "case.share", case, roles)
    if user.pk == by.pk:
        raise NotAllowed(OWN)


def _open(case: Case, user: User, effect: str) -> QuerySet[CaseAccess]:
    return CaseAccess.objects.filter(case=case, user=user, effect=effect, ended_at=None)


def _note(
    kind: str,
    given: CaseAccess,
    user: User,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None,
) -> None:
    append(
        given.case_id,
        kind,
        by=by,
        at=at,
        refs={
            "case": str(given.case_id),
            "access": str(given.pk),
            "user": str(user.uid),
            "effect": given.effect,
        },
        content={"why": why},
        command_id=command_id,
    )
