"""A running case moves to another version of its type: stages, clocks, actions. Pure."""

from collections.abc import Callable
from typing import Any

import pytest

from casetypes.commands import Refusal
from casetypes.definition import load
from casetypes.state import Event, State, fold
from casetypes.upgrading import Version, upgraded
from tests.casetypes import document
from tests.pure.casework_at_hand import FACTS, Case

Change = Callable[[dict[str, Any]], Any]
ROW = "action01"


def begun() -> Case:
    """Ann in assessment, Ben still in referral's stage closed; a plan with one action."""
    case = Case(load(document("child_in_need")))
    case.do("case.open", subjects=["ann", "ben"])
    case.signed("r1", "referral", ["ann", "ben"], {"decision": "assessment"})
    plan = {"outcomes": [{"_id": "o1", "actions": [{"_id": ROW, "what": "Ring the school"}]}]}
    case.signed("r2", "child_in_need_plan", ["ann", "ben"], plan)
    return case


def moved(case: Case, change: Change, number: int = 2) -> tuple[Event, ...] | Refusal:
    """What the move to a version with a change does, applied where it is not refused."""
    new = document("child_in_need")
    change(new)
    old = Version("v1", 1, case.case_type)
    decided = upgraded(old, Version("v2", number, load(new)), case.state, case.at, FACTS)
    if not isinstance(decided, Refusal):
        case.events += decided
        case.state = fold(case.events)
    return decided


def rename_assessment(new: dict[str, Any]) -> None:
    text = {"key": "looking_closer", "title": "Looking closer"}
    next(one for one in new["stages"] if one["key"] == "assessment").update(text)
    for move in new["moves"]:
        move["from"] = ["looking_closer" if one == "assessment" else one for one in move["from"]]
        move["to"] = "looking_closer" if move["to"] == "assessment" else move["to"]


def shorter(new: dict[str, Any], *, clocks: str | None) -> None:
    clock = next(one for one in new["clocks"] if one["key"] == "assessment")
    clock["limit"] = {"n": 20, "unit": "working_days"}
    new["upgrade"] = [{"from": 1, **({"clocks": clocks} if clocks else {})}]


def due(state: State, subject: str) -> Any:
    return state.clocks["assessment", subject].cycles[-1].due


def test_to_the_same_again_only_the_version_changes() -> None:
    case = begun()
    before = case.state
    decided = moved(case, lambda _new: None)
    assert not isinstance(decided, Refusal)
    assert [event.kind for event in decided] == ["case.upgraded"]
    assert case.state == before


def test_a_stage_that_is_gone_goes_where_the_version_says() -> None:
    case = begun()
    refusal = moved(case, rename_assessment)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "stage_gone"
    assert "“Assessment”" in refusal.says

    def told(new: dict[str, Any]) -> None:
        rename_assessment(new)
        new["upgrade"] = [{"from": 1, "stages": {"assessment": "looking_closer"}}]

    moved(case, told)
    assert {one: part.stage for one, part in case.state.subjects.items()} == dict.fromkeys(
        ("ann", "ben"), "looking_closer"
    )


def test_nobody_whose_part_goes_on_is_put_where_parts_are_over() -> None:
    def told(new: dict[str, Any]) -> None:
        rename_assessment(new)
        new["upgrade"] = [{"from": 1, "stages": {"assessment": "closed"}}]

    refusal = moved(begun(), told)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "stage_ends"


def test_another_limit_must_say_what_running_clocks_do() -> None:
    refusal = moved(begun(), lambda new: shorter(new, clocks=None))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "limit_changed"


@pytest.mark.parametrize("clocks", ["keep", "recompute"])
def test_running_clocks_keep_their_limit_or_take_the_new_one(clocks: str) -> None:
    case = begun()
    before, statutory = due(case.state, "ann"), case.state.clocks["referral_decision", ""]
    moved(case, lambda new: shorter(new, clocks=clocks))
    after = due(case.state, "ann")
    assert (after == before) is (clocks == "keep")
    assert after <= before
    assert case.state.clocks["referral_decision", ""] == statutory  # it has run


def test_a_clock_that_is_gone_is_cancelled_and_stays_to_be_read() -> None:
    case = begun()

    def told(new: dict[str, Any]) -> None:
        new["clocks"] = [one for one in new["clocks"] if one["key"] != "assessment"]
        new["upgrade"] = [{"from": 1, "clocks": "keep"}]

    moved(case, told)
    clock = case.state.clocks["assessment", "ann"]
    assert clock.cycles[-1].status == "cancelled"
    assert clock.happenings[-1].source == "case.upgraded:2"


@pytest.mark.parametrize(
    "change",
    [
        lambda new: new.update(tasks=[]),
        lambda new: new["tasks"][0]["rows"].update(repeat=["outcomes"], title="outcome"),
    ],
)
def test_actions_keep_the_template_that_asked_for_them(change: Change) -> None:
    refusal = moved(begun(), change)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "task_gone"
