"""The case types that ship, read from their files. Pure."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from casetypes.definition import CaseType, load

LIBRARY = Path(__file__).parent / "library"


def documents() -> Iterator[dict[str, Any]]:
    """Every case type document that ships."""
    for path in sorted(LIBRARY.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


@cache
def case_types() -> dict[str, CaseType]:
    """Every case type that ships, by key."""
    return {found.key: found for found in map(load, documents())}
