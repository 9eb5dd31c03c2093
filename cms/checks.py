"""Everything wrong with what an administrator typed, each with its line and its fix."""

from collections.abc import Mapping
from typing import Any

from casework.accounts.marks import keys
from casework.clock import london_day, now
from cms.jsontext import Finding, Reading, read
from cms.kinds import CODE_LIST, FORM
from formdefs import author_tests, fragment_definition, list_definition
from formdefs.calendars import calendars
from formdefs.definition import problems
from formdefs.versions import forms_for, fragment_documents, list_documents, newest_list


def check(kind: str, text: str, key: str | None = None) -> list[Finding]:
    """Check a typed document; the empty list means that it can be published.

    kind: one of cms.kinds. key: the key under which it was published before, which stays.
    Findings come in the order of lines.
    """
    reading = read(text)
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
        found = list_definition.problems(reading.value, published)
    else:
        lists, fragments = list_documents(), fragment_documents()
        if kind == FORM:
            forms = forms_for(reading.value, fragments)
            found = problems(reading.value, lists, keys(), fragments, forms)
        else:
            found = fragment_definition.problems(reading.value, lists, keys(), fragments)
        if kind == FORM and not found:
            day = london_day(now())
            found = author_tests.problems(reading.value, lists, fragments, calendars(), day)
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
