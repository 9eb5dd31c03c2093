"""What changed between two case types, row by row by permanent id. Pure.

`upgrade_problems` says what keeps running cases of the old one from moving to the new one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casetypes.rows import BLOCKS, Row, block, found_at
from formdefs.shapes import DefinitionProblem

_CALLED = {
    "forms": "form", "stages": "stage", "moves": "move", "clocks": "clock", "tasks": "task",
    "sign_offs": "sign-off chain", "checks": "invariant", "notices": "notice",
    "permissions": "permission", "allocations": "role of allocation",
}  # fmt: skip
_LIMITS = ("limit", "limits", "then", "calendar")


@dataclass(frozen=True)
class Change:
    """One row that is new, gone or not the same. parts: the names of what differs in it."""

    block: str
    id: str
    what: str  # added, removed, changed
    called: str
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The change in words."""
        told = f"{self.what.capitalize()}: {_CALLED[self.block]} “{self.called}”"
        return f"{told} ({', '.join(self.parts)})" if self.parts else told


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """List every row that differs, block by block."""
    found: list[Change] = []
    for name in BLOCKS:
        before = {_identity(row): row for row in block(old, name)}
        after = {_identity(row): row for row in block(new, name)}
        for identity, row in before.items():
            if identity not in after:
                found.append(Change(name, row.id, "removed", _name(row)))
        for identity, row in after.items():
            was = before.get(identity)
            if was is None:
                found.append(Change(name, row.id, "added", _name(row)))
            elif was.raw != row.raw:
                parts = {*was.raw, *row.raw}
                differ = sorted(p for p in parts if was.raw.get(p) != row.raw.get(p))
                found.append(Change(name, row.id, "changed", _name(row), tuple(differ)))
    return found


def upgrade_problems(
    old: Mapping[str, Any], new: Mapping[str, Any], number: int, occupied: frozenset[str]
) -> Iterator[DefinitionProblem]:
    """Yield what cases of version `number` need to be told before they can move to the new one.

    occupied: keys of the stages that have running cases in them.
    """
    told: Mapping[str, Any] = next(
        (row for row in new.get("upgrade", ()) if row["from"] == number), {}
    )
    stages = {row.raw["key"] for row in block(new, "stages")}
    for row in block(old, "stages"):
        key = row.raw["key"]
        goes_to = told.get("stages", {}).get(key, key)
        if key in occupied and goes_to not in stages:
            says = (
                f"Running cases are in “{row.raw['title']}”, which the new version does not have."
            )
            fix = f"Say in “upgrade” to which stage they go from “{key}”."
            yield found_at(row, "", "stage_gone", says, fix)
    after = {row.id: row for row in block(new, "clocks")}
    for row in block(old, "clocks"):
        now = after.get(row.id)
        if now is None:
            says = f"The clock “{row.raw['title']}” is gone, though it may be running."
            fix = "Keep it until no case has it, or say in “upgrade” that clocks are recomputed."
            if "clocks" not in told:
                yield found_at(row, "", "clock_gone", says, fix)
        elif any(row.raw.get(p) != now.raw.get(p) for p in _LIMITS) and "clocks" not in told:
            says = f"The limit of “{row.raw['title']}” changes."
            fix = "Say in “upgrade” whether running clocks keep theirs or are recomputed."
            yield found_at(now, "", "limit_changed", says, fix)


def _identity(row: Row) -> str:
    return row.id or f"{row.raw.get('role')} {row.raw.get('forms')}"


def _name(row: Row) -> str:
    raw = row.raw
    return str(
        raw.get("title") or raw.get("form") or raw.get("key") or raw.get("on") or raw["role"]
    )
