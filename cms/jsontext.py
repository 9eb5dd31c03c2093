"""Reads JSON as a person typed it: the value, the line of every part, and what is wrong where. Pure.

Python's own reader stops at the first error and forgets where things stood; it also takes NaN and
keeps the last of two equal keys. An administrator needs the line, and to hear of both.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from json import decoder
from typing import Any

MAX_DEPTH = 60
_CONSTANT = "{} is not a JSON number."
_CONSTANTS = {_CONSTANT.format(name) for name in ("NaN", "Infinity", "-Infinity")}
_SPACE_OR_COLON = re.compile(r"[ \t\n\r,:]*")
_SCALAR = re.compile(r"[^ \t\n\r,\]}]+")
_MISTAKES = (
    # What Python's message starts with, what we say, and the fix.
    (
        "Expecting property name",
        "A property name in double quotes is missing here.",
        "Put the name in double quotes, or take away the comma before this place.",
    ),
    (
        "Expecting ':' delimiter",
        "A colon is missing after a property name.",
        "Write a colon between the name and its value.",
    ),
    (
        "Expecting ',' delimiter",
        "A comma is missing here, or a bracket is not closed.",
        "Write a comma between two values, or close the bracket before.",
    ),
    (
        "Expecting value",
        "A value is missing here.",
        "Write a value, or take away the comma before this place.",
    ),
    (
        "Illegal trailing comma",
        "There is a comma after the last value.",
        "Take away the comma before the closing bracket.",
    ),
    (
        "Unterminated string",
        "A text that starts here is not closed.",
        "Close it with a double quote on the same line.",
    ),
    (
        "Invalid control character",
        "A text runs over the end of its line.",
        "Close it with a double quote, or write a line break as \\n.",
    ),
    (
        "Invalid \\",
        "A backslash is followed by a letter that means nothing.",
        "Write two backslashes for one.",
    ),
    (
        "Extra data",
        "There is something after the end of the document.",
        "Take away what follows the last closing bracket.",
    ),
)


@dataclass(frozen=True)
class Finding:
    """One thing wrong in what was typed: its line and column from 1 (0: the whole), and the fix."""

    line: int
    column: int
    at: str  # JSON Pointer
    says: str
    fix: str


@dataclass(frozen=True)
class Reading:
    """What a text says: its value (None when it cannot be read), and the line of each pointer."""

    value: Any
    lines: Mapping[str, int]
    findings: tuple[Finding, ...]

    def line(self, pointer: str) -> int:
        """Return the line of a JSON Pointer, or of the nearest part around it; 0 when unknown."""
        while pointer and pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 0)


def read(text: str) -> Reading:
    """Read a document.

    >>> read('{"a": 1,}').findings[0].says
    'There is a comma after the last value.'
    >>> read('{"a": [true]}').line("/a/0")
    1
    """
    if not text.strip():
        return _unreadable(0, 0, "There is nothing here yet.", "Type a document, or import a file.")
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        says, fix = _in_words(error, text)
        return _unreadable(error.lineno, error.colno, says, fix)
    except RecursionError:
        return _too_deep(0)
    except ValueError as error:
        says = str(error) if str(error) in _CONSTANTS else "A whole number here is too long."
        return _unreadable(0, 0, says, "Write an ordinary number, or a text in quotes.")
    return _with_lines(text, value)


def pretty(value: Any) -> str:
    """Write a JSON value as administrators read it: two spaces, characters as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _refuse_constant(name: str) -> Any:
    raise ValueError(_CONSTANT.format(name))


def _in_words(error: json.JSONDecodeError, text: str) -> tuple[str, str]:
    before = text[: error.pos].rstrip()
    after = text[error.pos :].lstrip()
    if before.endswith(",") and after[:1] in {"}", "]"}:
        return _MISTAKES[4][1:]
    for start, says, fix in _MISTAKES:
        if error.msg.startswith(start):
            return says, fix
    return "This is not JSON.", "Compare it with an exported form."


def _unreadable(line: int, column: int, says: str, fix: str) -> Reading:
    return Reading(None, {}, (Finding(line, column, "", says, fix),))


def _too_deep(line: int) -> Reading:
    return _unreadable(
        line, 1, f"Brackets are nested deeper than {MAX_DEPTH}.", "Use fewer levels."
    )


def _with_lines(text: str, value: Any) -> Reading:
    """Walk a text that is known to be JSON, without recursion, noting the line of each pointer."""
    lines: dict[str, int] = {"": 1}
    findings: list[Finding] = []
    # One entry for each open bracket: its pointer, the names it has had or the next index, and
    # the name whose value is awaited (None in an array).
    stack: list[tuple[str, set[str] | list[int]]] = []
    name: str | None = None
    place, line, counted = 0, 1, 0
    while True:
        start = _end(_SPACE_OR_COLON, text, place)
        if start >= len(text):
            return Reading(value, lines, tuple(findings))
        line += text.count("\n", counted, start)
        counted = start
        character = text[start]
        if character in "]}":
            stack.pop()
            place = start + 1
            continue
        holder = stack[-1] if stack else None
        if holder and isinstance(holder[1], set) and name is None:
            name, place = decoder.scanstring(text, start + 1)  # type: ignore[attr-defined]
            if name in holder[1]:
                findings.append(
                    Finding(
                        line,
                        start - text.rfind("\n", 0, start),
                        f"{holder[0]}/{_escape(name)}",
                        f"“{name}” is written twice in the same place.",
                        "Keep one of them.",
                    )
                )
            holder[1].add(name)
            continue
        pointer = _pointer(holder, name)
        name = None
        lines[pointer] = line
        if character in "[{":
            if len(stack) == MAX_DEPTH:
                return _too_deep(line)
            stack.append((pointer, set() if character == "{" else [0]))
            place = start + 1
        elif character == '"':
            place = decoder.scanstring(text, start + 1)[1]  # type: ignore[attr-defined]
        else:
            place = _end(_SCALAR, text, start)


def _pointer(holder: tuple[str, set[str] | list[int]] | None, name: str | None) -> str:
    if holder is None:
        return ""
    pointer, seen = holder
    if isinstance(seen, list):
        seen[0] += 1
        return f"{pointer}/{seen[0] - 1}"
    return f"{pointer}/{_escape(name or '')}"


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    """Where a match at a place ends; the place itself when nothing matches."""
    found = pattern.match(text, place)
    return found.end() if found else place
