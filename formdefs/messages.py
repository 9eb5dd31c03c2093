"""What a worker is told about an answer: one sentence that names the question. Pure.

Written as the GOV.UK Design System asks ("Error message"): say what to enter, or what it must be.
"""

from collections.abc import Sequence
from datetime import date

from formdefs.answer_types import TYPES, day_said
from formdefs.codelists import Entry
from formdefs.form import Question, Repeat
from formdefs.said import Said, phrase, said

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
    asks = phrase(TYPES[question.type].asks)
    return said("{asks} “{label}”", asks=asks, label=question.label)


def wrong(question: Question) -> tuple[str, str]:
    """Return the code and sentence for an answer that is not of its question's type."""
    kind = TYPES[question.type]
    return kind.wrong_code, about(question, kind.wrong)


def about(node: Question | Repeat, says: str, part: str = "") -> str:
    """Say something of a question's answer, or of one part of it: `must be …`."""
    if part in _PARTS:
        named = Said(_PARTS[part])
        return said("“{label}”: the {part} {says}", label=node.label, part=named, says=phrase(says))
    return said("“{label}” {says}", label=node.label, says=phrase(says))


def too_few_rows(repeat: Repeat) -> str:
    """Ask for more rows."""
    if repeat.min_rows == 1:
        return said("Add at least one row to “{label}”", label=repeat.label)
    return said(
        "Add rows to “{label}”: it must have at least {number}",
        label=repeat.label,
        number=repeat.min_rows,
    )


def validity(entry: Entry, on: date) -> str:
    """Say why a code may not be given on a day: "it has not been in use since 31 March 2014"."""
    if on.isoformat() < entry.valid_from:
        return said("it is not in use before {day}", day=day_said(entry.valid_from))
    return said("it has not been in use since {day}", day=day_said(entry.valid_to))


def not_offered(entry: Entry) -> str:
    """Say why a code may not be given beside the other answers."""
    return said(
        "cannot be “{answer}”, which is not offered with your other answers: choose again",
        answer=entry.label,
    )


def at_most(number: int, thing: str) -> str:
    """Write a limit: "must be 2,000 characters or fewer", "must be 1 file or fewer"."""
    pattern = _AT_MOST[thing][number != 1]
    return said(pattern, number=f"{number:,}")


_AT_MOST = {
    "character": ("must be {number} character or fewer", "must be {number} characters or fewer"),
    "row": ("must be {number} row or fewer", "must be {number} rows or fewer"),
    "file": ("must be {number} file or fewer", "must be {number} files or fewer"),
}


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
