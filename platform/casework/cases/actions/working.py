"""What people do to the work of a case: change an action, move a person on, take their part up again."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework.accounts import roles as grants
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_case
from casework.cases.models import (
    DECIDED,
    Case,
    CaseSubject,
    Clock,
    Record,
    Status,
    Task,
    TaskLink,
    Upload,
)
from casework.cases.one_open import check_one_open
from casework.cases.running.asking import asked, follow
from casework.cases.running.loading import type_of
from casework.clock import london_day
from casework.refusals import Absent, NotNow, refused

_CHANGES = {"due", "owner", "outcome", "priority", "ticked"}
TaskEnds = Mapping[str, Mapping[str, str]]
_OVER = {
    Task.DONE: "This action is done already.",
    Task.CANCELLED: "This action has ended already: it was not done.",
}


@transaction.atomic
def change_task(
    task_id: UUID,
    *,
    by: User,
    at: datetime,
    status: str = Task.OPEN,
    outcome: str = "",
    owner: User | None = None,
    due: date | None = None,
    priority: str | None = None,
    ticked: Collection[int] | None = None,
    why: str = "",
    evidence: UUID | None = None,
    evidence_file: UUID | None = None,
    command_id: UUID | None = None,
) -> Task:
    """Say that an action is done or will not be (`outcome` says what came of it, or why not), or
    give it to another owner, day or priority, or tick points of its checklist (`ticked`: places of
    all that are, from 0). What is None stays.

    `evidence`: a written record of the case that shows that it is done; `evidence_file`: a file in one.

    Raises Absent, NotAllowed, NotNow, Refused.
    """
    found = Task.objects.filter(pk=task_id).first()
    if found is None:
        raise Absent
    case, roles = locked_case(found.case_id, by, at)
    task = Task.objects.select_for_update().get(pk=task_id)
    if done_before(command_id, "task.changed", by, case=case.pk, task=task.key):
        return task
    access.check(by, "task.change", case, roles)
    if task.status != Task.OPEN:
        raise NotNow(_OVER[task.status])
    if status not in (Task.OPEN, Task.DONE, Task.CANCELLED):
        raise refused("status", "unknown_code", "Choose what becomes of the action")
    if status != Task.OPEN and not outcome.strip():
        says = "Enter what came of it" if status == Task.DONE else "Enter why it was not done"
        raise refused("outcome", "required", says)
    named: dict[str, Any] = {"task": task.key, "status": status, "why": why}
    if outcome.strip():
        named["outcome"] = outcome.strip()
    if due is not None and due != task.due_on:
        named["due"] = due
    if owner is not None and owner.pk != task.owner_id:
        named["owner"] = str(_owner(owner, case, at).uid)
    if priority is not None and priority not in (Task.HIGH, Task.NORMAL, Task.LOW):
        raise refused("priority", "unknown_code", "Choose high, normal or low")
    if priority is not None and priority != task.priority:
        named["priority"] = priority
    if ticked is not None and sorted({*ticked}) != json.loads(task.ticked):
        named["ticked"] = list(ticked)
    shown = _evidence(task, status, evidence, evidence_file, by, at)
    if shown:
        named["evidence"] = str(shown.record_id)
        named |= {"evidence_file": str(shown.upload_id)} if shown.upload_id else {}
    if status == Task.OPEN and not named.keys() & _CHANGES:
        raise refused("status", "nothing", "Change something of it, or say that it is over")
    events = asked(case, "task.change", named, by=by, roles=roles, at=at)
    follow(case, events, by=by, at=at, own="task.changed", command_id=command_id)
    if shown:
        shown.save(force_insert=True)
    task.refresh_from_db()
    return task


@transaction.atomic
def move_subject(
    case_id: UUID,
    person_id: UUID,
    move: str,
    *,
    by: User,
    at: datetime,
    why: str = "",
    tasks: TaskEnds | None = None,
    command_id: UUID | None = None,
) -> CaseSubject:
    """Move one person on by a move of the case type that is made by hand. No other person moves.

    `tasks`: what becomes of each open action, as `end_subject` has it. Raises Absent, NotAllowed,
    NotNow, Refused.
    """
    case, roles = locked_case(case_id, by, at)
    parts = CaseSubject.objects.filter(case=case, person=person_id)
    if done_before(command_id, "subject.moved", by, case=case_id, move=move):
        return parts.latest("part")
    access.check(by, "case.move", case, roles)
    if not parts.exists():
        raise Absent
    named = {
        "subject": str(person_id),
        "move": move,
        "why": why.strip(),
        "tasks": dict(tasks or {}),
    }
    events = asked(case, "move", named, by=by, roles=roles, at=at)
    follow(case, events, by=by, at=at, own="subject.moved", command_id=command_id)
    return parts.latest("part")


@transaction.atomic
def reopen_subject(
    case_id: UUID,
    person_id: UUID,
    stage: str,
    *,
    by: User,
    at: datetime,
    why: str,
    command_id: UUID | None = None,
) -> CaseSubject:
    """Take up a person's part again in a stage, and the case with it if it is closed.

    Raises Absent, NotAllowed, NotNow, Refused.
    """
    case, roles = locked_case(case_id, by, at)
    parts = CaseSubject.objects.filter(case=case, person=person_id)
    if done_before(command_id, "subject.moved", by, case=case_id, to=stage):
        return parts.latest("part")
    access.check(by, "case.reopen", case, roles)
    if not parts.exists():
        raise Absent
    persons = [parts.select_related("person")[0].person]
    check_one_open(type_of(case), persons, by=by, at=at, argument="person", but=case)
    named = {"subject": str(person_id), "stage": stage, "why": why.strip()}
    events = asked(case, "subject.reopen", named, by=by, roles=roles, at=at)
    follow(case, events, by=by, at=at, own="subject.moved", command_id=command_id)
    return parts.latest("part")


def tell_overdue(at: datetime) -> int:
    """Write down, once for each cycle of a clock, what has become overdue; say in how many cases.

    Each case in a transaction of its own, so that one that fails stops no other.
    """
    late = Clock.objects.filter(status="running", due_on__lt=london_day(at))
    cases = {
        case_id
        for case_id, cycles, told in late.values_list("case_id", "cycles", "told").iterator()
        if json.loads(cycles)[-1]["number"] not in json.loads(told)
    }
    return sum(_tick(case_id, at) for case_id in sorted(cases))


@transaction.atomic
def _tick(case_id: UUID, at: datetime) -> bool:
    case = Case.objects.select_for_update().get(pk=case_id)
    events = asked(case, "tick", {}, by=None, roles=(), at=at)
    follow(case, events, by=None, at=at)
    return bool(events)


def _evidence(
    task: Task, status: str, record: UUID | None, file: UUID | None, by: User, at: datetime
) -> TaskLink | None:
    """The link to what shows that an action is done, unsaved; None if nothing is named. Raises Refused."""
    if record is None and file is None:
        return None
    if status != Task.DONE:
        raise refused("evidence", "not_done", "Only what is done has evidence")
    upload = _file(file, by, at) if file else None
    of = upload.record_id if upload else record
    if of is None or (file and upload is None):
        raise refused("evidence_file", "unknown_code", "Choose a file of this case")
    written = Record.objects.filter(pk=of, case=task.case_id)
    if not written.filter(status__in=(Status.SUBMITTED, *DECIDED)).exists():
        says = (
            "Choose a record of this case that is submitted, signed or finished, or a file in one"
        )
        raise refused("evidence", "unknown_code", says)
    return TaskLink(
        task=task, record_id=of, upload=upload, kind=TaskLink.EVIDENCE, made_by=by, made_at=at
    )


def _file(file: UUID, by: User, at: datetime) -> Upload | None:
    try:
        return access.upload(by, file, at)
    except Absent:
        return None


def _owner(owner: User, case: Case, at: datetime) -> User:
    """The user, if they may have an action of the case. Raises Refused."""
    if not grants.members_of(case.team, at).filter(pk=owner.pk).exists():
        says = f"{owner.name} is not a worker or manager of {case.team.name}"
        raise refused("owner", "not_in_team", says)
    if not access.cases_for(owner, at).filter(pk=case.pk).exists():
        raise refused("owner", "kept_out", "This action cannot be given to that worker")
    return owner
