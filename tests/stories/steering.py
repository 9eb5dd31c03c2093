"""Steers a story to what few would come to by chance: what a move or a clock of the case type waits for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from casetypes.definition import Trigger
from casework.cases.actions.cases import close_case
from casework.cases.actions.records import abandon
from casework.cases.actions.signing import submit
from casework.cases.actions.working import tell_overdue
from casework.cases.case_types import closing_reasons
from casework.cases.running.loading import type_of
from casework.clock import london_day
from tests.stories.commands import DRAFTS, Commands, data

_AT_ONCE = ("pause", "resume", "cancel", "stop", "done in time")  # not for an overdue clock to show


class Steered(Commands):
    """The machine whole: whatever people ask, and what leads on."""

    @precondition(lambda self: self.state.active)
    @rule(data=data)
    def bring_about_a_move(self, data: Any) -> None:
        """What one of the moves waits for that lead out of where somebody is."""
        self._data = data
        subject = self.pick(self.state.active)
        here = self.state.subjects[subject].stage
        moves = [one for one in type_of(self.case).moves if one.on and here in one.leaves]
        if moves:
            self.cause(self.pick(moves).on, subject)

    @precondition(lambda self: self.state.active)
    @rule(data=data, wait=st.sampled_from((False, True)))
    def see_to_the_favourite_clock(self, data: Any, wait: bool) -> None:
        """What its triggers wait for, perhaps after it has become overdue."""
        self._data = data
        self.see_to_it(wait)

    @precondition(lambda self: self.state.active)
    @rule(data=data, wait=st.sampled_from((False, True)))
    def see_to_it_again(self, data: Any, wait: bool) -> None:
        """The same: a story leaves some rules out, and few are to be without it."""
        self._data = data
        self.see_to_it(wait)

    def see_to_it(self, wait: bool) -> None:
        """The next step towards the story's aim, mostly; else anything that moves its clock."""
        kind = type_of(self.case).clocks[self.favourite]
        mine = [
            one for one in self.state.clocks.values() if one.key == self.favourite and one.cycles
        ]
        running = [one for one in mine if one.cycles[-1].open]
        clock = self.pick(running) if running else None
        towards = self.aim[2:] if self.aim[1:2] == (self.favourite,) else ()
        what = towards[0] if towards and self.pick((True, True, False)) else ""
        if clock and wait and clock.cycles[-1].due and what not in _AT_ONCE:
            due = clock.cycles[-1].due
            day = due if not isinstance(due, datetime) else london_day(due)
            self.at += max(timedelta(0), timedelta(days=2) + (day - london_day(self.at)))
            self.ask("clock.tell", tell_overdue, by=self.cast.wanda)
            if what == "explained" and any(one.key == self.favourite for one, _run in self.late()):
                self.explain()
                return
        by_hand = towards[1:] == ("by hand",) and what
        if clock and not kind.statutory and (by_hand or self.pick((True, False, False, False))):
            self.hold(what if by_hand else "")
            return
        wanted: Sequence[str] = (
            ("stop", "pause", "resume", "stop", "cancel") if clock else ("start",)
        )
        if clock and what:
            wanted = (what,) if what in kind.triggers else ("stop",)
            if what == "resume" and clock.cycles[-1].paused_since is None:
                wanted = ("pause",)
        triggers = [one for part in wanted for one in kind.triggers.get(part, ())]
        of = clock.subject if clock else ""
        subject = of if of in self.state.active else self.pick(self.state.active)
        if triggers:
            self.cause(self.pick(triggers), subject)

    def cause(self, trigger: Trigger, subject: str) -> None:
        """Do what a trigger waits for, as far as people do that: write a record, do an action, move."""
        told = _told(trigger.when, self.pick)
        if trigger.event.startswith("record."):
            if self.start(subject, trigger.of, told):
                record = list(self.state.records)[-1]
                done = self.ask("record.submit", submit, record, seen=None, by=self.worker())
                if done and self.state.records[record].status == "submitted":
                    self.decide(self.state.records[record], self.cast.max)
        elif trigger.event == "task.done":
            tasks = self.state.open_tasks(trigger.of)
            if tasks:
                what = {"status": "done", "outcome": "Seen to"}
                self.change(self.pick(tasks).id, by=self.worker(), **what)
        elif trigger.event == "case.closed":
            for record in self.having(*DRAFTS):
                self.ask("record.abandon", abandon, record.id, why="Over", by=self.worker())
            for record in self.having("submitted"):
                self.decide(record, self.cast.max)
            if not self.state.active:
                return
            code = self.pick([one.code for one in closing_reasons(self.case, london_day(self.at))])
            told_of = self.ends(*self.state.active)
            self.ask("case.close", close_case, self.case.pk, code, tasks=told_of, by=self.cast.max)
        elif trigger.event == "stage.entered":
            here = self.state.subjects[subject].stage
            moves = [m for m in type_of(self.case).moves if here in m.leaves and m.to == trigger.of]
            move = self.pick(moves) if moves else None
            if move and move.on:
                self.cause(move.on, subject)
            elif move:
                self.by_hand(subject, move)


def _told(when: Any, pick: Callable[[Sequence[Any]], Any]) -> dict[str, Any]:
    """The one answer that a rule asks for, by the question's key; nothing where it asks otherwise."""
    if not isinstance(when, Mapping):
        return {}
    ((name, args),) = when.items()
    if name not in ("==", "in") or not isinstance(args[0], Mapping):
        return {}
    key = args[0]["var"].rpartition(".")[2]
    return {key: args[1] if name == "==" else pick(args[1])}
