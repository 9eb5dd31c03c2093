"""The kinds of relation between two persons, as `relations.json` lists them. Pure.

A kind has two ends, each with a code: somebody is the *carer* of whom they have for *cared_for*.
Where both ends are called alike (such as friends) there is one code. A stored relation names its kind by the
code of the first end, and is read from either side by the code of that side's other end.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "relations.json"


@dataclass(frozen=True)
class End:
    """What somebody is to somebody else.

    kind: the code under which the relation is stored; first: whether who is called so is its first
    person; choice: how the end is offered, where the title alone would not tell it from another;
    kin: "stated" where the two are kin of one generation, "shared" where two who have the same first person
    are, "" otherwise.
    """

    code: str
    title: str
    choice: str
    inverse: str
    kind: str
    first: bool
    group: str
    kin: str

    @property
    def alike(self) -> bool:
        """Whether both are called so."""
        return self.inverse == self.code


def ends_in(document: Mapping[str, Any]) -> dict[str, End]:
    """Every end of every kind by its code, in the order of the document. Raises ValueError for a code used twice."""
    found: dict[str, End] = {}
    for kind in document["kinds"]:
        key, other = kind["key"], kind.get("inverse")
        common = {"kind": key, "group": kind["group"], "kin": kind.get("kin", "")}
        ends = [_end(kind, other["key"] if other else key, first=True, **common)]
        if other:
            ends.append(_end(other, key, first=False, **common))
        for end in ends:
            if end.code in found:
                raise ValueError(f"Two ends of relations have the code “{end.code}”.")
            found[end.code] = end
    return found


def _end(raw: Mapping[str, Any], inverse: str, **rest: Any) -> End:
    title = raw["title"]
    return End(raw["key"], title, raw.get("choice", title), inverse, **rest)


@cache
def document() -> dict[str, Any]:
    """The configuration as it is written."""
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


@cache
def ends() -> Mapping[str, End]:
    """Every end by its code."""
    return ends_in(document())


@cache
def groups() -> Mapping[str, str]:
    """The title of each group of kinds, in the order in which they are shown."""
    return {group["key"]: group["title"] for group in document()["groups"]}


@cache
def kinds_of_kin(how: str) -> tuple[str, ...]:
    """The kinds that make kin: "stated" or "shared", as `End.kin`."""
    return tuple(end.kind for end in ends().values() if end.first and end.kin == how)


def seen_from(kind: str, *, first: bool) -> End:
    """What the other person is, seen from one of the two; first: from the first one of the relation."""
    end = ends()[kind]
    return ends()[end.inverse] if first else end
