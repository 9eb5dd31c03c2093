"""What is told beside records, as one user may read it: what was added to them, and the actions that
they touch or are evidence of.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from casework import statements
from casework.accounts.models import User
from casework.cases import access
from casework.cases.marks import mask_for
from casework.cases.models import DECIDED, Appendment, Record, Status, Task, TaskLink, Upload
from casework.cases.running.loading import type_of
from casework.cases.seen_files import withheld_files
from casework.cases.work import TaskSeen, seen_tasks, task_rows
from casework.ledger.models import Content
from formdefs.versions import form_of

MOST = 50  # records and files that are offered as evidence


@dataclass(frozen=True)
class Added:
    """What was added to a record. text: None where it was withdrawn."""

    appendment: Appendment
    text: str | None

    @property
    def who(self) -> str:
        """The name of who added it."""
        name: str = self.appendment.added_by.name
        return name


@dataclass(frozen=True)
class LinkSeen:
    """A record that tells of an action. file: the file that does, None where it is the record itself,
    or where it is `withheld`.
    """

    link: TaskLink
    record: Record
    file: Upload | None
    withheld: bool


def added_to(record: Record) -> list[Added]:
    """What was added to a record, oldest first; for who sees the record. Two queries."""
    rows = list(
        Appendment.objects.filter(snapshot__record=record).select_related("added_by", "snapshot")
    )
    bodies = Content.objects.in_bulk([row.content for row in rows]) if rows else {}
    return [
        Added(row, json.loads(body.body)["text"] if (body := bodies.get(row.content)) else None)
        for row in rows
    ]


def asks_touches(record: Record, form_key: str) -> bool:
    """Whether the case type asks which actions a record of this form touches."""
    return type_of(record.case).use(form_key).touches


def touched_by(record: Record, user: User, at: datetime) -> list[TaskSeen]:
    """The actions that a record touches, as their reader may know them."""
    if statements.first(TaskLink, {"record_id": record.pk}, only=("id",)) is None:
        return []  # as of most records
    mine = Q(links__record=record, links__kind=TaskLink.TOUCHED, links__ended_at=None)
    return _seen(mine, record, user, at)


def touchable(record: Record, user: User, at: datetime) -> list[TaskSeen]:
    """The open actions of its case, and those that the record touches already."""
    mine = Q(links__record=record, links__kind=TaskLink.TOUCHED, links__ended_at=None)
    return _seen(Q(status=Task.OPEN) | mine, record, user, at)


def links_of(task: Task, user: User, at: datetime) -> list[LinkSeen]:
    """The records that touched an action or are its evidence, oldest first."""
    links = TaskLink.objects.filter(task=task, ended_at=None)
    seen = links.filter(record__in=access.records_for(user, at)).select_related(
        "record__form_version", "record__case", "upload", "made_by"
    )
    rows = list(seen.defer(*access.documents_of("record__form_version")))
    files = [link.upload for link in rows if link.upload]
    may = {
        one.pk for one in _visible(files, {link.record_id: link.record for link in rows}, user, at)
    }
    return [
        LinkSeen(
            link,
            link.record,
            link.upload if link.upload_id in may else None,
            withheld=bool(link.upload_id) and link.upload_id not in may,
        )
        for link in rows
    ]


def evidence_for(task: Task, user: User, at: datetime) -> list[tuple[str, Record, Upload | None]]:
    """What can be named as evidence: each record of the case that is written, and each file in one
    that may be seen, as (value, record, file), the newest record first.
    """
    rows = access.records_for(user, at).filter(
        case=task.case_id, status__in=(Status.SUBMITTED, *DECIDED)
    )
    rows = rows.select_related("form_version", "case").defer(*access.documents_of("form_version"))
    records = {record.pk: record for record in rows.order_by("-changed_at", "-pk")[:MOST]}
    files = Upload.objects.filter(record__in=records).order_by("-uploaded_at", "pk")[:MOST]
    seen = _visible(files, records, user, at)
    return [
        *((f"record:{record.pk}", record, None) for record in records.values()),
        *((f"file:{file.pk}", records[file.record_id], file) for file in seen),
    ]


def _visible(
    files: Iterable[Upload], records: Mapping[UUID, Record], user: User, at: datetime
) -> list[Upload]:
    """Those of the files that may be seen; two queries for each record that has any."""
    by_record: dict[UUID, list[Upload]] = {}
    for file in files:
        by_record.setdefault(file.record_id, []).append(file)
    found = []
    for pk, uploads in by_record.items():
        record = records[pk]
        mask = mask_for(record, form_of(record.form_version_id), None, user, at)
        hidden = withheld_files(mask, record, uploads, user)
        found += [upload for upload in uploads if upload.pk not in hidden]
    return found


def _seen(which: Q, record: Record, user: User, at: datetime) -> list[TaskSeen]:
    rows = access.tasks_for(user, at).filter(which, case=record.case_id).distinct()
    ordered = task_rows(rows).order_by(F("due_on").asc(nulls_last=True), "created_at", "id")
    return seen_tasks(ordered, user, at)
