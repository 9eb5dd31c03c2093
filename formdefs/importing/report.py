"""What an importer gives: a definition, where every answer came from, and a report line by line. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from formdefs.importing.data_shape import Shape

Outcome = Literal["carried", "changed", "lost"]
OUTCOMES: tuple[Outcome, ...] = ("carried", "changed", "lost")


@dataclass(frozen=True)
class Line:
    """What became of one thing in the source.

    at: its place there (a JSON Pointer, or a sheet and row); what: the thing, as the source calls
    it; says: what it is now, or why it could not be carried.
    """

    at: str
    what: str
    outcome: Outcome
    says: str


@dataclass(frozen=True)
class Imported:
    """A definition that can be published, and how it came about.

    names: the shape of the source's own data, with the keys that hold it here; see `data_shape`.
    """

    definition: Mapping[str, Any]
    report: Sequence[Line]
    names: Shape

    def count(self, outcome: Outcome) -> int:
        """Say how many things had this outcome."""
        return Counter(line.outcome for line in self.report)[outcome]


class NotImportable(Exception):
    """No form can be made of the source; `at` is the place, and the text says why."""

    def __init__(self, says: str, at: str = "") -> None:
        super().__init__(says)
        self.at = at


@dataclass
class Report:
    """Lines in the making, in the order of the source; the same line is kept once."""

    lines: dict[Line, None] = field(default_factory=dict)

    def carried(self, at: str, what: str, says: str) -> None:
        """Note what is here as it was there."""
        self.lines[Line(at, what, "carried", says)] = None

    def changed(self, at: str, what: str, says: str) -> None:
        """Note what is here in another way."""
        self.lines[Line(at, what, "changed", says)] = None

    def lost(self, at: str, what: str, says: str) -> None:
        """Note what is not here."""
        self.lines[Line(at, what, "lost", says)] = None
