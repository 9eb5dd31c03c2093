"""The engine on the child-in-need case type: what follows from a command, and what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from casetypes.definition import load
from casetypes.state import fold
from tests.casetypes import document
from tests.pure.casework_at_hand import Case

PLAN = {
    "outcomes": [
        {
            "_id": "outcome1",
            "need": "School",
            "actions": [
                {"_id": "action01", "what": "Ring the school", "by_when": "2026-12-01"},
                {
                    "_id": "action02",
                    "what": "Find a bed",
                    "by_when": "2026-12-05",
                    "who_else": "Gran",
                },
            ],
        },
        {
            "_id": "outcome2",
            "need": "Rest",
            "actions": [{"_id": "action03", "what": "Short breaks"}],
        },
    ]
}


@pytest.fixture
def case() -> Case:
    """A case about two children, just opened."""
    opened = Case(load(document("child_in_need")))
    opened.do("case.open", subjects=["ann", "ben"])
    return opened


def assessed(case: Case, child: str, outcome: str) -> None:
    case.signed(f"assessment {child}", "child_family_assessment", [child], {"outcome": outcome})


def planned(case: Case) -> None:
    """Referral accepted, both assessed, one in need and with a plan."""
    case.signed("referral", "referral", ["ann", "ben"], {"decision": "assessment"})
    assessed(case, "ann", "nfa")
    assessed(case, "ben", "cin_plan")
    case.signed("plan", "child_in_need_plan", ["ben"], PLAN)


def tasks(case: Case) -> dict[str, str]:
    return {task.row: task.status for task in case.state.tasks.values()}


def test_a_signed_referral_moves_every_child_that_it_covers(case: Case) -> None:
    case.signed("referral", "referral", ["ann", "ben"], {"decision": "assessment"})
    assert (case.stage("ann"), case.stage("ben")) == ("assessment", "assessment")


def test_no_further_action_ends_the_case_without_a_closure_form(case: Case) -> None:
    case.signed("referral", "referral", ["ann", "ben"], {"decision": "nfa"})
    assert not case.state.open
    assert {one.outcome for one in case.state.subjects.values()} == {"no_further_action"}


def test_a_case_does_not_end_by_itself_over_an_unfinished_record(case: Case) -> None:
    case.do("record.start", record="early", form="child_in_need_plan", subjects=["ann"])
    case.signed("referral", "referral", ["ann", "ben"], {"decision": "nfa"})
    assert case.state.open
    assert case.state.active == ()
    case.do("record.abandon", record="early", why="Not needed after all")
    case.do("case.close", reason_code="RC7")
    assert not case.state.open


def test_no_child_is_moved_by_anothers_assessment(case: Case) -> None:
    planned(case)
    assert (case.stage("ann"), case.stage("ben")) == ("closed", "plan")
    assert case.state.open


def test_a_submitted_record_that_is_not_signed_moves_nobody(case: Case) -> None:
    case.do("record.start", record="referral", form="referral", subjects=["ann", "ben"])
    case.do("record.submit", record="referral", answers={"decision": "nfa"})
    assert case.stage("ann") == "referral"


def test_the_assessment_clock_stops_when_it_is_authorised_each_childs_own(case: Case) -> None:
    planned(case)
    clocks = case.state.clocks
    ann, ben = (clocks["assessment", child].cycles[0] for child in ("ann", "ben"))
    assert ann.status == ben.status == "stopped"
    assert ann.ended is not None
    assert ben.ended is not None
    assert ann.ended.occurred < ben.ended.occurred
    assert ann.due == date(2026, 11, 3)  # 45 working days from 1 September


def test_every_row_of_a_signed_plan_becomes_one_task_at_any_depth(case: Case) -> None:
    planned(case)
    assert tasks(case) == dict.fromkeys(("action01", "action02", "action03"), "open")
    task = case.state.tasks["plan_action.action02"]
    assert (task.title, task.due, task.outsider) == ("Find a bed", date(2026, 12, 5), "Gran")
    assert task.subjects == ("ben",)


def test_signing_again_changes_open_tasks_doubles_none_and_cancels_what_is_gone(case: Case) -> None:
    planned(case)
    case.do("task.change", task="plan_action.action03", status="done", outcome="They went")
    later: dict[str, Any] = {
        "outcomes": [
            {"_id": "outcome1", "actions": [{"_id": "action02", "what": "Find two beds"}]},
            {"_id": "outcome2", "actions": [{"_id": "action03", "what": "More short breaks"}]},
        ]
    }
    case.do("record.reopen", record="plan", why="The bed is found")
    case.do("record.submit", record="plan", answers=later)
    case.do("record.sign", record="plan", answers=later, by="max")
    assert tasks(case) == {"action01": "cancelled", "action02": "open", "action03": "done"}
    assert case.state.tasks["plan_action.action02"].title == "Find two beds"
    assert case.state.tasks["plan_action.action03"].title == "Short breaks"
    assert "taken out" in case.state.tasks["plan_action.action01"].outcome


def test_a_plan_ends_only_when_each_open_action_goes_on_or_ends_with_a_reason(case: Case) -> None:
    planned(case)
    refusal = case.refused("move", subject="ben", move="end_plan", why="All is well")
    assert refusal.code == "open_tasks"
    assert len(refusal.about) == 3
    told = {
        "plan_action.action01": {"end": "carry"},
        "plan_action.action02": {"end": "close", "why": "Gran gave hers"},
        "plan_action.action03": {"end": "carry"},
    }
    case.do("move", subject="ben", move="end_plan", why="All is well", tasks=told)
    assert tasks(case) == {"action01": "open", "action02": "cancelled", "action03": "open"}
    assert not case.state.open


def test_an_author_does_not_sign_where_the_form_asks_for_another(case: Case) -> None:
    case.signed("referral", "referral", ["ann"], {"decision": "assessment"})
    case.do("record.start", record="a", form="child_family_assessment", subjects=["ann"])
    case.do("record.submit", record="a", answers={})
    assert case.refused("record.sign", record="a", answers={}).code == "own_work"


def test_a_worker_does_not_sign(case: Case) -> None:
    case.do("record.start", record="r", form="referral", subjects=["ann"])
    case.do("record.submit", record="r", answers={})
    refusal = case.refused("record.sign", record="r", answers={}, roles=frozenset({"worker"}))
    assert refusal.code == "role"


def test_a_returned_record_is_submitted_again(case: Case) -> None:
    case.do("record.start", record="r", form="referral", subjects=["ann"])
    case.do("record.submit", record="r", answers={})
    assert case.refused("record.return", record="r").code == "why"
    case.do("record.return", record="r", why="Say who rang")
    assert case.refused("record.sign", record="r", answers={}).code == "status"
    case.do("record.submit", record="r", answers={"decision": "nfa"})
    case.do("record.sign", record="r", answers={"decision": "nfa"}, by="max")
    assert case.stage("ann") == "closed"
    assert case.stage("ben") == "referral"  # the record did not cover him


def test_a_statutory_clock_is_never_held(case: Case) -> None:
    refusal = case.refused(
        "clock.hold", clock="assessment", subject="ann", what="pause", why="On holiday"
    )
    assert refusal.code == "statutory"


def test_reopening_and_signing_again_does_not_make_an_assessment_late(case: Case) -> None:
    case.signed("referral", "referral", ["ann", "ben"], {"decision": "assessment"})
    assessed(case, "ann", "cin_plan")
    case.at += timedelta(days=100)
    case.do("record.reopen", record="assessment ann", why="A name was wrong")
    case.do("record.submit", record="assessment ann", answers={"outcome": "cin_plan"})
    case.do("record.sign", record="assessment ann", answers={"outcome": "cin_plan"}, by="max")
    (cycle,) = case.state.clocks["assessment", "ann"].cycles
    assert cycle.done_in_time


def test_what_is_overdue_is_told_once(case: Case) -> None:
    case.at += timedelta(days=2)
    told = case.do("tick")
    assert [event.data["clock"] for event in told] == ["referral_decision"]
    assert case.ask("tick") == ()


def test_a_child_who_joins_later_begins_at_the_first_stage_with_their_own_clock(case: Case) -> None:
    case.signed("referral", "referral", ["ann", "ben"], {"decision": "assessment"})
    case.at += timedelta(days=20)
    case.do("subject.join", subject="cal")
    assert case.stage("cal") == "referral"
    assert case.state.clocks["assessment", "cal"].cycles[0].due == date(2026, 11, 23)
    assert case.state.newest("referral", "cal") is None


def test_a_case_is_not_closed_over_unfinished_records(case: Case) -> None:
    case.do("record.start", record="r", form="referral", subjects=["ann"])
    assert case.refused("case.close", reason_code="RC1").code == "unfinished"
    case.do("record.abandon", record="r", why="Wrong child")
    case.do("case.close", reason_code="RC1")
    assert not case.state.open
    assert (
        case.refused("record.start", record="x", form="referral", subjects=["ann"]).code == "closed"
    )


def test_a_closed_part_is_opened_again_with_a_reason(case: Case) -> None:
    case.signed("referral", "referral", ["ann", "ben"], {"decision": "nfa"})
    assert case.refused("subject.reopen", subject="ann").code == "why"
    case.do("subject.reopen", subject="ann", stage="assessment", why="The police rang")
    assert case.state.open
    assert case.state.active == ("ann",)


def test_the_fold_of_all_events_is_the_case(case: Case) -> None:
    planned(case)
    assert fold(case.events) == case.state
