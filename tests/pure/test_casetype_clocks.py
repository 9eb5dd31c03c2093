"""Clocks: limits in every unit, pauses, series, corrections and both verdicts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetypes.clocks import Cycle, Happening, Series, derive, late_entry, standing
from casetypes.periods import LONDON, Period, before, calendar_named, work_out
from tests.casetypes import calendars

EW = calendar_named(calendars(), "ew")


def london(text: str) -> datetime:
    """A London day, at ten in the morning, or a day and time."""
    return datetime.fromisoformat(text if "T" in text else f"{text}T10:00").replace(tzinfo=LONDON)


def happening(kind: Any, occurred: str, recorded: str = "", **more: Any) -> Happening:
    """Something that moves a clock; its source is its kind and day unless told."""
    more.setdefault("source", f"{kind} {occurred}")
    return Happening(kind, london(occurred), london(recorded or occurred), **more)


def started(on: str, limit: Period, **more: Any) -> Happening:
    """A start."""
    return happening("start", on, limit=limit, **more)


@pytest.mark.parametrize(
    ("begun", "period", "due"),
    [
        ("2026-11-25", Period(1, "working_days"), date(2026, 11, 26)),
        ("2026-11-27", Period(1, "working_days"), date(2026, 11, 30)),  # over a weekend
        ("2026-11-28", Period(1, "working_days"), date(2026, 11, 30)),  # from a Saturday
        (
            "2026-12-24",
            Period(1, "working_days"),
            date(2026, 12, 29),
        ),  # Christmas, Boxing Day moved
        ("2025-10-21", Period(15, "working_days"), date(2025, 11, 11)),  # the domain brief, 1.0
        ("2026-11-25", Period(0, "working_days"), date(2026, 11, 25)),
        ("2026-11-25", Period(10, "days"), date(2026, 12, 5)),
        ("2026-11-25", Period(6, "weeks"), date(2027, 1, 6)),
        ("2026-01-31", Period(1, "months"), date(2026, 2, 28)),
        ("2024-01-31", Period(1, "months"), date(2024, 2, 29)),
        ("2026-08-31", Period(6, "months"), date(2027, 2, 28)),
        ("2026-11-30", Period(3, "months"), date(2027, 2, 28)),
        ("2026-12-31", Period(2, "months"), date(2027, 2, 28)),
        ("2024-02-29", Period(1, "years"), date(2025, 2, 28)),
        ("2026-05-15", Period(75, "years"), date(2101, 5, 15)),
    ],
)
def test_a_period_ends_with_its_last_day(begun: str, period: Period, due: date) -> None:
    assert work_out(london(begun), period, EW).due == due


@pytest.mark.parametrize(
    ("begun", "hours", "due"),
    [
        ("2026-03-28T14:00", 24, "2026-03-29T15:00"),  # the hour that summer time leaves out
        ("2026-10-24T14:00", 24, "2026-10-25T13:00"),  # the hour that comes twice
        ("2026-11-25T09:30", 72, "2026-11-28T09:30"),
    ],
)
def test_hours_are_elapsed_time_over_both_clock_changes(begun: str, hours: int, due: str) -> None:
    worked = work_out(london(begun).astimezone(UTC), Period(hours, "hours"), EW)
    assert worked.due == london(due)


def test_the_day_is_londons_also_late_in_a_summer_evening() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # 00:30 on 2 July in London
    assert work_out(late, Period(1, "days"), EW).due == date(2026, 7, 3)


def test_the_working_names_every_day_that_was_skipped() -> None:
    worked = work_out(london("2026-12-24"), Period(1, "working_days"), EW)
    assert worked.skipped == (
        (date(2026, 12, 25), "holiday"),
        (date(2026, 12, 26), "weekend"),
        (date(2026, 12, 27), "weekend"),
        (date(2026, 12, 28), "holiday"),
    )


def test_a_clock_runs_from_its_start_and_is_stopped_once() -> None:
    cycles = derive(
        [
            happening("stop", "2026-11-20"),
            started("2026-11-02", Period(10, "working_days")),
            happening("stop", "2026-11-13", "2026-11-18"),
        ],
        EW,
    )
    (cycle,) = cycles
    assert (cycle.status, cycle.due) == ("stopped", date(2026, 11, 16))
    assert cycle.done_in_time is True
    assert cycle.recorded_in_time is False  # it was done in time, and known too late
    assert standing(cycle, london("2026-12-01"), (), EW) == "in_time"


def test_a_pause_adds_the_working_days_after_its_first_until_its_last() -> None:
    cycles = derive(
        [
            started("2026-11-02", Period(10, "working_days")),
            happening("pause", "2026-11-05"),
            happening("resume", "2026-11-11"),
        ],
        EW,
    )
    assert cycles[0].due == date(2026, 11, 20)  # 16 November and 4 working days
    assert cycles[0].worked is not None
    assert cycles[0].worked.paused == 4


def test_while_a_clock_is_paused_nothing_is_due() -> None:
    (cycle,) = derive(
        [started("2026-11-02", Period(10, "working_days")), happening("pause", "2026-11-05")], EW
    )
    assert (cycle.status, cycle.due) == ("paused", None)
    assert standing(cycle, london("2027-11-01"), (), EW) == "paused"


def test_a_series_counts_from_when_it_was_held_or_from_when_it_was_due() -> None:
    story = [started("2026-01-15", Period(3, "months")), happening("stop", "2026-03-30")]
    held = derive(story, EW, Series((Period(6, "months"),)))
    due = derive(story, EW, Series((Period(6, "months"),), held=False))
    assert held[1].due == date(2026, 9, 30)
    assert due[1].due == date(2026, 10, 15)
    assert (held[0].done_in_time, held[1].status) == (True, "running")


def test_a_series_goes_on_with_its_last_limit() -> None:
    story = [started("2026-01-01", Period(3, "months"))]
    story += [happening("stop", day) for day in ("2026-03-01", "2026-08-01", "2027-01-15")]
    cycles = derive(story, EW, Series((Period(6, "months"),)))
    assert [cycle.due for cycle in cycles] == [
        date(2026, 4, 1), date(2026, 9, 1), date(2027, 2, 1), date(2027, 7, 15),
    ]  # fmt: skip


def test_a_restart_ends_one_run_and_begins_another() -> None:
    first, second = derive(
        [
            started("2026-11-02", Period(10, "days")),
            happening("restart", "2026-11-05", limit=Period(10, "days")),
        ],
        EW,
    )
    assert (first.status, second.due) == ("cancelled", date(2026, 11, 15))


def test_a_back_dated_stop_is_folded_where_it_belongs() -> None:
    story = [
        started("2026-01-15", Period(6, "weeks")),
        happening("stop", "2026-02-20"),
        happening("stop", "2026-04-01"),
    ]
    series = Series((Period(6, "weeks"),))
    before_it = derive(story, EW, series)
    after_it = derive([*story, happening("stop", "2026-03-10", "2026-04-20")], EW, series)
    assert [c.done_in_time for c in before_it[:2]] == [True, True]
    assert [c.due for c in after_it] == [
        date(2026, 2, 26), date(2026, 4, 3), date(2026, 4, 21), date(2026, 5, 13),
    ]  # fmt: skip
    assert after_it[1].recorded_in_time is False


def test_a_changed_holiday_list_works_the_clock_out_anew() -> None:
    story = [started("2026-11-23", Period(5, "working_days"))]
    more = dict(calendars()["ew"])
    more["holidays"] = [*more["holidays"], "2026-11-27"]
    changed = calendar_named({"ew": more}, "ew")
    assert derive(story, EW)[0].due == date(2026, 11, 30)
    assert derive(story, changed)[0].due == date(2026, 12, 1)


def test_without_a_limit_nothing_is_due_and_nobody_is_late() -> None:
    (cycle,) = derive([happening("start", "2026-01-01"), happening("stop", "2028-01-01")], EW)
    assert (cycle.due, cycle.done_in_time) == (None, None)


def test_a_clock_warns_before_it_is_overdue() -> None:
    (cycle,) = derive([started("2026-11-02", Period(10, "working_days"))], EW)
    warn = (Period(3, "working_days"),)
    stands = [standing(cycle, london(day), warn, EW) for day in ("2026-11-10", "2026-11-11")]
    assert stands == ["running", "due_soon"]
    assert standing(cycle, london("2026-11-16T23:59"), warn, EW) == "due_soon"
    assert standing(cycle, london("2026-11-17T00:00"), warn, EW) == "overdue"
    assert before(date(2026, 11, 16), Period(1, "months"), EW) == date(2026, 10, 16)


def test_an_entry_long_after_it_happened_is_flagged() -> None:
    allowed = Period(2, "working_days")
    assert not late_entry(happening("stop", "2026-11-20", "2026-11-24"), allowed, EW)
    assert late_entry(happening("stop", "2026-11-20", "2026-11-25"), allowed, EW)


DAYS = st.integers(0, 400).map(lambda day: datetime(2026, 1, 1, 10, tzinfo=UTC) + timedelta(day))
KINDS = st.sampled_from(["start", "restart", "pause", "resume", "stop", "cancel"])
STORIES = st.lists(
    st.builds(
        Happening,
        kind=KINDS,
        occurred=DAYS,
        recorded=DAYS,
        source=st.uuids().map(str),
        limit=st.sampled_from([None, Period(5, "working_days"), Period(1, "months")]),
    ),
    max_size=14,
)
SERIES = st.sampled_from(
    [Series(), Series((Period(6, "weeks"),)), Series((Period(2, "days"),), False)]
)


@given(STORIES, SERIES, st.randoms())
def test_the_order_in_which_things_become_known_changes_no_cycle(
    story: list[Happening], series: Series, random: Any
) -> None:
    shuffled = list(story)
    random.shuffle(shuffled)
    assert derive(shuffled, EW, series) == derive(story, EW, series)


@given(STORIES, SERIES)
def test_cycles_follow_one_another_and_each_ends_once(
    story: list[Happening], series: Series
) -> None:
    cycles = derive(story, EW, series)
    assert [cycle.number for cycle in cycles] == list(range(1, len(cycles) + 1))
    for cycle in cycles[:-1]:
        assert not cycle.open
    stops = [cycle.ended.source for cycle in cycles if cycle.status == "stopped" and cycle.ended]
    assert len(stops) == len(set(stops))
    for cycle in cycles:
        _verdicts_agree(cycle)


def _verdicts_agree(cycle: Cycle) -> None:
    if cycle.status == "stopped" and cycle.worked:
        assert cycle.ended is not None
        assert cycle.done_in_time is not None
        if cycle.ended.recorded >= cycle.ended.occurred and cycle.recorded_in_time:
            assert cycle.done_in_time
    else:
        assert cycle.done_in_time is None


TEN = Period(10, "working_days")


def test_what_is_told_by_a_day_alone_counts_on_the_day_of_the_start_from_the_start() -> None:
    begun = started("2026-11-02T10:00", TEN)
    (cycle,) = derive([begun, happening("pause", "2026-11-02T00:00", "2026-11-03")], EW)
    assert (cycle.status, cycle.paused_since) == ("paused", begun.occurred)
    (cycle,) = derive([begun, happening("stop", "2026-11-02T00:00", "2026-11-03")], EW)
    assert (cycle.status, cycle.done_in_time) == ("stopped", True)
    for told in ("2026-11-02T09:59", "2026-11-01T00:00"):  # truly before it
        (cycle,) = derive([begun, happening("stop", told, "2026-11-03")], EW)
        assert cycle.status == "running"


def test_asked_and_answered_on_one_day_it_runs_on() -> None:
    day = "2026-11-04T00:00"
    moved = [
        happening("pause", day, "2026-11-04T11:00"),
        happening("resume", day, "2026-11-04T15:00"),
    ]
    (cycle,) = derive([started("2026-11-02", TEN), *moved], EW)
    assert cycle.status == "running"
    assert cycle.due == date(2026, 11, 16)


def test_a_day_alone_ends_what_ran_before_and_not_what_began_later_on_it() -> None:
    told = [
        started("2026-11-02", TEN),
        happening("stop", "2026-11-10T00:00"),
        started("2026-11-10T14:00", TEN),
    ]
    first, second = derive(told, EW)
    assert (first.status, second.status) == ("stopped", "running")
