"""Writes what the engine said: each event to the ledger, and what it changes to the tables."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casetypes.state import Event
from casework.accounts.models import User
from casework.canonical import canonical
from casework.cases.models import Case, CaseSubject, Clock, Task
from casework.cases.running.clockwork import cycles_as_json, happenings_as_json
from casework.clock import london_day
from casework.ledger.append import append
from casework.people.keeping import keep
from casework.people.models import Person


def write(
    case: Case, event: Event, *, by: User | None, at: datetime, command_id: UUID | None = None
) -> None:
    """Append one event to the case's stream, and change its row. Other kinds the actions write.

    by: None where nobody acts but the system.
    """
    change = _CHANGES.get(event.kind)
    if change is None:
        return
    content = {**event.said, **(_clock_said(event) if event.kind == "clock.changed" else {})}
    append(
        case.id,
        event.kind,
        by=by,
        at=at,
        occurred_at=event.occurred,
        subject=UUID(event.subjects[0]) if len(event.subjects) == 1 else None,
        refs={"case": str(case.id), "subjects": list(event.subjects), **_refs(event)},
        content=content or None,
        command_id=command_id,
    )
    change(case, event, by, at)


# What a row that is signed again may ask no more of its action: an event says so.
_MAY_BE_TAKEN_OFF = ("due", "asked_due", "asked_owner")


def _refs(event: Event) -> dict[str, Any]:
    """The keys, ids and numbers of an event; days as texts."""
    left_out = ("happenings", "cycles")
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in event.data.items()
        if name not in left_out
        and (
            value not in (None, "") or (event.kind == "task.changed" and name in _MAY_BE_TAKEN_OFF)
        )
    }


def _clock_said(event: Event) -> dict[str, Any]:
    return {
        "happenings": happenings_as_json(event.data["happenings"]),
        "cycles": cycles_as_json(event.data["cycles"]),
    }


def _moved(case: Case, event: Event, by: User | None, at: datetime) -> None:
    for subject in event.subjects:
        part = CaseSubject.objects.filter(case=case, person=UUID(subject)).latest("part")
        part.stage, part.outcome = event.data["to"], event.data["outcome"] or part.outcome
        if event.data["end"]:
            part.to_on = max(london_day(at), part.from_on)
        elif part.to_on is not None:
            part.to_on = None
        part.save()
    case.moves += 1
    case.version += 1
    keep(case, by=by, at=at, why=event.said.get("why", "") or "Moved on")


def _upgraded(case: Case, event: Event, by: User | None, at: datetime) -> None:
    for subject, stage in event.data["stages"].items():
        part = CaseSubject.objects.filter(case=case, person=UUID(subject)).latest("part")
        part.stage = stage
        part.save()
    case.type_version_id = UUID(event.data["version"])
    case.version += 1
    keep(case, by=by, at=at, why=event.said.get("why", "") or "Moved to another version")


def _closed(case: Case, event: Event, by: User | None, at: datetime) -> None:
    if case.closed_at is not None:
        return  # by hand: the action has closed it
    case.closed_at, case.closed_by = at, by
    case.close_reason = event.data.get("reason_code", "")
    case.version += 1
    keep(case, by=by, at=at, why="Every part in the case is over")


def _reopened(case: Case, event: Event, by: User | None, at: datetime) -> None:
    case.closed_at, case.closed_by, case.close_reason = None, None, ""
    case.version += 1
    keep(case, by=by, at=at, why=event.said.get("why", ""))


def _clock(case: Case, event: Event, by: User | None, at: datetime) -> None:
    data = event.data
    key = {"case": case, "key": data["clock"], "subject_id": data["subject"] or None}
    row = Clock.objects.filter(**key).first() or Clock(**key)
    row.happenings = canonical(happenings_as_json(data["happenings"]))
    row.cycles = canonical(cycles_as_json(data["cycles"]))
    last = data["cycles"][-1] if data["cycles"] else None
    row.status = last.status if last else "none"
    due = last.due if last else None
    row.due_on = london_day(due) if isinstance(due, datetime) else due
    row.save()


def _overdue(case: Case, event: Event, by: User | None, at: datetime) -> None:
    row = Clock.objects.get(
        case=case, key=event.data["clock"], subject_id=event.data["subject"] or None
    )

    row.told = canonical([*json.loads(row.told), event.data["cycle"]])
    row.save()


def _task_created(case: Case, event: Event, by: User | None, at: datetime) -> None:
    data = event.data
    task = Task(
        case=case,
        key=data["task"],
        template=data["template"],
        row=data.get("row", ""),
        source_id=data.get("record") or None,
        title=event.said["title"],
        outsider=event.said.get("outsider", ""),
        due_on=data.get("due"),
        owner=_user(data.get("owner")),
        asked_due_on=data.get("asked_due", data.get("due")),
        asked_owner=data.get("asked_owner", ""),
        priority=data.get("priority", Task.NORMAL),
        checklist=canonical(event.said.get("checklist", [])),
        created_at=at,
        changed_at=at,
    )
    keep(task, by=by, at=at, why="Task created")
    task.subjects.set(Person.objects.filter(pk__in=event.subjects))


def _task_changed(case: Case, event: Event, by: User | None, at: datetime) -> None:
    task = Task.objects.select_for_update().get(case=case, key=event.data["task"])
    data, said = event.data, event.said
    task.status = data.get("status", task.status)
    task.stated = data.get("stated", task.stated)
    task.due_on = data.get("due", task.due_on)
    if data.get("owner") or data.get("given_on"):  # given on to nobody, where a case changes teams
        task.owner = _user(data.get("owner"))
    task.source_id = data.get("source") or task.source_id
    task.asked_due_on = data.get("asked_due", task.asked_due_on)
    task.asked_owner = data.get("asked_owner", task.asked_owner)
    task.priority = data.get("priority", task.priority)
    task.ticked = canonical(data["ticked"]) if "ticked" in data else task.ticked
    for part in ("title", "outsider", "outcome"):
        setattr(task, part, said.get(part, getattr(task, part)))
    task.changed_at = at
    keep(task, by=by, at=at, why=said.get("outcome", "") or said.get("why", "") or "Task changed")


def _user(uid: str | None) -> User | None:
    return User.objects.filter(uid=uid).first() if uid else None


_CHANGES: Mapping[str, Callable[[Case, Event, User | None, datetime], None]] = {
    "subject.moved": _moved,
    "case.closed": _closed,
    "case.reopened": _reopened,
    "case.upgraded": _upgraded,
    "clock.changed": _clock,
    "clock.overdue": _overdue,
    "task.created": _task_created,
    "task.changed": _task_changed,
}
