"""What a worker is told about an answer: one sentence that names the question. Pure.

Written as the GOV.UK Design System asks ("Error message"): say what to enter, or what it must be.
"""

from collections.abc import Sequence
from datetime import date

from formdefs.answer_types import TYPES, in_words
from formdefs.codelists import Entry
from formdefs.form import Question, Repeat

_PARTS = {
    "line1": "first line",
    "line2": "second line",
    "town": "town or city",
    "county": "county",
    "postcode": "postcode",
    "name": "name",
    "phone": "phone number",
    "email": "email address",
    "address": "address",
    "drawing": "drawing",
    "type": "kind of file",
    "size": "size",
}


def missing(question: Question) -> str:
    """Ask for a required answer."""
    return f"{TYPES[question.type].asks} “{question.label}”"


def wrong(question: Question) -> tuple[str, str]:
    """Return the code and sentence for an answer that is not of its question's type."""
    kind = TYPES[question.type]
    return kind.wrong_code, f"“{question.label}” {kind.wrong}"


def about(node: Question | Repeat, says: str, part: str = "") -> str:
    """Say something of a question's answer, or of one part of it: `must be …`."""
    if part in _PARTS:
        return f"“{node.label}”: the {_PARTS[part]} {says}"
    return f"“{node.label}” {says}"


def too_few_rows(repeat: Repeat) -> str:
    """Ask for more rows."""
    if repeat.min_rows == 1:
        return f"Add at least one row to “{repeat.label}”"
    return f"Add rows to “{repeat.label}”: it must have at least {repeat.min_rows}"


def validity(entry: Entry, on: date) -> str:
    """Say why a code may not be given on a day: "it has not been in use since 31 March 2014"."""
    if on.isoformat() < entry.valid_from:
        return f"it is not in use before {in_words(entry.valid_from)}"
    return f"it has not been in use since {in_words(entry.valid_to)}"


def not_offered(entry: Entry) -> str:
    """Say why a code may not be given beside the other answers."""
    return f"cannot be “{entry.label}”, which is not offered with your other answers: choose again"


def at_most(number: int, thing: str) -> str:
    """Write a limit: "must be 2,000 characters or fewer", "must be 1 file or fewer"."""
    return f"must be {number:,} {thing}{'' if number == 1 else 's'} or fewer"


def size(count: int) -> str:
    """Write a number of bytes as people do: "10 MB" (of 1,048,576 bytes each)."""
    for unit, bytes_each in (("MB", 1024 * 1024), ("KB", 1024)):
        if count >= bytes_each:
            return f"{count / bytes_each:.3g} {unit}"
    return f"{count} bytes"


def either(things: Sequence[str]) -> str:
    """Write alternatives: "a, b or c"."""
    *first, last = things
    return f"{', '.join(first)} or {last}" if first else last
