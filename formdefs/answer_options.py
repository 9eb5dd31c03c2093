"""The options of questions, with their values where a definition says nothing. Pure."""

from collections.abc import Mapping
from typing import Any

Raw = Mapping[str, Any]  # a question, as in the definition

MAX_INTEGER = 2**53 - 1
DEFAULTS: Mapping[str, Any] = {
    "max_length": {"text": 255, "long_text": 20000},
    "decimal_places": 2,
    "max_files": 5,
    "max_bytes": 10 * 1024 * 1024,
    "max_rows": 100,
    "max_people": 50,
    "max_drawing": 20_000,  # characters: some 2,500 points
    "radios_up_to": 7,
    "search_above": 100,
}
TODAY = "today"


def max_length(question: Raw) -> int:
    """Return the most characters that a text or long_text may have."""
    return int(question.get("max_length", DEFAULTS["max_length"][question["type"]]))


def max_files(question: Raw) -> int:
    """Return the most files that a file question may hold."""
    return int(question.get("max_files", DEFAULTS["max_files"]))


def max_bytes(question: Raw) -> int:
    """Return the most bytes that one file of a file question may have."""
    return int(question.get("max_bytes", DEFAULTS["max_bytes"]))


def decimal_places(question: Raw) -> int:
    """Return how many digits may follow the point: 2 in money, else as the question says."""
    if question.get("result", question["type"]) == "money":
        return 2
    return int(question.get("decimal_places", DEFAULTS["decimal_places"]))
