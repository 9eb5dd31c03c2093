"""What the API sends of each thing, as JSON: from rows of columns, never from whole models in lists."""

import json
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any
from uuid import UUID

from casework.accounts.models import User
from casework.cases.beside import Added, LinkSeen
from casework.cases.clock_story import Computation
from casework.cases.clocks import ClockSeen, CycleSeen
from casework.cases.masking import Withheld
from casework.cases.models import Record, RecordSubject
from casework.cases.thread import Judgement
from casework.cases.work import TaskSeen
from casework.ledger.models import Event
from casework.people.actions import FIELDS
from casework.people.models import Person
from formdefs.form import Path

_USER = ("uid", "username", "first_name", "last_name")
CASE_COLUMNS = (
    "id", "number", "case_type", "team_id", "team__name", "opened_at", "closed_at", "close_reason", "version",
    *(f"worker__{name}" for name in _USER),
)  # fmt: skip
RECORD_COLUMNS = (
    "id", "case_id", "form_version_id", "form_version__form_id", "form_version__number",
    "form_version__title", "form_version__kind", "status", "revision", "started_at", "changed_at",
    "occurred_on", *(f"author__{name}" for name in _USER),
)  # fmt: skip
Row = Mapping[str, Any]


def text_of(value: Any) -> Any:
    """A date, instant or id as JSON text; None stays."""
    if value is None:
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def user(found: User | None) -> dict[str, str] | None:
    """A user, by the id that never changes and the name."""
    return {"id": str(found.uid), "name": found.name} if found else None


def _user_in(row: Row, prefix: str) -> dict[str, str] | None:
    if row[f"{prefix}__uid"] is None:
        return None
    name = f"{row[f'{prefix}__first_name']} {row[f'{prefix}__last_name']}".strip()
    return {"id": str(row[f"{prefix}__uid"]), "name": name or row[f"{prefix}__username"]}


def case_summary(row: Row) -> dict[str, Any]:
    """A case in a list, from CASE_COLUMNS."""
    return {
        "id": str(row["id"]),
        "reference": f"CT{row['number']:06d}",
        "case_type": row["case_type"],
        "team": {"id": str(row["team_id"]), "name": row["team__name"]},
        "worker": _user_in(row, "worker"),
        "opened_at": text_of(row["opened_at"]),
        "closed_at": text_of(row["closed_at"]),
    }


def columns_of(record: Record) -> dict[str, Any]:
    """RECORD_COLUMNS of a record in hand, as a query for them would give."""
    return {name: reduce(getattr, name.split("__"), record) for name in RECORD_COLUMNS}


def record_summary(row: Row, subjects: Iterable[UUID]) -> dict[str, Any]:
    """A record in a list, from RECORD_COLUMNS."""
    return {
        "id": str(row["id"]),
        "case": str(row["case_id"]),
        "form": {
            "key": row["form_version__form_id"],
            "number": row["form_version__number"],
            "title": row["form_version__title"],
            "kind": row["form_version__kind"],
        },
        "status": row["status"],
        "revision": row["revision"],
        "author": _user_in(row, "author"),
        "started_at": text_of(row["started_at"]),
        "changed_at": text_of(row["changed_at"]),
        "occurred_on": text_of(row["occurred_on"]),
        "subjects": [str(pk) for pk in subjects],
    }


def subjects_of(record_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The persons that each record covers, in one query."""
    found: dict[UUID, list[UUID]] = {pk: [] for pk in record_ids}
    rows = RecordSubject.objects.filter(record__in=list(found)).order_by("id")
    for record, person in rows.values_list("record_id", "person_id"):
        found[record].append(person)
    return found


def person_summary(person: Person) -> dict[str, Any]:
    """A person in a list: enough to tell two of one name apart."""
    return {"id": str(person.pk), "name": person.name, "born_on": text_of(person.born_on)}


def person_whole(person: Person) -> dict[str, Any]:
    """All that is known of a person."""
    known = {name: getattr(person, name) for name in FIELDS}
    dates = {name: text_of(known[name]) for name in ("born_on", "due_on", "died_on")}
    user_name = person.user.get_username() if person.user else ""
    return {
        "id": str(person.pk),
        **known,
        **dates,
        "user_name": user_name,
        "version": person.version,
    }


def clock(found: ClockSeen) -> dict[str, Any]:
    """A clock with its runs and their working."""
    now = found.now
    return {
        "id": str(found.id),
        "key": found.kind.key,
        "title": found.kind.title,
        "person": str(found.person.pk) if found.person else None,
        "statutory": found.kind.statutory,
        "basis": found.kind.basis,
        "standing": now.standing,
        "due": text_of(now.cycle.due),
        "left": now.left,
        "unit": now.unit,
        "runs": [_run(one) for one in found.cycles],
    }


def _run(seen: CycleSeen) -> dict[str, Any]:
    cycle = seen.cycle
    return {
        "number": cycle.number,
        "status": cycle.status,
        "begins": text_of(cycle.begins),
        "limit": str(cycle.limit) if cycle.limit else None,
        "due": text_of(cycle.worked.due if cycle.worked else None),
        "ended": text_of(cycle.ended.occurred if cycle.ended else None),
        "ended_recorded": text_of(cycle.ended.recorded if cycle.ended else None),
        "done_in_time": cycle.done_in_time,
        "recorded_in_time": cycle.recorded_in_time,
        "late_entry": seen.recorded_late,
        "late": seen.late,
        "reasons": [
            {
                "code": one.code,
                "label": one.label,
                "words": one.words,
                "who": one.who,
                "when": text_of(one.when),
            }
            for one in seen.reasons
        ],
        "pauses": [[text_of(since), text_of(until)] for since, until in cycle.pauses],
        "skipped": [
            {"day": day.isoformat(), "why": why}
            for day, why in (cycle.worked.skipped if cycle.worked else ())
        ],
    }


def clock_working(told: Computation, runs: Iterable[CycleSeen]) -> dict[str, Any]:
    """One working of a clock: what moved it, what that changed, and the runs as they read by it."""
    return {
        "recorded_at": text_of(told.recorded),
        "who": told.who,
        "why": told.why,
        "happened": [
            {
                "kind": one.kind,
                "occurred_at": text_of(one.occurred),
                "recorded_at": text_of(one.recorded),
            }
            for one in told.by
        ],
        "changed": [
            {
                "run": one.number,
                "what": one.what,
                "before": text_of(one.before),
                "after": text_of(one.now),
            }
            for one in told.changed
        ],
        "runs": [_run(one) for one in runs],
    }


def task(seen: TaskSeen) -> dict[str, Any]:
    """An action as its reader may know it: without its words where they are withheld."""
    found = seen.task
    return {
        "id": str(found.pk),
        "case": str(found.case_id),
        "key": found.key,
        "template": found.template,
        "title": None if seen.withheld else seen.title,
        "withheld": seen.withheld,
        "status": found.status,
        "outcome": seen.outcome,
        "owner": user(found.owner),
        "outsider": seen.outsider,
        "due_on": text_of(found.due_on),
        "subjects": [str(person.pk) for person in found.subjects.all()],
        "record": text_of(found.source_id),
        "row": found.row,
        "priority": found.priority,
        "checklist": [{"text": text, "ticked": ticked} for text, ticked in seen.points],
        "stated": "" if seen.untold else found.stated,
        "created_at": text_of(found.created_at),
        "changed_at": text_of(found.changed_at),
    }


def judgement(found: Judgement) -> dict[str, Any]:
    """What a review said of an action, as its reader may know it."""
    return {
        "record": str(found.record.pk),
        "row": ".".join(found.row),
        "decided_at": text_of(found.decided_at),
        "status": found.code,
        "words": found.words,
        "withheld": found.withheld,
    }


def appendment(added: Added) -> dict[str, Any]:
    """What was added to a record; its text is None where it was withdrawn."""
    row = added.appendment
    return {
        "id": str(row.pk),
        "text": added.text,
        "sha256": row.snapshot.sha256,
        "added_by": user(row.added_by),
        "added_at": text_of(row.added_at),
    }


def task_link(seen: LinkSeen) -> dict[str, Any]:
    """A record that touched an action, or that shows that it is done."""
    return {
        "kind": seen.link.kind,
        "record": str(seen.record.pk),
        "title": seen.record.form_version.title,
        "occurred_on": text_of(seen.record.occurred_on),
        "file": str(seen.file.pk) if seen.file else None,
        "withheld": seen.withheld,
        "made_by": user(seen.link.made_by),
        "made_at": text_of(seen.link.made_at),
    }


def marks(marked: Iterable[tuple[Path, tuple[str, ...]]]) -> list[dict[str, Any]]:
    """The marks that lie on what is sent, by path."""
    return [{"path": ".".join(path), "marks": list(keys)} for path, keys in marked]


def withheld(held: Iterable[Withheld]) -> list[dict[str, Any]]:
    """What is not sent, and for which marks; never what it is. Rows count by their path."""
    return marks((one.path, one.marks) for one in held)


def event(found: Event) -> dict[str, Any]:
    """An event: kinds, ids, times and digests. What was answered or written is not in it."""
    return {
        "seq": found.seq,
        "kind": found.kind,
        "subject": text_of(found.subject),
        "actor": user(found.actor),
        "occurred_at": text_of(found.occurred_at),
        "recorded_at": text_of(found.recorded_at),
        "refs": json.loads(found.refs),
        "digest": found.digest,
        "prev_hash": found.prev_hash,
        "hash": found.hash,
    }
