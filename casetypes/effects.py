"""What an event brings about, phase by phase: clocks, moves, tasks, the end of a case. Pure.

Each phase is asked when the one before is done with, and gives the events that follow.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from casetypes import tasking
from casetypes.binding import own_row
from casetypes.clocks import Happening, derive
from casetypes.commands import Command
from casetypes.definition import CaseType, ClockType, Move, Trigger
from casetypes.names import Facts, holds, view
from casetypes.periods import Period, calendar_named
from casetypes.state import OPEN_RECORD, ClockState, Event, State
from formdefs.rules import RuleError, evaluate

_ENDING = ("stop", "cancel", "resume")
_BEGINNING = ("start", "restart", "pause")
# Kinds of events that no trigger can name: what most events of a signature are.
_AWAITED_BY_NOBODY = ("clock.changed", "task.created")


def concerned(
    case_type: CaseType, state: State, event: Event, trigger: Trigger, facts: Facts
) -> tuple[str, ...]:
    """The subjects for whom an event is what a trigger waits for."""
    if event.kind in _AWAITED_BY_NOBODY or not _is(trigger, event, state):
        return ()
    subjects = event.subjects or tuple(state.subjects)
    return tuple(one for one in subjects if _holds(case_type, state, event, trigger, one, facts))


def ending_clocks(
    case_type: CaseType, state: State, event: Event, command: Command, facts: Facts
) -> Iterator[Event]:
    """Clocks that the event stops, cancels or sets going again."""
    return _clocks(case_type, state, event, command, facts, _ENDING)


def beginning_clocks(
    case_type: CaseType, state: State, event: Event, command: Command, facts: Facts
) -> Iterator[Event]:
    """Clocks that the event starts or pauses."""
    return _clocks(case_type, state, event, command, facts, _BEGINNING)


def moves(
    case_type: CaseType, state: State, event: Event, _command: Command, facts: Facts
) -> Iterator[Event]:
    """Moves that follow by themselves: for each subject the first whose trigger and rule hold."""
    waiting = [one for one in case_type.moves if one.on and _is(one.on, event, state)]
    if not state.open or not waiting:
        return
    for subject in event.subjects or state.active:
        part = state.subjects.get(subject)
        if part is None or part.closed:
            continue
        for move in waiting:
            if move.on is None or part.stage not in move.leaves:
                continue
            known = view(case_type, state, subject)
            if subject in concerned(case_type, state, event, move.on, facts) and holds(
                move.when, known, facts
            ):
                record = state.records.get(str(event.data.get("record", "")))
                row = own_row(case_type.use(record.form), record.answers, subject) if record else {}
                yield from moved(case_type, state, subject, move, "", known.but(row=row), facts)
                break


def moved(
    case_type: CaseType,
    state: State,
    subject: str,
    move: Move,
    reason: str,
    known: Mapping[str, Any],
    facts: Facts,
) -> Iterator[Event]:
    """One subject's move, after the tasks that it closes. known: what its rules read."""
    end = case_type.stages[move.to].end
    if end and move.tasks == "close":
        yield from tasking.closed(state, subject, move.title)
    data = {
        "move": move.key,
        "from": state.subjects[subject].stage,
        "to": move.to,
        "end": end,
        "outcome": _said(move.outcome, known, facts),
        "closing": _said(move.closing, known, facts),
        "nonce": state.moves + 1,
    }
    yield Event("subject.moved", (subject,), data, {"why": reason} if reason else {})


def tasks(
    case_type: CaseType, state: State, event: Event, command: Command, facts: Facts
) -> Iterator[Event]:
    """Tasks that come up, change, or are needless now; and what a review said of them."""
    yield from tasking.judged(case_type, state, event)
    for template in case_type.tasks.values():
        for trigger in template.cancel:
            for subject in concerned(case_type, state, event, trigger, facts):
                yield from tasking.needless(state, template, subject)
        subjects = concerned(case_type, state, event, template.on, facts)
        if subjects:
            yield from tasking.created(template, state, event, subjects, command, facts)


def ending(
    _case_type: CaseType, state: State, event: Event, _command: Command, _facts: Facts
) -> Iterator[Event]:
    """The case is over when its subjects have all come to an end. One that has lost them has not.

    With a record unfinished it stays open, for somebody to finish or abandon that and close it.
    """
    over = event.kind == "subject.moved" and state.open and state.subjects and not state.active
    if over and not any(record.status in OPEN_RECORD for record in state.records.values()):
        yield Event("case.closed", (), {"reason_code": event.data.get("closing", "")})


PHASES = (ending_clocks, moves, beginning_clocks, tasks, ending)


def changed_clock(
    kind: ClockType, state: State, subject: str, happenings: tuple[Happening, ...], facts: Facts
) -> Event | None:
    """The clock worked out anew with more happenings, None if nothing changes.

    A record that is decided again happens once: when it tells of another time than before, at that
    time; a signature, which happens when it is made, at its first.
    """
    before = state.clocks.get((kind.key, subject), ClockState(kind.key, subject))
    new = {(one.kind, one.source): one for one in happenings}
    kept = [_again(one, new.pop((one.kind, one.source), one)) for one in before.happenings]
    together = (*kept, *new.values())
    calendar = calendar_named(facts.get("calendars", {}), kind.calendar)
    cycles = derive(together, calendar, kind.series)
    if cycles == before.cycles and together == before.happenings:
        return None
    data = {
        "clock": kind.key,
        "subject": subject,
        "happenings": together,
        "cycles": cycles,
        "told": before.told,
    }
    return Event("clock.changed", (subject,) if subject else (), data)


def limit_of(
    case_type: CaseType, kind: ClockType, state: State, subject: str, facts: Facts
) -> Period | None:
    """The limit that a clock starts with: the first whose rule holds, None where none does."""
    known = view(case_type, state, subject)
    return next((limit for rule, limit in kind.limits if holds(rule, known, facts)), None)


def _clocks(
    case_type: CaseType,
    state: State,
    event: Event,
    command: Command,
    facts: Facts,
    wanted: tuple[str, ...],
) -> Iterator[Event]:
    if event.kind in _AWAITED_BY_NOBODY:
        return
    occurred = event.occurred or command.at
    for kind in case_type.clocks.values():
        for_whom: dict[str, list[Happening]] = {}
        for what in wanted:
            for trigger in kind.triggers.get(what, ()):
                subjects = concerned(case_type, state, event, trigger, facts)
                for subject in subjects if kind.per == "subject" else [""] * bool(subjects):
                    limit, over = None, bool(subject) and state.subjects[subject].closed
                    if what in ("start", "restart") and over:
                        continue
                    if what in ("start", "restart") or (
                        what == "stop" and kind.series.again and not over
                    ):
                        limit = limit_of(case_type, kind, state, subject, facts)
                    source = _source(event, trigger)
                    made = Happening(what, occurred, command.at, source, limit)  # type: ignore[arg-type]
                    for_whom.setdefault(subject, []).append(made)
        for subject, made_for in for_whom.items():
            if changed := changed_clock(kind, state, subject, tuple(made_for), facts):
                yield changed


def _said(part: Any, known: Mapping[str, Any], facts: Facts) -> str:
    """A key that a move gives: itself, or what a rule makes of the answers."""
    if isinstance(part, str):
        return part
    try:
        return str(evaluate(part, known, (), facts) or "")
    except RuleError:
        return ""


def _again(first: Happening, again: Happening) -> Happening:
    """What stands of two tellings of one happening."""
    told = again.occurred not in (first.occurred, again.recorded)
    return again if told else first


def _source(event: Event, trigger: Trigger) -> str:
    """What a happening comes from: the record, of which each decision takes the last one's place,
    or the stage that was entered, the task that was done.
    """
    data = event.data
    named = data.get("record") or data.get("task") or data.get("nonce") or ""
    return ":".join(part for part in (trigger.event, trigger.of, str(named)) if part)


def _is(trigger: Trigger, event: Event, state: State) -> bool:
    """Whether an event is of the kind that a trigger names, whomever it concerns."""
    data = event.data
    if trigger.event == "stage.entered":
        entered = {"subject.moved": "to", "case.opened": "stage", "subject.joined": "stage"}
        name = entered.get(event.kind)
        return name is not None and trigger.of in ("", data[name])
    if trigger.event == "stage.left":
        return event.kind == "subject.moved" and trigger.of in ("", data["from"])
    if trigger.event == "subject.joined":
        return event.kind in ("case.opened", "subject.joined")
    if trigger.event in ("task.done", "tasks.done"):
        done = event.kind == "task.changed" and data.get("status") == "done"
        task = state.tasks[data["task"]] if done else None
        if task is None or trigger.of not in ("", task.template):
            return False
        return trigger.event == "task.done" or not state.open_tasks(trigger.of)
    if trigger.event == "clock.overdue":
        return event.kind == "clock.overdue" and trigger.of in ("", data["clock"])
    return trigger.event == event.kind and trigger.of in ("", data.get("form", ""))


def _holds(
    case_type: CaseType, state: State, event: Event, trigger: Trigger, subject: str, facts: Facts
) -> bool:
    if trigger.when is True:
        return True
    known = view(case_type, state, subject)
    record = state.records.get(str(event.data.get("record", "")))
    if record is not None:
        row = own_row(case_type.use(record.form), record.answers, subject)
        known = known.but(row=row)
    return holds(trigger.when, known, facts)
