"""A case as the engine sees it, and how each event changes it. Pure: `evolve(state, event) -> state`.

State is read from tables and written by what `evolve` gives; folding all events of a case gives the
same, which is what `ledger rebuild --check` holds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from casetypes.clocks import Cycle, Happening

Answers = Mapping[str, Any]
DECIDED = ("signed", "finished")
WITHDRAWN = "Withdrawn"  # the title of a task that came of a withdrawn record
OPEN_RECORD = ("draft", "submitted", "returned")


@dataclass(frozen=True)
class Event:
    """Something that happened. subjects: whom it concerns, () for the case as a whole; data: keys,
    ids, numbers and, where `said` is not empty, words that belong in a content row.
    """

    kind: str
    subjects: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)
    occurred: datetime | None = None  # None: when it is recorded


@dataclass(frozen=True)
class Subject:
    """One person whom the case is about: where they are, and what their part came to."""

    id: str
    stage: str
    outcome: str = ""
    closed: bool = False


@dataclass(frozen=True)
class RecordState:
    """A record. answers: the rules' view of what was last decided, None before. While it is
    submitted, asked: places in the chain of the signatures that it needs, and steps: who has given them, in that order.
    """

    id: str
    form: str
    subjects: tuple[str, ...]
    status: str = "draft"
    revision: int = 1
    author: str = ""
    asked: tuple[int, ...] = ()
    steps: tuple[str, ...] = ()
    answers: Answers | None = None
    last: str = ""  # how it was last decided, "signed" or "finished"
    decided: int = 0  # counts decisions in the case, so that the newest is known
    started: date | None = field(default=None, compare=False)


@dataclass(frozen=True)
class TaskState:
    """A task: open, done or cancelled. source: the record that asked for it; row: its row id."""

    id: str
    template: str
    title: str
    subjects: tuple[str, ...] = ()
    status: str = "open"
    due: date | None = None
    owner: str = ""
    outsider: str = ""
    source: str = ""
    row: str = ""
    outcome: str = ""
    stated: str = ""  # the code that the last review gave it
    asked_due: date | None = None  # what its row said when it was last signed
    asked_owner: str = ""
    priority: str = "normal"
    checklist: tuple[str, ...] = ()
    ticked: tuple[int, ...] = ()  # places in the checklist


@dataclass(frozen=True)
class ClockState:
    """A clock of a subject ("" for the case): what moved it, and the cycles that follow from that."""

    key: str
    subject: str
    happenings: tuple[Happening, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    told: tuple[int, ...] = ()  # numbers of the cycles whose being overdue was told


@dataclass(frozen=True)
class State:
    """A case. clocks: by (key, subject id)."""

    subjects: Mapping[str, Subject] = field(default_factory=dict)
    records: Mapping[str, RecordState] = field(default_factory=dict)
    tasks: Mapping[str, TaskState] = field(default_factory=dict)
    clocks: Mapping[tuple[str, str], ClockState] = field(default_factory=dict)
    open: bool = False
    decisions: int = 0
    moves: int = 0

    @property
    def active(self) -> tuple[str, ...]:
        """The ids of the subjects whose part is not over, in the order they joined."""
        return tuple(one.id for one in self.subjects.values() if not one.closed)

    def open_tasks(self, template: str = "", subject: str = "") -> list[TaskState]:
        """The open tasks of a template (any), that concern a subject (anybody)."""
        return [
            task
            for task in self.tasks.values()
            if task.status == "open"
            and template in ("", task.template)
            and (not subject or not task.subjects or subject in task.subjects)
        ]

    def newest(self, form: str, subject: str, but: str = "") -> RecordState | None:
        """The record of a form, covering a subject, that was decided last; `but` is left out."""
        decided = [
            record
            for record in self.records.values()
            if record.form == form
            and record.answers is not None
            and subject in record.subjects
            and record.id != but
        ]
        return max(decided, key=lambda record: record.decided, default=None)


def evolve(state: State, event: Event) -> State:
    """The case after an event. A kind that changes nothing here leaves it as it is."""
    change = _CHANGES.get(event.kind)
    return change(state, event) if change else state


def fold(events: Sequence[Event]) -> State:
    """The case after all of its events."""
    state = State()
    for event in events:
        state = evolve(state, event)
    return state


def _opened(state: State, event: Event) -> State:
    return _joined(replace(state, open=True), event)


def _joined(state: State, event: Event) -> State:
    stage = event.data["stage"]
    joined = {one: Subject(one, stage) for one in event.subjects}
    return replace(state, subjects={**state.subjects, **joined}, open=True)


def _moved(state: State, event: Event) -> State:
    changed = {
        one: replace(
            state.subjects[one],
            stage=event.data["to"],
            outcome=event.data.get("outcome") or state.subjects[one].outcome,
            closed=bool(event.data.get("end")),
        )
        for one in event.subjects
    }
    return replace(state, subjects={**state.subjects, **changed}, moves=state.moves + 1)


def _left(state: State, event: Event) -> State:
    changed = {
        one: replace(
            state.subjects[one],
            closed=True,
            outcome=event.data.get("outcome") or state.subjects[one].outcome,
        )
        for one in event.subjects
    }
    return replace(state, subjects={**state.subjects, **changed})


def _upgraded(state: State, event: Event) -> State:
    moved = {
        one: replace(state.subjects[one], stage=to) for one, to in event.data["stages"].items()
    }
    return replace(state, subjects={**state.subjects, **moved})


def _case_closed(state: State, _event: Event) -> State:
    return replace(state, open=False)


def _case_reopened(state: State, _event: Event) -> State:
    return replace(state, open=True)


def _record(change: Callable[[RecordState, Event, State], RecordState]) -> Callable[..., State]:
    """Change one record; a decision is counted."""

    def changed(state: State, event: Event) -> State:
        record = change(state.records[event.data["record"]], event, state)
        records = {**state.records, record.id: record}
        return replace(state, records=records, decisions=max(state.decisions, record.decided))

    return changed


def _started(state: State, event: Event) -> State:
    record = RecordState(event.data["record"], event.data["form"], event.subjects)
    record = replace(record, author=event.data.get("by", ""), started=event.data.get("on"))
    return replace(state, records={**state.records, record.id: record})


def _submitted(record: RecordState, event: Event, _state: State) -> RecordState:
    asked = tuple(event.data.get("asked", ()))
    return replace(record, status="submitted", author=event.data["by"], asked=asked, steps=())


def _step_signed(record: RecordState, event: Event, _state: State) -> RecordState:
    return replace(record, steps=(*record.steps, event.data["by"]))


def _decided(status: str) -> Callable[[RecordState, Event, State], RecordState]:
    def decided(record: RecordState, event: Event, state: State) -> RecordState:
        return replace(
            record,
            status=status,
            last=status,
            author=event.data["by"] if status == "finished" else record.author,
            asked=(),
            steps=(),
            answers=event.said["answers"],
            decided=state.decisions + 1,
        )

    return decided


def _returned(record: RecordState, _event: Event, _state: State) -> RecordState:
    return replace(record, status="returned", asked=(), steps=())


def _reopened(record: RecordState, event: Event, _state: State) -> RecordState:
    revision = event.data.get("revision") or record.revision + 1
    return replace(record, status="draft", revision=revision)


def _abandoned(record: RecordState, event: Event, _state: State) -> RecordState:
    if record.answers is None:
        return replace(record, status="abandoned")
    revision = event.data.get("back_to") or record.revision - 1
    return replace(record, status=record.last, revision=revision)


def _withdrawn(state: State, event: Event) -> State:
    """A record is taken away with all that it said, and its tasks say nothing any more."""
    record = replace(state.records[event.data["record"]], status="withdrawn", answers=None)
    record = replace(record, asked=(), steps=(), last="", decided=0)
    tasks = {
        one: replace(state.tasks[one], title=WITHDRAWN, outsider="", outcome="")
        for one in event.data["tasks"]
    }
    records = {**state.records, record.id: record}
    return replace(state, records=records, tasks={**state.tasks, **tasks})


def _task_created(state: State, event: Event) -> State:
    data = event.data
    task = TaskState(
        id=data["task"],
        template=data["template"],
        title=event.said.get("title", ""),
        subjects=event.subjects,
        due=data.get("due"),
        owner=data.get("owner", ""),
        outsider=event.said.get("outsider", ""),
        source=data.get("record", ""),
        row=data.get("row", ""),
        asked_due=data.get("asked_due", data.get("due")),
        asked_owner=data.get("asked_owner", ""),
        priority=data.get("priority", "normal"),
        checklist=tuple(event.said.get("checklist", ())),
    )
    return replace(state, tasks={**state.tasks, task.id: task})


def _task_changed(state: State, event: Event) -> State:
    task = state.tasks[event.data["task"]]
    known = {name: value for name, value in event.data.items() if name in _TASK_DATA}
    known |= {name: value for name, value in event.said.items() if name in _TASK_SAID}
    if "ticked" in known:
        known["ticked"] = tuple(known["ticked"])
    return replace(state, tasks={**state.tasks, task.id: replace(task, **known)})


_TASK_DATA = (
    "status", "due", "owner", "stated", "source", "asked_due", "asked_owner", "priority", "ticked",
)  # fmt: skip
_TASK_SAID = ("title", "outsider", "outcome")


def _clock_changed(state: State, event: Event) -> State:
    data = event.data
    clock = ClockState(
        data["clock"], data["subject"], data["happenings"], data["cycles"], data["told"]
    )
    return replace(state, clocks={**state.clocks, (clock.key, clock.subject): clock})


def _overdue(state: State, event: Event) -> State:
    key = (event.data["clock"], event.data["subject"])
    clock = state.clocks[key]
    told = replace(clock, told=(*clock.told, event.data["cycle"]))
    return replace(state, clocks={**state.clocks, key: told})


_CHANGES: Mapping[str, Callable[[State, Event], State]] = {
    "case.opened": _opened,
    "subject.joined": _joined,
    "subject.moved": _moved,
    "subject.left": _left,
    "case.closed": _case_closed,
    "case.reopened": _case_reopened,
    "case.upgraded": _upgraded,
    "record.started": _started,
    "record.submitted": _record(_submitted),
    "record.step_signed": _record(_step_signed),
    "record.signed": _record(_decided("signed")),
    "record.finished": _record(_decided("finished")),
    "record.returned": _record(_returned),
    "record.reopened": _record(_reopened),
    "record.abandoned": _record(_abandoned),
    "record.withdrawn": _withdrawn,
    "task.created": _task_created,
    "task.changed": _task_changed,
    "clock.changed": _clock_changed,
    "clock.overdue": _overdue,
}
