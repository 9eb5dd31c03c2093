"""Chains of signatures: in their order, under their conditions, by nobody who is barred."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casetypes.asked_records import next_step
from casetypes.commands import Refusal
from casetypes.definition import CaseType, load
from casetypes.state import fold
from tests.casetypes import document
from tests.pure.casework_at_hand import Case

CFA = "child_family_assessment"
STEPS = [
    {"role": "manager", "not": ["author"]},
    {"role": "manager", "title": "Head of service", "not": ["author", "earlier"],
     "when": {"in": [{"var": f"{CFA}.outcome"}, ["looked_after", "strategy"]]}},
    {"role": "worker", "not": ["author"], "when": {"==": [{"var": f"{CFA}.in_need"}, True]}},
]  # fmt: skip
PEOPLE = ("wanda", "wilf", "max", "mia")
ROLES = {one: frozenset({"manager" if one[0] == "m" else "worker"}) for one in PEOPLE}


def chained(steps: list[dict[str, Any]]) -> CaseType:
    """The child-in-need case type, whose assessments are signed so."""
    whole = document("child_in_need")
    whole["sign_offs"].append({"id": "a9new", "key": "chained", "steps": steps})
    next(one for one in whole["forms"] if one["form"] == CFA)["sign_off"] = "chained"
    return load(whole)


def submitted(steps: list[dict[str, Any]], **answers: Any) -> Case:
    """An assessment that waits for its first signature."""
    case = Case(chained(steps))
    case.do("case.open", subjects=["ann"])
    case.do("record.start", record="r", form=CFA, subjects=["ann"])
    case.do("record.submit", record="r", answers=answers, roles=ROLES["wanda"])
    return case


def signs(case: Case, by: str, **answers: Any) -> Any:
    """What comes of somebody's wish to sign."""
    return case.ask("record.sign", record="r", answers=answers, by=by, roles=ROLES[by])


def kinds(events: Any) -> list[str]:
    return [event.kind for event in events if event.kind.startswith("record.")]


def test_each_signature_is_its_own_event_and_the_last_decides() -> None:
    answers = {"outcome": "looked_after", "in_need": True}
    case = submitted(STEPS, **answers)
    assert kinds(signs(case, "max", **answers)) == ["record.step_signed"]
    assert case.state.records["r"].status == "submitted"
    assert kinds(signs(case, "mia", **answers)) == ["record.step_signed"]
    assert case.stage("ann") == "referral"
    assert kinds(signs(case, "wilf", **answers)) == ["record.signed"]
    assert case.state.records["r"].status == "signed"


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"outcome": "nfa", "in_need": False}, (0,)),
        ({"outcome": "strategy", "in_need": False}, (0, 1)),
        ({"outcome": "nfa", "in_need": True}, (0, 2)),
        ({}, (0,)),
    ],
)
def test_the_answers_submitted_say_which_signatures_are_asked_for(
    answers: dict[str, Any], asked: tuple[int, ...]
) -> None:
    assert submitted(STEPS, **answers).state.records["r"].asked == asked


def test_what_is_submitted_counts_and_not_what_was_signed_before() -> None:
    case = submitted(STEPS, outcome="nfa")
    signs(case, "max", outcome="nfa")
    case.do("record.reopen", record="r", why="It was wrong")
    case.do("record.submit", record="r", answers={"outcome": "strategy"})
    assert case.state.records["r"].asked == (0, 1)


def test_where_no_condition_holds_the_last_signature_is_asked_for_all_the_same() -> None:
    case = submitted([{**STEPS[0], "when": {"==": [1, 2]}}, STEPS[1]], outcome="nfa")
    assert case.state.records["r"].asked == (1,)


def test_nobody_signs_twice_where_another_is_asked_for() -> None:
    case = submitted(STEPS, outcome="strategy")
    signs(case, "max", outcome="strategy")
    assert signs(case, "max", outcome="strategy").code == "signed_before"
    assert signs(case, "wilf", outcome="strategy").code == "role"


def test_a_return_needs_words_of_some_kind_and_starts_the_chain_anew() -> None:
    case = submitted(STEPS, outcome="strategy")
    signs(case, "max", outcome="strategy")
    sent = {"record": "r", "by": "mia", "roles": ROLES["mia"]}
    assert case.refused("record.return", **sent).code == "why"
    case.do("record.return", **sent, comments=2)
    assert (case.state.records["r"].steps, case.state.records["r"].asked) == ((), ())
    case.do("record.submit", record="r", answers={"outcome": "strategy"})
    assert case.state.records["r"].steps == ()
    assert kinds(signs(case, "max", outcome="strategy")) == ["record.step_signed"]


_STEP = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["worker", "manager"]),
        "not": st.lists(st.sampled_from(["author", "earlier"]), unique=True),
        "when": st.sampled_from(
            [True, {"==": [{"var": f"{CFA}.in_need"}, True]}, {"==": [{"var": f"{CFA}.outcome"}, "nfa"]}]
        ),
    }
)  # fmt: skip


@given(
    st.lists(_STEP, min_size=1, max_size=5),
    st.fixed_dictionaries({"in_need": st.booleans(), "outcome": st.sampled_from(["nfa", "cin_plan"])}),
    st.lists(st.sampled_from(PEOPLE), max_size=14),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_whoever_wants_to_sign_these_hold(
    steps: list[dict[str, Any]], answers: dict[str, Any], wish: list[str]
) -> None:
    case = submitted(steps, **answers)
    record = case.state.records["r"]
    holds = [
        place for place, step in enumerate(steps)
        if step["when"] is True
        or (answers["in_need"] if "in_need" in str(step["when"]) else answers["outcome"] == "nfa")
    ]  # fmt: skip
    needed = tuple(holds or [len(steps) - 1])
    assert record.asked == needed
    signed: list[str] = []
    for by in wish:
        waits = next_step(case.case_type, case.state.records["r"])
        answer = signs(case, by, **answers)
        if waits is None:
            assert isinstance(answer, Refusal)  # it is decided
            continue
        step = steps[waits.place]
        barred = ("author" in step["not"] and by == "wanda") or (
            "earlier" in step["not"] and by in signed
        )
        may = step["role"] in ROLES[by] and not barred
        assert isinstance(answer, Refusal) != may, (by, step, answer)
        if may:
            signed.append(by)
            assert (answer[0].kind == "record.signed") == (len(signed) == len(needed))
            assert waits.place == needed[len(signed) - 1]
    assert (case.state.records["r"].status == "signed") == (len(signed) == len(needed))
    assert fold(case.events) == case.state
