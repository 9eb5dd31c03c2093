"""What a clock was before, and what comes after it."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casetypes.clock_changes import CycleChange, changes, moved_by
from casetypes.clocks import Happening, Series, derive
from casetypes.forecast import following
from casetypes.periods import LONDON, Period, calendar_named
from tests.casetypes import calendars

EW = calendar_named(calendars(), "ew")
BEGUN = datetime(2026, 9, 1, 10, tzinfo=LONDON)
LIMIT = Period(10, "days")


def start(days: int = 0) -> Happening:
    when = BEGUN + timedelta(days=days)
    return Happening("start", when, BEGUN, "start", LIMIT)


def stop(days: int) -> Happening:
    when = BEGUN + timedelta(days=days)
    return Happening("stop", when, when, f"stop {days}", LIMIT)


def test_a_corrected_start_tells_both_days() -> None:
    before, now = derive([start()], EW), derive([start(-2)], EW)
    told = {one.what: (one.before, one.now) for one in changes(before, now)}
    assert told["due"] == (date(2026, 9, 11), date(2026, 9, 9))
    assert told["begins"] == (BEGUN, BEGUN - timedelta(days=2))
    assert moved_by([start()], [start(-2)]) == (start(-2),)


def test_a_back_dated_stop_changes_the_verdict_and_begins_no_other_run() -> None:
    series = Series((LIMIT,))
    before = derive([start(), stop(12)], EW, series)
    again = Happening("stop", BEGUN + timedelta(days=9), stop(12).recorded, "stop 12")
    now = derive([start(), again], EW, series)
    told = {(one.number, one.what): (one.before, one.now) for one in changes(before, now)}
    assert told[1, "done_in_time"] == (False, True)
    assert told[2, "due"] == (date(2026, 9, 23), date(2026, 9, 20))


def test_a_run_that_is_gone_is_told() -> None:
    before, now = derive([start(), stop(3)], EW, Series((LIMIT,))), derive([start(), stop(3)], EW)
    assert changes(before, now) == (CycleChange(2, "gone", date(2026, 9, 14), None),)


@given(st.lists(st.integers(0, 40), max_size=4, unique=True), st.booleans())
def test_the_same_working_has_no_changes(days: list[int], held: bool) -> None:
    cycles = derive([start(), *map(stop, days)], EW, Series((LIMIT,), held))
    assert changes(cycles, cycles) == ()
    assert len([one for one in changes((), cycles) if one.what == "begun"]) == len(cycles)


def test_the_assessment_checkpoints_come_after_10_25_and_40_working_days() -> None:
    series = Series((Period(15, "working_days"),), held=False)
    first = Happening("start", BEGUN, BEGUN, "start", Period(10, "working_days"))
    (cycle,) = derive([first], EW, series)
    assert (cycle.due, *following(cycle, series, EW)) == (
        date(2026, 9, 15), date(2026, 10, 6), date(2026, 10, 27),
    )  # fmt: skip


@given(st.lists(st.integers(1, 30), min_size=1, max_size=3), st.integers(0, 3), st.booleans())
def test_a_forecast_is_what_happens_if_each_is_done_on_its_day(
    limits: list[int], done: int, held: bool
) -> None:
    series = Series(tuple(Period(n, "days") for n in limits), held)
    happened = [start()]
    for _ in range(done):
        happened.append(on_its_day(derive(happened, EW, series)[-1].due))
    cycle = derive(happened, EW, series)[-1]
    foreseen = following(cycle, series, EW, 3)
    for due in foreseen:
        happened.append(on_its_day(derive(happened, EW, series)[-1].due))
        assert derive(happened, EW, series)[-1].due == due
    assert len(foreseen) == 3


def on_its_day(due: object) -> Happening:
    assert isinstance(due, date)
    when = datetime(due.year, due.month, due.day, 12, tzinfo=LONDON)
    return Happening("stop", when, when, f"stop {due}")


def test_nothing_is_foreseen_of_what_has_no_next_run() -> None:
    (cycle,) = derive([start()], EW)
    assert following(cycle, Series(), EW) == ()
    assert following(cycle, Series(again=True), EW) == ()
    series = Series((LIMIT,))
    paused = Happening("pause", BEGUN + timedelta(1), BEGUN + timedelta(1), "pause")
    assert following(derive([start(), paused], EW, series)[-1], series, EW) == ()
