"""What each command asks for: its own event, or why it is refused. Pure; one function a command.

Refused are: what the role may not do, what cannot be now, what the case type's checks forbid, and
what would leave an open task without an end. A step may be skipped, repeated and reopened by who
may, with a reason: no check here asks for an order of forms.
"""

from collections.abc import Callable, Mapping
from typing import Any

from casetypes import effects, tasking
from casetypes.clocks import Happening
from casetypes.commands import Command, Refusal
from casetypes.definition import CaseType, ClockType, Step
from casetypes.names import Facts, holds, view
from casetypes.periods import is_after
from casetypes.state import DECIDED, OPEN_RECORD, Event, RecordState, State

Asked = list[Event] | Refusal
CLOSED = Refusal("closed", "This case is closed: nothing more is written in it.")


def may(case_type: CaseType, roles: frozenset[str], verb: str, form: str = "") -> bool:
    """Whether a role may do something, with records of a form. Without permissions, all may all."""
    if not case_type.permissions:
        return True
    return any(
        grant["role"] in roles
        and verb in grant["may"]
        and (not form or form in grant.get("forms", (form,)))
        for grant in case_type.permissions
    )


def next_step(
    case_type: CaseType, state: State, record: RecordState, facts: Facts
) -> tuple[Step, bool] | None:
    """The signature that a submitted record waits for, and whether it is the last; None if none."""
    use = case_type.forms.get(record.form)
    chain = case_type.chains.get(use.chain, ()) if use else ()
    known = view(case_type, state, record.subjects[0] if record.subjects else "")
    steps = [step for step in chain if holds(step.when, known, facts)]
    place = len(record.steps)
    return (steps[place], place == len(steps) - 1) if place < len(steps) else None


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
    return [Event("subject.joined", (subject,), data, _why(command), command.occurred)]


def _leave(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    subject = command.data["subject"]
    if refusal := _active(case_type, state, subject):
        return refusal
    if refusal := _checked(case_type, state, "subject.close", "", (subject,), facts):
        return refusal
    if not command.data.get("why"):
        return Refusal("why", "Enter why their part in the case ends.")
    told = _tasks_told(state, subject, command)
    if isinstance(told, Refusal):
        return told
    data = {"outcome": command.data.get("outcome", "")}
    return [*told, Event("subject.left", (subject,), data, _why(command), command.occurred)]


def _start(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    form, subjects = command.data["form"], tuple(command.data["subjects"])
    if not state.open:
        return CLOSED
    if form not in case_type.forms:
        return Refusal("form", "Cases of this type do not use that form.", (form,))
    if not may(case_type, command.roles, "start", form):
        return _not_allowed("start")
    for subject in subjects:
        if refusal := _active(case_type, state, subject):
            return refusal
    if refusal := _checked(case_type, state, "record.start", form, subjects, facts):
        return refusal
    data = {"record": command.data["record"], "form": form, "by": command.by}
    return [Event("record.started", subjects, data)]


def _submit(case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    record = state.records[command.data["record"]]
    use = case_type.forms[record.form]
    if not state.open:
        return CLOSED
    if record.status not in ("draft", "returned"):
        return _not_now(record, "submitted")
    if not may(case_type, command.roles, "submit", record.form):
        return _not_allowed("submit")
    if left := tasking.unjudged(use, state, command.data["answers"], record.subjects):
        names = ", ".join(f"“{task.title}”" for task in left[:3])
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        says = f"Say what became of every open action: {names}{more}."
        return Refusal("tasks_without_status", says, tuple(task.id for task in left))
    data = {"record": record.id, "form": record.form, "by": command.by}
    submitted = Event("record.submitted", record.subjects, data, {}, command.occurred)
    if use.chain:
        return [submitted]
    return [submitted, _decided("record.finished", record, command)]


def _sign(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    record = state.records[command.data["record"]]
    if not state.open:
        return CLOSED
    if record.status != "submitted":
        return _not_now(record, "signed")
    waits = next_step(case_type, state, record, facts)
    if waits is None:
        return Refusal("no_step", "This record waits for no signature.")
    step, last = waits
    if step.role not in command.roles or not may(case_type, command.roles, "sign", record.form):
        return Refusal("role", f"The next signature is a {step.role}'s.")
    authors = {record.author, *command.data.get("authors", ())}
    if "author" in step.barred and command.by in authors:
        return Refusal("own_work", "You wrote some of this record, so another has to sign it.")
    if "earlier" in step.barred and command.by in record.steps:
        return Refusal("signed_before", "You signed it already; this signature is another's.")
    if refusal := _checked(
        case_type, state, "record.sign", record.form, record.subjects, facts, command.data
    ):
        return refusal
    if not last:
        data = {"record": record.id, "form": record.form, "by": command.by}
        return [Event("record.step_signed", record.subjects, data)]
    return [_decided("record.signed", record, command)]


def _return(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    record = state.records[command.data["record"]]
    if record.status != "submitted":
        return _not_now(record, "returned")
    waits = next_step(case_type, state, record, facts)
    if waits is None or waits[0].role not in command.roles:
        return Refusal("role", "Only whose signature is next may return it.")
    if not command.data.get("why"):
        return Refusal("why", "Enter what needs to be changed.")
    data = {"record": record.id, "form": record.form, "by": command.by}
    return [Event("record.returned", record.subjects, data, _why(command))]


def _reopen(case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    record = state.records[command.data["record"]]
    if not state.open:
        return CLOSED
    if record.status not in DECIDED:
        return _not_now(record, "reopened")
    if case_type.forms[record.form].chain == "" and not command.data.get("correction"):
        return Refusal("finished", "What is finished is added to, not changed.")
    if not command.data.get("why"):
        return Refusal("why", "Enter why the record is reopened.")
    data = {"record": record.id, "form": record.form}
    return [Event("record.reopened", record.subjects, data, _why(command))]


def _abandon(_case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    record = state.records[command.data["record"]]
    if record.status not in ("draft", "returned"):
        return _not_now(record, "abandoned")
    if not command.data.get("why"):
        return Refusal("why", "Enter why the record is abandoned.")
    data = {"record": record.id, "form": record.form}
    return [Event("record.abandoned", record.subjects, data, _why(command))]


def _move(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    subject, move = command.data["subject"], case_type.move(command.data["move"])
    if move is None or not move.roles:
        return Refusal("move", "There is no such move by hand.")
    if refusal := _active(case_type, state, subject):
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
    if refusal := _checked(case_type, state, "move", move.key, (subject,), facts):
        return refusal
    told: list[Event] = []
    if case_type.stages[move.to].end:
        if refusal := _checked(case_type, state, "subject.close", "", (subject,), facts):
            return refusal
        asked = _tasks_told(state, subject, command) if move.tasks == "ask" else []
        if isinstance(asked, Refusal):
            return asked
        told = asked
    why = command.data.get("why", "")
    return [*told, *effects.moved(case_type, state, subject, move, why)]


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
    data |= {name: command.data[name] for name in ("owner", "due") if name in command.data}
    said = {name: command.data[name] for name in ("outcome",) if command.data.get(name)}
    return [Event("task.changed", task.subjects, data, said, command.occurred)]


def _hold_clock(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    """Pause, set going or cancel a clock by hand: never a statutory one."""
    kind = case_type.clocks.get(command.data["clock"])
    what, subject = command.data["what"], command.data.get("subject", "")
    if kind is None or (kind.key, subject) not in state.clocks:
        return Refusal("clock", "There is no such clock.")
    if kind.statutory:
        return _statutory(kind)
    if not may(case_type, command.roles, "override"):
        return _not_allowed("override")
    if not command.data.get("why"):
        return Refusal("why", "Enter why the clock is changed.")
    source = f"by hand:{len(state.clocks[kind.key, subject].happenings)}"
    happening = Happening(what, command.happened, command.at, source)
    changed = effects.changed_clock(kind, state, subject, (happening,), facts)
    if changed is None:
        return Refusal("not_now", f"“{kind.title}” does not run.")
    return [Event(changed.kind, changed.subjects, changed.data, _why(command))]


def _tick(_case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    """Tell, once for each cycle, what has become overdue by now."""
    told = []
    for clock in state.clocks.values():
        for cycle in clock.cycles:
            late = cycle.open and cycle.due is not None and is_after(command.at, cycle.due)
            if not late or cycle.number in clock.told:
                continue
            subjects = (clock.subject,) if clock.subject else ()
            data = {"clock": clock.key, "subject": clock.subject, "cycle": cycle.number}
            told.append(Event("clock.overdue", subjects, data))
    return told


def _close(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    """Close the whole case by hand, whatever stage its subjects are in."""
    if not state.open:
        return CLOSED
    if unfinished := [r for r in state.records.values() if r.status in OPEN_RECORD]:
        plural = "s" if len(unfinished) > 1 else ""
        says = f"This case has {len(unfinished)} unfinished record{plural}. Sign or abandon every "
        return Refusal("unfinished", says + "record, then close the case.")
    if refusal := _checked(case_type, state, "case.close", "", state.active, facts):
        return refusal
    told: list[Event] = []
    for subject in state.active:
        asked = _tasks_told(state, subject, command)
        if isinstance(asked, Refusal):
            return asked
        told += [event for event in asked if event not in told]
    left = [Event("subject.left", (one,), {"outcome": ""}) for one in state.active]
    data = {"reason_code": command.data["reason_code"]}
    return [*told, Event("case.closing", (), data, _why(command)), *left]


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
    reopened = [] if state.open else [Event("case.reopened", (), {}, _why(command))]
    data = {"move": "", "from": part.stage, "to": stage, "end": False, "outcome": ""}
    data["nonce"] = state.moves + 1
    return [*reopened, Event("subject.moved", (subject,), data, _why(command))]


ASKED: Mapping[str, Callable[[CaseType, State, Command, Facts], Asked]] = {
    "case.open": _open_case,
    "case.close": _close,
    "subject.join": _join,
    "subject.leave": _leave,
    "subject.reopen": _reopen_case,
    "record.start": _start,
    "record.submit": _submit,
    "record.sign": _sign,
    "record.return": _return,
    "record.reopen": _reopen,
    "record.abandon": _abandon,
    "move": _move,
    "task.change": _change_task,
    "clock.hold": _hold_clock,
    "tick": _tick,
}


def _decided(kind: str, record: RecordState, command: Command) -> Event:
    data = {"record": record.id, "form": record.form, "by": command.by}
    said = {"answers": command.data["answers"], "rows": command.data.get("rows", {})}
    return Event(kind, record.subjects, data, said, command.data.get("occurred"))


def _active(case_type: CaseType, state: State, subject: str) -> Refusal | None:
    if not state.open:
        return CLOSED
    part = state.subjects.get(subject)
    if part is None:
        return Refusal("subject", f"The case is not about that {case_type.called}.", (subject,))
    if part.closed:
        return Refusal("subject_closed", "Their part in this case is over.", (subject,))
    return None


def _checked(
    case_type: CaseType,
    state: State,
    on: str,
    of: str,
    subjects: tuple[str, ...],
    facts: Facts,
    data: Mapping[str, Any] | None = None,
) -> Refusal | None:
    """The first invariant that a command would break, for any of the subjects."""
    for check in case_type.checks:
        if check.on != on or check.of not in ("", of):
            continue
        for subject in subjects or ("",):
            known = view(case_type, state, subject)
            if data and "answers" in data:
                known = {**known, of: data["answers"], "row": data.get("rows", {}).get(subject, {})}
            if holds(check.when, known, facts):
                return Refusal("check", check.message, (subject,))
    return None


def _tasks_told(state: State, subject: str, command: Command) -> list[Event] | Refusal:
    """What becomes of each open task at the end of a subject's part: each carried or closed."""
    told: Mapping[str, Mapping[str, str]] = command.data.get("tasks", {})
    events: list[Event] = []
    left = []
    for task in state.open_tasks(subject=subject):
        if (set(task.subjects) - {subject}) & set(state.active):
            continue  # it goes on for somebody else
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


def _statutory(kind: ClockType) -> Refusal:
    says = f"“{kind.title}” is set by statute: it is not paused, overridden or skipped. "
    return Refusal("statutory", says + "If it was late, say why.")


def _not_allowed(verb: str) -> Refusal:
    return Refusal("role", f"Your role in this case's team may not {verb} this.")


def _not_now(record: RecordState, done: str) -> Refusal:
    return Refusal("status", f"This record is {record.status}, so it cannot be {done} now.")


def _why(command: Command) -> dict[str, Any]:
    why = str(command.data.get("why", "")).strip()
    return {"why": why} if why else {}
