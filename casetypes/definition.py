"""The case types that ship, read from their files. Pure.

A case type says, so far, which forms its cases use first and which code list holds the reasons for
closing one: `{"casetype": 1, "key", "title", "forms": [form key], "closing": {"list": list key}}`.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True)
class CaseType:
    """A kind of case. closing_list: key of the code list with the reasons for closing."""

    key: str
    title: str
    forms: tuple[str, ...]
    closing_list: str


def read(document: dict[str, Any]) -> CaseType:
    """Build a case type from its document.

    >>> read({"casetype": 1, "key": "a", "title": "A", "forms": [], "closing": {"list": "x"}}).title
    'A'
    """
    return CaseType(
        key=document["key"],
        title=document["title"],
        forms=tuple(document["forms"]),
        closing_list=document["closing"]["list"],
    )


@cache
def case_types() -> dict[str, CaseType]:
    """Every case type that ships, by key."""
    documents = (json.loads(path.read_text("utf-8")) for path in sorted(LIBRARY.glob("*.json")))
    return {found.key: found for found in map(read, documents)}
