"""The rows of a case type's blocks, with their places, for its checks. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from formdefs.shapes import DefinitionProblem

BLOCKS = (
    "forms", "stages", "moves", "clocks", "sign_offs", "tasks", "checks", "notices", "permissions",
    "allocations",
)  # fmt: skip
_CLOCK_PARTS = ("start", "restart", "stop", "cancel", "pause", "resume")

Found = Iterator[DefinitionProblem]


@dataclass(frozen=True)
class Row:
    """One row: its JSON pointer, its permanent id ("" if it has none), and what it says."""

    at: str
    id: str
    raw: Mapping[str, Any]


def block(document: Mapping[str, Any], name: str) -> list[Row]:
    """The rows of a block, in order."""
    return [
        Row(f"/{name}/{place}", raw.get("id", ""), raw)
        for place, raw in enumerate(document.get(name, ()))
    ]


def rows_of(document: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of every block."""
    for name in BLOCKS:
        yield from block(document, name)


def found_at(row: Row, part: str, code: str, says: str, fix: str) -> DefinitionProblem:
    """One thing wrong with a row."""
    return DefinitionProblem(row.at + part, row.id, code, says, fix)


def triggers(document: Mapping[str, Any]) -> Iterator[tuple[Row, str, Mapping[str, Any]]]:
    """Every trigger with its row and its place in it."""
    for row in block(document, "moves"):
        if "on" in row.raw:
            yield row, "/on", row.raw["on"]
    for row in block(document, "clocks"):
        for part in _CLOCK_PARTS:
            for place, trigger in enumerate(row.raw.get(part, ())):
                yield row, f"/{part}/{place}", trigger
    for row in block(document, "tasks"):
        yield row, "/on", row.raw["on"]
        for place, trigger in enumerate(row.raw.get("cancel", ())):
            yield row, f"/cancel/{place}", trigger


def named(row: Row, at: str, key: str, there: Collection[str], what: str) -> Found:
    """Yield that there is nothing of that key, with the key that was probably meant."""
    if key not in there:
        says, fix = f"There is no {what} “{key}”.", "Mend its spelling, or add it."
        if close := get_close_matches(key, sorted(there), n=1):
            fix = f"Did you mean “{close[0]}”?"
        yield found_at(row, at, "unknown", says, fix)
