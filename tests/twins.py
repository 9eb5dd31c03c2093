"""Run one rule in both evaluators: here, and in Node fed with lines of JSON.

A case is {rule, answers, scope?, facts?}. An outcome is {"value": …} or {"refused": code, "at": …}.
JSON cannot tell decimals apart: {"$decimal": "12.50"} stands for one in answers and outcomes.
"""

import json
import subprocess
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from formdefs.rules import NO_FACTS, RuleError, evaluate
from formdefs.values import number_text, typed

LINES = Path(__file__).parent / "js" / "evaluate_lines.mjs"
PAGES = Path(__file__).parent / "js" / "page_lines.mjs"


def here(case: dict[str, Any]) -> dict[str, Any]:
    """Give the outcome in Python."""
    try:
        value = evaluate(
            case["rule"],
            read(case.get("answers")),
            read(case.get("scope", [])),
            case.get("facts", NO_FACTS),
        )
    except RuleError as error:
        return {"refused": error.code, "at": error.at}
    return {"value": written(value)}


def in_browser(cases: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the outcomes of the browser's module, run by Node, in the same order."""
    return _run_node(LINES, cases)


def _run_node(script: Path, cases: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Feed cases to a script, one JSON line each, and read as many lines back."""
    asked = "\n".join(json.dumps(case) for case in cases)
    done = subprocess.run(
        ["node", str(script)],
        input=asked,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def read(value: Any) -> Any:
    """Turn {"$decimal": text} into numbers, everywhere."""
    if isinstance(value, list):
        return [read(part) for part in value]
    if isinstance(value, dict):
        if value.keys() == {"$decimal"}:
            return typed("number", value["$decimal"])
        return {key: read(part) for key, part in value.items()}
    return value


def written(value: Any) -> Any:
    """Turn decimals, and floats that were passed on unread, into {"$decimal": text}."""
    if isinstance(value, list):
        return [written(part) for part in value]
    if isinstance(value, dict):
        return {key: written(part) for key, part in value.items()}
    if isinstance(value, float):
        value = int(value) if value.is_integer() else Decimal(repr(value))
    return {"$decimal": number_text(value)} if isinstance(value, Decimal) else value


def pages_in_browser(cases: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what the browser's modules make of form pages, run by Node; see `page_lines.mjs`."""
    return _run_node(PAGES, cases)
