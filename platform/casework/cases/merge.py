"""Merges two sets of answers that began from a common base, by row ids and question keys. Pure.

A conflict is one question that both sides changed differently, or one row that one side deleted and
the other edited. Everything else merges: other questions, other rows, rows added, removed or moved.
Nested repeats merge row by row. A composed answer (an address, the codes chosen, the files of one
question) is one answer.

Of rows, the order counts less than what is in them, so it never makes a conflict: rows stand as the
side that moved them put them (mine, if both did); new rows keep the place after the row that they
were added behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]
Path = tuple[str, ...]  # keys and row ids by turns
NOTHING: Mapping[str, str] = {}
_Rows = dict[str, Answers]


@dataclass(frozen=True)
class Difference:
    """One conflict: what stood at a path before, with them, and with me; None for nothing."""

    path: Path
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True)
class Merged:
    """The answers merged, with theirs wherever a conflict is not decided yet."""

    answers: dict[str, Any]
    conflicts: tuple[Difference, ...]


def merge(
    base: Answers, theirs: Answers, mine: Answers, decisions: Mapping[str, str] = NOTHING
) -> Merged:
    """Merge two edits of the same base.

    decisions: conflicts that somebody decided, by path joined with ".": "mine" or "theirs".

    >>> merge({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}).answers
    {'a': 2, 'b': 3}
    >>> merge({"a": 1}, {"a": 2}, {"a": 3}).conflicts
    (Difference(path=('a',), base=1, theirs=2, mine=3),)
    """
    conflicts: list[Difference] = []
    answers = _Merge(decisions, conflicts).scope((), base, theirs, mine)
    return Merged(answers, tuple(conflicts))


def changes(before: Answers, after: Answers) -> dict[str, dict[str, Any]]:
    """Every answer that differs, by its path joined with ".": {"before": …, "after": …}.

    An answer that was not there has no "before", one that is gone no "after". A row that only moved
    is no change.

    >>> changes({"a": 1}, {"a": 2, "r": [{"_id": "rowrowrow", "x": "y"}]})
    {'a': {'before': 1, 'after': 2}, 'r.rowrowrow.x': {'after': 'y'}}
    """
    old, new = dict(leaves(before)), dict(leaves(after))
    changed: dict[str, dict[str, Any]] = {}
    for path in (*old, *(path for path in new if path not in old)):
        if path in old and path in new and same(old[path], new[path]):
            continue
        sides = {"before": old.get(path), "after": new.get(path)}
        changed[".".join(path)] = {
            side: value for side, value in sides.items() if value is not None
        }
    return changed


def leaves(answers: Answers, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and value of every answer, through all rows."""
    for key, value in answers.items():
        if key == "_id":
            continue
        rows = _rows(value)
        if rows is None:
            yield (*above, key), value
        else:
            for row_id, row in rows.items():
                yield from leaves(row, (*above, key, row_id))


def same(one: Any, other: Any) -> bool:
    """Say whether two JSON values are the same; unlike Python's ==, true is not 1.

    >>> same([1, {"a": "b"}], [1, {"a": "b"}]), same(True, 1)
    (True, False)
    """
    if type(one) is not type(other) or one != other:
        return False
    if isinstance(one, dict):
        return all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return all(same(*pair) for pair in zip(one, other, strict=True))
    return True


class _Merge:
    """One merge under way: the decisions taken, and the conflicts found so far."""

    def __init__(self, decisions: Mapping[str, str], conflicts: list[Difference]) -> None:
        self.decisions = decisions
        self.conflicts = conflicts

    def scope(self, above: Path, base: Answers, theirs: Answers, mine: Answers) -> dict[str, Any]:
        """Merge one scope: the form level, or one row."""
        merged: dict[str, Any] = {}
        for key in dict.fromkeys((*theirs, *mine, *base)):
            sides = base.get(key), theirs.get(key), mine.get(key)
            value = sides[2] if key == "_id" else self.value((*above, key), *sides)
            if value is not None:
                merged[key] = value
        return merged

    def value(self, path: Path, base: Any, theirs: Any, mine: Any) -> Any:
        """Merge what stands under one key: one answer, or the rows of a repeat."""
        if same(theirs, mine) or same(base, mine):
            return theirs
        if same(base, theirs):
            return mine
        rows = [_rows(side) for side in (base, theirs, mine)]
        if rows[1] is not None and rows[2] is not None and rows[0] is not None:
            return self.rows(path, rows[0], rows[1], rows[2]) or None
        return self.decide(path, base, theirs, mine)

    def rows(self, path: Path, base: _Rows, theirs: _Rows, mine: _Rows) -> list[Answers]:
        """Merge the rows of a repeat."""
        kept: dict[str, Answers] = {}
        for row_id in dict.fromkeys((*theirs, *mine, *base)):
            row = self.row((*path, row_id), base.get(row_id), theirs.get(row_id), mine.get(row_id))
            if row is not None:
                kept[row_id] = row
        return [kept[row_id] for row_id in _order(list(base), list(theirs), list(mine), kept)]

    def row(
        self, path: Path, base: Answers | None, theirs: Answers | None, mine: Answers | None
    ) -> Answers | None:
        """Merge one row; None if it goes."""
        if theirs is not None and mine is not None:
            return self.scope(path, base or {}, theirs, mine)
        if base is None:
            return theirs or mine
        left = theirs if mine is None else mine
        if left is None or same(left, base):
            return None
        decided: Answers | None = self.decide(path, base, theirs, mine)
        return decided

    def decide(self, path: Path, base: Any, theirs: Any, mine: Any) -> Any:
        """Take the side that was decided for; without a decision note the conflict, take theirs."""
        decision = self.decisions.get(".".join(path))
        if decision not in ("mine", "theirs"):
            self.conflicts.append(Difference(path, base, theirs, mine))
        return mine if decision == "mine" else theirs


def _rows(value: Any) -> _Rows | None:
    """The rows of a repeat by id, none for nothing; None if the value is one answer."""
    if value is None:
        return {}
    if not isinstance(value, list):
        return None
    rows = {row["_id"]: row for row in value if isinstance(row, Mapping) and "_id" in row}
    return rows if len(rows) == len(value) else None


def _order(
    base: Sequence[str], theirs: Sequence[str], mine: Sequence[str], kept: Mapping[str, Any]
) -> list[str]:
    """The order of the rows that stay.

    Rows that both sides have stand as in the side that moved them. A row that only one side has
    comes after the row that it follows there. Where both added rows at one place, the added rows
    with the smaller first id come first: no matter who saved first.
    """
    common = [row_id for row_id in mine if row_id in kept and row_id in set(theirs)]
    with_them = [row_id for row_id in theirs if row_id in set(common)]
    if _moved(base, with_them) and not _moved(base, common):
        common = with_them
    places: dict[str | None, list[list[str]]] = {}
    for side in (theirs, mine):
        run: list[str] = []
        behind: str | None = None
        for row_id in (*side, None):
            if row_id is not None and row_id not in set(common):
                run += [row_id] if row_id in kept else []
                continue
            if run:
                places.setdefault(behind, []).append(run)
            run, behind = [], row_id
    ordered: list[str] = []
    for anchor in (None, *common):
        ordered += [] if anchor is None else [anchor]
        for run in sorted(places.get(anchor, [])):
            ordered += run
    return ordered


def _moved(base: Sequence[str], rows: Sequence[str]) -> bool:
    """Say whether rows stand in another order than in the base, leaving out those not in both."""
    here = set(rows)
    there = set(base)
    return [row_id for row_id in base if row_id in here] != [r for r in rows if r in there]
