"""What is asked of clocks: to hold one by hand, to say why it is late, to tell what is overdue. Pure."""

from datetime import date, datetime, timedelta

from casetypes import effects
from casetypes.clocks import Cycle, Happening, is_late
from casetypes.commands import Command, Refusal
from casetypes.definition import CaseType
from casetypes.names import Facts
from casetypes.periods import LONDON, is_after, london_day
from casetypes.refusing import may, not_allowed, statutory, why_of
from casetypes.state import ClockState, Event, State

Asked = list[Event] | Refusal
HELD = ("pause", "resume", "cancel")
_NONE = Refusal("clock", "There is no such clock.")
_NOT_NOW = {
    "pause": "“{title}” does not run then, so it cannot be paused.",
    "resume": "“{title}” is not paused then, so it cannot be set going again.",
    "cancel": "“{title}” does not run then, so it cannot be cancelled.",
}


def hold(case_type: CaseType, state: State, command: Command, facts: Facts) -> Asked:
    """Pause, set going or cancel a clock by hand: never a statutory one."""
    kind = case_type.clocks.get(command.data["clock"])
    what, subject = command.data["what"], command.data.get("subject", "")
    if kind is None or (kind.key, subject) not in state.clocks:
        return _NONE
    if kind.statutory:
        return statutory(kind)
    if not may(case_type, command.roles, "override"):
        return not_allowed("override")
    if not command.data.get("why"):
        return Refusal("why", "Enter why the clock is changed.")
    if command.happened > command.at:
        return Refusal("on", "The day must not be in the future.")
    before = state.clocks[kind.key, subject]
    source = f"by hand:{len(before.happenings)}"
    happening = Happening(what, command.happened, command.at, source)
    changed = effects.changed_clock(kind, state, subject, (happening,), facts)
    if changed is None or changed.data["cycles"] == before.cycles:
        return Refusal("not_now", _NOT_NOW[what].format(title=kind.title))
    return [Event(changed.kind, changed.subjects, changed.data, why_of(command), command.occurred)]


def held_from(clock: ClockState, on: date, at: datetime) -> datetime:
    """The instant of what a person says happened on a day: now, if that is today; else the start of
    that day in London, or just after what moved the clock last on that day.
    """
    if on == london_day(at):
        return at
    begins = datetime.combine(on, datetime.min.time(), LONDON)
    moved = [one.occurred for one in clock.happenings if london_day(one.occurred) == on]
    return max([begins, *(one + timedelta(seconds=1) for one in moved)])


def explain(_case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    """Say why a run is, or was, late. Said again, the later reason stands, and both are kept.

    The command's data: `clock`, `subject`, the `cycle`'s number, `code` and `words`; and `offered`,
    the codes of the clock's list on that day, none where it names no list.
    """
    data = command.data
    clock = state.clocks.get((data["clock"], data.get("subject", "")))
    if clock is None:
        return _NONE
    cycle = next((one for one in clock.cycles if one.number == data["cycle"]), None)
    if cycle is None:
        return Refusal("cycle", "This clock has no such run.")
    if not is_late(cycle, command.at):
        return Refusal("not_late", "This run of the clock is not late, so there is nothing to say.")
    offered, code = data.get("offered", ()), data.get("code", "")
    if offered and not code:
        return Refusal("code", "Select a reason from the list.")
    if code and code not in offered:
        says = f"“{code}” is not a reason of the list on this day." if offered else _NO_LIST
        return Refusal("code", says)
    words = str(data.get("words", "")).strip()
    if not words:
        return Refusal("words", "Enter in words why it is late.")
    named = {"clock": clock.key, "subject": clock.subject, "cycle": cycle.number}
    named |= {"begun": run_of(cycle), "code": code}
    return [Event("clock.explained", _whom(clock), named, {"why": words})]


_NO_LIST = "This clock has no list of reasons: leave the code out, and say it in words."


def run_of(cycle: Cycle) -> str:
    """What names a run for ever, whatever number it has when the clock is worked out anew."""
    return cycle.begun.source


def tick(_case_type: CaseType, state: State, command: Command, _facts: Facts) -> Asked:
    """Tell, once for each cycle, what has become overdue by now."""
    told = []
    for clock in state.clocks.values():
        for cycle in clock.cycles:
            late = cycle.open and cycle.due is not None and is_after(command.at, cycle.due)
            if late and cycle.number not in clock.told:
                data = {"clock": clock.key, "subject": clock.subject, "cycle": cycle.number}
                told.append(Event("clock.overdue", _whom(clock), data))
    return told


def recompute(case_type: CaseType, state: State, _command: Command, facts: Facts) -> Asked:
    """Work out every clock that has not come to rest with today's holidays, where that differs."""
    found = []
    for (key, subject), clock in state.clocks.items():
        kind = case_type.clocks.get(key)
        if kind is not None and any(cycle.open for cycle in clock.cycles):
            changed = effects.changed_clock(kind, state, subject, (), facts)
            found += [changed] if changed else []
    return found


def _whom(clock: ClockState) -> tuple[str, ...]:
    return (clock.subject,) if clock.subject else ()
