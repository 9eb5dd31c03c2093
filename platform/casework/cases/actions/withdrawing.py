"""Takes a record away for good: one person asks, another approves; a tombstone stands.

What was typed, said, uploaded and repeated of it goes from tables, history, contents and files. Its
events stay with their digests, so the chains and seals verify; the approving event names every row
that went. Triggers let go of these rows alone (casework.ledger.triggers).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from casetypes.state import WITHDRAWN
from casework import statements
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_in_case, refs_of
from casework.cases.models import (
    AnswerMark,
    Autosave,
    Case,
    Prefill,
    Record,
    RecordPage,
    Status,
    Task,
    Upload,
    Withdrawal,
)
from casework.ledger.append import append
from casework.ledger.kept_rows import rows_of
from casework.ledger.models import Content, Event, SealedRow, Tombstone
from casework.ledger.tombstones import APPROVED, ASKED, CONTENT, REFUSED, key_of
from casework.people.keeping import keep
from casework.refusals import Absent, NotAllowed, NotNow, refused

SAME = "Another person than the one who asked has to decide."
OVER = "This was decided already."
_AT_A_TIME = 500


@transaction.atomic
def ask_withdrawal(
    record_id: UUID,
    reason: str,
    *,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Withdrawal:
    """Ask that a record is withdrawn, with a reason from the list and words. Nothing goes yet.

    Raises Absent, NotAllowed, NotNow (it is asked already), Refused.
    """
    record, roles = locked_in_case(record_id, by, at)
    if event := done_before(command_id, ASKED, by, record=record_id):
        return Withdrawal.objects.get(asked_event=event)
    access.check(by, "withdrawal.ask", record, roles)
    if reason not in Withdrawal.Reason.values:
        raise refused("reason", "unknown_code", "Select why it is to be withdrawn")
    _words(why)
    if Withdrawal.objects.filter(record=record, status=Withdrawal.ASKED).exists():
        raise NotNow("Somebody has asked already that this record is withdrawn.")
    asked = Withdrawal(record=record, reason=reason, asked_by=by, asked_at=at)
    refs = {**_refs(asked), "reason": reason}
    asked.asked_event = append(
        record.case_id, ASKED, by=by, at=at, refs=refs, content={"why": why.strip()},
        command_id=command_id,
    )  # fmt: skip
    asked.save(force_insert=True)
    return asked


@transaction.atomic
def decide_withdrawal(
    withdrawal_id: UUID,
    *,
    approve: bool,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Withdrawal:
    """Approve or refuse what somebody else asked. Approved, the record goes at once and for good.

    Raises Absent, NotAllowed (also for who asked), NotNow, Refused.
    """
    found = Withdrawal.objects.filter(pk=withdrawal_id).first()
    if found is None:
        raise Absent
    kind = APPROVED if approve else REFUSED
    record, roles = locked_in_case(found.record_id, by, at, withdrawn=True)
    asked = Withdrawal.objects.select_for_update().get(pk=withdrawal_id)
    if event := done_before(command_id, kind, by, withdrawal=withdrawal_id):
        # Perhaps it was stopped between its commit and the files.
        _delete_files(refs_of(event).get("files", ()))
        return asked
    access.check(by, "withdrawal.decide", record, roles)
    if asked.status != Withdrawal.ASKED:
        raise NotNow(OVER)
    if asked.asked_by_id == by.pk:
        raise NotAllowed(SAME)
    _words(why)
    asked.record = record
    refs = {**_refs(asked), "reason": asked.reason, "asked": asked.asked_event.hash}
    going = _Going(record) if approve else None
    if going:
        refs |= {
            "removed": [[one.what, one.key, one.digest] for one in going.tombstones],
            "tasks": [task.key for task in going.tasks],
            "files": going.files,
        }
    event = append(
        record.case_id, kind, by=by, at=at, refs=refs, content={"why": why.strip()},
        command_id=command_id,
    )  # fmt: skip
    asked.status = Withdrawal.APPROVED if approve else Withdrawal.REFUSED
    asked.decided_by, asked.decided_at, asked.decided_event = by, at, event
    asked.save()
    if going:
        going.take_away(event, by=by, at=at)
    return asked


def withdrawn(user: User, record_id: UUID, at: datetime) -> Withdrawal:
    """The tombstone of a withdrawn record in a case that the user sees. Raises Absent."""
    found = (
        Withdrawal.objects.filter(record=record_id, status=Withdrawal.APPROVED)
        .select_related("record__case", "record__form_version", "asked_by", "decided_by")
        .first()
    )
    if found is None:
        raise Absent
    access.case(user, found.record.case_id, at)
    return found


class _Going:
    """Everything that goes with one record, and the tombstones of what the triggers guard."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.tasks = list(Task.objects.filter(source=record).order_by("key"))
        self.uploads = list(Upload.objects.filter(record=record).order_by("pk"))
        self.files = [upload.stored_name for upload in self.uploads]
        self.pages = list(RecordPage.objects.filter(record=record))
        self.tombstones = [
            Tombstone(what="cases_record", key=key_of(record.pk)),
            *(Tombstone(what="cases_recordpage", key=key_of(page.pk)) for page in self.pages),
            *(Tombstone(what="cases_upload", key=key_of(one.pk)) for one in self.uploads),
            *self._contents(),
            *self._history(),
        ]

    def take_away(self, event: Event, *, by: User, at: datetime) -> None:
        """Put the tombstones up, take the rows away, and leave the record and its tasks empty."""
        for one in self.tombstones:
            one.event = event
        Tombstone.objects.bulk_create(self.tombstones, batch_size=_AT_A_TIME)
        self._delete()
        record = self.record
        Autosave.objects.filter(record=record).delete()
        Prefill.objects.filter(record=record).delete()
        AnswerMark.objects.filter(record=record).update(why="")
        # Past simple-history, which would write what it deletes into a history row.
        statements.delete(RecordPage, {"record_id": record.pk})
        Upload.objects.filter(record=record).delete()
        record.status, record.changed_at, record.occurred_on = Status.WITHDRAWN, at, None
        record.asked, record.waits_for, record.waits_not, record.signed_so_far = "", "", "", 0
        keep(record, by=by, at=at, why=WITHDRAWN)
        for task in self.tasks:
            task.title, task.outsider, task.outcome, task.changed_at = WITHDRAWN, "", "", at
            keep(task, by=by, at=at, why=WITHDRAWN)
        files = list(self.files)
        transaction.on_commit(lambda: _delete_files(files))

    def _contents(self) -> Iterator[Tombstone]:
        """What events say of the record and of the tasks that came of it."""
        case, tasks = self.record.case_id, {task.key for task in self.tasks}
        events = Event.objects.filter(stream=case, content__isnull=False).filter(
            Q(kind__startswith="record.") | Q(kind__startswith="task.") | Q(kind="file.stored")
        )
        for event in events.order_by("seq"):
            refs = refs_of(event)
            if refs.get("record") == str(self.record.pk) or refs.get("task") in tasks:
                yield Tombstone(what=CONTENT, key=key_of(event.content), digest=event.digest)  # type: ignore[arg-type]

    def _history(self) -> Iterator[Tombstone]:
        pages: Any = RecordPage.history.model
        records: Any = Record.history.model
        tasks: Any = Task.history.model
        for model, where in (
            (pages, {"record_id": self.record.pk}),
            (records, {"id": self.record.pk}),
            (tasks, {"id__in": [task.pk for task in self.tasks]}),
        ):
            table = model._meta.db_table
            ids = list(rows_of(model).filter(**where).order_by("pk").values_list("pk", flat=True))
            sealed = {
                one.row: one
                for part in _parts(ids)
                for one in SealedRow.objects.filter(table=table, row__in=part)
            }
            for pk in ids:
                under = sealed.get(pk)
                yield Tombstone(
                    what=table,
                    key=key_of(pk),
                    row=pk,
                    digest=under.digest if under else "",
                    seal_id=under.seal_id if under else None,
                )

    def _delete(self) -> None:
        by_table: dict[str, list[str]] = {}
        for one in self.tombstones:
            by_table.setdefault(one.what, []).append(one.key)
        history: tuple[Any, ...] = (
            RecordPage.history.model,
            Record.history.model,
            Task.history.model,
        )
        for model in history:
            table = model._meta.db_table
            for part in _parts([int(key) for key in by_table.get(table, ())]):
                SealedRow.objects.filter(table=table, row__in=part).delete()
                rows_of(model).filter(pk__in=part).delete()
        for part in _parts([UUID(key) for key in by_table.get(CONTENT, ())]):
            Content.objects.filter(pk__in=part).delete()


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _parts(ids: list[Any]) -> Iterator[list[Any]]:
    return (ids[at : at + _AT_A_TIME] for at in range(0, len(ids), _AT_A_TIME))


def _refs(asked: Withdrawal) -> dict[str, Any]:
    record = asked.record
    case: Case = record.case
    return {"case": str(case.pk), "record": str(record.pk), "withdrawal": str(asked.pk)}


def _words(why: str) -> None:
    if not why.strip():
        raise refused("why", "required", "Enter why, in your words")
