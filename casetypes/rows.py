"""The rows of a case type's blocks, with their places, for its checks. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from formdefs.shapes import DefinitionProblem

BLOCKS = (
    "forms", "stages", "moves", "clocks", "sign_offs", "tasks", "checks", "notices", "permissions",
    "allocations",
)  # fmt: skip


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
