"""Clocks by hand: reasons for being late, holding, and the statutory ones that nobody touches."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetypes.asked_clocks import held_from
from casetypes.clocks import Cycle, Happening, derive, is_late
from casetypes.definition import load
from casetypes.periods import LONDON, Period, calendar_named
from casetypes.state import ClockState, fold
from tests.casetypes import calendars, document, shipped
from tests.pure.casework_at_hand import Case

EW = calendar_named(calendars(), "ew")
LATE: dict[str, Any] = {"clock": "referral_decision", "subject": "", "cycle": 1, "words": "Ill"}


@pytest.fixture
def case() -> Case:
    """A case about two children, just opened."""
    opened = Case(load(document("child_in_need")))
    opened.do("case.open", subjects=["ann", "ben"])
    return opened


def test_only_what_is_late_is_explained(case: Case) -> None:
    assert case.refused("clock.explain", **LATE).code == "not_late"
    case.at += timedelta(days=5)
    (told,) = case.do("clock.explain", **LATE)
    assert (told.data["cycle"], told.said["why"]) == (1, "Ill")
    case.do("clock.explain", **LATE)  # it may be said again
    assert fold(case.events) == case.state


def test_a_reason_is_of_the_list_and_in_words(case: Case) -> None:
    case.at += timedelta(days=5)
    listed = {**LATE, "offered": ("worker", "family")}
    assert case.refused("clock.explain", **listed).code == "code"
    assert case.refused("clock.explain", **listed, code="weather").code == "code"
    assert case.refused("clock.explain", **LATE, code="worker").code == "code"
    assert case.refused("clock.explain", **{**listed, "words": " "}, code="worker").code == "words"
    assert case.refused("clock.explain", **{**LATE, "cycle": 2}).code == "cycle"
    assert case.refused("clock.explain", **{**LATE, "clock": "none"}).code == "clock"
    (told,) = case.do("clock.explain", **listed, code="worker")
    assert told.data["code"] == "worker"


def test_what_ended_late_is_explained_after_the_case_is_over(case: Case) -> None:
    case.at += timedelta(days=5)
    case.signed("referral", "referral", ["ann", "ben"], {"decision": "nfa"})
    assert not case.state.open
    case.do("clock.explain", **LATE)


@pytest.mark.parametrize("what", ["pause", "resume", "cancel"])
def test_nobody_touches_a_statutory_clock_and_skipping_stops_it_not(case: Case, what: str) -> None:
    held = {"clock": "assessment", "subject": "ann", "what": what, "why": "On holiday"}
    refusal = case.refused("clock.hold", **held, roles=frozenset({"manager"}))
    assert refusal.code == "statutory"
    # The referral is skipped: its clock runs on, whatever is written meanwhile.
    case.signed("plan", "child_in_need_plan", ["ann"], {})
    (cycle,) = case.state.clocks["referral_decision", ""].cycles
    assert cycle.status == "running"


def test_holding_what_does_not_run_is_refused_and_a_day_to_come_too() -> None:
    case = Case(load(shipped("child_in_need")))
    case.do("case.open", subjects=["ann"])
    held: dict[str, Any] = {"clock": "contact_triage", "subject": "", "why": "Asked them"}
    assert case.refused("clock.hold", **held, what="resume").code == "not_now"
    tomorrow = case.at + timedelta(days=1)
    assert case.refused("clock.hold", **held, what="pause", occurred=tomorrow).code == "on"
    case.do("clock.hold", **held, what="pause")
    assert case.refused("clock.hold", **held, what="pause").code == "not_now"
    case.do("clock.hold", **held, what="resume")
    case.do("clock.hold", **held, what="cancel")
    assert case.refused("clock.hold", **held, what="cancel").code == "not_now"


def test_working_out_anew_changes_nothing_while_the_holidays_are_the_same(case: Case) -> None:
    assert case.ask("clock.recompute") == ()


def run(limit: Period, *happened: Happening) -> Cycle:
    """The only run of a clock that starts on 1 September."""
    begun = datetime(2026, 9, 1, 10, tzinfo=LONDON)
    start = Happening("start", begun, begun, "start", limit)
    return derive([start, *happened], EW)[0]


@given(st.integers(0, 60), st.integers(0, 90), st.sampled_from(["stop", "cancel"]))
def test_late_is_what_ends_after_the_day_it_was_due(limit: int, days: int, kind: Any) -> None:
    end = datetime(2026, 9, 1, 11, tzinfo=LONDON) + timedelta(days=days)
    ended = run(Period(limit, "days"), Happening(kind, end, end, "end"))
    open_ = run(Period(limit, "days"))
    assert is_late(ended, end + timedelta(days=400)) == is_late(open_, end) == (days > limit)


def test_a_paused_clock_is_not_late() -> None:
    when = datetime(2026, 9, 2, 10, tzinfo=LONDON)
    paused = run(Period(5, "days"), Happening("pause", when, when, "pause"))
    assert not is_late(paused, when + timedelta(days=99))


@given(st.integers(0, 20), st.integers(0, 20))
def test_a_hold_on_a_past_day_takes_hold_whatever_happened_on_it(first: int, more: int) -> None:
    day = date(2026, 9, 1)
    at = datetime(2026, 11, 1, 9, tzinfo=LONDON)
    kept: tuple[Happening, ...] = ()
    begun = datetime(2026, 9, 1, 10, tzinfo=LONDON)
    kept = (Happening("start", begun, begun, "start", Period(5, "days")),)
    for number, (kind, on) in enumerate((("pause", first), ("resume", first + more))):
        clock = ClockState("x", "", kept, derive(kept, EW))
        when = held_from(clock, day + timedelta(days=on), at)
        kept = (*kept, Happening(kind, when, at, f"by hand:{number}"))  # type: ignore[arg-type]
    (cycle,) = derive(kept, EW)
    assert cycle.status == "running"
    assert cycle.worked is not None
    assert cycle.worked.paused == more
