"""Takes the fields of a command's body: each by its type, none unknown, all problems at once."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casework.refusals import Refused
from formdefs.structure import Problem

Reader = Callable[[Any], Any]


class _Wrong(Exception):
    """A field has not the type that it should; the text ends the sentence "… must be"."""


def take(
    sent: Mapping[str, Any],
    required: Mapping[str, Reader],
    optional: Mapping[str, Reader] | None = None,
) -> dict[str, Any]:
    """The fields of a body, read; optional ones that are absent or null are left out.

    Raises Refused with every problem: `required`, `type`, `unknown_field`.
    """
    readers = {**required, **(optional or {})}
    problems = [
        _problem(name, "unknown_field", f"There is no field “{name}” here")
        for name in sent
        if name not in readers
    ]
    taken = {}
    for name, reader in readers.items():
        value = sent.get(name)
        if value is None:
            if name in required:
                problems.append(_problem(name, "required", f"Send “{name}”"))
            continue
        try:
            taken[name] = reader(value)
        except _Wrong as error:
            problems.append(_problem(name, "type", f"“{name}” must be {error}"))
    if problems:
        raise Refused(problems)
    return taken


def text(value: Any) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise _Wrong("text")
    return value


def whole(value: Any) -> int:
    """A whole number that fits a version."""
    if type(value) is not int or not 0 <= value < 2**31:
        raise _Wrong("a whole number")
    return value


def truth(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise _Wrong("true or false")
    return value


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise _Wrong("an object")
    return value


def mapping_of(reader: Reader) -> Reader:
    """A JSON object whose values are all of one type."""

    def read(value: Any) -> dict[str, Any]:
        return {key: reader(part) for key, part in mapping(value).items()}

    return read


def list_of(reader: Reader) -> Reader:
    """A JSON array whose items are all of one type."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise _Wrong("a list")
        return [reader(part) for part in value]

    return read


def identifier(value: Any) -> UUID:
    """A UUID in its usual form."""
    try:
        found = UUID(text(value))
    except ValueError:
        raise _Wrong("a UUID") from None
    if str(found) != value:
        raise _Wrong("a UUID in lower case, with hyphens")
    return found


def day(value: Any) -> date:
    """A date, YYYY-MM-DD."""
    try:
        found = date.fromisoformat(text(value))
    except ValueError:
        raise _Wrong("a date: YYYY-MM-DD") from None
    if found.isoformat() != value:
        raise _Wrong("a date: YYYY-MM-DD")
    return found


def instant(value: Any) -> datetime:
    """An RFC 3339 date and time with its offset."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        raise _Wrong("a date and time with an offset: 2026-11-24T09:30:00+00:00") from None
    if found.utcoffset() is None:
        raise _Wrong("a date and time with an offset: 2026-11-24T09:30:00+00:00")
    return found


def _problem(name: str, code: str, message: str) -> Problem:
    return Problem("", (name,), code, message)
