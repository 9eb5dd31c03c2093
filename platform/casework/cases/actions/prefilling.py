"""Copies first values into a new record, and again when its user asks: never in silence.

The source is only read. What was copied is told in `Prefill` rows and in the case's events.
"""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework import statements
from casework.accounts.models import User
from casework.canonical import canonical
from casework.cases import access, merge
from casework.cases.actions.doors import done_before, locked_record, refs_of
from casework.cases.actions.marking import carry
from casework.cases.actions.pages import page_of, write
from casework.cases.facts import facts_at
from casework.cases.marks import mask_for
from casework.cases.masking import path_of
from casework.cases.models import Prefill, Record, RecordPage
from casework.cases.prefilled import Offer, Place, offers, prefills_of
from casework.cases.prefilling import sources_for
from casework.cases.unmasked import answers_of, form
from casework.clock import london_day
from casework.ledger.append import append
from casework.refusals import Refused, Stale
from formdefs.answers import draft_problems
from formdefs.form import Form, Page, Path, Question, Repeat
from formdefs.places import rows
from formdefs.prefill import Given, Sources, given
from formdefs.state import evaluate_form

WHY_AGAIN = "Taken again from where it was prefilled"
CHANGED = "Somebody else has changed this page since you opened it. Look at it again, then choose."


@dataclass
class First:
    """What a new record begins with: answers by page id, and where each came from."""

    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    given: list[tuple[Place, Given]] = field(default_factory=list)


def first_answers(form: Form, sources: Sources, *, but: Collection[str], at: datetime) -> First:
    """Work out what a new record begins with. but: ids of pages that were sent filled in.

    A value that its question does not take is left out. A page that is begun so also has its
    defaults, as it would have when it is opened.
    """
    first = First()
    for node in form.prefilled:
        if node.page in but:
            continue
        for value in given(node, sources):
            answers = first.pages.setdefault(node.page, {})
            if isinstance(node, Question):
                answers[node.key] = value.value
                first.given.append(((node.id,), value))
            elif len(answers.get(node.key, ())) < node.max_rows:
                row_id = secrets.token_hex(5)
                answers.setdefault(node.key, []).append({"_id": row_id, **value.value})
                first.given.append(((node.id, row_id), value))
    for page_id in list(first.pages):
        _drop_what_is_refused(form, page_id, first, at)
        if first.pages[page_id]:
            _add_defaults(form, form.page(page_id), first.pages[page_id], at)
        else:
            del first.pages[page_id]
    return first


def note_prefilled(
    record: Record, copied: Sequence[tuple[Place, Given]], *, by: User, at: datetime
) -> None:
    """Write beside the record where each value came from."""
    for place, value in copied:
        origin = value.origin
        statements.insert(
            Prefill(
                record=record,
                question=place[0],
                rows=".".join(place[1:]),
                source=origin.kind,
                snapshot_id=UUID(origin.snapshot) if origin.snapshot else None,
                person_id=UUID(origin.id) if origin.kind == Prefill.PERSON else None,
                source_question=value.question,
                source_row=value.row,
                source_at=origin.at,
                signed=origin.signed,
                value=canonical(value.value),
                at=at,
                by=by,
            )
        )


def carry_marks(
    record: Record, form: Form, copied: Sequence[tuple[Place, Given]], *, by: User, at: datetime
) -> None:
    """Put on each copy the marks that lie on its source."""
    for place, value in copied:
        whole = path_of(form, (place[0], place[1:]))
        for part, marks in value.marks.items():
            if whole and marks:
                carry(record, (*whole, part) if part else whole, marks, by=by, at=at)


def as_told(copied: Sequence[tuple[Place, Given]]) -> list[dict[str, Any]]:
    """What an event's content says of copied values: ids and times."""
    return [
        {
            "place": list(place),
            "source": value.origin.kind,
            "id": value.origin.id,
            "snapshot": value.origin.snapshot or None,
            "question": value.question,
            "row": value.row or None,
        }
        for place, value in copied
    ]


@transaction.atomic
def refresh(
    record_id: UUID,
    page_id: str,
    *,
    paths: Collection[str] | None,
    seen_version: int,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> int:
    """Take again what the sources of a page say now; return the page's version.

    paths: of the questions and rows to take, joined with dots; of a repeat, to add the rows that its
    source has more; None takes all that is offered. What is not offered any more is passed over.
    Raises Absent, NotAllowed, NotNow; Stale unless `seen_version` is what stands; Refused.
    """
    record, roles = locked_record(record_id, by, at)
    loaded = form(record)
    page = page_of(loaded, page_id)
    if event := done_before(command_id, "record.refreshed", by, record=record_id, page=page.id):
        return int(refs_of(event)["version"])
    access.check(by, "record.save", record, roles)
    row = statements.first(RecordPage, {"record_id": record.pk, "page": page.id})
    row = row or RecordPage(record=record, page=page.id, version=0)
    if seen_version != row.version:
        raise Stale(CHANGED)
    wanted = [
        offer
        for offer in offered(record, loaded, by=by, at=at)
        if offer.node.page == page.id and (paths is None or ".".join(offer.path) in paths)
    ]
    if not wanted:
        return row.version
    before = json.loads(row.answers)
    after, copied = _taken(before, wanted)
    if problems := draft_problems(loaded, after, page.id):
        raise Refused(problems)
    write(row, canonical(after), by=by, at=at, why=WHY_AGAIN)
    note_prefilled(record, copied, by=by, at=at)
    append(
        record.case_id,
        "record.refreshed",
        by=by,
        at=at,
        refs={
            "case": str(record.case_id),
            "record": str(record.id),
            "page": page.id,
            "version": row.version,
        },
        content={"changes": merge.changes(before, after), "prefilled": as_told(copied)},
        command_id=command_id,
    )
    carry_marks(record, loaded, copied, by=by, at=at)
    return row.version


def offered(record: Record, loaded: Form, *, by: User, at: datetime) -> list[Offer]:
    """What the record's sources say now that it does not, for a user who sees its case.

    Nothing of the sources, and nothing of the record, that is withheld from them.
    """
    if not loaded.prefilled:
        return []
    covered = list(record.covers.order_by("pk").values_list("person_id", flat=True))
    sources = sources_for(loaded, record.case, covered, by=by, at=at, leave_out=record.pk)
    found = offers(loaded, answers_of(record), prefills_of(record), sources)
    mask = mask_for(record, loaded, None, by, at) if found else None
    return [
        replace(offer, was=mask.masked_at(offer.path, offer.was))
        for offer in found
        if mask and not mask.withheld(offer.path)
    ]


def _taken(
    before: Mapping[str, Any], wanted: Sequence[Offer]
) -> tuple[dict[str, Any], list[tuple[Place, Given]]]:
    after = dict(before)
    copied: list[tuple[Place, Given]] = []
    for offer in wanted:
        key, value = offer.node.key, offer.given.value
        if isinstance(offer.node, Question):
            after[key] = value
            copied.append(((offer.node.id,), offer.given))
            continue
        row_id = secrets.token_hex(5) if offer.is_new_row else offer.path[1]
        copied.append(((offer.node.id, row_id), offer.given))
        if offer.is_new_row:
            after[key] = [*(after.get(key) or []), {"_id": row_id, **value}]
            continue
        gone = dict.fromkeys((offer.was or {}).keys() - value.keys())
        after[key] = [
            {k: v for k, v in {**row, **value}.items() if k not in gone}
            if row["_id"] == row_id
            else row
            for row in after[key]
        ]
    return after, copied


def _drop_what_is_refused(form: Form, page_id: str, first: First, at: datetime) -> None:
    """Leave out each value that its question does not take; the rest stays."""
    answers = first.pages[page_id]
    for problem in draft_problems(form, answers, page_id, london_day(at)):
        path: Path = problem.path
        holder: Any = answers
        if len(path) > 2:
            holder = dict(rows(answers.get(path[0]))).get(path[1], {})
            holder.pop(path[2], None)
        else:
            holder.pop(path[0], None)
    kept = []
    nodes: dict[str, Question | Repeat] = {**form.questions, **form.repeats}
    for place, value in first.given:
        node = nodes[place[0]]
        if node.page == page_id and not _stands(node, answers, place, value):
            continue
        kept.append((place, value))
    first.given = kept


def _stands(
    node: Question | Repeat, answers: Mapping[str, Any], place: Place, value: Given
) -> bool:
    if isinstance(node, Question):
        return node.key in answers
    row = dict(rows(answers.get(node.key))).get(place[1])
    if row is None:
        return False
    for key in [key for key in value.value if key not in row]:
        value.value.pop(key)
    return True


def _add_defaults(form: Form, page: Page, answers: dict[str, Any], at: datetime) -> None:
    lacking = [
        node
        for key, node in page.answered.items()
        if isinstance(node, Question) and node.default is not None and key not in answers
    ]
    if not lacking:
        return
    state = evaluate_form(form, answers, facts_at(at, form))
    for node in lacking:
        value = state.default(node)
        if value is not None:
            answers[node.key] = value
