"""Flat templates: HTML with named slots, joined from ready pieces. Pure.

A slot is written into HTML between two private-use characters, which no template of ours and no
macro emits, and is cut out again once. Values are put in as they are: escape them first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_OPEN, _CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_BREAK = re.compile(r"\s*\n\s*")


def slot(name: str) -> str:
    """Return the text that stands for a slot until `flat` cuts it out."""
    return f"{_OPEN}{name}{_CLOSE}"


@dataclass(frozen=True)
class Flat:
    """Pieces by turns: markup at even places, the name of a slot at odd ones."""

    pieces: tuple[str, ...]
    slots: tuple[tuple[int, str], ...]

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the HTML with a value in every slot. Raises KeyError for a slot without one."""
        pieces = list(self.pieces)
        for place, name in self.slots:
            pieces[place] = values[name]
        return "".join(pieces)

    def bind(self, values: Mapping[str, str]) -> "Flat":
        """Return the template with some slots filled for good; values are not searched for slots."""
        pieces = [""]
        for place, piece in enumerate(self.pieces):
            if place % 2 and piece not in values:
                pieces += [piece, ""]
            else:
                pieces[-1] += str(values[piece]) if place % 2 else piece  # Markup would escape
        return _made(pieces)


def flat(html: str) -> Flat:
    """Cut the slots out of HTML; line breaks and the spaces around them become one break each."""
    pieces = _SLOT.split(html)
    return _made([p if i % 2 else _BREAK.sub("\n", p) for i, p in enumerate(pieces)])


def _made(pieces: list[str]) -> Flat:
    slots = tuple((i, name) for i, name in enumerate(pieces) if i % 2)
    return Flat(tuple(pieces), slots)
