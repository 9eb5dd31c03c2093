"""What is done beside the answers of a record: add to it once it is finished, and say which actions of
the case it touches.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_record, refs_of
from casework.cases.models import Appendment, Record, Task, TaskLink
from casework.cases.running.loading import type_of
from casework.ledger.append import append
from casework.refusals import Stale, refused
from formdefs.models import FormVersion

LONGEST = 20_000  # characters of an appendment
_CHANGED = "This record has been changed since you opened it. Read it again, then add to it."


@transaction.atomic
def add_to(
    record_id: UUID,
    *,
    text: str,
    seen_sha256: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Appendment:
    """Add a text to a finished record, bound to exactly what stands there; nothing else changes.

    Raises Absent, NotAllowed, NotNow (it is not finished), Stale, Refused.
    """
    record, roles = locked_record(record_id, by, at)
    if event := done_before(command_id, "record.appended", by, record=record_id):
        return Appendment.objects.get(pk=refs_of(event)["appendment"])
    access.check(by, "record.append", record, roles)
    text = text.strip()
    if not text:
        raise refused("text", "required", "Enter what you want to add")
    if len(text) > LONGEST:
        raise refused("text", "max_length", f"What you add must be {LONGEST:,} characters or fewer")
    snapshot = record.snapshots.latest("revision", "attempt")
    if snapshot.sha256 != seen_sha256:
        raise Stale(_CHANGED)
    added = Appendment(snapshot=snapshot, added_by=by, added_at=at)
    event = append(
        record.case_id,
        "record.appended",
        by=by,
        at=at,
        refs={
            "case": str(record.case_id),
            "record": str(record.pk),
            "snapshot": str(snapshot.pk),
            "sha256": snapshot.sha256,
            "appendment": str(added.pk),
        },
        content={"text": text},
        command_id=command_id,
    )
    added.content, added.sha256 = event.content, event.digest  # type: ignore[assignment]
    added.save(force_insert=True)
    return added


@transaction.atomic
def set_touched(
    record_id: UUID,
    tasks: Collection[UUID],
    *,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Record:
    """Say which actions of its case a record that is being written touches: these and no others.

    Actions that are over may stay, and cannot be named anew. Raises Absent, NotAllowed, NotNow, Refused.
    """
    record, roles = locked_record(record_id, by, at)
    if done_before(command_id, "record.touched", by, record=record_id):
        return record
    access.check(by, "record.save", record, roles)
    now = {link.task_id: link for link in _touched(record)}
    if set(tasks) == now.keys():
        return record
    form = FormVersion.objects.values_list("form_id", flat=True).get(pk=record.form_version_id)
    if not type_of(record.case).use(form).touches:
        says = "The case type does not ask which actions this form touches"
        raise refused("touches", "not_asked", says)
    new = set(tasks) - now.keys()
    there = Task.objects.filter(case=record.case_id, pk__in=new, status=Task.OPEN)
    if there.count() != len(new):
        raise refused("touches", "unknown_code", "Choose open actions of this case")
    for task_id in now.keys() - set(tasks):
        link = now[task_id]
        link.ended_by, link.ended_at = by, at
        link.save()
    for task in there.order_by("created_at", "pk"):
        TaskLink.objects.create(
            task=task, record=record, kind=TaskLink.TOUCHED, made_by=by, made_at=at
        )
    append(
        record.case_id,
        "record.touched",
        by=by,
        at=at,
        refs={
            "case": str(record.case_id),
            "record": str(record.pk),
            "tasks": sorted(map(str, tasks)),
        },
        command_id=command_id,
    )
    return record


def _touched(record: Record) -> list[TaskLink]:
    links = TaskLink.objects.filter(record=record, kind=TaskLink.TOUCHED, ended_at=None)
    return list(links.order_by("made_at", "pk"))
