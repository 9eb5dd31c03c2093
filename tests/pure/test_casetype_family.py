"""The whole path of a family of three on the case type that ships, one child going another way."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from casetypes.definition import load
from tests.casetypes import shipped
from tests.pure.casework_at_hand import Case

ALL = ["ann", "ben", "cat"]
PLAN = {
    "plan_type": "cin",
    "visit_every": "two_weekly",
    "outcomes": [{"_id": "o1", "actions": [{"_id": "a1", "what": "Ring the school"}]}],
}


@pytest.fixture
def case() -> Case:
    """A case about three children, opened on Tuesday 1 September 2026."""
    opened = Case(load(shipped("child_in_need")))
    opened.do("case.open", subjects=ALL)
    return opened


def on(case: Case, year: int, month: int, day: int) -> None:
    case.at = datetime(year, month, day, 9, tzinfo=UTC)


def planned(case: Case) -> None:
    """All three assessed and with a plan, signed on Monday 5 October."""
    case.signed("referral", "referral", ALL, {"decision": "assessment", "feedback_sent": True})
    for child in ALL:
        answers = {"outcome": "cin_plan"}
        case.signed(f"assessment {child}", "child_family_assessment", [child], answers)
    on(case, 2026, 10, 5)
    case.signed("plan", "child_in_need_plan", ALL, PLAN)


def review(case: Case, record: str, **decisions: str) -> None:
    rows = [
        {"_id": f"r{child}", "child": {"id": child, "name": child}, "decision": decision}
        for child, decision in decisions.items()
    ]
    judged = [{"_id": "a1", "became": "on_track"}]
    answers = {"children": rows, "plan_actions": judged}
    case.signed(record, "cin_review", list(decisions), answers)


def closing_row(child: str, reason: str = "RC7") -> dict[str, Any]:
    named = {"id": child, "name": child}
    return {"_id": f"r{child}", "child": named, "reason": reason, "outcome": "needs_met"}


def clock(case: Case, key: str, child: str) -> Any:
    return case.state.clocks[key, child].cycles


def test_from_referral_to_closure_one_child_going_another_way(case: Case) -> None:
    planned(case)
    assert {case.stage(child) for child in ALL} == {"plan"}
    assert [run.due for run in clock(case, "plan_review", "ann")] == [date(2027, 1, 5)]
    on(case, 2027, 1, 4)
    review(case, "first", ann="continue", ben="continue", cat="step_down")
    assert [case.stage(child) for child in ALL] == ["plan", "plan", "family_help"]
    assert clock(case, "plan_review", "ann")[0].done_in_time
    assert clock(case, "plan_review", "ann")[-1].due == date(2027, 7, 4)  # then every six months
    on(case, 2027, 6, 1)
    review(case, "second", ann="end", ben="end", cat="continue")
    assert [case.stage(child) for child in ALL] == ["closing", "closing", "family_help"]
    assert clock(case, "closure", "ben")[0].due == date(2027, 6, 22)  # 15 working days
    on(case, 2027, 6, 8)
    answers = {"children": [closing_row("ann"), closing_row("ben")], "open_actions": "handed_on"}
    case.signed("closing", "closure", ["ann", "ben"], answers)
    assert [case.stage(child) for child in ALL] == ["closed", "closed", "family_help"]
    assert case.state.open
    last = {"children": [closing_row("cat", "RC5")], "open_actions": "handed_on"}
    case.signed("last", "closure", ["cat"], last)
    assert not case.state.open
    (closed,) = [event for event in case.events if event.kind == "case.closed"]
    assert closed.data == {"reason_code": "RC5"}
    assert {one.outcome for one in case.state.subjects.values()} == {"needs_met"}
    open_runs = [
        (key, child)
        for (key, child), found in case.state.clocks.items()
        if any(run.open for run in found.cycles)
    ]
    assert open_runs == []


def test_a_referral_that_came_before_the_case_was_opened_stops_the_clock_when_it_is_submitted(
    case: Case,
) -> None:
    case.do("record.start", record="referral", form="referral", subjects=ALL)
    came, answers = case.at - timedelta(hours=5), {"decision": "assessment"}
    case.do("record.submit", record="referral", answers=answers, occurred=came)
    (run,) = clock(case, "contact_triage", "")
    assert (run.status, run.ended.occurred, run.done_in_time) == ("stopped", case.at, True)


def test_what_one_review_asks_for_the_next_one_judges_and_not_itself(case: Case) -> None:
    planned(case)
    rows = [
        {"_id": f"r{one}", "child": {"id": one, "name": one}, "decision": "continue"} for one in ALL
    ]
    judged = [{"_id": "a1", "became": "on_track"}]
    answers = {
        "children": rows,
        "plan_actions": judged,
        "new_actions": [{"_id": "n1", "what": "Ring"}],
    }
    case.signed("first", "cin_review", ALL, answers)
    case.do("record.reopen", record="first", why="A name is wrong")
    case.do("record.submit", record="first", answers=answers)
    case.do("record.sign", record="first", answers=answers, by="max")
    case.do("record.start", record="second", form="cin_review", subjects=ALL)
    silent = {"children": rows, "plan_actions": judged}
    refusal = case.refused("record.submit", record="second", answers=silent)
    assert refusal.code == "tasks_without_status"
    told = {"children": rows, "plan_actions": [*judged, {"_id": "n1", "became": "done"}]}
    case.do("record.submit", record="second", answers=told)
    case.do("record.sign", record="second", answers=told, by="max")
    assert [task.row for task in case.state.open_tasks()] == ["a1"]


def test_a_child_is_stepped_up_and_comes_back(case: Case) -> None:
    planned(case)
    review(case, "first", ann="step_up", ben="continue", cat="continue")
    assert [case.stage(child) for child in ALL] == ["stepped_up", "plan", "plan"]
    assert clock(case, "plan_review", "ann")[-1].status == "cancelled"
    case.do("move", subject="ann", move="back_to_plan", why="Conference: no plan", by="max")
    assert case.stage("ann") == "plan"


def test_every_child_has_a_row_of_their_own_and_nobody_else(case: Case) -> None:
    planned(case)
    row = {"_id": "r", "child": {"id": "ann", "name": "Ann"}, "decision": "continue"}
    case.do("record.start", record="r", form="cin_review", subjects=["ann", "ben"])
    for rows in ([], [row], [row, row], [row, {**row, "child": {"id": "cat", "name": "Cat"}}]):
        answers = {"children": rows, "plan_actions": [{"_id": "a1", "became": "late"}]}
        refusal = case.refused("record.submit", record="r", answers=answers)
        assert refusal.code == "rows", rows


def test_managers_oversight_stops_its_clocks_and_asks_for_actions(case: Case) -> None:
    case.signed("referral", "referral", ALL, {"decision": "assessment", "feedback_sent": False})
    assert [task.template for task in case.state.open_tasks()] == ["tell_referrer"]
    runs = clock(case, "assessment_checkpoint", "ann")
    assert [run.due for run in runs] == [date(2026, 9, 15)]
    action = {"_id": "m1", "what": "See the child alone"}
    look = {"decision_kind": "assessment_progress", "actions": [action]}
    case.do("record.start", record="look", form="management_decision", subjects=ALL, by="max")
    case.do("record.submit", record="look", answers=look, by="max")
    case.do("record.sign", record="look", answers=look, by="max")  # its own author, in the role
    dues = [run.due for run in clock(case, "assessment_checkpoint", "ann")]
    assert dues == [date(2026, 9, 15), date(2026, 10, 6)]  # 10 and 25 working days
    assert {task.title for task in case.state.open_tasks("management_action")} == {action["what"]}


def test_closing_says_where_open_actions_went(case: Case) -> None:
    planned(case)
    answers = {"children": [closing_row("ann")], "open_actions": "none"}
    case.do("record.start", record="c", form="closure", subjects=["ann"])
    assert "still open" in case.refused("record.submit", record="c", answers=answers).says
    for reason, says in (("RC8", "has had a plan"), ("RC9", "has had a plan")):
        answers = {"children": [closing_row("ann", reason)], "open_actions": "handed_on"}
        assert says in case.refused("record.submit", record="c", answers=answers).says
