"""Puts marks on answers and rows of a record, and takes them off: a named release with its reason."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework.accounts.marks import keys, titles
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_record, refs_of
from casework.cases.marks import lying_on, mask_for
from casework.cases.masking import Mask, Place, path_of, place_of
from casework.cases.models import AnswerMark, Record
from casework.cases.unmasked import answers_of, document_of, form
from casework.ledger.append import append
from casework.refusals import Absent, NotAllowed, refused
from formdefs.form import Form, Path
from formdefs.places import rows

UNSEEN = "Only somebody who sees a mark may take it off."
OCCURRED = "This answer says when it happened, which lists of records show, so it cannot be marked"


@transaction.atomic
def mark_answer(
    record_id: UUID,
    path: Path,
    mark: str,
    *,
    why: str = "",
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> AnswerMark:
    """Put a mark on an answer, a repeat or a row, which withholds it from who does not see the mark.

    It may be one that its maker does not see. Raises Absent (also for a place that they may not
    see), NotAllowed, NotNow, Refused.
    """
    record, roles = locked_record(record_id, by, at)
    if event := done_before(command_id, "record.marked", by, record=record_id):
        return AnswerMark.objects.get(pk=refs_of(event)["answer_mark"])
    access.check(by, "record.mark", record, roles)
    loaded = form(record)
    place = _place(loaded, path)
    mask = mask_for(record, loaded, roles, by, at)
    if mask.withheld(path) or not _stands(record, path):
        raise Absent
    if mark not in keys():
        raise refused("mark", "unknown_code", "Choose a mark")
    if mark in mask.marks(path):
        raise refused("mark", "already", f"This is marked {titles()[mark]} already")
    if loaded.occurred and path == (loaded.occurred,):
        raise refused("mark", "not_here", OCCURRED)
    return _put(record, place, path, mark, by=by, at=at, why=why, command_id=command_id)


@transaction.atomic
def release_mark(
    record_id: UUID,
    path: Path,
    mark: str,
    *,
    why: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> AnswerMark:
    """Take a mark off an answer, a repeat or a row, with a reason: who may read the record reads it.

    One that the form itself put is taken off for this record alone. Raises Absent, NotAllowed (also
    for who does not see all that lies there), NotNow, Refused.
    """
    record, roles = locked_record(record_id, by, at)
    if event := done_before(command_id, "record.mark_released", by, record=record_id):
        return AnswerMark.objects.get(pk=refs_of(event)["answer_mark"])
    access.check(by, "record.release_mark", record, roles)
    loaded = form(record)
    place = _place(loaded, path)
    mask = mask_for(record, loaded, roles, by, at)
    if mask.withheld(path):
        raise NotAllowed(UNSEEN)
    if mark not in mask.lying_at(path):
        raise refused("mark", "unknown_code", "Choose a mark that lies on this answer")
    if not why.strip():
        raise refused("why", "required", "Enter why the mark is taken off")
    rows = AnswerMark.objects.filter(
        record=record, node=place[0], rows=".".join(place[1]), mark=mark, of_form=False
    )
    released = rows.filter(released_at__isnull=True).first()
    if released is None:
        released = AnswerMark(
            record=record, node=place[0], rows=".".join(place[1]), mark=mark, of_form=True
        )
    released.released_by, released.released_at, released.why = by, at, why.strip()
    released.save()
    _note(released, "record.mark_released", path, by, at, why, command_id)
    return released


def carry(record: Record, path: Path, marks: Collection[str], *, by: User, at: datetime) -> None:
    """Put marks on what was copied to a place of a record, where they do not lie already.

    For actions that copy: inside their transaction, after their own checks.
    """
    loaded = form(record)
    place = _place(loaded, path)
    there = Mask(loaded, lying_on(record.pk), ()).marks(path)
    for mark in sorted(set(marks) - set(there)):
        _put(record, place, path, mark, by=by, at=at, why="Copied with its mark", command_id=None)


def _place(loaded: Form, path: Path) -> Place:
    """The place of a path. Raises Absent for one that the form does not ask."""
    place = place_of(loaded, path)
    if place is None or path_of(loaded, place) != path:
        raise Absent
    return place


def _stands(record: Record, path: Path) -> bool:
    """Whether every row that the path leads through is there, typed or submitted last."""
    whole = [answers_of(record)]
    if snapshot := record.snapshots.order_by("revision", "attempt").last():
        whole.append(document_of(snapshot)["answers"])
    return any(_has_rows(answers, path) for answers in whole)


def _has_rows(answers: Any, path: Path) -> bool:
    for key, row_id in zip(path[::2], path[1::2], strict=False):
        found = dict(rows(answers.get(key))).get(row_id)
        if found is None:
            return False
        answers = found
    return True


def _put(
    record: Record,
    place: Place,
    path: Path,
    mark: str,
    *,
    by: User,
    at: datetime,
    why: str,
    command_id: UUID | None,
) -> AnswerMark:
    placed = AnswerMark.objects.create(
        record=record,
        node=place[0],
        rows=".".join(place[1]),
        mark=mark,
        marked_by=by,
        marked_at=at,
    )
    _note(placed, "record.marked", path, by, at, why, command_id)
    return placed


def _note(
    placed: AnswerMark,
    kind: str,
    path: Path,
    by: User,
    at: datetime,
    why: str,
    command_id: UUID | None,
) -> None:
    """Append the event: ids, the path and the mark; never what stands there."""
    record = placed.record
    refs: dict[str, Any] = {
        "case": str(record.case_id),
        "record": str(record.id),
        "answer_mark": str(placed.id),
        "node": placed.node,
        "path": ".".join(path),
        "mark": placed.mark,
    }
    content = {"why": why.strip()} if why.strip() else None
    append(record.case_id, kind, by=by, at=at, refs=refs, content=content, command_id=command_id)
