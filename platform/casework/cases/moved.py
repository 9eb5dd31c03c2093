"""How a record came to its version of its form, and the answers that this version has no place for."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.cases.models import EDITABLE, Record, RecordMove
from casework.ledger.models import Content
from formdefs.form import Path
from formdefs.models import FormVersion

MOVED_SINCE = (
    "This record was moved to another version of its form since you opened it. "
    "Read it again, then save."
)


@dataclass(frozen=True)
class Orphan:
    """An answer that a move left without a place. question: "" where no form asked for it.

    version: the form version that asked for it; typed_by: uid of who had typed and not saved it, ""
    for an answer that was saved; withheld: it is there, and its value is not told.
    """

    question: str
    label: str
    path: Path
    value: Any
    says: str
    version: UUID
    moved_at: datetime
    typed_by: str = ""
    protected: bool = False
    withheld: bool = False


def moves_of(record: Record) -> list[RecordMove]:
    """Every move of a record, the first first."""
    moves = RecordMove.objects.filter(record=record).select_related("moved_by")
    return list(moves.order_by("number"))


def last_move(record: Record) -> RecordMove | None:
    """The newest move of a record, with its versions' numbers."""
    return RecordMove.objects.filter(record=record, moved=True).order_by("-number").first()


def moved_since(record: Record, page: str, version: int) -> bool:
    """Whether a version of a page was saved on an earlier version of the form."""
    moves = RecordMove.objects.filter(record=record).order_by("-number").values_list("pages")
    for (text,) in moves:
        laid = json.loads(text)
        if page in laid:
            return bool(version < laid[page][1])
    return False


def may_be_undone(record: Record, move: RecordMove | None) -> bool:
    """Whether a move can be undone: the newest, while the record is open and not submitted since."""
    return (
        move is not None
        and move.stands
        and move.undoes_id is None
        and move.to_version_id == record.form_version_id
        and record.status in EDITABLE
        and not record.snapshots.filter(submitted_at__gte=move.moved_at).exists()
    )


def orphans_of(
    record: Record, sees: Collection[str], moves: Sequence[RecordMove] | None = None
) -> list[Orphan]:
    """The answers that moves left without a place, oldest first; those with a mark that the reader
    does not see are told without their value. One query where the record was never moved.
    """
    found = moves_of(record) if moves is None else moves
    standing = [move for move in found if move.stands and move.content]
    said = contents(standing)
    return [
        _orphan(move, told, sees)
        for move in standing
        for told in said.get(move.pk, {}).get("orphans", ())
    ]


def contents(moves: Sequence[RecordMove]) -> dict[UUID, Mapping[str, Any]]:
    """What moves say of answers by the move's id; nothing where it was withdrawn."""
    bodies = dict(
        Content.objects.filter(pk__in=[move.content for move in moves]).values_list("pk", "body")
    )
    return {move.pk: json.loads(bodies[move.content]) for move in moves if move.content in bodies}


def newer_version(record: Record) -> FormVersion | None:
    """The newest version of the record's form, if that is newer than its own; without documents."""
    versions = FormVersion.objects.filter(form=record.form_version.form_id)
    newest = versions.only("id", "form_id", "number", "title").order_by("-number").first()
    return newest if newest and newest.number > record.form_version.number else None


def _orphan(move: RecordMove, told: Mapping[str, Any], sees: Collection[str]) -> Orphan:
    withheld = not {*told.get("marks", ())} <= {*sees}
    return Orphan(
        question=told["question"],
        label=told["label"],
        path=tuple(told["path"]),
        value=None if withheld else told["value"],
        says=told["says"],
        version=move.from_version_id,
        moved_at=move.moved_at,
        typed_by=told.get("typed_by", ""),
        protected=told.get("protected", False),
        withheld=withheld,
    )
