"""Everything wrong with what an administrator typed, each with its line and its fix."""

from collections.abc import Iterable, Mapping
from typing import Any

from casework.accounts.marks import keys
from casework.clock import london_day, now
from cms.jsontext import Finding, Reading, read
from cms.kinds import CODE_LIST, FORM
from formdefs import author_tests, fragment_definition, list_definition
from formdefs.calendars import calendars
from formdefs.definition import problems
from formdefs.shapes import DefinitionProblem
from formdefs.versions import forms_for, fragment_documents, list_documents, newest_list


def check(kind: str, text: str, key: str | None = None) -> list[Finding]:
    """Check a typed document; the empty list means that it can be published.

    kind: one of cms.kinds. key: the key under which it was published before, which stays.
    A form that has nothing else wrong is tested by its own tests. Findings come in the order of
    lines.
    """
    reading = read(text)
    found = _unsound(kind, reading, key)
    return found if found or kind != FORM else _failing(reading)


def unsound(kind: str, text: str) -> list[Finding]:
    """Check a typed document as `check` does, its own tests aside: [] if it can be shown and run."""
    return _unsound(kind, read(text), None)


def _unsound(kind: str, reading: Reading, key: str | None) -> list[Finding]:
    if reading.value is None or reading.findings:
        return list(reading.findings)
    if not isinstance(reading.value, Mapping):
        return [Finding(1, 1, "", f"A {kind} is an object: it starts with {{.", "Wrap it in {…}.")]
    found = _language(kind, reading)
    if key and reading.value.get("key") != key:
        found.append(
            Finding(
                reading.line("/key"),
                1,
                "/key",
                f"This {kind} is published under the key “{key}”, which stays for ever.",
                f'Write "key": "{key}". For another {kind}, start a new one.',
            )
        )
    return sorted(found, key=lambda finding: finding.line)


def _language(kind: str, reading: Reading) -> list[Finding]:
    if kind == CODE_LIST:
        published = newest_list(str(reading.value.get("key")))
        return _placed(reading, list_definition.problems(reading.value, published))
    lists, fragments = list_documents(), fragment_documents()
    if kind == FORM:
        forms = forms_for(reading.value, fragments)
        return _placed(reading, problems(reading.value, lists, keys(), fragments, forms))
    found = fragment_definition.problems(reading.value, lists, keys(), fragments)
    return _placed(reading, found)


def _failing(reading: Reading) -> list[Finding]:
    lists, fragments, day = list_documents(), fragment_documents(), london_day(now())
    found = author_tests.problems(reading.value, lists, fragments, calendars(), day)
    return sorted(_placed(reading, found), key=lambda finding: finding.line)


def _placed(reading: Reading, found: Iterable[DefinitionProblem]) -> list[Finding]:
    return [
        Finding(reading.line(problem.at), 1, problem.at, problem.says, problem.fix)
        for problem in found
    ]


def identity(value: Any) -> tuple[str | None, str]:
    """Return the key (None when there is none that can be one) and the title that a document says."""
    document = value if isinstance(value, Mapping) else {}
    return _plain(document.get("key"), 64) or None, _plain(document.get("title"), 200)


def _plain(value: Any, longest: int) -> str:
    """Return a text that every database column takes: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value if c.isprintable())[:longest].strip()
