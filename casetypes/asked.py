"""What each command asks for: its own event, or why it is refused. Pure; one function a command.

Refused are: what the role may not do, what cannot be now, what the case type's checks forbid, and
what would leave an open task without an end. A step may be skipped, repeated and reopened by who
may, with a reason: no check here asks for an order of forms.
"""

from collections.abc import Callable, Mapping, Sequence

from casetypes import asked_clocks, asked_records, effects, tasking
from casetypes.commands import Command, Refusal
from casetypes.definition import CaseType
from casetypes.names import Facts, holds, view
from casetypes.refusing import CLOSED, forbidden, may, not_active, why_of
from casetypes.state import OPEN_RECORD, Event, State, TaskState

Asked = list[Event] | Refusal


def _open_case(case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    if state.subjects:
        return Refusal("opened", "This case is open already.")
    subjects = tuple(dict.fromkeys(command.data["subjects"]))
    if not subjects:
        return Refusal("subjects", f"Choose the {case_type.called} whom the case is about.")
    data = {"stage": case_type.first.key, "nonce": 0}
    return [Event("case.opened", subjects, data, {}, command.occurred)]


def _join(case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    subject = command.data["subject"]
    if not state.open:
        return CLOSED
    known = state.subjects.get(subject)
    if known and not known.closed:
        return Refusal(
            "already", f"This case is about that {case_type.called} already.", (subject,)
        )
    data = {
        "stage": command.data.get("stage") or case_type.first.key,
        "nonce": f"join-{state.moves}",
    }
    return [Event("subject.joined", (subject,), data, why_of(command), command.occurred)]


def _leave(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    subject = command.data["subject"]
    if refusal := not_active(case_type, state, subject):
        return refusal
    if refusal := forbidden(case_type, state, "subject.close", "", (subject,), facts):
        return refusal
    if not command.data.get("why"):
        return Refusal("why", "Enter why their part in the case ends.")
    told = _tasks_told(state, (subject,), command)
    if isinstance(told, Refusal):
        return told
    data = {"outcome": command.data.get("outcome", "")}
    return [*told, Event("subject.left", (subject,), data, why_of(command), command.occurred)]


def _move(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    subject, move = command.data["subject"], case_type.move(command.data["move"])
    if move is None or not move.roles:
        return Refusal("move", "There is no such move by hand.")
    if refusal := not_active(case_type, state, subject):
        return refusal
    part = state.subjects[subject]
    if part.stage not in move.leaves:
        here = case_type.stages[part.stage].title
        return Refusal("stage", f"“{move.title}” does not lead out of “{here}”.", (subject,))
    if not command.roles & set(move.roles) or not may(case_type, command.roles, "move"):
        return Refusal("role", f"Only a {' or '.join(move.roles)} may do this: {move.title}.")
    if not holds(move.when, view(case_type, state, subject), facts):
        return Refusal(
            "not_now", move.otherwise or f"“{move.title}” cannot be done now.", (subject,)
        )
    if move.reason == "required" and not command.data.get("why"):
        return Refusal("why", f"Enter why: {move.title}.")
    if refusal := forbidden(case_type, state, "move", move.key, (subject,), facts):
        return refusal
    told: list[Event] = []
    if case_type.stages[move.to].end:
        if refusal := forbidden(case_type, state, "subject.close", "", (subject,), facts):
            return refusal
        asked = _tasks_told(state, (subject,), command) if move.tasks == "ask" else []
        if isinstance(asked, Refusal):
            return asked
        told = asked
    why = command.data.get("why", "")
    known = view(case_type, state, subject)
    return [*told, *effects.moved(case_type, state, subject, move, why, known, facts)]


def _change_task(_case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    task = state.tasks.get(command.data["task"])
    if task is None:
        return Refusal("task", "There is no such task.")
    if task.status != "open":
        return Refusal("task_closed", f"“{task.title}” is {task.status} already.", (task.id,))
    status = command.data.get("status", "open")
    if status != "open" and not command.data.get("outcome"):
        return Refusal("outcome", "Enter what came of it.", (task.id,))
    data = {"task": task.id, "status": status}
    ticked = command.data.get("ticked")
    if ticked is not None:
        if not {*ticked} <= {*range(len(task.checklist))}:
            return Refusal("ticked", "The checklist has no such point.", (task.id,))
        data["ticked"] = tuple(sorted({*ticked}))
    named = ("owner", "due", "priority", "evidence", "evidence_file")
    data |= {name: command.data[name] for name in named if name in command.data}
    said = {name: command.data[name] for name in ("outcome",) if command.data.get(name)}
    said |= why_of(command)
    return [Event("task.changed", task.subjects, data, said, command.occurred)]


def _close(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    """Close the whole case by hand, whatever stage its subjects are in."""
    if not state.open:
        return CLOSED
    if unfinished := [r for r in state.records.values() if r.status in OPEN_RECORD]:
        plural = "s" if len(unfinished) > 1 else ""
        says = f"This case has {len(unfinished)} unfinished record{plural}. Sign or abandon every "
        return Refusal("unfinished", says + "record, then close the case.")
    if refusal := forbidden(case_type, state, "case.close", "", state.active, facts, command.data):
        return refusal
    told = _tasks_told(state, state.active, command)
    if isinstance(told, Refusal):
        return told
    code = command.data["reason_code"]
    left = [Event("subject.left", (one,), {"closing": code}) for one in state.active]
    return [*told, *left, Event("case.closed", (), {"reason_code": code})]


def _transfer(_case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    """What becomes of the open tasks as a case goes to another team: each goes along or is closed.

    `worker`: uid of who has the case there, "" for nobody yet; `staying`: uids of owners who go on.
    """
    if not state.open:
        return CLOSED
    told = _tasks_told(state, state.active, command, state.open_tasks())
    if isinstance(told, Refusal):
        return told
    closed = {event.data["task"] for event in told}
    worker, staying = command.data.get("worker", ""), command.data.get("staying", ())
    given = [
        Event("task.changed", task.subjects, {"task": task.id, "owner": worker, "given_on": True})
        for task in state.open_tasks()
        if task.id not in closed and task.owner and task.owner not in staying
    ]
    return [*told, *given]


def _reopen_case(case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    subject = command.data["subject"]
    if not command.data.get("why"):
        return Refusal("why", "Enter why it is reopened.")
    part = state.subjects.get(subject)
    if part is None or not part.closed:
        return Refusal("open", "Their part in this case is not over.", (subject,))
    stage = command.data.get("stage") or case_type.first.key
    if stage not in case_type.stages or case_type.stages[stage].end:
        return Refusal("stage", "Choose the stage to go on in.")
    reopened = [] if state.open else [Event("case.reopened", (), {}, why_of(command))]
    data = {"move": "", "from": part.stage, "to": stage, "end": False, "outcome": ""}
    data["nonce"] = state.moves + 1
    return [*reopened, Event("subject.moved", (subject,), data, why_of(command))]


ASKED: Mapping[str, Callable[[CaseType, State, Command, Facts], Asked]] = {
    "case.open": _open_case,
    "case.close": _close,
    "case.transfer": _transfer,
    "subject.join": _join,
    "subject.leave": _leave,
    "subject.reopen": _reopen_case,
    "record.start": asked_records.start,
    "record.submit": asked_records.submit,
    "record.sign": asked_records.sign,
    "record.return": asked_records.send_back,
    "record.reopen": asked_records.reopen,
    "record.abandon": asked_records.abandon,
    "move": _move,
    "task.change": _change_task,
    "clock.hold": asked_clocks.hold,
    "clock.explain": asked_clocks.explain,
    "clock.recompute": asked_clocks.recompute,
    "tick": asked_clocks.tick,
}


def _tasks_told(
    state: State,
    leaving: tuple[str, ...],
    command: Command,
    asked_about: Sequence[TaskState] | None = None,
) -> list[Event] | Refusal:
    """What becomes of each open task at the end of these subjects' part: each carried or closed.

    asked_about: the tasks, where they are others than those left over.
    """
    told: Mapping[str, Mapping[str, str]] = command.data.get("tasks", {})
    events: list[Event] = []
    left = []
    for task in tasking.left_open(state, leaving) if asked_about is None else asked_about:
        choice = told.get(task.id, {})
        if choice.get("end") == "close" and choice.get("why"):
            data = {"task": task.id, "status": "cancelled"}
            events.append(Event("task.changed", task.subjects, data, {"outcome": choice["why"]}))
        elif choice.get("end") != "carry":
            left.append(task)
    if left:
        says = f"Say of each open action whether it goes on, or why it ends: {len(left)} left."
        return Refusal("open_tasks", says, tuple(task.id for task in left))
    return events
