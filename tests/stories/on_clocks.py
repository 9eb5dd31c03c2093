"""What people ask of a case's clocks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from casetypes.clocks import is_late
from casework.cases.actions.clocks import explain_clock, hold_clock, recompute_clocks
from casework.cases.actions.working import tell_overdue
from casework.cases.late import offered
from casework.cases.models import Clock
from casework.cases.running.loading import type_of
from casework.clock import london_day
from tests.stories.story import Story

data = st.data()


class OnClocks(Story):
    """The rules of the machine that concern clocks."""

    @precondition(lambda self: self.state.clocks)
    @rule(data=data)
    def see_to_the_clocks(self, data: Any) -> None:
        """Tell what is overdue, or work all out anew."""
        self._data = data
        kind, act = self.pick((("clock.tell", tell_overdue), ("clock.tell anew", recompute_clocks)))
        self.ask(kind, act, by=self.cast.wanda)

    @precondition(lambda self: self.late())
    @rule(data=data)
    def say_why_it_is_late(self, data: Any) -> None:
        """By the list where the clock has one, and in words."""
        self._data = data
        self.explain()

    def explain(self) -> None:
        """Say why a run is late, of the favourite clock if it is."""
        late = self.late()
        favourites = [one for one in late if one[0].key == self.favourite]
        clock, cycle = self.pick(favourites or late)
        kind = type_of(self.case).clocks[clock.key]
        codes = [one.code for one in offered(kind, london_day(self.at))]
        row, code = self.clock_row(clock.key, clock.subject), self.pick(codes) if codes else ""
        self.ask("clock.explain", explain_clock, row.pk, cycle.number, code=code,
                 words="They were away", by=self.worker())  # fmt: skip

    def late(self) -> list[Any]:
        """The runs that are or were late, with their clocks."""
        clocks = self.state.clocks.values()
        return [(one, run) for one in clocks for run in one.cycles if is_late(run, self.at)]

    @precondition(lambda self: self.state.clocks)
    @rule(data=data)
    def hold_a_clock(self, data: Any) -> None:
        """Pause, resume or cancel a clock that may be held, now or since yesterday."""
        self._data = data
        self.hold()

    def hold(self, only: str = "") -> None:
        """Pause, resume or cancel a clock that may be held; `only` so where that can be."""
        kinds = type_of(self.case).clocks
        fit: list[tuple[Any, Sequence[str]]] = [
            (clock, ("resume", "cancel") if clock.cycles[-1].paused_since else ("pause", "pause", "cancel"))
            for clock in self.state.clocks.values()
            if not kinds[clock.key].statutory and clock.cycles and clock.cycles[-1].open
        ]  # fmt: skip
        favourites = [one for one in fit if one[0].key == self.favourite]
        if fit:
            clock, what = self.pick(
                favourites if favourites and self.pick((True, True, False)) else fit
            )
            row = self.clock_row(clock.key, clock.subject)
            on = (
                london_day(self.at) - timedelta(days=1) if self.pick((False, False, True)) else None
            )
            self.ask("clock.hold", hold_clock, row.pk, only if only in what else self.pick(what), why="We wait", on=on,
                     by=self.cast.max)  # fmt: skip

    def clock_row(self, key: str, subject: str) -> Clock:
        """The row of a clock."""
        return Clock.objects.get(case=self.case, key=key, subject=subject or None)
