"""A record as one user may read it: the door through which every face reads answers.

Rules run on all answers, so that a form shows the same questions to everybody; what is told goes
through the record's mask (casework.cases.masking). Nothing here gives an answer that may not be seen.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from casework import statements
from casework.accounts import marks as sights
from casework.accounts.models import User
from casework.canonical import canonical, sha256
from casework.cases import unmasked
from casework.cases.actions.autosaving import TYPED
from casework.cases.facts import facts_at
from casework.cases.incoming import described
from casework.cases.listed import Listed
from casework.cases.marks import mask_for
from casework.cases.masking import Answers, Mask, Withheld, said
from casework.cases.models import (
    DECIDED,
    Autosave,
    Record,
    RecordPage,
    Snapshot,
    Status,
    Upload,
)
from casework.cases.running.loading import type_of
from casework.cases.seen import Seen
from casework.cases.seen_files import withheld_files
from casework.cases.submitting import occurred
from casework.cases.unmasked import Altered as Altered
from casework.cases.unmasked import Revision
from casework.cases.unmasked import Signature as Signature
from casework.cases.unmasked import form as form
from casework.cases.unmasked import signatures_on as signatures_on
from casework.cases.work import TaskSeen, seen_tasks
from casework.clock import london_day
from formdefs.answers import problems_in
from formdefs.form import Form, Page, Path
from formdefs.places import rows
from formdefs.state import Facts, effective_in, evaluate_form
from formdefs.structure import Problem
from formdefs.versions import form_of

_AS_SUBMITTED = (Status.SUBMITTED, *DECIDED)


@dataclass(frozen=True)
class PageRead:
    """One saved page as its reader sees it."""

    page: str
    version: int
    answers: Mapping[str, Any]
    saved_at: datetime
    row: Any  # whose `saved_by` is read from the database where it is shown

    @property
    def saved_by(self) -> User:
        """Who saved it last."""
        user: User = self.row.saved_by
        return user


@dataclass(frozen=True)
class Typing:
    """What the reader has typed on one page and not saved. inputs: those that no answer holds."""

    base_version: int
    saved_at: datetime
    answers: dict[str, Any]
    inputs: dict[str, list[str]]


@dataclass(frozen=True)
class Submitted:
    """A submission as its reader sees it; `document` has their answers, `withheld` what it has not."""

    revision: Revision
    document: Mapping[str, Any]
    state: Seen
    withheld: list[Withheld]


class Reading:
    """A record, who reads it, in which roles, and when. Everything is read once."""

    def __init__(
        self,
        record: Record,
        roles: frozenset[str],
        user: User,
        at: datetime,
        *,
        form: Form | None = None,
    ) -> None:
        """`form`: the record's version in the language of who reads it; its own if not given."""
        self.record, self.roles, self.user, self.at = record, roles, user, at
        self.form: Form = form or unmasked.form(record)
        self.facts: Facts = facts_at(at, self.form)

    @cached_property
    def mask(self) -> Mask:
        """What this reader does not see of the record."""
        return mask_for(self.record, self.form, self.roles, self.user, self.at)

    @cached_property
    def finishes(self) -> bool:
        """Whether submitting the record finishes it: its case type asks no signature of its form."""
        return not type_of(self.record.case).chain(self.form.key)

    @cached_property
    def listed(self) -> Listed:
        """The rows that its case gives to the record."""
        return Listed(self.record, self.form)

    @cached_property
    def actions(self) -> dict[str, TaskSeen]:
        """The actions that the record, a review, lists, by row, as its reader may know them."""
        seen = seen_tasks(self.listed.tasks.values(), self.user, self.at)
        return {one.task.row: one for one in seen}

    @cached_property
    def mark_titles(self) -> dict[str, str]:
        """What the marks are called, by key."""
        return sights.titles()

    @cached_property
    def rows(self) -> Mapping[str, PageRead]:
        """The saved pages by page id."""
        return {
            page: PageRead(
                page,
                row.version,
                self.mask.masked(self._filled(page, unmasked.answers_on(row))),
                row.saved_at,
                row,
            )
            for page, row in self._stored.items()
        }

    @cached_property
    def answers(self) -> dict[str, Any]:
        """All answers as saved."""
        return self.mask.masked(self._whole)

    @cached_property
    def state(self) -> Seen:
        """The form worked out over the answers as saved."""
        return Seen(evaluate_form(self.form, self._whole, self.facts), self.mask)

    def state_with(self, answers: Answers) -> Seen:
        """The form worked out over the answers as saved, some of them (of whole pages) replaced."""
        if all(self.answers.get(key) == value for key, value in answers.items()):
            return self.state
        pages = [page for page in self.form.pages if {*page.answered} & {*answers}]
        keys = {key for page in pages for key in page.answered}
        before = {key: value for key, value in self._whole.items() if key in keys}
        whole = {**self._whole, **self.mask.restored(answers, before).answers}
        return Seen(evaluate_form(self.form, whole, self.facts), self.mask)

    @cached_property
    def counted(self) -> dict[str, Any]:
        """The answers that count: nothing hidden, calculated ones filled in."""
        return effective_in(self.state)

    def counting(self) -> dict[str, Any]:
        """`answers` that count and what was `set_aside`: as submitted while the record waits or is
        signed, otherwise as typed so far, with nothing set aside. Raises Altered.
        """
        snapshot = self.newest() if self.record.status in _AS_SUBMITTED else None
        if snapshot:
            document = self.document_of(snapshot)
            return {"answers": document["answers"], "set_aside": document.get("set_aside", [])}
        return {"answers": self.counted, "set_aside": []}

    @cached_property
    def on(self) -> date:
        """The day that code lists are read on: when what the record tells of happened, or today."""
        counted = effective_in(self.state.whole)
        return london_day(occurred(self.form, counted) or self.at)

    @cached_property
    def problems(self) -> list[Problem]:
        """All that keeps the record from being submitted now, and warnings, as this reader is told."""
        found = problems_in(self.state.whole, self.on)
        titles = {row: one.title for row, one in self.actions.items()}
        left = self.listed.unjudged(
            effective_in(self.state.whole), titles, {problem.path for problem in found}
        )
        return self.told([*found, *left])

    def told(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems without what may not be seen."""
        found = list(problems)
        if not found or not self.mask.hidden:
            return found
        return list(dict.fromkeys(self.mask.told(problem, self.mark_titles) for problem in found))

    def why_withheld(self, path: Path) -> str:
        """Why something may not be seen: "marked Police information"; "" if it may."""
        marks = self.mask.withheld(path)
        return said(marks, self.mark_titles) if marks else ""

    def marked(self, path: Path) -> str:
        """Which marks lie right on what the reader sees at a path, in words; "" if none does."""
        marks = self.mask.lying_at(path)
        return said(marks, self.mark_titles) if marks else ""

    @cached_property
    def withheld(self) -> list[Withheld]:
        """What is answered in the record as it stands and this reader may not see."""
        if not self.mask.hidden:
            return []
        snapshot = self.newest() if self.record.status in _AS_SUBMITTED else None
        return self.withheld_in(snapshot) if snapshot else self.mask.held_back(self._whole)

    def withheld_on(self, page: Page) -> list[Withheld]:
        """What is answered on a page as saved and this reader may not see."""
        row = self._stored.get(page.id)
        return self.mask.held_back(unmasked.answers_on(row)) if row else []

    def rows_withheld(self, path: Path, held: Sequence[Withheld] | None = None) -> list[str]:
        """How many rows of a repeat may not be seen, and for which marks: a sentence for each.

        held: what is withheld, that of the record as it stands if not given.
        """
        counted: dict[tuple[str, ...], int] = {}
        for one in self.withheld if held is None else held:
            if one.path[:-1] == path:
                counted[one.marks] = counted.get(one.marks, 0) + 1
        return [
            f"{number} {'row' if number == 1 else 'rows'} withheld: {said(marks, self.mark_titles)}"
            for marks, number in counted.items()
        ]

    def page_answers(self, page: Page) -> dict[str, Any]:
        """The answers of one page as saved, with every row that its case gives it by now."""
        if page.id in self.rows:
            return dict(self.rows[page.id].answers)
        return self.mask.masked(self.listed.filled({}, page))

    def row_title(self, path: Path) -> str:
        """What a row that the case gives is called: the action's title, the person's name; "" for others."""
        use = self.listed.use
        if len(path) != 2:
            return ""
        if use.judges and path[0] == use.judges["repeat"]:
            action = self.actions.get(path[1])
            return action.title if action else ""
        if use.bound and path[0] == use.bound[0] and not self.mask.withheld((*path, use.bound[1])):
            row = dict(rows(self.answers.get(path[0]))).get(path[1], {})
            return str((row.get(use.bound[1]) or {}).get("name", ""))
        return ""

    def own_part(self, answers: Answers, person: UUID) -> dict[str, Any]:
        """Answers as the copy of one person holds them: what all share, and of the rows that the case gives
        theirs alone. Raises Absent where the form has no row for each, or the record does not cover them.
        """
        own = self.listed.own(person, self._whole)
        kept = {name: value for name, value in answers.items() if name not in own}
        for name in own.keys() & answers.keys():
            theirs = [row for row_id, row in rows(answers[name]) if row_id in own[name]]
            kept |= {name: theirs} if theirs else {}
        return kept

    def own_view(self, person: UUID) -> tuple[dict[str, Any], str]:
        """The view of one person, as this reader may see it, and its digest: the SHA-256 of its canonical
        JSON, by which a copy can be checked. Raises as `own_part`, Altered.
        """
        snapshot = self.newest() if self.record.status in _AS_SUBMITTED else None
        view = {
            "record": str(self.record.pk),
            "form": self.form.key,
            "version": str(self.record.form_version_id),
            "revision": self.record.revision,
            "submission": str(snapshot.pk) if snapshot else None,
            "subject": str(person),
            "answers": self.own_part(self.counting()["answers"], person),
        }
        return view, sha256(canonical(view))

    def version(self, page: Page) -> int:
        """The page's version as saved: 0 if it never was."""
        row = self._stored.get(page.id)
        return row.version if row else 0

    @cached_property
    def autosaves(self) -> Mapping[str, Typing]:
        """What this user has typed and not saved, by page id."""
        kept = statements.rows(Autosave, {"record_id": self.record.pk, "user_id": self.user.pk})
        return {autosave.page: self._typing(autosave) for autosave in kept}

    @cached_property
    def files(self) -> dict[str, dict[str, Any]]:
        """Every file stored with the record that may be seen, as answers describe it, by id."""
        uploads = Upload.objects.filter(record=self.record)
        hidden = withheld_files(self.mask, self.record, uploads, self.user)
        return {str(upload.pk): described(upload) for upload in uploads if upload.pk not in hidden}

    def newest(self, revision: int | None = None) -> Snapshot | None:
        """The last submission, with its agreements, in two queries."""
        rows = Snapshot.objects.filter(record=self.record.pk)
        if revision is not None:
            rows = rows.filter(revision=revision)
        rows = rows.select_related("submitted_by")
        rows = rows.prefetch_related("agreements__recorded_by")
        found = rows.order_by("-revision", "-attempt").first()
        if found:
            found.record = self.record
        return found

    def submission(self, snapshot: Snapshot) -> Submitted:
        """One submission. Raises Altered."""
        document, given = unmasked.document_of(snapshot), signatures_on(snapshot)
        return self._submitted(Revision(snapshot, document, given))

    def revision(self, number: int) -> Submitted:
        """The last submission of a revision. Raises Absent if it was never submitted, Altered."""
        return self._submitted(unmasked.revision(self.record, number))

    def document_of(self, snapshot: Snapshot) -> dict[str, Any]:
        """What was submitted, its digest checked, without what may not be seen. Raises Altered."""
        document = unmasked.document_of(snapshot)
        return self._mask_of(document).masked_document(document)

    def withheld_in(self, snapshot: Snapshot) -> list[Withheld]:
        """What was answered in a submission and may not be seen."""
        document = unmasked.document_of(snapshot)
        return self._mask_of(document).held_back_in(document)

    def _mask_of(self, document: Mapping[str, Any]) -> Mask:
        """The mask for a submission, which may be on an earlier version of the form."""
        version = UUID(document["version"])
        return (
            self.mask
            if version == self.record.form_version_id
            else self.mask.on(form_of(version, self.form.language))
        )

    @cached_property
    def _stored(self) -> Mapping[str, RecordPage]:
        found = statements.rows(RecordPage, {"record_id": self.record.pk})
        for row in found:
            if row.saved_by_id == self.user.pk:
                row.saved_by = self.user  # whose name is known; another's is read where it shows
        return {row.page: row for row in found}

    @cached_property
    def _whole(self) -> dict[str, Any]:
        return self.listed.filled(unmasked.joined(self._stored))

    def _filled(self, page_id: str, answers: Answers) -> dict[str, Any]:
        """A page with the rows that its case gives it; as it is where the form has no such page now."""
        page = next((page for page in self.form.pages if page.id == page_id), None)
        return self.listed.filled(answers, page) if page else dict(answers)

    def _typing(self, autosave: Autosave) -> Typing:
        answers = json.loads(autosave.answers)
        inputs = answers.pop(TYPED, {})
        seen = {name: typed for name, typed in inputs.items() if self._may_show_input(name)}
        masked = self.mask.masked(self._filled(autosave.page, answers))
        return Typing(autosave.base_version, autosave.saved_at, masked, seen)

    def _may_show_input(self, name: str) -> bool:
        """Whether an input's question, which its name begins with, may be seen."""
        path = tuple(name.split("."))
        while path and self.form.find(path) is None:
            path = path[:-1]
        return not self.mask.withheld(path) if path else not self.mask.hidden

    def _submitted(self, found: Revision) -> Submitted:
        mask = self._mask_of(found.document)
        facts = facts_at(found.snapshot.submitted_at, mask.form)
        state = Seen(evaluate_form(mask.form, found.document["answers"], facts), mask)
        document = mask.masked_document(found.document)
        shown = Revision(found.snapshot, document, found.signatures)
        return Submitted(shown, document, state, mask.held_back_in(found.document))
