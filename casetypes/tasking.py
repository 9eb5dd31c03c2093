"""Tasks of a case: one for each row of a record for ever, and what becomes of them. Pure.

A task is known by its template and its source: the row's permanent id, or else the subject and what
brought it up. Signing a record again changes open tasks and never doubles one; a row that is gone
cancels its task with that reason; what is done stays done. A day or an owner that was changed by hand
stays, unless the row itself says another than when it was last signed.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from casetypes.commands import Command
from casetypes.definition import CaseType, FormUse, TaskType
from casetypes.names import Facts
from casetypes.periods import calendar_named, london_day, work_out
from casetypes.state import Answers, Event, RecordState, State, TaskState

ROW_GONE = "The row that asked for it was taken out of the record."


def created(
    template: TaskType,
    state: State,
    event: Event,
    subjects: tuple[str, ...],
    command: Command,
    facts: Facts,
) -> Iterator[Event]:
    """Tasks that come up from an event for these subjects; open ones that it changes."""
    if template.rows is not None:
        record = state.records.get(str(event.data.get("record", "")))
        if record is not None and record.answers is not None:
            yield from _from_rows(template, template.rows, state, record, command)
        return
    groups = [(one,) for one in subjects] if template.per == "subject" else [subjects]
    for group in groups:
        source = str(event.data.get("record") or event.data.get("nonce") or event.kind)
        task_id = ".".join((template.key, source, group[0] if template.per == "subject" else ""))
        if task_id in state.tasks:
            continue
        due = None
        if template.due is not None:
            calendar = calendar_named(facts.get("calendars", {}), "ew")
            end = work_out(event.occurred or command.at, template.due, calendar).due
            due = london_day(end) if isinstance(end, datetime) else end
        data = {"task": task_id, "template": template.key, "due": due}
        data["record"] = str(event.data.get("record", ""))
        data["owner"] = command.data.get("worker", "")
        said = {"title": template.title, **_planned(template, data)}
        yield Event("task.created", group, data, said)


def _from_rows(
    template: TaskType,
    rows: Mapping[str, Any],
    state: State,
    record: RecordState,
    command: Command,
) -> Iterator[Event]:
    """One task for each row of a decided record, at any depth."""
    assert record.answers is not None
    seen = set()
    for row in rows_at(record.answers, tuple(rows["repeat"])):
        task_id = f"{template.key}.{row['_id']}"
        seen.add(task_id)
        title = str(row.get(rows["title"]) or template.title)
        said = {"title": title, "outsider": _text(row, rows.get("outsider"))}
        due, owner = _day(row.get(rows.get("due", ""))), _owner(row, rows)
        data: dict[str, Any] = {"task": task_id, "asked_due": due, "asked_owner": owner}
        task = state.tasks.get(task_id)
        if task is None:
            data |= {"template": template.key, "record": record.id, "row": row["_id"], "due": due}
            data["owner"] = owner or command.data.get("worker", "")
            yield Event("task.created", record.subjects, data, {**said, **_planned(template, data)})
        elif task.status == "open" and _differs(task, data, said):
            data |= _asked_again(task, due, owner)
            yield Event("task.changed", task.subjects, {**data, "source": record.id}, said)
    for task in state.open_tasks(template.key):
        if task.source == record.id and task.id not in seen:
            yield _cancelled(task, ROW_GONE)


def judged(case_type: CaseType, state: State, event: Event) -> Iterator[Event]:
    """What a decided review says of each open task that it lists."""
    if event.kind not in ("record.signed", "record.finished"):
        return
    record = state.records[event.data["record"]]
    use = case_type.forms.get(record.form)
    if use is None or use.judges is None or record.answers is None:
        return
    settings = use.judges
    for row in rows_at(record.answers, (settings["repeat"],)):
        task = _by_row(state, use.judged, str(row["_id"]))
        code = row.get(settings["status"])
        if task is None or task.status != "open" or code is None:
            continue
        status = "open"
        if code in settings["done"]:
            status = "done"
        elif code in settings.get("cancelled", ()):
            status = "cancelled"
        data = {"task": task.id, "status": status, "stated": code, "judged_by": record.id}
        outcome = _text(row, settings.get("outcome"))
        yield Event("task.changed", task.subjects, data, {"outcome": outcome} if outcome else {})


def unjudged(use: FormUse, state: State, answers: Answers, record: RecordState) -> list[TaskState]:
    """The open tasks that a review leaves without a status. What it asked for itself, the next judges."""
    if use.judges is None:
        return []
    settings = use.judges
    given = {
        str(row["_id"])
        for row in rows_at(answers, (settings["repeat"],))
        if row.get(settings["status"]) is not None and not unexplained(settings, row)
    }
    listed = [
        task
        for task in state.open_tasks()
        if task.template in use.judged
        and task.source != record.id
        and (not task.subjects or set(task.subjects) & set(record.subjects))
    ]
    return [task for task in listed if (task.row or task.id) not in given]


def unexplained(settings: Mapping[str, Any], row: Answers) -> bool:
    """Whether a review's row has a status that needs words ("not considered, because"), and none."""
    needs_words = row.get(settings["status"]) in settings.get("because", ())
    return needs_words and not _text(row, settings.get("outcome")).strip()


def closed(state: State, subject: str, why: str) -> Iterator[Event]:
    """Close the open tasks that concern a subject and nobody whose part goes on."""
    for task in left_open(state, (subject,)):
        yield _cancelled(task, why)


def left_open(state: State, leaving: Collection[str]) -> list[TaskState]:
    """The open tasks that concern nobody any more once these subjects' part is over.

    A task that names no subject concerns everybody in the case.
    """
    staying = set(state.active) - set(leaving)
    return [
        task
        for task in state.open_tasks()
        if not (set(task.subjects) or {*staying}) & staying
        and (not task.subjects or set(task.subjects) & set(leaving))
    ]


def needless(state: State, template: TaskType, subject: str) -> Iterator[Event]:
    """Cancel the open tasks of a template for a subject."""
    for task in state.open_tasks(template.key, subject):
        yield _cancelled(task, f"No longer needed: {template.title}")


def rows_at(answers: Answers, keys: tuple[str, ...]) -> Iterator[Answers]:
    """The rows of a repeat at any depth, by the keys from the outermost repeat in."""
    for row in answers.get(keys[0]) or ():
        if len(keys) == 1:
            yield row
        else:
            yield from rows_at(row, keys[1:])


def _cancelled(task: TaskState, why: str) -> Event:
    return Event(
        "task.changed", task.subjects, {"task": task.id, "status": "cancelled"}, {"outcome": why}
    )


def _by_row(state: State, templates: Collection[str], row: str) -> TaskState | None:
    found = (task for task in state.tasks.values() if task.template in templates)
    return next((task for task in found if row in (task.row, task.id)), None)


def _differs(task: TaskState, data: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    was = (task.title, task.outsider, task.asked_due, task.asked_owner)
    return was != (said["title"], said["outsider"], data["asked_due"], data["asked_owner"])


def _asked_again(task: TaskState, due: date | None, owner: str) -> dict[str, Any]:
    """What a row that is signed again does to its open task's day and owner.

    `kept` names what was changed by hand and stays, because the row says what it said before.
    """
    data: dict[str, Any] = {"due": due, "owner": owner or task.owner}
    kept = []
    if due == task.asked_due and due != task.due:
        data["due"] = task.due
        kept.append("due")
    if owner == task.asked_owner and owner not in ("", task.owner):
        data["owner"] = task.owner
        kept.append("owner")
    return data | ({"kept": kept} if kept else {})


def _planned(template: TaskType, data: dict[str, Any]) -> dict[str, Any]:
    """What the template says of a new task: its priority, put into `data`, and its checklist."""
    if template.priority != "normal":
        data["priority"] = template.priority
    return {"checklist": list(template.checklist)} if template.checklist else {}


def _owner(row: Answers, rows: Mapping[str, Any]) -> str:
    worker = row.get(rows.get("owner", ""))
    return str(worker.get("id") or "") if isinstance(worker, Mapping) else ""


def _text(row: Answers, key: str | None) -> str:
    value = row.get(key) if key else None
    return value if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else None
