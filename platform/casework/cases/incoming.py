"""What was sent for a page becomes what may be kept: checked, cleaned, every row with its id."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.accounts.marks import titles
from casework.accounts.models import User
from casework.cases.facts import facts_at
from casework.cases.listed import Listed
from casework.cases.locked import put_back
from casework.cases.masking import Mask
from casework.cases.models import Record, Upload
from casework.cases.named import naming_problems
from casework.clock import london_day
from casework.refusals import Refused
from formdefs.answers import clean, draft_problems
from formdefs.form import Form, Page, Path, Question, Repeat
from formdefs.places import places_in
from formdefs.structure import Problem

# Limits that move with the day wait for the submission: a page saved today must be savable tomorrow.
_MOVES_WITH_THE_DAY = ("not_before", "not_after")
_Answered = Mapping[str, Question | Repeat]
_Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Accepted:
    """A page as it is kept. problems: for later; stayed: rows taken out that hold what is withheld."""

    answers: dict[str, Any]
    problems: list[Problem]
    stayed: tuple[Path, ...]


def accepted(
    form: Form,
    page: Page,
    answers: Any,
    record: Record,
    *,
    before: Sequence[_Answers],
    beside: Callable[[], _Answers],
    mask: Mask,
    listed: Listed,
    by: User,
    at: datetime,
    starting: bool = False,
) -> Accepted:
    """The answers of a page as they are kept, and what is wrong with them but not yet in the way.

    What the user cannot see is put back as it was, and nothing may be sent for it (`mask`).

    Calculated answers are left out, read-only ones stay as they were, rows without `_id` get one,
    files are described as they were stored, and rows that come from the case are those (`listed`).
    `before`: the page as the user saw it, then as it stands if that is another; empty if it was never
    saved. `beside` gives the other pages' answers.
    `starting`: no page was shown yet, so what is sent for a read-only answer is refused instead.
    Raises Refused with everything that breaks a type or a limit, is not asked here, or names by id
    somebody whom the user may not name.
    """
    if not isinstance(answers, Mapping):
        raise Refused([Problem("", (), "type", "The answers of a page must be an object")])
    kept = clean(_typed(answers, page.answered))
    as_seen = before[0] if before else None
    restored = mask.restored(kept, as_seen or {})
    if restored.sent:
        raise Refused([_withheld(form, path) for path in restored.sent])
    kept = restored.answers
    if page.id in form.locking:
        sent, kept = kept, put_back(form, page, kept, as_seen, beside(), facts_at(at, form))
        if starting and (locked := _locked(page, sent, kept)):
            raise Refused(locked)
    kept, strange = listed.kept(page, kept, before[-1] if before else {})
    if strange:
        raise Refused(strange)
    files = _files(kept, page.answered)
    if files:
        _describe(files, record)
    problems = draft_problems(form, kept, page.id, london_day(at))
    if any(problem.code not in _MOVES_WITH_THE_DAY for problem in problems):
        raise Refused([mask.told(problem, titles()) for problem in problems])
    if problems and (fixed := draft_problems(form, kept, page.id)):
        raise Refused([mask.told(problem, titles()) for problem in fixed])
    if page.id in form.naming and (named := naming_problems(page, kept, before, by, at)):
        raise Refused(named)
    return Accepted(kept, problems, tuple(restored.kept))


def _withheld(form: Form, path: Path) -> Problem:
    node = form.at(path if len(path) % 2 else path[:-1])
    says = f"“{node.label}” is withheld from you, so what you sent for it cannot be kept"
    return Problem(node.id, path, "withheld", says)


def _locked(page: Page, sent: _Answers, kept: _Answers) -> list[Problem]:
    """What was sent for read-only answers, and is not what they begin with."""
    begun = {path: value for path, _node, value in places_in(page.answered, kept)}
    return [
        Problem(
            node.id,
            path,
            "readonly",
            f"“{node.label}” is read-only: it begins as the form says, and nobody can fill it in",
        )
        for path, node, value in places_in(page.answered, sent)
        if isinstance(node, Question) and value is not None and begun.get(path) != value
    ]


def _typed(answers: Mapping[str, Any], answered: _Answered) -> dict[str, Any]:
    """The answers without calculated ones, with an id in every row; whatever is odd stays as it is."""
    typed = {}
    for key, value in answers.items():
        node = answered.get(key)
        if isinstance(node, Repeat) and isinstance(value, list):
            typed[key] = [_row(row, node) for row in value]
        elif not (isinstance(node, Question) and node.type == "calculated"):
            typed[key] = value
    return typed


def _row(row: Any, repeat: Repeat) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {
        "_id": row.get("_id") or secrets.token_hex(5),
        **_typed({k: v for k, v in row.items() if k != "_id"}, repeat.answered),
    }


def _files(answers: _Answers, answered: _Answered) -> list[tuple[Question, list[Any]]]:
    """The answers to file questions on the page, in all rows."""
    return [
        (node, value)
        for _path, node, value in places_in(answered, answers)
        if isinstance(node, Question) and node.type == "file" and isinstance(value, list)
    ]


def _describe(files: list[tuple[Question, list[Any]]], record: Record) -> None:
    """Write over what was said of each file what is known of it, so that nobody can name another's.

    A file that is not this record's and this question's is left with an id only, which no file
    answer may be: the page is refused.
    """
    ids = {file_id for _question, value in files for item in value if (file_id := _id(item))}
    stored = {
        (upload.question, upload.pk): upload
        for upload in Upload.objects.filter(record=record, pk__in=ids)
    }
    for question, value in files:
        for place, item in enumerate(value):
            file_id = _id(item)
            upload = stored.get((question.id, file_id)) if file_id else None
            value[place] = described(upload) if upload else {"id": str(file_id)}


def described(upload: Upload) -> dict[str, Any]:
    """A stored file as an answer names it."""
    return {
        "id": str(upload.pk),
        "name": upload.name,
        "type": upload.content_type,
        "size": upload.size,
        "sha256": upload.sha256,
    }


def _id(item: Any) -> UUID | None:
    try:
        return UUID(item["id"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
