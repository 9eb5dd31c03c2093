"""Moves a running case to a newer version of its case type, in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from casetypes.commands import Refusal
from casetypes.models import CaseTypeVersion
from casetypes.state import Event
from casetypes.upgrading import Version, upgraded
from casetypes.versions import case_type_of
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_case
from casework.cases.models import Case, Record, Status
from casework.cases.running.asking import follow
from casework.cases.running.loading import facts_now, places_of, state_of, type_of, version_id
from casework.cases.unmasked import form
from casework.cases.waiting import wait
from casework.people.keeping import keep
from casework.refusals import NotNow, refused


@transaction.atomic
def upgrade_case(
    case_id: UUID,
    *,
    to_version: UUID,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Case:
    """Move a case to a newer version of its case type; what that does, `what_follows` says before.

    Raises Absent, NotAllowed, NotNow (the case stands in the way of it; says what to change), Refused.
    """
    case, roles = locked_case(case_id, by, at)
    if done_before(command_id, "case.upgraded", by, case=case_id):
        return case
    access.check(by, "case.upgrade", case, roles)
    if not why.strip():
        raise refused("why", "required", "Enter why the case is moved")
    events = what_follows(case, to_version, at, why=why.strip())
    follow(case, events, by=by, at=at, own="case.upgraded", command_id=command_id)
    _say_who_is_awaited(case, by, at)
    return case


def _say_who_is_awaited(case: Case, by: User, at: datetime) -> None:
    """Say of the case's submitted records whose signature is next by the chains of its type as it is now.

    How many signatures they need was settled when they were submitted, and stays.
    """
    for record in Record.objects.select_for_update().filter(case=case, status=Status.SUBMITTED):
        before = (record.waits_for, record.waits_not)
        wait(record, form(record), type_of(case), places_of(record), record.signed_so_far)
        if before != (record.waits_for, record.waits_not):
            keep(record, by=by, at=at, why="The case moved to another version of its type")


def what_follows(case: Case, to_version: UUID, at: datetime, *, why: str = "") -> tuple[Event, ...]:
    """What a move of the case would do, as events; nothing is written. Raises NotNow, Refused."""
    found = CaseTypeVersion.objects.filter(pk=to_version, case_type=case.case_type).first()
    was = CaseTypeVersion.objects.get(pk=version_id(case))
    if found is None:
        raise refused("version", "unknown_code", "Choose a version of the case's own type")
    if found.number <= was.number:
        raise refused("version", "not_newer", f"The case is on version {was.number} already")
    decided = upgraded(_version(was), _version(found), state_of(case), at, facts_now(at), why)
    if isinstance(decided, Refusal):
        raise NotNow(decided.says)
    return decided


def _version(row: CaseTypeVersion) -> Version:
    return Version(str(row.pk), row.number, case_type_of(row.pk))
