"""Clocks of real cases by hand: why one is late, and holding one, with the ledger in step."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from casework.cases.actions.clocks import explain_clock, hold_clock, recompute_clocks
from casework.cases.checking.live import live_findings
from casework.cases.clocks import ClockSeen, clocks_of
from casework.cases.models import Case, Clock, ClockReason
from casework.ledger import triggers
from casework.ledger.models import Event
from casework.refusals import Absent, NotAllowed, NotNow, Refused
from tests.cast import AT, Cast, make_case
from tests.written import sent, write

pytestmark = pytest.mark.django_db
LATE = AT + timedelta(days=10)


@pytest.fixture
def case(library: Cast) -> Case:
    """A case of the north team, in which nothing was done."""
    return make_case(library.wanda, library.north)


def row(case: Case, key: str = "referral_decision") -> Clock:
    return Clock.objects.get(case=case, key=key)


def seen(case: Case, key: str = "referral_decision", at: Any = LATE) -> ClockSeen:
    return next(one for one in clocks_of(case, at) if one.kind.key == key)


def test_why_it_is_late_is_kept_and_said_anew(library: Cast, case: Case) -> None:
    clock, command = row(case), uuid4()
    for _ in range(2):
        explain_clock(
            clock.pk, 1, code="worker", words="Ill", by=library.wanda, at=LATE, command_id=command
        )
    explain_clock(
        clock.pk, 1, code="family", words="Away", by=library.max, at=LATE + timedelta(hours=1)
    )
    first, last = seen(case).now.reasons
    assert (first.who, first.label, first.words) == (
        "Wanda Worker", "The worker was absent or had changed", "Ill",
    )  # fmt: skip
    assert (last.code, last.words) == ("family", "Away")
    assert seen(case).now.late
    event = Event.objects.filter(kind="clock.explained").first()
    assert event
    assert "Ill" not in event.refs
    assert list(live_findings()) == []
    triggers.remove(connection)
    ClockReason.objects.filter(code="worker").update(code="other")
    assert len(list(live_findings())) == 2  # one row too many, and one that is missing


def test_who_may_say_it_and_when(library: Cast, case: Case) -> None:
    said: dict[str, Any] = {"words": "Ill", "code": "worker", "at": LATE}
    with pytest.raises(NotNow):
        explain_clock(row(case).pk, 1, **{**said, "at": AT}, by=library.wanda)
    with pytest.raises(NotAllowed):
        explain_clock(row(case).pk, 1, **said, by=library.rita)
    for nobody, clock in ((library.olive, row(case).pk), (library.wanda, uuid4())):
        with pytest.raises(Absent):
            explain_clock(clock, 1, **said, by=nobody)
    for bad in ({"code": ""}, {"code": "weather"}, {"words": "  "}):
        with pytest.raises(Refused):
            explain_clock(row(case).pk, 1, **{**said, **bad}, by=library.wanda)
    assert not ClockReason.objects.exists()


def test_a_clock_is_held_since_a_day_and_set_going_again(library: Cast, case: Case) -> None:
    clock = row(case, "contact_triage")
    due = clock.due_on
    assert due
    held: dict[str, Any] = {"by": library.max, "at": LATE, "why": "Asked them"}
    hold_clock(clock.pk, "pause", on=AT.date(), **held)
    assert seen(case, "contact_triage").now.standing == "paused"
    hold_clock(clock.pk, "resume", **held)
    clock.refresh_from_db()
    assert clock.due_on
    assert clock.due_on > due
    hold_clock(clock.pk, "cancel", **held)
    with pytest.raises(NotNow):
        hold_clock(clock.pk, "cancel", **held)
    assert list(live_findings()) == []


def test_what_stops_at_submission_stops_when_it_was_sent(library: Cast, case: Case) -> None:
    """Whatever day the record tells of: the referral was received before the case was opened."""
    referral = write(case, "referral", by=library.wanda, at=AT)
    sent(referral, library.wanda, AT + timedelta(hours=1))
    assert seen(case, "contact_triage").now.standing == "in_time"
    assert seen(case).now.cycle.open  # the decision waits for the signature


def test_who_may_hold_and_what(library: Cast, case: Case) -> None:
    held: dict[str, Any] = {"at": LATE, "why": "Asked them"}
    with pytest.raises(NotAllowed):
        hold_clock(row(case, "contact_triage").pk, "pause", **held, by=library.wanda)
    with pytest.raises(NotNow, match="set by statute"):
        hold_clock(row(case).pk, "pause", **held, by=library.max)
    triage = row(case, "contact_triage").pk
    refusals: list[dict[str, Any]] = [
        {"on": LATE.date() + timedelta(1)}, {"why": " "}, {"what": "stop"},
    ]  # fmt: skip
    for bad in refusals:
        with pytest.raises(Refused):
            hold_clock(triage, **{"what": "pause", **held, **bad}, by=library.max)


def test_a_new_holiday_moves_what_runs(
    library: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casework.cases.running import loading

    assert recompute_clocks(LATE) == []
    due, before = row(case).due_on, loading.calendars()
    days = [*before["ew"]["holidays"], str(due)]
    monkeypatch.setattr(loading, "calendars", lambda: {"ew": {**before["ew"], "holidays": days}})
    told = recompute_clocks(LATE, dry_run=True)
    assert f"{case.reference}: referral_decision" in told
    assert row(case).due_on == due
    assert recompute_clocks(LATE) == told
    assert row(case).due_on > due
    assert recompute_clocks(LATE) == []
    assert list(live_findings()) == []
