"""The check of case types: what ships has no finding, and each mistake is found at its row."""

from collections.abc import Callable
from typing import Any

import pytest

from casetypes.checks import problems
from casetypes.shipped import documents
from tests.casetypes import document, known, shipped

Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize("key", [one["key"] for one in documents()])
def test_what_ships_has_no_finding(key: str) -> None:
    assert [str(found) for found in problems(shipped(key), known())] == []


def by_id(whole: dict[str, Any], row_id: str) -> dict[str, Any]:
    """The row of that id, in whatever block."""
    blocks = [rows for rows in whole.values() if isinstance(rows, list)]
    return next(
        row for rows in blocks for row in rows if isinstance(row, dict) and row["id"] == row_id
    )


def put(row_id: str, **parts: Any) -> Change:
    """Change parts of a row; None takes one off."""

    def change(whole: dict[str, Any]) -> None:
        row = by_id(whole, row_id)
        row.update(parts)
        for name in [name for name, value in parts.items() if value is None]:
            del row[name]

    return change


def added(block: str, **row: Any) -> Change:
    """Add a row to a block."""
    return lambda whole: whole.setdefault(block, []).append(row)


def taken_off(row_id: str) -> Change:
    """Take a row off."""

    def change(whole: dict[str, Any]) -> None:
        for name, rows in whole.items():
            if isinstance(rows, list):
                whole[name] = [row for row in rows if row.get("id") != row_id]

    return change


def signed(of: str, *codes: str, question: str = "outcome") -> dict[str, Any]:
    """A trigger by some answers."""
    return {
        "event": "record.signed",
        "of": of,
        "when": {"in": [{"var": f"{of}.{question}"}, list(codes)]},
    }


CFA, PLAN = "child_family_assessment", "child_in_need_plan"
MISTAKES: list[tuple[str, Change, str, str]] = [
    ("no first stage", put("s1ref", first=None), "first_stage", "s1ref"),
    ("two first stages", put("s2ass", first=True), "first_stage", "s2ass"),
    ("no end", put("s4end", end=None), "end_stage", "s4end"),
    ("records after the end", put("s4end", forms=[{"form": PLAN, "need": "any"}]), "end_stage", "s4end"),
    ("an unreachable stage", added("stages", id="s9new", key="lost", title="Lost"), "unreachable", "s9new"),
    ("a dead end", lambda d: [put("m5end", **{"from": ["assessment"]})(d)], "dead_end", "s3pla"),
    ("a doubled id", put("s2ass", id="s1ref"), "duplicate", "s1ref"),
    ("a doubled key", put("s2ass", key="referral"), "duplicate", "s2ass"),
    ("an unknown stage", put("m1acc", to="asessment"), "unknown", "m1acc"),
    ("an unknown form", put("s2ass", forms=[{"form": "core", "need": "one"}]), "unknown", "s2ass"),
    ("an unpublished form", added("forms", id="f9new", form="core", per="case"), "unknown", "f9new"),
    ("an unknown chain", put("f1ref", sign_off="bosses"), "unknown", "f1ref"),
    ("an unknown trigger's form", put("m1acc", on=signed("refferal", "assessment")), "unknown", "m1acc"),
    ("an unknown list", lambda d: d["closing"].update(list="no.list"), "unknown", ""),
    ("an unknown list of reasons", put("c2cfa", reasons="no.list"), "unknown", "c2cfa"),
    ("an unknown calendar", put("c2cfa", calendar="scotland"), "unknown", "c2cfa"),
    ("nobody who leads", put("w1lea", lead=None), "lead", "w1lea"),
    ("two who lead", put("w2cow", lead=True), "lead", "w2cow"),
    ("a role twice", put("w2cow", key="supervisor"), "duplicate", "w3sup"),
    ("a move of both sorts", put("m1acc", roles=["manager"]), "move", "m1acc"),
    ("a move of neither sort", put("m1acc", on=None), "move", "m1acc"),
    ("a way out of an end", put("m5end", **{"from": ["plan", "closed"]}), "leaves_end", "m5end"),
    ("a way back to where it is, and nobody says why", put("m5end", to="plan", reason="optional"), "to_itself", "m5end"),
    ("nobody there to be asked", put("m2nfa", tasks="ask"), "tasks_asked", "m2nfa"),
    ("nobody there to give a reason", put("m2nfa", reason="required"), "reason_asked", "m2nfa"),
    ("two ways at once", put("m4cls", on=signed(CFA, "nfa", "cin_plan")), "two_ways", "m4cls"),
    ("not proved exclusive", put("m4cls", on={"event": "record.signed", "of": CFA}), "two_ways", "m7fam"),
    ("an answer that leads nowhere", taken_off("m7fam"), "leads_nowhere", "m3pla"),
    ("a form of another stage", put("m1acc", on=signed(PLAN, "continue", question="step")), "not_asked_here", "m1acc"),
    ("a question that there is not", put("m4cls", on=signed(CFA, "nfa", question="outcom")), "unknown_question", "m4cls"),
    ("an answer of the wrong kind", put("m5end", when={"<": [{"var": f"{CFA}.in_need"}, 3]}), "wrong_type", "m5end"),
    ("an operator that there is not", put("m5end", when={"eval": ["x"]}), "unknown_operator", "m5end"),
    ("an event that cannot happen", put("c1ref", stop=[{"event": "record.finished", "of": "referral"}]), "cannot_happen", "c1ref"),
    ("a clock that cannot stop", put("c2cfa", stop=[{"event": "stage.entered", "of": "lost"}]), "unknown", "c2cfa"),
    ("a clock that runs on", put("c2cfa", cancel=None), "runs_on", "c2cfa"),
    ("a clock of the case that runs on", put("c1ref", cancel=None), "runs_on", "c1ref"),
    ("a clock without limit", put("c2cfa", limit=None), "no_limit", "c2cfa"),
    ("a limit that may not hold", put("c2cfa", limit=None, limits=[{"when": {"==": [{"var": "subject.stage"}, "plan"]}, "limit": {"n": 5, "unit": "days"}}]), "no_limit", "c2cfa"),
    ("a limit of nothing", put("c2cfa", limit={"n": 0, "unit": "months"}, warn=None), "period", "c2cfa"),
    ("a warning before the start", put("c1ref", warn=[{"n": 2, "unit": "weeks"}]), "period", "c1ref"),
    ("a pause without resume", put("c2cfa", statutory=None, pause=[{"event": "stage.entered", "of": "plan"}]), "pause", "c2cfa"),
    ("a statutory clock that pauses", put("c2cfa", pause=[{"event": "stage.entered", "of": "plan"}]), "statutory", "c2cfa"),
    ("a statutory clock that is skipped", put("c2cfa", cancel=[{"event": "stage.left", "of": "assessment"}, {"event": "stage.entered", "of": "closed"}]), "statutory", "c2cfa"),
    ("a clock that stops as it starts", put("c2cfa", start=[{"event": "record.signed", "of": CFA}]), "stops_at_once", "c2cfa"),
    ("a form per another", put("f2cfa", per="case"), "per", "f2cfa"),
    ("a chain that lets authors sign", put("a2aut", steps=[{"role": "manager"}]), "own_work", "a2aut"),
    ("a chain of which nothing may be asked", put("a1dec", steps=[{"role": "manager", "when": {"==": [{"var": "referral.decision"}, "nfa"]}}]), "no_signature", "a1dec"),
    ("rows that there are not", lambda d: by_id(d, "t1act")["rows"].update(repeat=["actions"]), "unknown", "t1act"),
    ("a due date that is none", lambda d: by_id(d, "t1act")["rows"].update(due="what"), "wrong_type", "t1act"),
    ("an owner who is none", lambda d: by_id(d, "t1act")["rows"].update(owner="who_else"), "wrong_type", "t1act"),
    ("tasks of no record's rows", put("t1act", on={"event": "stage.entered", "of": "plan"}), "cannot_happen", "t1act"),
    ("of nothing", put("c1ref", start=[{"event": "case.opened", "of": "referral"}]), "needless", "c1ref"),
    ("nobody may submit", added("permissions", role="manager", may=["start", "sign", "move"]), "nobody", "f1ref"),
    ("nobody may sign", added("permissions", role="worker", may=["start", "submit"]), "nobody", "f1ref"),
    ("a section that there is not", put("f2cfa", copy=["family", "nowhere"]), "unknown", "f2cfa"),
    ("moves without end", lambda d: [added("moves", id=f"m{n}loo", key=f"loop_{n}", title="Loop", **{"from": [a], "to": b, "on": {"event": "stage.entered", "of": a}})(d) for n, a, b in ((7, "assessment", "plan"), (8, "plan", "assessment"))], "endless", "m7loo"),
    ("a review of tasks without rows", lambda d: [put("t1act", rows=None)(d), put("f3cip", judges={"task": "plan_action", "repeat": "outcomes", "status": "need", "done": ["x"]})(d)], "judges", "f3cip"),
    ("a review's status that is no choice", put("f3cip", judges={"task": "plan_action", "repeat": "outcomes", "status": "need", "done": ["x"]}), "wrong_type", "f3cip"),
    ("a review of more tasks without rows", lambda d: [put("t1act", rows=None)(d), put("f3cip", judges={"task": "ring", "also": ["plan_action"], "repeat": "outcomes", "status": "need", "done": ["x"]})(d)], "judges", "f3cip"),
    ("a review of more tasks that no template makes", put("f3cip", judges={"task": "plan_action", "also": ["nowhere"], "repeat": "outcomes", "status": "need", "done": ["x"]}), "unknown", "f3cip"),
    ("a word that is not known", put("m5end", reasons="required"), "shape", "m5end"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code", "row"), [pytest.param(*one[1:], id=one[0]) for one in MISTAKES]
)
def test_a_mistake_is_found_at_its_row(change: Change, code: str, row: str) -> None:
    whole = document("child_in_need")
    change(whole)
    found = problems(whole, known())
    told = [f"{one.node} {one.code}: {one}" for one in found]
    assert any(one.code == code and one.node == row for one in found), told
    for one in found:
        assert one.says.endswith(".")
        assert one.fix.endswith((".", "?"))
