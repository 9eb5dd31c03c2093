"""Names of inputs on a form page, and where they lead in the answers. Pure.

An input is named by its path joined with dots: `needs.k3f9a2b1.by_when`; a question of several
inputs adds the part: `needs.k3f9a2b1.by_when.day`. Names that begin with `_` are the page's own.
"""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence

from formdefs import patterns

Path = tuple[str, ...]
Posted = Mapping[str, Sequence[str]]  # the name of an input -> what was sent under it, in order

ROWS = "_rows"  # under a repeat's name: the ids of its rows, one hidden input each, in order
EDITABLE = "_editable"  # names of questions that a rule may lock, and that were open when shown
_ROW_ID = re.compile(patterns.ROW_ID)


def joined(path: Path) -> str:
    """Return the name of the input that answers a path."""
    return ".".join(path)


def part_of(name: str, part: str) -> str:
    """Return the name of one part of a question's inputs; the question's own name for part ""."""
    return f"{name}.{part}" if part else name


def new_row_id() -> str:
    """Return a fresh random row id."""
    return secrets.token_hex(6)


def row_ids(posted: Posted, repeat: str) -> list[str]:
    """Return the ids of the rows that were on the page, in order, without what is no row id."""
    sent = posted.get(f"{repeat}.{ROWS}", ())
    return list(dict.fromkeys(row_id for row_id in sent if _ROW_ID.fullmatch(row_id)))


def split(name: str) -> Path:
    """Return the path that a name was made from (its part included)."""
    return tuple(name.split("."))


def above(path: Path) -> Iterator[Path]:
    """Yield the path and every path that it lies under, the longest first."""
    for end in range(len(path), 0, -1):
        yield path[:end]
