"""The examples that JSONForms ships, as its package has them."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).parent / "tools" / "jsonforms_examples.mjs"


@cache
def _printed() -> str:
    command = ["node", str(_SCRIPT)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def examples() -> list[dict[str, Any]]:
    """Every example: name, label, and what it has of schema, uischema and data."""
    found: list[dict[str, Any]] = json.loads(_printed())
    return found
