"""Merging two edits of one base: the laws, on generated answers, and the cases that people meet."""

from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casework.cases.merge import changes, leaves, merge, same

BASE = {
    "name": "Ann",
    "needs": [
        {"_id": "aaaaaaaa", "need": "Food", "actions": [{"_id": "xxxxxxxx", "what": "Shop"}]},
        {"_id": "bbbbbbbb", "need": "Sleep"},
        {"_id": "cccccccc", "need": "School"},
    ],
}
LEAVES = (True, False, 1, 0, -1, "a", "b", ["1A"], ["1A", "1B"], {"line1": "1 High Street"})


class Somebody:
    """Writes answers and edits them, by chance; drawn from a seed, which is a hundred times faster
    than from hypothesis' own strategies, and these laws want many examples.

    touches: last characters of the question keys that they touch, so that two can keep apart; who
    keeps apart removes and moves no rows. mark: how the ids of their new rows begin.
    """

    def __init__(self, chance: Random, mark: str, touches: str = "") -> None:
        self.chance, self.mark, self.touches = chance, mark, touches

    def scope(self, depth: int = 2) -> dict[str, Any]:
        """Answers of one scope: q… are answers, r… repeats nested so deep."""
        keys = [key for key in ("q1", "q2", "q3") if self.chance.random() < 0.6]
        scope: dict[str, Any] = {key: self.chance.choice(LEAVES) for key in keys}
        for key in ("r1", "r2") if depth else ():
            rows = [self.row(depth - 1) for _ in range(self.chance.randrange(4))]
            scope |= {key: rows} if rows else {}
        return scope

    def row(self, depth: int) -> dict[str, Any]:
        """A new row."""
        return {"_id": f"{self.mark}{self.chance.randrange(10**9):09}", **self.scope(depth)}

    def edit(self, scope: dict[str, Any], depth: int = 2) -> dict[str, Any]:
        """The same scope with some answers changed, given or taken away."""
        edited = dict(scope)
        for key in ("q1", "q2", "q3"):
            if key[-1] in (self.touches or key) and self.chance.random() < 0.4:
                edited[key] = self.chance.choice((*LEAVES, None))
        for key in ("r1", "r2") if depth else ():
            edited[key] = self.edit_rows(scope.get(key, []), depth - 1)
        return {key: value for key, value in edited.items() if value not in (None, [])}

    def edit_rows(self, rows: list[dict[str, Any]], depth: int) -> list[dict[str, Any]]:
        """The same rows with some edited, added, taken away or moved."""
        rows = [self.edit(row, depth) if self.chance.random() < 0.5 else row for row in rows]
        if not self.touches:
            rows = [row for row in rows if self.chance.random() < 0.8]
            if self.chance.random() < 0.3:
                self.chance.shuffle(rows)
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            rows.insert(self.chance.randint(0, len(rows)), self.row(depth))
        return rows


Case = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def two_edits(seed: int) -> Case:
    """A base and two edits of it that may touch the same things."""
    chance = Random(seed)
    base = Somebody(chance, "b").scope()
    return base, Somebody(chance, "t").edit(base), Somebody(chance, "m").edit(base)


def two_edits_apart(seed: int) -> Case:
    """A base and two edits of it that touch different questions."""
    chance = Random(seed)
    base = Somebody(chance, "b").scope()
    return base, Somebody(chance, "t", "1").edit(base), Somebody(chance, "m", "23").edit(base)


MANY = settings(max_examples=300)
SEEDS = st.integers(0, 2**32)
BASE_AND_EDITS = SEEDS.map(two_edits)
DISJOINT = SEEDS.map(two_edits_apart)


@MANY
@given(BASE_AND_EDITS)
def test_one_side_unchanged_gives_the_other(case: Case) -> None:
    base, edited, _ = case
    for merged in (
        merge(base, base, edited),
        merge(base, edited, base),
        merge(base, edited, edited),
    ):
        assert same(merged.answers, edited)
        assert not merged.conflicts


@MANY
@given(BASE_AND_EDITS)
def test_conflicts_are_the_same_from_both_sides(case: Case) -> None:
    base, theirs, mine = case
    here, there = merge(base, theirs, mine).conflicts, merge(base, mine, theirs).conflicts
    assert {(c.path, repr(c.theirs), repr(c.mine)) for c in here} == {
        (c.path, repr(c.mine), repr(c.theirs)) for c in there
    }


@MANY
@given(DISJOINT)
def test_edits_of_different_questions_merge_whoever_saves_first(case: Case) -> None:
    base, theirs, mine = case
    merged = merge(base, theirs, mine)
    assert not merged.conflicts
    assert same(merged.answers, merge(base, mine, theirs).answers)
    for side in (theirs, mine):
        for path, sides in changes(base, side).items():
            now = dict(leaves(merged.answers)).get(tuple(path.split(".")))
            assert same(now, sides.get("after"))


@MANY
@given(BASE_AND_EDITS)
def test_nothing_typed_is_lost(case: Case) -> None:
    """What either side wrote stands in the result or in a conflict at its place or above."""
    base, theirs, mine = case
    merged = merge(base, theirs, mine)
    stands = dict(leaves(merged.answers))
    asked = [conflict.path for conflict in merged.conflicts]
    for side in (theirs, mine):
        for text, sides in changes(base, side).items():
            path = tuple(text.split("."))
            if any(path[: len(above)] == above for above in asked):
                continue
            gone = "after" not in sides
            assert gone or same(stands.get(path), sides["after"])


@MANY
@given(BASE_AND_EDITS, st.data())
def test_decisions_settle_exactly_their_conflicts(case: Case, data: st.DataObject) -> None:
    base, theirs, mine = case
    asked = merge(base, theirs, mine).conflicts
    taken = {".".join(c.path): data.draw(st.sampled_from(["mine", "theirs"])) for c in asked}
    merged = merge(base, theirs, mine, taken)
    assert not merged.conflicts
    stands = dict(leaves(merged.answers))
    for conflict in asked:
        chosen = conflict.mine if taken[".".join(conflict.path)] == "mine" else conflict.theirs
        if len(conflict.path) % 2:  # a question, not a row
            for path, value in leaves({conflict.path[-1]: chosen} if chosen is not None else {}):
                assert same(stands[(*conflict.path[:-1], *path)], value)


@MANY
@given(BASE_AND_EDITS)
def test_every_row_stands_once(case: Case) -> None:
    def check(scope: dict[str, Any]) -> None:
        for value in scope.values():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                ids = [row["_id"] for row in value]
                assert len(ids) == len(set(ids))
                for row in value:
                    check(row)

    check(merge(*case).answers)


@given(st.permutations(range(5)), st.permutations(range(5)))
def test_order_alone_is_never_a_conflict(one: list[int], other: list[int]) -> None:
    rows = [{"_id": f"row{n:05}", "q": n} for n in range(5)]
    assume(one != other)
    merged = merge({"r": rows}, {"r": [rows[n] for n in one]}, {"r": [rows[n] for n in other]})
    assert not merged.conflicts
    mine_moved = list(other) != sorted(other)
    assert [row["q"] for row in merged.answers["r"]] == list(other if mine_moved else one)


def changed(**edits: Any) -> dict[str, Any]:
    """The base with some form-level answers changed."""
    return {**BASE, **edits}


def row(row_id: str, **edits: Any) -> list[dict[str, Any]]:
    """The base's rows with one of them changed."""
    return [{**found, **edits} if found["_id"] == row_id else found for found in BASE["needs"]]


def without(row_id: str) -> list[dict[str, Any]]:
    """The base's rows but one."""
    return [found for found in BASE["needs"] if found["_id"] != row_id]


def test_one_question_answered_differently_asks() -> None:
    (conflict,) = merge(BASE, changed(name="Anna"), changed(name="Annie")).conflicts
    assert (conflict.path, conflict.base, conflict.theirs, conflict.mine) == (
        ("name",),
        "Ann",
        "Anna",
        "Annie",
    )


def test_one_question_answered_alike_does_not_ask() -> None:
    merged = merge(BASE, changed(name="Anna"), changed(name="Anna"))
    assert merged.answers["name"] == "Anna"
    assert not merged.conflicts


def test_different_questions_of_one_row_merge() -> None:
    theirs, mine = row("bbbbbbbb", need="More sleep"), row("bbbbbbbb", by_when="2026-12-01")
    merged = merge(BASE, {"needs": theirs, "name": "Ann"}, {"needs": mine, "name": "Ann"})
    assert merged.answers["needs"][1] == {
        "_id": "bbbbbbbb",
        "need": "More sleep",
        "by_when": "2026-12-01",
    }


@pytest.mark.parametrize("deleted_by", ["them", "me"])
def test_a_row_deleted_and_edited_asks_with_the_whole_row(deleted_by: str) -> None:
    gone, edited = changed(needs=without("aaaaaaaa")), changed(needs=row("aaaaaaaa", need="Meals"))
    theirs, mine = (gone, edited) if deleted_by == "them" else (edited, gone)
    (conflict,) = merge(BASE, theirs, mine).conflicts
    assert conflict.path == ("needs", "aaaaaaaa")
    assert (conflict.theirs is None) == (deleted_by == "them")
    for decision, stays in (("mine", deleted_by == "them"), ("theirs", deleted_by == "me")):
        rows = merge(BASE, theirs, mine, {"needs.aaaaaaaa": decision}).answers["needs"]
        assert ("aaaaaaaa" in [found["_id"] for found in rows]) == stays
        assert not stays or rows[0]["need"] == "Meals"


def test_a_row_deleted_whose_inner_row_was_edited_asks() -> None:
    inner = [{"_id": "xxxxxxxx", "what": "Cook"}]
    edited = changed(needs=row("aaaaaaaa", actions=inner))
    (conflict,) = merge(BASE, changed(needs=without("aaaaaaaa")), edited).conflicts
    assert conflict.path == ("needs", "aaaaaaaa")


def test_a_row_deleted_and_not_edited_goes() -> None:
    merged = merge(BASE, changed(needs=without("bbbbbbbb")), changed(name="Anna"))
    assert [found["_id"] for found in merged.answers["needs"]] == ["aaaaaaaa", "cccccccc"]
    assert not merged.conflicts


def test_rows_added_by_both_keep_their_places() -> None:
    first = {"_id": "dddddddd", "need": "Play"}
    last = {"_id": "eeeeeeee", "need": "Work"}
    theirs, mine = changed(needs=[first, *BASE["needs"]]), changed(needs=[*BASE["needs"], last])
    merged = merge(BASE, theirs, mine)
    assert [found["_id"][0] for found in merged.answers["needs"]] == list("dabce")


def test_rows_moved_by_them_and_edited_by_me_do_both() -> None:
    theirs = changed(needs=BASE["needs"][::-1])
    merged = merge(BASE, theirs, changed(needs=row("bbbbbbbb", need="Rest")))
    assert [found["_id"][0] for found in merged.answers["needs"]] == list("cba")
    assert merged.answers["needs"][1]["need"] == "Rest"


def test_true_and_one_are_not_the_same_answer() -> None:
    assert merge({}, {"a": True}, {"a": 1}).conflicts


def test_changes_tell_rows_by_their_ids() -> None:
    after = changed(needs=[*row("bbbbbbbb", need="Rest")[::-1]], name=None)
    assert changes(BASE, {k: v for k, v in after.items() if v is not None}) == {
        "name": {"before": "Ann"},
        "needs.bbbbbbbb.need": {"before": "Sleep", "after": "Rest"},
    }
