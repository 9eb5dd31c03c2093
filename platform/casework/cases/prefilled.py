"""What of a record was copied from elsewhere, whether it was changed since, and what its source says now.

Everything is found by permanent ids: a question's (or repeat's) and those of its rows.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.accounts.models import User
from casework.canonical import canonical
from casework.cases import access
from casework.cases.masking import Mask
from casework.cases.models import Prefill, Record
from casework.cases.running.loading import type_of
from formdefs.answers import draft_problems
from formdefs.form import Form, Path, Question, Repeat
from formdefs.places import rows
from formdefs.prefill import Given, Sources, given

Place = tuple[str, ...]  # the id of a question or repeat, then the ids of its rows
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Offer:
    """What a source says now that the record does not: for a question, or for one of its rows.

    path: of the question or the row; of the repeat, where the source has a row that was never taken.
    was: what was copied before, None if nothing was.
    """

    path: Path
    node: Question | Repeat
    given: Given
    was: Any = None

    @property
    def is_new_row(self) -> bool:
        """Whether it is a row to be added."""
        return isinstance(self.node, Repeat) and len(self.path) == 1


@dataclass(frozen=True)
class Copied:
    """One answer, or row, that was copied. `changed`: it says something else now."""

    path: Path
    node: Question | Repeat
    row: Prefill
    changed: bool

    @property
    def value(self) -> Any:
        """What was copied: an answer, or a row's answers by key."""
        return json.loads(self.row.value)


def may_be_copied(record: Record, form: Form) -> bool:
    """Whether anything in a record may have come from elsewhere: no query where nothing can."""
    return bool(form.prefilled) or bool(type_of(record.case).use(form.key).copy)


def prefills_of(record: Record) -> dict[Place, Prefill]:
    """The newest provenance of each place of a record: one query, with the titles of the sources."""
    found = Prefill.objects.filter(record=record).select_related("snapshot__record__form_version")
    documents = access.documents_of("snapshot__record__form_version")
    return {
        (row.question, *filter(None, row.rows.split("."))): row
        for row in found.defer(*documents).order_by("id")
    }


def copied(
    form: Form, answers: Answers, prefills: Mapping[Place, Prefill], mask: Mask | None = None
) -> list[Copied]:
    """What was copied and still has its place, in document order; through a mask, what it shows."""
    found = []
    sourced = {place[0] for place in prefills}
    for node in form.answered.values():
        if node.id not in sourced:
            continue
        if isinstance(node, Question):
            places: list[tuple[Path, Any, Place]] = [
                ((node.key,), answers.get(node.key), (node.id,))
            ]
        else:
            places = [
                ((node.key, row_id), row, (node.id, row_id))
                for row_id, row in rows(answers.get(node.key))
            ]
        for path, now, place in places:
            row = prefills.get(place)
            if row is None or (mask and mask.withheld(path)):
                continue
            was = json.loads(row.value)
            was = mask.masked_at(path, was) if mask else was
            found.append(Copied(path, node, row, _differs(was, now)))
    return found


def seen_sources(found: Sequence[Copied], record: Record, by: User, at: datetime) -> set[Any]:
    """The ids of the source records that a user sees; no query where all lie in the record's case."""
    sources = {one.row.snapshot.record for one in found if one.row.snapshot}
    here = {source.pk for source in sources if source.case_id == record.case_id}
    elsewhere = {source.pk for source in sources} - here
    if elsewhere:
        here |= set(
            access.records_for(by, at).filter(pk__in=elsewhere).values_list("pk", flat=True)
        )
    return here


def as_json(one: Copied, seen: set[Any] | None = None) -> dict[str, Any]:
    """What the API and a submission tell of a copied answer: ids and times.

    seen: the source records that may be named; None for all.
    """
    row, source = one.row, one.row.snapshot.record if one.row.snapshot else None
    if source is not None and seen is not None and source.pk not in seen:
        source = None
    return {
        "path": ".".join(one.path),
        "question": row.question,
        "source": row.source,
        "record": str(source.pk) if source else None,
        "form": source.form_version.form_id if source else None,
        "snapshot": str(row.snapshot_id) if source else None,
        "person": str(row.person_id) if row.person_id else None,
        "source_question": row.source_question,
        "source_row": (row.source_row or None) if source or not row.snapshot_id else None,
        "source_at": row.source_at.isoformat(),
        "signed": row.signed,
        "at": row.at.isoformat(),
        "changed": one.changed,
    }


def offers(
    form: Form, answers: Answers, prefills: Mapping[Place, Prefill], sources: Sources
) -> list[Offer]:
    """What the sources say now that differs from what was copied, or can be copied for the first time.

    Nothing is offered for what the worker answered alone, took out, or has answered so already; nor
    what the question does not take.
    """
    found: list[Offer] = []
    for node in form.prefilled:
        values = given(node, sources)
        if isinstance(node, Repeat):
            found += _row_offers(node, answers, prefills, values)
        elif values:
            found += _offer(node, answers.get(node.key), prefills.get((node.id,)), values[0])
    return [offer for offer in found if _fits(form, offer)]


def _offer(node: Question, now: Any, before: Prefill | None, value: Given) -> Iterator[Offer]:
    if now == value.value or (before is None and now is not None):
        return
    if before is None:
        yield Offer((node.key,), node, value)
    elif before.value != canonical(value.value):
        yield Offer((node.key,), node, value, json.loads(before.value))


def _row_offers(
    node: Repeat, answers: Answers, prefills: Mapping[Place, Prefill], values: Sequence[Given]
) -> Iterator[Offer]:
    standing = dict(rows(answers.get(node.key)))
    taken = {
        row.source_row: (place[1], row)
        for place, row in prefills.items()
        if place[0] == node.id and len(place) == 2
    }
    if standing and not taken:
        return
    for value in values:
        if value.row not in taken:
            yield Offer((node.key,), node, value)
            continue
        row_id, before = taken[value.row]
        now = standing.get(row_id)
        if now is None or before.value == canonical(value.value):
            continue
        if _differs(value.value, now):
            yield Offer((node.key, row_id), node, value, json.loads(before.value))


def _differs(copied: Any, now: Any) -> bool:
    """Whether an answer, or any of a row's answers that were copied, is another now."""
    if isinstance(now, Mapping) and "_id" in now:
        return any(now.get(key) != value for key, value in copied.items())
    return bool(copied != now)


def _fits(form: Form, offer: Offer) -> bool:
    value = offer.given.value
    whole = [{"_id": "offered000", **value}] if isinstance(offer.node, Repeat) else value
    return not draft_problems(form, {offer.node.key: whole}, offer.node.page)
