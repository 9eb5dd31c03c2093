"""Everything that happens to a record before it is submitted: started, filled page by page, given up."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casetypes.state import Event as CaseEvent
from casework import statements
from casework.accounts.marks import titles
from casework.accounts.models import User
from casework.canonical import canonical
from casework.cases import access, merge
from casework.cases.actions.doors import (
    done_before,
    locked_case,
    locked_in_case,
    locked_record,
    refs_of,
)
from casework.cases.actions.pages import as_seen, merged, page_of, write
from casework.cases.actions.prefilling import (
    First,
    as_told,
    carry_marks,
    first_answers,
    note_prefilled,
)
from casework.cases.actions.restoring import restore_signed
from casework.cases.incoming import accepted
from casework.cases.listed import Listed
from casework.cases.marks import mask_for
from casework.cases.masking import Mask
from casework.cases.models import (
    WHY_FIRST,
    Autosave,
    Case,
    CaseSubject,
    Record,
    RecordPage,
    RecordSubject,
    Status,
)
from casework.cases.moved import MOVED_SINCE, moved_since
from casework.cases.prefilling import sources_for
from casework.cases.running.asking import asked, follow
from casework.cases.running.loading import type_of
from casework.cases.unmasked import answers_of, form
from casework.ledger.append import append
from casework.people.keeping import keep
from casework.refusals import Refused, Stale, refused
from formdefs.answers import draft_problems
from formdefs.form import Form as LoadedForm
from formdefs.form import Page, Path
from formdefs.models import Form, FormVersion
from formdefs.structure import Problem
from formdefs.versions import form_of

_SHOWN = ("id", "form_id", "number", "title", "kind")  # of a form version


@dataclass(frozen=True)
class Saved:
    """A page as who saved it sees it afterwards.

    merged: others' answers came in; problems: for later; stayed: rows that they took out and that
    stay with what they cannot see.
    """

    version: int
    merged: bool
    answers: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    stayed: tuple[Path, ...] = ()


@transaction.atomic
def start_record(
    case_id: UUID,
    *,
    form_key: str,
    subjects: Sequence[UUID],
    by: User,
    at: datetime,
    command_id: UUID | None = None,
    pages: Mapping[str, Mapping[str, Any]] | None = None,
) -> Record:
    """Start a record on the newest version of a form, with some pages filled if they are given.

    The other pages begin with what the form prefills, as far as the user may see it.

    `subjects`: whom it covers, subjects of the case: exactly one where the form is `per` subject.
    `pages`: answers by page id or key; a page that is given keeps what it is given, null too, and
    begins with no default. What is read-only cannot be given. Raises Absent, NotAllowed, NotNow, Refused.
    """
    case, roles = locked_case(case_id, by, at)
    if event := done_before(command_id, "record.started", by, case=case_id):
        return Record.objects.get(pk=refs_of(event)["record"])
    access.check(by, "record.start", case, roles)
    version = _newest(form_key)
    loaded = form_of(version.pk)
    covered = _covered(case, loaded, subjects)
    events: tuple[CaseEvent, ...] = ()
    if type_of(case).minds_starts:
        named = {"record": "", "form": form_key, "subjects": list(map(str, covered))}
        events = asked(case, "record.start", named, by=by, roles=roles, at=at)
    record = Record(case=case, form_version=version, author=by, started_at=at, changed_at=at)
    sent = _pages(loaded, pages or {})
    listed = Listed(record, loaded, covered)
    mask = mask_for(record, loaded, roles, by, at)
    given = {
        page.id: accepted(
            loaded,
            page,
            answers,
            record,
            before=(),
            beside=lambda: _together(sent),
            mask=mask,
            listed=listed,
            by=by,
            at=at,
            starting=True,
        ).answers
        for page, answers in sent
    }
    first = First()
    if loaded.prefilled:
        sources = sources_for(loaded, case, covered, by=by, at=at)
        first = first_answers(loaded, sources, but={page.id for page, _ in sent}, at=at)
    keep(record, by=by, at=at, why="Record started")
    for person_id in covered:
        statements.insert(RecordSubject(record=record, person_id=person_id))
    # A page of which somebody said that it has no answers is a page that was saved.
    told = {page.id for page, answers in sent if answers}
    saved = {page: answers for page, answers in given.items() if answers or page in told}
    for page_id, answers in saved.items():
        row = RecordPage(record=record, page=page_id, version=0)
        write(row, canonical(answers), by=by, at=at, why="Record started")
    begun = _begun(loaded, first.pages, saved, listed)
    for page_id, answers in begun.items():
        row = RecordPage(record=record, page=page_id, version=0)
        write(row, canonical(answers), by=by, at=at, why=WHY_FIRST)
    note_prefilled(record, first.given, by=by, at=at)
    saved |= begun
    content = {"changes": {page: merge.changes({}, answers) for page, answers in saved.items()}}
    append(
        case.id,
        "record.started",
        by=by,
        at=at,
        refs={
            "case": str(case.id),
            "record": str(record.id),
            "form": version.form_id,
            "number": version.number,
            "version": str(version.pk),
            "subjects": [str(pk) for pk in covered],
            "pages": dict.fromkeys(saved, 1),
        },
        content=(
            {**content, **({"prefilled": as_told(first.given)} if first.given else {})}
            if saved
            else None
        ),
        command_id=command_id,
    )
    carry_marks(record, loaded, first.given, by=by, at=at)
    follow(case, events[1:], by=by, at=at)
    return record


@transaction.atomic
def save_page(
    record_id: UUID,
    page_id: str,
    answers: Any,
    *,
    seen_version: int,
    by: User,
    at: datetime,
    resolutions: Mapping[str, str] | None = None,
    decided_on: int | None = None,
    command_id: UUID | None = None,
) -> Saved:
    """Save a page, by its id or key, over the version that the user saw (0: never saved).

    What others saved since is merged in, by row ids and questions. `resolutions`: for each conflict,
    by its path joined with ".", "mine" or "theirs", and `decided_on`: the version (of the Clash) that
    they were decided against. Drops this user's autosave of the page. Unchanged answers write
    nothing. Raises Absent, NotAllowed, NotNow, Refused, Clash, and Stale where the user saw the page
    on an earlier version of the form.
    """
    record, roles = locked_record(record_id, by, at)
    loaded = form(record)
    page = page_of(loaded, page_id)
    if event := done_before(command_id, "record.page_saved", by, record=record_id, page=page.id):
        mask = mask_for(record, loaded, roles, by, at)
        return _saved_before(record, refs_of(event), mask)
    access.check(by, "record.save", record, roles)
    mask = mask_for(record, loaded, roles, by, at)
    row = statements.first(RecordPage, {"record_id": record.pk, "page": page.id})
    row = row or RecordPage(record=record, page=page.id, version=0)
    if not 0 <= seen_version <= row.version:
        raise refused("seen_version", "unknown_version", "There is no such version of this page")
    if seen_version < row.version and moved_since(record, page.id, seen_version):
        raise Stale(MOVED_SINCE)
    before, changed_since = json.loads(row.answers), seen_version < row.version
    kept = accepted(
        loaded,
        page,
        answers,
        record,
        before=as_seen(row, seen_version, before),
        beside=lambda: answers_of(record),
        mask=mask,
        listed=Listed(record, loaded),
        by=by,
        at=at,
    )
    sent = kept.answers
    if changed_since and sent != before:
        sent = merged(row, seen_version, sent, resolutions or {}, decided_on, mask)
        if broken := draft_problems(loaded, sent, page.id):
            # Two pages within their limits may together be over one.
            raise Refused([mask.told(problem, titles()) for problem in broken])
    text = canonical(sent)
    if text != row.answers:
        write(row, text, by=by, at=at, why=f"Saved “{page.title}”")
        append(
            record.case_id,
            "record.page_saved",
            by=by,
            at=at,
            refs={
                "case": str(record.case_id),
                "record": str(record.id),
                "page": page.id,
                "version": row.version,
                "seen": seen_version,
            },
            content={"changes": merge.changes(before, sent)},
            command_id=command_id,
        )
    statements.delete(Autosave, {"record_id": record.pk, "page": page.id, "user_id": by.pk})
    problems = tuple(mask.told(problem, titles()) for problem in kept.problems)
    return Saved(row.version, changed_since, mask.masked(sent), problems, kept.stayed)


@transaction.atomic
def abandon(
    record_id: UUID, *, why: str, by: User, at: datetime, command_id: UUID | None = None
) -> Record:
    """Give up a draft, with a reason; a reopened record goes back to what was signed.

    Raises Absent, NotAllowed, NotNow, Refused.
    """
    record, roles = locked_in_case(record_id, by, at)
    if done_before(command_id, "record.abandoned", by, record=record_id):
        return record
    access.check(by, "record.abandon", record, roles)
    if not why.strip():
        raise refused("why", "required", "Enter why the record is abandoned")
    named = {"record": str(record.pk), "why": why}
    asked(record.case, "record.abandon", named, by=by, roles=roles, at=at)
    revision, refs = record.revision, dict[str, Any]()
    if revision == 1:
        record.status = Status.ABANDONED
    else:
        pages = restore_signed(record, by=by, at=at, why=why)
        refs = {"back_to": record.revision, "pages": pages, "version": str(record.form_version_id)}
    record.changed_at = at
    keep(record, by=by, at=at, why=why)
    Autosave.objects.filter(record=record).delete()
    append(
        record.case_id,
        "record.abandoned",
        by=by,
        at=at,
        refs={
            "case": str(record.case_id),
            "record": str(record.id),
            "revision": revision,
            **refs,
        },
        content={"why": why},
        command_id=command_id,
    )
    return record


def _newest(form_key: str) -> FormVersion:
    """The newest version of a form, without its documents. Raises Refused."""
    form_row = statements.first(Form, {"key": form_key})
    if form_row is None or form_row.withdrawn_at is not None:
        raise refused("form_key", "unknown_code", f"No record starts on a form “{form_key}” now")
    version = statements.first(FormVersion, {"form_id": form_key}, newest="number", only=_SHOWN)
    if version is None:
        raise refused("form_key", "unknown_code", f"There is no published form “{form_key}”")
    return version


def _covered(case: Case, form: LoadedForm, subjects: Sequence[UUID]) -> list[UUID]:
    """Whom the record covers, each once: subjects of the case now, one if the form is per subject."""
    wanted = list(dict.fromkeys(subjects))
    if not wanted:
        raise refused("subjects", "required", "Choose who the record is about")
    if form.per == "subject" and len(wanted) > 1:
        raise refused(
            "subjects", "max_rows", f"Choose one person: {form.title} is written for each"
        )
    parts = statements.rows(CaseSubject, {"case_id": case.pk, "to_on": None})
    if not {part.person_id for part in parts}.issuperset(wanted):
        raise refused("subjects", "unknown_code", "Choose from the persons whom the case is about")
    return wanted


def _pages(
    form: LoadedForm, pages: Mapping[str, Mapping[str, Any]]
) -> list[tuple[Page, Mapping[str, Any]]]:
    """The pages named by id or key, with what was sent for each."""
    return [(page_of(form, page_id), answers) for page_id, answers in pages.items()]


def _begun(
    form: LoadedForm,
    first: Mapping[str, dict[str, Any]],
    saved: Mapping[str, Any],
    listed: Listed,
) -> dict[str, dict[str, Any]]:
    """What the pages that were not sent begin with: what is prefilled, and the rows that the case gives."""
    found = {}
    for page in form.pages:
        if page.id not in saved:
            answers = first.get(page.id, {})
            if whole := listed.kept(page, answers, {})[0]:
                found[page.id] = whole
    return found


def _together(sent: Sequence[tuple[Page, Any]]) -> dict[str, Any]:
    """What was sent for all pages as one."""
    return {
        key: value
        for _page, answers in sent
        if isinstance(answers, Mapping)
        for key, value in answers.items()
    }


def _saved_before(record: Record, refs: Mapping[str, Any], mask: Mask) -> Saved:
    """What the first sending of a command answered, but for rows that stayed."""
    version, seen = refs["version"], refs["seen"]
    row = RecordPage.history.get(record_id=record.pk, page=refs["page"], version=version)
    return Saved(version, seen < version - 1, mask.masked(json.loads(row.answers)))
