"""The complaint case type: a kind of case that the engine was not made for, with a clock that waits."""

from datetime import UTC, date, datetime, timedelta

import pytest

from casetypes.definition import load
from tests.casetypes import shipped
from tests.pure.casework_at_hand import Case

ASKED = {"what": "asked", "happened_at": "2026-09-07T09:00:00+01:00"}
ANSWERED = {"what": "answered", "happened_at": "2026-09-14T09:00:00+01:00"}


@pytest.fixture
def case() -> Case:
    """A complaint, received on Tuesday 1 September 2026."""
    opened = Case(load(shipped("complaint")))
    opened.do("case.open", subjects=["percy"])
    return opened


def on(case: Case, day: int, month: int = 9) -> None:
    """It is ten o'clock on a day."""
    case.at = datetime(2026, month, day, 9, tzinfo=UTC)


def finished(case: Case, record: str, form: str, answers: dict[str, object], day: int = 0) -> None:
    case.do("record.start", record=record, form=form, subjects=["percy"])
    occurred = datetime(2026, 9, day, 9, tzinfo=UTC) if day else None
    case.do("record.submit", record=record, answers=answers, occurred=occurred)


def taken(case: Case) -> None:
    """Signed on the first day, acknowledged on the second: stage one counts from Wednesday."""
    case.signed("complaint", "complaint", ["percy"], {"decision": "accept"})
    on(case, 2)
    (task,) = case.state.open_tasks("acknowledgement")
    case.do("task.change", task=task.id, status="done", outcome="Letter sent")


def reason(case: Case) -> object:
    """Why the case was closed."""
    (closed,) = [event for event in case.events if event.kind == "case.closed"]
    return closed.data["reason_code"]


def test_a_complaint_is_acknowledged_in_five_working_days(case: Case) -> None:
    assert case.state.clocks["acknowledge", ""].cycles[0].due == date(2026, 9, 8)
    taken(case)
    clock = case.state.clocks["acknowledge", ""].cycles[0]
    assert (clock.status, clock.done_in_time) == ("stopped", True)


def test_the_clock_of_stage_one_waits_while_the_complainant_is_asked(case: Case) -> None:
    taken(case)
    assert case.state.clocks["stage_one", ""].cycles[0].due == date(2026, 9, 16)
    on(case, 8)
    finished(case, "asked", "clarification", ASKED, 7)
    waiting = case.state.clocks["stage_one", ""].cycles[0]
    assert (waiting.status, waiting.due) == ("paused", None)
    on(case, 15)
    finished(case, "answered", "clarification", ANSWERED, 14)
    assert case.state.clocks["stage_one", ""].cycles[0].due == date(2026, 9, 23)  # a week later


def test_asking_and_answering_take_turns(case: Case) -> None:
    taken(case)
    case.do("record.start", record="early", form="clarification", subjects=["percy"])
    says = case.refused("record.submit", record="early", answers=ANSWERED).says
    assert "Nothing was asked" in says
    finished(case, "asked", "clarification", ASKED)
    case.do("record.start", record="twice", form="clarification", subjects=["percy"])
    assert "asked already" in case.refused("record.submit", record="twice", answers=ASKED).says
    early = {"what": "answered", "happened_at": "2026-09-01T09:00:00+01:00"}
    assert "dated before" in case.refused("record.submit", record="twice", answers=early).says


def test_its_second_stage_closes_it_with_the_finding_and_its_actions_go_on(case: Case) -> None:
    taken(case)
    assert (
        "at stage two"
        in case.refused(
            "record.start", record="x", form="complaint_response_two", subjects=["percy"]
        ).says
    )
    assert (
        "stage one yet"
        in case.refused("record.start", record="x", form="escalation", subjects=["percy"]).says
    )
    action = {"_id": "row1", "what": "Ring", "by_when": "2026-10-01"}
    case.signed(
        "one", "complaint_response_one", ["percy"], {"outcome": "not_upheld", "actions": []}
    )
    assert (case.stage("percy"), case.state.subjects["percy"].outcome) == ("answered", "not_upheld")
    finished(case, "more", "escalation", {"taken": True})
    assert case.stage("percy") == "stage_two"
    case.at += timedelta(days=3)
    answer = {"outcome": "partly", "actions": [action]}
    case.signed("two", "complaint_response_two", ["percy"], answer)
    assert not case.state.open
    assert reason(case) == "partly"
    assert [task.row for task in case.state.open_tasks("remedy_two")] == ["row1"]
    assert case.state.clocks["stage_two", ""].cycles[0].status == "stopped"


def test_one_that_is_not_taken_is_closed_and_needs_no_acknowledgement(case: Case) -> None:
    case.signed("complaint", "complaint", ["percy"], {"decision": "other_procedure"})
    assert reason(case) == "not_taken"
    assert case.state.open_tasks() == []
    assert {clock.cycles[-1].status for clock in case.state.clocks.values() if clock.cycles} == {
        "cancelled"
    }
