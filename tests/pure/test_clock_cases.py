"""Clocks by hand: pauses, back-dating, corrections and both verdicts; and a changed holiday list.

`clock_cases.tsv` has one clock in each line. Happenings stand in the order in which they became known:
`kind occurred [@recorded] [#source]`, in London time, at ten where no time is given, recorded when they
occurred where nothing else is said. A source that comes again is a correction. Where a clock ran several
times, what is expected of each run stands between slashes.

The expectations were not read off the engine. They were reckoned by a counter of its own that walks from
day to day over the calendar, by these rules: the day of the event is day zero; a pause from day P to day R
adds the working days (of other units the days, of hours the time) in (P, R]; a month or year ends on the
same day or the last there is; done on the due day is in time; while paused nothing is due; the newest
telling of a happening stands.
"""

import csv
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest

from casetypes.clocks import Cycle, Happening, Series, derive
from casetypes.definition import ClockType
from casetypes.effects import changed_clock
from casetypes.periods import LONDON, Period, calendar_named
from casetypes.state import State, evolve
from tests.casetypes import calendars

EW = calendar_named(calendars(), "ew")
TABLE = Path(__file__).parent / "clock_cases.tsv"
with TABLE.open(encoding="utf-8", newline="") as file:
    CASES: list[dict[str, str]] = list(csv.DictReader(file, delimiter="\t"))
_ANSWERS = {True: "yes", False: "no", None: "-"}


def instant(text: str) -> datetime:
    """An instant in London; of a day alone, ten in the morning."""
    found = datetime.fromisoformat(text if "T" in text else f"{text}T10:00")
    return found.astimezone(LONDON) if found.tzinfo else found.replace(tzinfo=LONDON)


def period(text: str) -> Period:
    """A period as the table has it: 5 working_days."""
    number, unit = text.split()
    return Period(int(number), unit)


def series(text: str) -> Series:
    """What follows a stop: held or due, and the limits."""
    if text == "-":
        return Series()
    counted, _, limits = text.partition(":")
    return Series(tuple(period(one) for one in limits.split(",")), held=counted == "held")


def told(case: dict[str, str], zone: tzinfo) -> list[Happening]:
    """The happenings of a case, in the order in which they became known, in a zone's time."""
    found = []
    for place, part in enumerate(case["happenings"].split("; ")):
        kind, occurred, *more = part.split()
        named = {one[0]: one[1:] for one in more}
        source = named.get("#", f"{kind}{place}")
        limit = period(case["limit"]) if kind in ("start", "restart") else None
        at = instant(occurred).astimezone(zone)
        recorded = instant(named.get("@", occurred)).astimezone(zone)
        found.append(Happening(kind, at, recorded, source, limit))  # type: ignore[arg-type]
    return found


def clock_after(
    case: dict[str, str], zone: tzinfo = LONDON, known: Any = None
) -> tuple[tuple[Happening, ...], tuple[Cycle, ...]]:
    """The happenings that stand and the cycles, after each was told as a case tells it."""
    kind = ClockType(
        key="one", title="One", per="case", statutory=False, basis="", triggers={},
        limits=(), series=series(case["series"]), warn=(), late_entry=None, reasons="", calendar="ew",
    )  # fmt: skip
    state = State()
    facts = {"calendars": known or calendars()}
    for happening in told(case, zone):
        event = changed_clock(kind, state, "", (happening,), facts)
        state = evolve(state, event) if event else state
    clock = state.clocks[("one", "")]
    return clock.happenings, clock.cycles


def shown(cycles: tuple[Cycle, ...]) -> dict[str, str]:
    """What came of the cycles, as the table has it."""
    columns: dict[str, list[str]] = {
        "due": [_due(cycle.due) for cycle in cycles],
        "done in time": [_ANSWERS[cycle.done_in_time] for cycle in cycles],
        "recorded in time": [_ANSWERS[cycle.recorded_in_time] for cycle in cycles],
        "status": [cycle.status for cycle in cycles],
    }
    return {name: " / ".join(one) for name, one in columns.items()}


def _due(due: Any) -> str:
    if isinstance(due, datetime):
        return due.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M")
    return due.isoformat() if due else "-"


# As answers give instants, and as tables do.
@pytest.mark.parametrize("zone", [LONDON, UTC], ids=["London", "UTC"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_clock_comes_out_as_it_was_reckoned_by_hand(case: dict[str, str], zone: tzinfo) -> None:
    happenings, cycles = clock_after(case, zone)
    expected = {name: case[name] for name in ("due", "done in time", "recorded in time", "status")}
    assert shown(cycles) == expected
    assert derive(reversed(happenings), EW, series(case["series"])) == cycles


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 200
    words = " ".join(case["happenings"] for case in CASES)
    assert words.count("pause ") >= 40
    assert words.count("@") >= 40


def holidays(*, more: date) -> Any:
    """The calendars with one holiday more."""
    known = dict(calendars()["ew"])
    return {"ew": {**known, "holidays": sorted([*known["holidays"], more.isoformat()])}}


# Working days all three: a Wednesday, Christmas Eve, and a Wednesday in May.
@pytest.mark.parametrize("more", [date(2026, 11, 11), date(2026, 12, 24), date(2026, 5, 20)])
def test_one_holiday_more_moves_exactly_the_running_clocks_that_count_it(more: date) -> None:
    """The cycles under the list as it was and under the new one are both there to be compared."""
    calendar = calendar_named(holidays(more=more), "ew")
    moved = stayed = 0
    for case in CASES:
        happenings, before = clock_after(case)
        after = derive(happenings, calendar, series(case["series"]))
        was, now = before[-1], after[-1]
        if not was.open or was.worked is None or now.worked is None or was.begins != now.begins:
            continue  # a run that begins where the last was due may begin elsewhere
        if counts(was, more):
            moved += 1
            assert later(now, was), case["name"]
            assert (more, "holiday") in now.worked.skipped, case["name"]
            assert (more, "holiday") not in was.worked.skipped, case["name"]
        else:
            stayed += 1
            assert now.worked.due == was.worked.due, case["name"]
    assert moved
    assert stayed >= 50


def later(now: Cycle, was: Cycle) -> bool:
    """Whether a cycle is due on a later day than it was."""
    assert now.worked
    assert was.worked
    due, before = now.worked.due, was.worked.due
    return not isinstance(due, datetime) and not isinstance(before, datetime) and due > before


def counts(cycle: Cycle, day: date) -> bool:
    """Whether a cycle counts a working day: after its beginning, until it is due, in no pause.

    A day of a pause was added for itself: as a holiday it is neither added nor counted.
    """
    if cycle.limit is None or cycle.limit.unit != "working_days" or cycle.worked is None:
        return False
    due = cycle.worked.due
    first = cycle.begins.astimezone(LONDON).date()
    days = [(a.astimezone(LONDON).date(), b.astimezone(LONDON).date()) for a, b in cycle.pauses]
    paused = any(since < day <= until for since, until in days)
    return not isinstance(due, datetime) and first < day <= due and not paused


def test_a_stopped_clock_shows_both_verdicts_before_and_after_a_holiday_more() -> None:
    """Done on the day after it was due; with a holiday in between that is the due day itself."""
    case = next(one for one in CASES if one["name"] == "stopped in the first minute after it")
    happenings, (before,) = clock_after(case)
    known = holidays(more=date(2026, 11, 5))
    (after,) = derive(happenings, calendar_named(known, "ew"))
    assert (before.due, before.done_in_time) == (date(2026, 11, 9), False)
    assert (after.due, after.done_in_time) == (date(2026, 11, 10), True)
    assert clock_after(case, known=known)[1] == (after,)
