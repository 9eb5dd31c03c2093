"""The examples that JSONForms ships, as its package has them."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

_SCRIPT = Path(__file__).parent / "tools" / "jsonforms_examples.mjs"


@cache
def _printed() -> str:
    command = ["node", str(_SCRIPT)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def examples() -> list[dict[str, Any]]:
    """Every example: name, label, and what it has of schema, uischema and data."""
    found: list[dict[str, Any]] = json.loads(_printed())
    return found


def breaks_its_schema(example: dict[str, Any]) -> str:
    """Where an example's data first breaks its own schema, missing answers and times of day aside; "" if nowhere.

    What is missing is no breach in a draft; a time without an offset, which JSONForms itself writes,
    is none either.
    """
    if not isinstance(example.get("schema"), dict):
        return ""
    judge = jsonschema_rs.Draft7Validator(example["schema"], validate_formats=True)
    for error in judge.iter_errors(example.get("data")):
        kind = type(error.kind).__name__
        if "Required" not in kind and 'is not a "time"' not in error.message:
            return f"/{'/'.join(map(str, error.instance_path))}: {error.message[:90]}"
    return ""
