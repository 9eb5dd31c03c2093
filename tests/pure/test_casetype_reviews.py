"""Reviews of actions, and what becomes of what was changed by hand when a plan is signed again."""

from datetime import date
from typing import Any

import pytest

from casetypes.definition import CaseType, load
from casetypes.tasking import unjudged
from tests.casetypes import document
from tests.pure.casework_at_hand import Case

JUDGES = {
    "task": "plan_action", "repeat": "actions", "status": "status", "outcome": "words",
    "done": ["done"], "cancelled": ["not_needed"], "because": ["not_considered"],
}  # fmt: skip


def reviewing() -> CaseType:
    """The shipped case type with a review of the plan's actions that a manager signs."""
    written = document("child_in_need")
    written["forms"].append(
        {"id": "f9rev", "form": "review", "per": "case", "sign_off": "decision", "judges": JUDGES}
    )
    written["tasks"][0] |= {"priority": "high", "checklist": ["Ring", "Write"]}
    return load(written)


def plan(**due: str) -> dict[str, Any]:
    """A plan with an action for each day given, by row id."""
    rows = [
        {"_id": row, "what": f"Do {row}", "by_when": day, "who": {"id": "wilf"}}
        for row, day in due.items()
    ]
    return {"outcomes": [{"_id": "outcome1", "actions": rows}]}


FIRST = {"action01": "2026-11-01", "action02": "2026-11-02", "action03": "2026-11-03"}


@pytest.fixture
def case() -> Case:
    opened = Case(reviewing())
    opened.do("case.open", subjects=["ann", "ben"])
    opened.signed("plan", "child_in_need_plan", ["ann", "ben"], plan(**FIRST))
    return opened


def signed_again(case: Case, **due: str) -> Any:
    case.do("record.reopen", record="plan", why="More to do")
    case.do("record.submit", record="plan", answers=plan(**due))
    return case.do("record.sign", record="plan", answers=plan(**due), by="max")


def test_what_was_changed_by_hand_stays_until_the_row_says_another(case: Case) -> None:
    key = "plan_action.action01"
    case.do("task.change", task=key, due=date(2026, 12, 24), owner="wanda", why="Half term")
    events = signed_again(case, **{**FIRST, "action02": "2026-11-09"})
    assert (case.state.tasks[key].due, case.state.tasks[key].owner) == (date(2026, 12, 24), "wanda")
    assert case.state.tasks["plan_action.action02"].due == date(2026, 11, 9)
    assert not [event for event in events if event.data.get("task") == key]
    changed = plan(**FIRST)
    changed["outcomes"][0]["actions"][0]["what"] = "Do it well"
    case.do("record.reopen", record="plan", why="A word")
    case.do("record.submit", record="plan", answers=changed)
    (told,) = [
        event
        for event in case.do("record.sign", record="plan", answers=changed, by="max")
        if event.data.get("task") == key
    ]
    assert (told.data["kept"], told.data["due"]) == (["due", "owner"], date(2026, 12, 24))
    assert case.state.tasks[key].title == "Do it well"
    signed_again(case, **{**FIRST, "action01": "2026-12-01"})
    assert (case.state.tasks[key].due, case.state.tasks[key].owner) == (date(2026, 12, 1), "wanda")


def review(**said: dict[str, str]) -> dict[str, Any]:
    return {"actions": [{"_id": row, **answers} for row, answers in said.items()]}


def test_a_review_leaves_no_open_action_without_a_status(case: Case) -> None:
    case.do("task.change", task="plan_action.action01", status="done", outcome="They went")
    case.do("record.start", record="review", form="review", subjects=["ann"])
    said = {"action02": {"status": "done", "words": "He has a bed."}}
    assert case.refused("record.submit", record="review", answers=review(**said)).about == (
        "plan_action.action03",
    )
    # Who passes an action over says why.
    said["action03"] = {"status": "not_considered"}
    assert (
        case.refused("record.submit", record="review", answers=review(**said)).code
        == "tasks_without_status"
    )
    said["action03"]["words"] = "The school was closed."
    case.do("record.submit", record="review", answers=review(**said))
    case.do("record.sign", record="review", answers=review(**said), by="max")
    tasks = {key.partition(".")[2]: task for key, task in case.state.tasks.items()}
    assert {key: (task.status, task.stated) for key, task in tasks.items()} == {
        "action01": ("done", ""),
        "action02": ("done", "done"),
        "action03": ("open", "not_considered"),
    }
    assert tasks["action03"].outcome == "The school was closed."


def test_a_review_of_one_child_is_not_asked_about_anothers_actions(case: Case) -> None:
    use = case.case_type.use("review")
    case.do("record.start", record="look", form="review", subjects=["ann"])
    look = case.state.records["look"]
    assert len(unjudged(use, case.state, {}, look)) == 3
    case.signed("other", "child_in_need_plan", ["ben"], plan(action09="2026-11-09"))
    assert len(unjudged(use, case.state, {}, look)) == 3


def test_points_of_a_checklist_are_ticked_and_the_priority_is_the_templates(case: Case) -> None:
    key = "plan_action.action01"
    assert (case.state.tasks[key].priority, case.state.tasks[key].checklist) == (
        "high",
        ("Ring", "Write"),
    )
    case.do("task.change", task=key, ticked=[1])
    case.do("task.change", task=key, priority="low")
    assert (case.state.tasks[key].ticked, case.state.tasks[key].priority) == ((1,), "low")
    assert case.refused("task.change", task=key, ticked=[2]).code == "ticked"
