"""Reads what a record may be prefilled from, as its user sees it: a few queries, whatever the form asks.

A record comes from the newest signed submission of a form, else the newest that waits for its
signature; never from a draft. It covers everybody whom the new record covers.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case as Either
from django.db.models import Max, Q, QuerySet, When

from casework.accounts.models import User
from casework.cases import access
from casework.cases.decided import DECIDED, WHEN
from casework.cases.marks import mask_for
from casework.cases.models import Case, Prefill, Record, Snapshot, Status
from casework.clock import london_day
from casework.ledger.chain import digest
from casework.ledger.models import Content
from casework.people.models import Person
from casework.statements import prepared
from formdefs.form import Form
from formdefs.prefill import EACH, Origin, SourceRecord, Sources, SourceThing
from formdefs.versions import form_of

_COLUMNS = (
    *("pk", "record", "record__case", "record__form_version", "record__form_version__form"),
    *("record__form_version__title", "revision", "submitted_at", "decided_at"),
    *("content", "sha256"),
)


def sources_for(
    form: Form,
    case: Case,
    covered: Sequence[UUID],
    *,
    by: User,
    at: datetime,
    leave_out: UUID | None = None,
) -> Sources:
    """Gather all that the form names as sources, for a record about these persons.

    Whoever asks sees the case. `leave_out`: the record itself. No query for what is not named.
    """
    named = [source for node in form.prefilled for source in node.prefill]
    if not named:
        return Sources()
    keys = {source["record"] for source in named if "record" in source}
    across = {source["record"] for source in named if source.get("across")}
    records = elsewhere = {}
    if keys and _has_submissions(case):
        records = _newest(
            Snapshot.objects.filter(record__case=case), keys, covered, leave_out, by, at
        )
    if across - records.keys():
        seen = access.records_for(by, at).exclude(case=case)
        others = Snapshot.objects.filter(record__in=seen)
        elsewhere = _newest(others, across - records.keys(), covered, leave_out, by, at)
    details = {source["person"] for source in named if "person" in source}
    needs_row = any("row_of" in source for source in named) and bool(records or elsewhere)
    persons = _persons(covered, at, details - {EACH} or details) if details or needs_row else ()
    holds = _case(case) if any("case" in source for source in named) else None
    return Sources(records, elsewhere, persons, holds)


_ANY_SUBMISSION = """
    SELECT 1 FROM cases_record AS record
    WHERE record.case_id = %s
    AND EXISTS (SELECT 1 FROM cases_snapshot AS snapshot WHERE snapshot.record_id = record.id)
    LIMIT 1
"""


def _has_submissions(case: Case) -> bool:
    """Whether anything was ever submitted in a case: cheap to ask, and often the answer is no."""
    with connection.cursor() as cursor:
        cursor.execute(_ANY_SUBMISSION, [prepared(Record, "case_id", case.pk)])
        return cursor.fetchone() is not None


def _newest(
    snapshots: QuerySet[Snapshot],
    keys: Iterable[str],
    covered: Sequence[UUID],
    leave_out: UUID | None,
    by: User,
    at: datetime,
) -> dict[str, SourceRecord]:
    """The submission to take of each form: one query to find them, one for what they say."""
    found = (
        snapshots.annotate(decided_at=Either(When(DECIDED, then=WHEN)))
        .filter(
            DECIDED | Q(record__status=Status.SUBMITTED),
            record__form_version__form__in=keys,
        )
        .exclude(record=leave_out)
    )
    for person in covered:
        found = found.filter(record__covers__person=person)
    chosen: dict[str, dict[str, Any]] = {}
    for row in found.values(*_COLUMNS):
        key = row["record__form_version__form"]
        if key not in chosen or _rank(row) > _rank(chosen[key]):
            chosen[key] = row
    if not chosen:
        return {}
    contents = Content.objects.in_bulk([row["content"] for row in chosen.values()])
    return {
        key: _source(row, json.loads(content.body)["answers"], by, at)
        for key, row in chosen.items()
        # What was withdrawn, or altered, is no source.
        if (content := contents.get(row["content"]))
        and digest(content.salt, content.body) == row["sha256"]
    }


def newest_of(record: Record, by: User, at: datetime) -> SourceRecord | None:
    """What was signed of a record, or waits to be, as its reader sees it; None if nothing was."""
    form = record.form_version.form_id
    found = _newest(Snapshot.objects.filter(record=record), {form}, (), None, by, at)
    return found.get(form)


def _rank(row: dict[str, Any]) -> tuple[bool, datetime, datetime]:
    decided = row["decided_at"]
    return decided is not None, decided or row["submitted_at"], row["submitted_at"]


def _source(row: dict[str, Any], answers: dict[str, Any], by: User, at: datetime) -> SourceRecord:
    """The submission as its reader sees it: what is withheld from them is not copied for them."""
    form = form_of(row["record__form_version"])
    record = Record(pk=row["record"], case_id=row["record__case"])
    mask = mask_for(record, form, None, by, at)
    decided = row["decided_at"]
    origin = Origin(
        kind=Prefill.RECORD,
        id=str(row["record"]),
        at=decided or row["submitted_at"],
        snapshot=str(row["pk"]),
        signed=decided is not None,
        title=row["record__form_version__title"],
        version=row["revision"],
    )
    return SourceRecord(origin, form, mask.masked(answers), mask.marks)


def _persons(
    covered: Sequence[UUID], at: datetime, details: Iterable[str]
) -> tuple[SourceThing, ...]:
    """The persons covered, in the order they were named, with the time of their last change."""
    if not details:
        return tuple(SourceThing(Origin(Prefill.PERSON, str(pk), at), {}) for pk in covered)
    rows = Person.objects.in_bulk(covered)
    changed = dict(
        Person.history.filter(id__in=covered).values_list("id").annotate(Max("history_date"))
    )
    return tuple(
        SourceThing(
            Origin(Prefill.PERSON, str(pk), changed.get(pk, at), version=rows[pk].version),
            details_of(rows[pk]),
        )
        for pk in covered
        if pk in rows
    )


def details_of(person: Person) -> dict[str, Any]:
    """A person's details as answers, by the names that sources use; without what is not known."""
    found: dict[str, Any] = {
        "person": {"id": str(person.pk), "name": person.name},
        "name": person.name,
        "given_names": person.given_names,
        "family_name": person.family_name,
        "known_as": person.known_as,
        "sex": person.sex,
        "phone": person.phone,
        "email": person.email,
        "address": {part: value for part, value in person.address.items() if value},
    }
    found |= {name: person.identifiers.get(name) for name in ("nhs_number", "upn")}
    for name in ("born_on", "due_on", "died_on"):
        day = getattr(person, name)
        found[name] = day.isoformat() if day else None
    return {name: value for name, value in found.items() if value}


def _case(case: Case) -> SourceThing:
    worker = case.worker
    found: dict[str, Any] = {
        "reference": case.reference,
        "opened_on": london_day(case.opened_at).isoformat(),
        "team": case.team.name,
    }
    if worker:
        found["worker"] = {"id": str(worker.uid), "name": worker.name}
    return SourceThing(Origin(Prefill.CASE, str(case.pk), case.opened_at), found)
