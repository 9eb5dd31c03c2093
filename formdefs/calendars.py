"""The working-day calendars that ship. Pure, but for reading their file once."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "library/calendars"


@cache
def calendars() -> dict[str, dict[str, Any]]:
    """The working-day calendars by name: `ew` is England and Wales."""
    return {"ew": json.loads((_FOLDER / "england_wales.json").read_text(encoding="utf-8"))}
