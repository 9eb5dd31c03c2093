"""What of a record about one subject may be copied into another's: permitted sections, nothing marked.

The source is what was submitted and waits for its signature, or was signed: never a draft. The case
type names the sections. Neither what is marked in the source, in whole or in any part of a row, nor
what lies under a mark in the target is ever copied; nor files, signatures, what is worked out, nor
what the form takes from the person's own details.
"""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.accounts.models import User
from casework.cases import access
from casework.cases.masking import Mask
from casework.cases.models import EDITABLE, Autosave, Case, CaseSubject, Prefill, Record
from casework.cases.prefilled import Place, prefills_of
from casework.cases.prefilling import newest_of
from casework.cases.running.loading import type_of
from casework.people.models import Person
from formdefs.answers import draft_problems
from formdefs.form import Form, Page, Path, Question, Repeat, Section
from formdefs.places import rows
from formdefs.prefill import NEVER, Given, SourceRecord

NEW, SAME, OTHER = "new", "same", "other"


@dataclass(frozen=True)
class Copyable:
    """One answer, or one row, that may be copied.

    node: in the target's form; given: the value, with where it comes from; now: what stands there
    (of a row: None, it is added); state: nothing is there, the same, or something else.
    """

    node: Question | Repeat
    given: Given
    now: Any
    state: str

    @property
    def path(self) -> str:
        """By which it is named where it would change something that is there."""
        return (
            self.node.key
            if isinstance(self.node, Question)
            else f"{self.node.key}.{self.given.row}"
        )


def sections_of(record: Record, form: Form) -> list[Section | Page]:
    """The sections and pages of a record's form that its case type lets be copied, in their order."""
    keys = permitted(record.case, form.key)
    return [part for part in _parts(form) if part.key in keys] if keys else []


def permitted(case: Case, form_key: str) -> tuple[str, ...]:
    """The keys of the sections of a form that the case's type lets be copied."""
    return type_of(case).use(form_key).copy


def others_in(record: Record) -> list[Person]:
    """The subjects of the case now whom a record about one of them does not cover; () for any other."""
    covered = set(record.covers.values_list("person_id", flat=True))
    if len(covered) != 1:
        return []
    parts = CaseSubject.objects.filter(case=record.case_id, to_on=None).select_related("person")
    return [part.person for part in parts.order_by("pk") if part.person_id not in covered]


def target_of(record: Record, person_id: UUID) -> Record | None:
    """The newest unfinished record on the same form about that person alone, to copy into."""
    found = Record.objects.filter(
        case=record.case_id,
        form_version__form=record.form_version.form_id,
        status__in=[status.value for status in EDITABLE],
        covers__person=person_id,
    ).exclude(pk=record.pk)
    for one in found.select_related("form_version", "case").defer(
        *access.documents_of("form_version")
    ).order_by("-started_at", "-id"):  # fmt: skip
        if one.covers.count() == 1:
            return one
    return None


def source_of(record: Record, by: User, at: datetime) -> SourceRecord | None:
    """What was submitted of a record, as its reader sees it; None if it is a draft."""
    return newest_of(record, by, at)


def typing_on(target: Record, by: User) -> set[str]:
    """The pages of a record on which a user has typed something that they have not saved."""
    return set(Autosave.objects.filter(record=target, user=by).values_list("page", flat=True))


def copyables(
    source: SourceRecord,
    form: Form,
    sections: Collection[str],
    *,
    answers: Mapping[str, Any],
    mask: Mask | None,
    prefills: Mapping[Place, Prefill],
) -> list[Copyable]:
    """All that may be copied, in the order of the target's form.

    answers, mask, prefills: of the target as its reader sees it; empty for one that is not started.
    """
    own = {node.id: node for part in _parts(source.form) if part.key in sections
           for node in _answered(part)}  # fmt: skip
    found: list[Copyable] = []
    for node in form.answered.values():
        asked = own.get(node.id)
        if asked is None or type(asked) is not type(node) or (mask and mask.marks((node.key,))):
            continue
        take = _of_repeat if isinstance(node, Repeat) else _of_question
        found += take(node, asked, source, answers.get(node.key), prefills)  # type: ignore[arg-type]
    return [one for one in found if _fits(form, one)]


def into(target: Record | None, reader: Callable[[Record], Any]) -> Mapping[str, Any]:
    """The arguments of `copyables` that are of the target; reader: makes a Reading of it."""
    if target is None:
        return {"answers": {}, "mask": None, "prefills": {}}
    reading = reader(target)
    return {"answers": reading.answers, "mask": reading.mask, "prefills": prefills_of(target)}


def _of_question(
    node: Question, asked: Question, source: SourceRecord, now: Any, _prefills: Any
) -> Iterator[Copyable]:
    value = source.answers.get(asked.key)
    if value is None or not _may(node, asked, source, (asked.key,)):
        return
    state = NEW if now is None else SAME if now == value else OTHER
    yield Copyable(node, Given(value, source.origin, asked.id), now, state)


def _of_repeat(
    node: Repeat,
    asked: Repeat,
    source: SourceRecord,
    now: Any,
    prefills: Mapping[Place, Prefill],
) -> Iterator[Copyable]:
    if source.marks((asked.key,)):
        return
    standing = {row_id for row_id, _row in rows(now)}
    taken = {
        row.source_row
        for place, row in prefills.items()
        if place[0] == node.id and len(place) == 2 and place[1] in standing
    }
    for row_id, row in rows(source.answers.get(asked.key)):
        values = _row(node, asked, row, source, (asked.key, row_id))
        if not values:
            continue
        state = SAME if row_id in taken else OTHER if standing else NEW
        yield Copyable(node, Given(values, source.origin, asked.id, row_id), None, state)


def _row(
    node: Repeat, asked: Repeat, row: Mapping[str, Any], source: SourceRecord, path: Path
) -> dict[str, Any] | None:
    """A row's answers by the target's keys; None if it, or anything in it, is marked."""
    if source.marks(path) or any(source.marks((*path, key)) for key in asked.answered):
        return None
    known = {one.id: one for one in node.answered.values()}
    values: dict[str, Any] = {}
    for key, part in asked.answered.items():
        to, value = known.get(part.id), row.get(key)
        if value is None or to is None or type(to) is not type(part):
            continue
        if isinstance(part, Repeat) and isinstance(to, Repeat):
            inner = []
            for row_id, one in rows(value):
                kept = _row(to, part, one, source, (*path, key, row_id))
                if kept is None:
                    return None
                if kept:
                    inner.append({"_id": secrets.token_hex(5), **kept})
            if inner:
                values[to.key] = inner
            continue
        if isinstance(to, Question) and _may(to, part, source, (*path, key)):  # type: ignore[arg-type]
            values[to.key] = value
    return values


def _may(node: Question, asked: Question, source: SourceRecord, path: Path) -> bool:
    own = any("person" in one for one in node.prefill)
    return node.type == asked.type and node.type not in NEVER and not own and not source.marks(path)


def _fits(form: Form, one: Copyable) -> bool:
    value = one.given.value
    whole = [{"_id": "copied0000", **value}] if isinstance(one.node, Repeat) else value
    return not draft_problems(form, {one.node.key: whole}, one.node.page)


def _parts(form: Form) -> Iterator[Section | Page]:
    for page in form.pages:
        yield page
        yield from _sections(page.items)


def _sections(items: Any) -> Iterator[Section]:
    for item in items:
        if isinstance(item, Section):
            yield item
            yield from _sections(item.items)


def _answered(part: Section | Page) -> Iterator[Question | Repeat]:
    for item in part.items:
        if isinstance(item, Question | Repeat):
            yield item
        elif isinstance(item, Section):
            yield from _answered(item)
