"""Why a record was returned, as one reader may know it: in general, and beside its questions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.cases.masking import Mask, Place, path_of
from casework.cases.model_signing import WHY_BESIDE
from casework.cases.models import Record, RecordReturn, Snapshot
from casework.ledger.models import Content
from formdefs.form import Path
from formdefs.versions import form_of


@dataclass(frozen=True)
class Comment:
    """A comment beside a question, repeat or row. place: by permanent ids; path: where that stands now,
    None where the form asks it no more; withheld: the marks for which its words are not told.
    """

    place: Place
    path: Path | None
    label: str
    words: str
    withheld: tuple[str, ...]


@dataclass(frozen=True)
class Returned:
    """One return. comment: what was said in general, "" for nothing; why: as the history has it."""

    snapshot: Snapshot
    who: str
    when: datetime
    comment: str
    why: str
    questions: tuple[Comment, ...]


def returned(record: Record, mask: Mask, snapshot: Snapshot | None) -> Returned | None:
    """How a submission was returned, None if it was not (or before comments were kept with it)."""
    found = returns_of(record, mask, [snapshot]) if snapshot else []
    return found[0] if found else None


def returns_of(record: Record, mask: Mask, snapshots: Iterable[Snapshot]) -> list[Returned]:
    """How these submissions of a record were returned, oldest first; a few queries however many."""
    rows = RecordReturn.objects.filter(snapshot__in=snapshots)
    kept = list(rows.select_related("returned_by", "snapshot").order_by("returned_at"))
    bodies = Content.objects.in_bulk([row.content for row in kept]) if kept else {}
    # Nothing is told of what was withdrawn.
    said_of = {pk: json.loads(body.body) for pk, body in bodies.items()}
    return [_returned(record, mask, row, said_of.get(row.content, {})) for row in kept]


def _returned(record: Record, mask: Mask, row: RecordReturn, words: Mapping[str, Any]) -> Returned:
    questions = words.get("questions", ())
    masks = [mask]
    if questions and words["version"] != str(record.form_version_id):
        masks.append(mask.on(form_of(UUID(words["version"]))))
    comment = words.get("comment", "")
    return Returned(
        snapshot=row.snapshot,
        who=row.returned_by.name,
        when=row.returned_at,
        comment=comment,
        why=comment or WHY_BESIDE,
        questions=tuple(_comment(one, masks) for one in questions),
    )


def _comment(one: Mapping[str, Any], masks: Sequence[Mask]) -> Comment:
    """A comment as it may be told: what any version of the form withholds, is withheld."""
    place = (one["node"], tuple(one["rows"].split(".")) if one["rows"] else ())
    paths = [path_of(mask.form, place) for mask in masks]
    marks = {
        mark
        for mask, path in zip(masks, paths, strict=True)
        if path is not None
        for mark in mask.withheld(path)
    }
    node = masks[0].form.questions.get(one["node"]) or masks[0].form.repeats.get(one["node"])
    label = node.label if node else one["label"]
    words = "" if marks else one["comment"]
    return Comment(place, paths[0], label, words, tuple(sorted(marks)))
