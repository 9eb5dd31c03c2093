"""Reads a case from its tables as the engine sees it. Never by folding its events."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from casetypes.checks_forms import ruled
from casetypes.definition import CaseType
from casetypes.state import ClockState, RecordState, State, Subject, TaskState
from casetypes.versions import case_type_of, version_of
from casework.cases import access
from casework.cases.decided import decided
from casework.cases.facts import facts_at
from casework.cases.models import (
    Case,
    CaseSubject,
    Clock,
    Record,
    RecordSubject,
    SignOff,
    Snapshot,
    Status,
    Task,
)
from casework.cases.running.clockwork import cycles_of, happenings_of
from casework.cases.unmasked import documents_of
from casework.clock import london_day
from formdefs import rules
from formdefs.calendars import calendars
from formdefs.state import Facts, evaluate_form, facts_for
from formdefs.versions import form_of


def type_of(case: Case) -> CaseType:
    """The version of the case type that the case runs on."""
    return case_type_of(version_id(case))


def version_id(case: Case) -> UUID:
    """The id of that version."""
    return case.type_version_id or version_of(case.case_type).pk


def facts_now(at: datetime) -> Facts:
    """What the engine knows besides a case."""
    return facts_for(london_day(at), calendars(), {})


def state_of(case: Case) -> State:
    """The case as it stands, in a handful of queries whatever its size."""
    case_type = type_of(case)
    parts = CaseSubject.objects.filter(case=case).order_by("part", "from_on", "id")
    subjects = {
        str(part.person_id): Subject(
            str(part.person_id),
            part.stage or case_type.first.key,
            part.outcome,
            closed=part.to_on is not None,
        )
        for part in parts
    }
    records = _records(case)
    return State(
        subjects=subjects,
        records=records,
        tasks=_tasks(case),
        clocks=_clocks(case),
        open=case.closed_at is None,
        decisions=max((record.decided for record in records.values()), default=0),
        moves=case.moves,
    )


def rules_view(form_version: UUID, answers: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Answers as rules see them: typed, what is hidden left out."""
    form = form_of(form_version)
    view: dict[str, Any] = evaluate_form(form, answers, facts_at(at, form)).views(())[0]
    return view


def places_of(record: Record) -> tuple[int, ...]:
    """The places in its chain of the signatures that a submitted record needs."""
    return tuple(map(int, record.asked.split(","))) if record.asked else ()


def _records(case: Case) -> dict[str, RecordState]:
    rows = list(Record.objects.filter(case=case).select_related("form_version", "author").defer(
        *access.documents_of("form_version")
    ).order_by("started_at", "id"))  # fmt: skip
    covers: dict[UUID, list[str]] = {}
    pairs = RecordSubject.objects.filter(record__case=case).order_by("pk")
    for record_id, person_id in pairs.values_list("record_id", "person_id"):
        covers.setdefault(record_id, []).append(str(person_id))
    last = _decided(case)
    under_way = _under_way(case)
    read = forms_read(version_id(case))
    wanted = [
        last[row.pk][0] for row in rows if row.pk in last and row.form_version.form_id in read
    ]
    documents = documents_of(wanted)
    found = {}
    for row in rows:
        answers, how, place, waits = None, "", 0, row.status == Status.SUBMITTED
        if row.pk in last:
            snapshot, place = last[row.pk]
            how = "finished" if snapshot.finished else "signed"
            answers = {}
            if document := documents.get(snapshot.pk):
                version = UUID(document["version"])
                answers = rules_view(version, document["answers"], snapshot.submitted_at)
        found[str(row.pk)] = RecordState(
            id=str(row.pk),
            form=row.form_version.form_id,
            subjects=tuple(covers.get(row.pk, ())),
            status=row.status,
            revision=row.revision,
            author=str(row.author.uid),
            asked=places_of(row) if waits else (),
            steps=tuple(under_way.get((row.pk, row.revision), ())) if waits else (),
            answers=answers,
            last=how,
            decided=place,
            started=london_day(row.started_at),
        )
    return found


def _decided(case: Case) -> dict[UUID, tuple[Snapshot, int]]:
    """The last submission that decided each record, and the place of its decision among all."""
    snapshots = decided(Snapshot.objects.filter(record__case=case))
    return {one.record_id: (one, place) for place, one in enumerate(snapshots, 1)}


def _under_way(case: Case) -> dict[tuple[UUID, int], list[str]]:
    """Who has signed, in order, by record and revision; not what was returned since."""
    rows = SignOff.objects.filter(snapshot__record__case=case, snapshot__returned=None)
    found: dict[tuple[UUID, int], list[str]] = {}
    columns = ("snapshot__record", "snapshot__revision", "signer__uid")
    for record_id, revision, signer in rows.order_by("step").values_list(*columns):
        found.setdefault((record_id, revision), []).append(str(signer))
    return found


@lru_cache(maxsize=256)
def forms_read(version: UUID) -> frozenset[str]:
    """The forms whose answers the rules of a case type read."""
    case_type = case_type_of(version)
    found = set()
    for _row, _at, rule, of in ruled(case_type.document):
        named = {path.partition(".")[0] for path in rules.references(rule)}
        found |= {of} if named & {"before", "row"} else set()
        found |= named
    return frozenset(found) & frozenset(case_type.forms)


def _tasks(case: Case) -> dict[str, TaskState]:
    rows = Task.objects.filter(case=case).select_related("owner").prefetch_related("subjects")
    return {
        row.key: TaskState(
            id=row.key,
            template=row.template,
            title=row.title,
            subjects=tuple(str(person.pk) for person in row.subjects.all()),
            status=row.status,
            due=row.due_on,
            owner=str(row.owner.uid) if row.owner else "",
            outsider=row.outsider,
            source=str(row.source_id or ""),
            row=row.row,
            outcome=row.outcome,
            stated=row.stated,
            asked_due=row.asked_due_on,
            asked_owner=row.asked_owner,
            priority=row.priority,
            checklist=tuple(json.loads(row.checklist)),
            ticked=tuple(json.loads(row.ticked)),
        )
        for row in rows.order_by("created_at", "id")
    }


def _clocks(case: Case) -> dict[tuple[str, str], ClockState]:
    found = {}
    for row in Clock.objects.filter(case=case):
        subject = str(row.subject_id or "")
        happenings = happenings_of(json.loads(row.happenings))
        cycles, told = cycles_of(json.loads(row.cycles)), tuple(json.loads(row.told))
        found[row.key, subject] = ClockState(row.key, subject, happenings, cycles, told)
    return found
