"""Sends a submitted record back to be mended, with comments in general and beside its questions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_in_case
from casework.cases.actions.signing import note, shown
from casework.cases.marks import mask_for
from casework.cases.masking import Mask, place_of
from casework.cases.model_signing import WHY_BESIDE
from casework.cases.models import Record, RecordReturn, Status
from casework.cases.running.asking import asked, follow
from casework.cases.unmasked import document_of, form
from casework.cases.waiting import wait_no_more
from casework.people.keeping import keep
from casework.refusals import Refused, refused
from formdefs.form import Path
from formdefs.places import rows
from formdefs.structure import Problem

LONGEST = 2000  # characters of a comment beside a question
MOST = 200  # such comments in one return


@transaction.atomic
def return_record(
    record_id: UUID,
    *,
    comment: str = "",
    questions: Mapping[str, str] | None = None,
    seen_sha256: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Record:
    """Send the record back to be changed, saying why.

    questions: comments beside questions, repeats and rows of what was submitted, by path (keys and row
    ids joined with "."); empty ones are left out. The general comment may be empty where there is one
    of these: what has to change is then said where it stands, and “see below” would say nothing.
    Signatures given so far stay with the submission that they are on. Raises as `sign`, and Refused.
    """
    record, roles = locked_in_case(record_id, by, at)
    if done_before(command_id, "record.returned", by, record=record_id):
        return record
    access.check(by, "record.return", record, roles)
    snapshot = shown(record, seen_sha256)
    loaded, comment = form(record), comment.strip()
    mask = mask_for(record, loaded, roles, by, at)
    beside = _beside(questions or {}, mask, document_of(snapshot)["answers"] if questions else {})
    if not comment and not beside:
        says = "Enter what needs to be changed, here or beside a question"
        raise refused("comment", "required", says)
    named = {"record": str(record.pk), "why": comment, "comments": len(beside)}
    events = asked(record.case, "record.return", named, by=by, roles=roles, at=at)
    record.status, record.changed_at = Status.RETURNED, at
    wait_no_more(record)
    keep(record, by=by, at=at, why=comment or WHY_BESIDE)
    event = note(
        snapshot,
        "record.returned",
        by,
        at,
        command_id,
        {"comment": comment, **_told(record, beside)},
        comments=len(beside),
    )
    RecordReturn.objects.create(
        snapshot=snapshot,
        content=event.content,  # type: ignore[misc]
        sha256=event.digest,
        returned_by=by,
        returned_at=at,
    )
    follow(record.case, events[1:], by=by, at=at)
    return record


def _told(record: Record, beside: list[dict[str, Any]]) -> dict[str, Any]:
    """The comments beside questions with the version of the form that they are on, if there are any."""
    return {"version": str(record.form_version_id), "questions": beside} if beside else {}


def _beside(
    questions: Mapping[str, str], mask: Mask, answers: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The comments as they are kept: by permanent ids, in the order that they were sent.

    Raises Refused for a place that was not submitted or may not be seen, one like the other, and for
    what is too long.
    """
    found, problems = [], []
    for name, typed in questions.items():
        path: Path = tuple(name.split("."))
        place, words = place_of(mask.form, path), typed.strip()
        if not words:
            continue
        if place is None or mask.withheld(path) or not _there(path, answers):
            says = f"“{name}” is no question that was submitted. Comment on one that is shown"
            problems.append(Problem("", ("questions", name), "unknown_path", says))
        elif len(words) > LONGEST:
            says = f"The comment must be {LONGEST:,} characters or fewer"
            problems.append(Problem(place[0], ("questions", name), "max_length", says))
        else:
            label = mask.form.at(path).label
            row_ids = ".".join(place[1])
            found.append({"node": place[0], "rows": row_ids, "label": label, "comment": words})
    if len(found) > MOST:
        says = f"Comment on at most {MOST} questions"
        problems.append(Problem("", ("questions",), "max_items", says))
    if problems:
        raise Refused(problems)
    return found


def _there(path: Path, answers: Mapping[str, Any]) -> bool:
    """Whether the rows that a path leads through were submitted."""
    values = answers
    for key, row_id in zip(path[::2], path[1::2], strict=False):
        found = dict(rows(values.get(key)))
        if row_id not in found:
            return False
        values = found[row_id]
    return True
