"""Moves an open record to a newer version of its form, and back, each in one transaction.

Nothing typed is lost: answers without a place in the other version stay readable beside the record,
what users had typed and not saved goes with them, and every mark stays on its answer. A move back
puts the earlier answers back exactly, with what was changed since on top of them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from casework.accounts.models import User
from casework.canonical import canonical
from casework.cases import access, merge
from casework.cases.actions import carrying
from casework.cases.actions.doors import done_before, locked_record, refs_of
from casework.cases.models import Autosave, Record, RecordMove, RecordPage, RecordSubject
from casework.cases.moved import last_move, may_be_undone
from casework.cases.unmasked import answers_on, pages_of
from casework.cases.writers import MOVED
from casework.ledger.append import append
from casework.people.keeping import keep
from casework.refusals import NotNow, refused
from formdefs.form import Form
from formdefs.migrate import Migrated, Told, apply, plan
from formdefs.migrate_plan import Plan
from formdefs.models import FormVersion
from formdefs.versions import form_of

NOT_UNDONE = "There is no move to a newer version that can still be undone."
_Pages = Mapping[str, Mapping[str, Any]]


@lru_cache(maxsize=64)
def plan_between(from_version: UUID, to_version: UUID) -> Plan:
    """The plan from one published version to another; kept, since neither changes."""
    return plan(form_of(from_version), form_of(to_version))


@transaction.atomic
def migrate_draft(
    record_id: UUID, *, to_version: UUID, by: User, at: datetime, command_id: UUID | None = None
) -> RecordMove:
    """Move an open record to a newer version of its form.

    Raises Absent, NotAllowed, NotNow (it is not open), Refused (no such version, or none for the
    persons that it covers).
    """
    record, roles = locked_record(record_id, by, at)
    if event := done_before(command_id, "record.migrated", by, record=record_id):
        return RecordMove.objects.get(pk=refs_of(event)["move"])
    access.check(by, "record.migrate", record, roles)
    was, to = _version(record.form_version_id), _target(record, to_version)
    step = _Move(record, was, to, by=by, at=at)
    return step.carry_out(step.forward, "record.migrated", command_id)


@transaction.atomic
def undo_migration(
    record_id: UUID, *, by: User, at: datetime, command_id: UUID | None = None
) -> RecordMove:
    """Move a record back to where its newest move came from; what was changed since is kept.

    Raises Absent, NotAllowed, NotNow (nothing to undo, or it was submitted since).
    """
    record, roles = locked_record(record_id, by, at)
    if event := done_before(command_id, "record.migration_undone", by, record=record_id):
        return RecordMove.objects.get(pk=refs_of(event)["move"])
    access.check(by, "record.migrate", record, roles)
    move = last_move(record)
    if move is None or not may_be_undone(record, move):
        raise NotNow(NOT_UNDONE)
    was, to = _version(move.to_version_id), _version(move.from_version_id)
    step = _Move(record, was, to, by=by, at=at, undoes=move)
    move.stands = False
    move.save(update_fields=["stands"])
    return step.carry_out(step.back, "record.migration_undone", command_id)


def note_restored(
    record: Record, version: UUID, laid: Mapping[str, Sequence[int]], *, by: User, at: datetime
) -> None:
    """Note that an abandoned revision's record is back on the version that was signed.

    `laid`: versions of its pages before and after. What moves since have left without a place was
    not part of what was signed, and is shown no longer.
    """
    if version == record.form_version_id:
        return
    number = _next(record)
    RecordMove.objects.filter(record=record).update(stands=False)
    RecordMove.objects.create(
        record=record,
        number=number,
        from_version_id=record.form_version_id,
        to_version_id=version,
        pages=canonical({page: list(pair) for page, pair in laid.items()}),
        moved_at=at,
        moved_by=by,
    )
    record.form_version_id = version


@transaction.atomic
def keep_earlier_typing(
    record_id: UUID,
    page_id: str,
    answers: Mapping[str, Any],
    *,
    version: UUID,
    base_version: int,
    by: User,
    at: datetime,
) -> None:
    """Keep, as autosaves, what a user typed on a page of an earlier version of the form.

    The page was open while the record was moved. `version`: the form version of that page;
    `page_id`: its permanent id there. What the newer version has no place for stays readable beside
    the record. Raises Absent, NotAllowed, NotNow, Refused.
    """
    record, roles = locked_record(record_id, by, at)
    access.check(by, "record.save", record, roles)
    found = left_on(record, version)
    if found is None:
        raise refused("version", "unknown_code", "This record was never on that version")
    left, stood = found
    old, new = form_of(version), form_of(record.form_version_id)
    laid = json.loads(left.pages)
    way = plan_between(version, record.form_version_id)
    fresh = left == last_move(record) and base_version == laid.get(page_id, [0])[0]
    typed = carrying.typing_in(
        by, at, {page_id: answers}, stood, old, lambda pages: apply(way, pages), stale=not fresh
    )
    after = {page: versions[1] for page, versions in laid.items()}
    carrying.add_typing(record, new, typed, after if fresh else {}, at)
    if typed.orphans:
        marks, who = carrying.marks_at(record, old), {"typed_by": str(by.uid)}
        orphans = [_orphan(old, one, marks) | who for one in typed.orphans]
        number = _next(record)
        refs = {"case": str(record.case_id), "record": str(record.id), "move": number}
        content = {"orphans": orphans, "converted": []}
        event = append(
            record.case_id, "record.typing_left_over", by=by, at=at, refs=refs, content=content
        )
        RecordMove.objects.create(
            record=record,
            number=number,
            from_version_id=version,
            to_version_id=record.form_version_id,
            content=event.content,
            moved=False,
            moved_at=at,
            moved_by=by,
        )


class _Move:
    """One move under way."""

    def __init__(
        self,
        record: Record,
        was: FormVersion,
        to: FormVersion,
        *,
        by: User,
        at: datetime,
        undoes: RecordMove | None = None,
    ) -> None:
        self.record, self.was, self.to = record, was, to
        self.by, self.at, self.undoes = by, at, undoes
        self.old, self.new = form_of(was.pk), form_of(to.pk)
        self.rows = pages_of(record)
        self.stored = {page: answers_on(row) for page, row in self.rows.items()}

    def forward(self, pages: _Pages) -> Migrated:
        """Answers by page on the newer version."""
        return apply(plan_between(self.was.pk, self.to.pk), pages)

    def back(self, pages: _Pages) -> Migrated:
        """Answers by page on the earlier version: as they were, with what has changed since."""
        assert self.undoes is not None
        way = plan_between(self.was.pk, self.to.pk)
        laid = json.loads(self.undoes.pages)
        earlier, later = (_as_laid(self.record, laid, side) for side in (0, 1))
        untouched, now = apply(way, later), apply(way, pages)
        answers = _merged(_flat(untouched.pages), _flat(earlier), _flat(now.pages))
        known = {(one.old_path, _text(one.before)) for one in untouched.orphans}
        told = [
            one
            for one in now.told
            if one.kind != "orphaned" or (one.old_path, _text(one.before)) not in known
        ]
        return replace(now, pages=_by_page(self.new, answers), told=tuple(told))

    def carry_out(self, way: carrying.Way, kind: str, command_id: UUID | None) -> RecordMove:
        """Write it all: pages, typing, marks, the record, the event."""
        record = self.record
        done = way(self.stored)
        marks = carrying.marks_at(record, self.old)
        typing = carrying.typing_of(record, self.old, way, self.rows, self.stored)
        before = {page: row.version for page, row in self.rows.items()}
        record.form_version_id = self.to.pk
        Autosave.objects.filter(record=record).delete()
        versions = self._lay(done.pages)
        for typed in typing:
            carrying.keep_typing(record, self.new, typed, {} if typed.stale else versions, self.at)
        keep(record, by=self.by, at=self.at, why=self._why)
        laid = {page: [before.get(page, 0), version] for page, version in versions.items()}
        move = RecordMove(
            record=record,
            number=_next(record),
            from_version_id=self.was.pk,
            to_version_id=self.to.pk,
            undoes=self.undoes,
            pages=canonical(laid),
            moved_at=self.at,
            moved_by=self.by,
        )
        event = append(
            record.case_id,
            kind,
            by=self.by,
            at=self.at,
            refs={
                "case": str(record.case_id),
                "record": str(record.id),
                "move": str(move.id),
                "from": self.was.number,
                "to": self.to.number,
                "version": str(self.to.pk),
                "pages": versions,
            },
            content=self._content(done, typing, marks),
            command_id=command_id,
        )
        move.content = event.content
        move.save(force_insert=True)
        carrying.carry_marks(record, self.old, done, marks, by=self.by, at=self.at)
        carrying.carry_sources(record, self.old, done)
        return move

    @property
    def _why(self) -> str:
        return f"{MOVED}{self.to.number}"

    def _lay(self, pages: _Pages) -> dict[str, int]:
        """Write the next version of every page. Who saved last stays who saved last."""
        newest = max(self.rows.values(), key=lambda row: row.saved_at, default=None)
        for page in dict.fromkeys((*self.rows, *pages)):
            row = self.rows.get(page)
            if row is None:
                row = RecordPage(record=self.record, page=page, version=0)
                row.saved_by = newest.saved_by if newest else self.by
                row.saved_at = newest.saved_at if newest else self.at
                self.rows[page] = row
            row.version += 1
            row.answers = canonical(dict(pages.get(page, {})))
            keep(row, by=self.by, at=self.at, why=self._why)
        return {page: row.version for page, row in self.rows.items()}

    def _content(
        self, done: Migrated, typing: Sequence[carrying.Typing], marks: carrying.Marks
    ) -> dict[str, Any] | None:
        """What the move says of answers: those converted, and those without a place."""
        orphans = [_orphan(self.old, one, marks) for one in done.orphans]
        for typed in typing:
            who = {"typed_by": str(typed.user.uid)}
            orphans += [_orphan(self.old, one, marks) | who for one in typed.orphans]
        converted = [
            {
                "question": one.question,
                "label": one.label,
                "old_path": list(one.old_path),
                "path": list(one.path or ()),
                "before": one.before,
                "after": one.after,
                "says": one.says,
                "marks": list(marks(one.old_path)),
            }
            for one in done.told
            if one.kind == "converted"
        ]
        return {"orphans": orphans, "converted": converted} if orphans or converted else None


def _orphan(old: Form, one: Told, marks: carrying.Marks) -> dict[str, Any]:
    question = old.questions.get(one.question)
    hidden = isinstance(one.before, Mapping) and one.before.get("protected") is True
    return {
        "question": one.question,
        "label": one.label,
        "path": list(one.old_path),
        "value": one.before,
        "says": one.says,
        "protected": bool(hidden or (question and question.protected)),
        "marks": list(marks(one.old_path)),
    }


def _as_laid(
    record: Record, laid: Mapping[str, Sequence[int]], side: int
) -> dict[str, dict[str, Any]]:
    """The pages as they stood before (0) or after (1) a move that laid them so."""
    wanted = {page: versions[side] for page, versions in laid.items()}
    rows = RecordPage.history.filter(record_id=record.pk, page__in=wanted)
    return {row.page: json.loads(row.answers) for row in rows if row.version == wanted[row.page]}


def left_on(record: Record, version: UUID) -> tuple[RecordMove, carrying.Pages] | None:
    """The newest move that took a record from a version, and its pages as they stood then; or None."""
    moves = RecordMove.objects.filter(record=record, moved=True, from_version=version)
    left = moves.order_by("-number").first()
    return None if left is None else (left, _as_laid(record, json.loads(left.pages), 0))


def _version(version_id: UUID) -> FormVersion:
    return FormVersion.objects.only("id", "form_id", "number").get(pk=version_id)


def _target(record: Record, version_id: UUID) -> FormVersion:
    """The version to move to. Raises Refused."""
    was = _version(record.form_version_id)
    versions = FormVersion.objects.only("id", "form_id", "number")
    to = versions.filter(pk=version_id, form=was.form_id).first()
    if to is None:
        raise refused("to_version", "unknown_code", "There is no such version of this form")
    if to.number <= was.number:
        says = f"This record is on version {was.number} already"
        raise refused("to_version", "not_newer", says)
    covered = RecordSubject.objects.filter(record=record).count()
    if form_of(to.pk).per == "subject" and covered > 1:
        says = "This record is about several people, and the new version is written for each"
        raise refused("to_version", "max_rows", says)
    return to


def _next(record: Record) -> int:
    last = RecordMove.objects.filter(record=record).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _flat(pages: _Pages) -> dict[str, Any]:
    return {key: value for answers in pages.values() for key, value in answers.items()}


def _by_page(form: Form, answers: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    pages = {
        page.id: {key: answers[key] for key in page.answered if key in answers}
        for page in form.pages
    }
    return {page: held for page, held in pages.items() if held}


def _merged(
    base: Mapping[str, Any], earlier: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[str, Any]:
    """The earlier answers with what has changed since; where both differ, what was typed later."""
    first = merge.merge(base, earlier, now)
    later = {".".join(conflict.path): "mine" for conflict in first.conflicts}
    return merge.merge(base, earlier, now, later).answers if later else first.answers


def _text(value: Any) -> str:
    return canonical({"value": value})
