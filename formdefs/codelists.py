"""Code lists: what a list says on a day, and what is in force. Pure.

A list document is `{"key", "title", "source", "entries": [{"code", "label", "national"?,
"valid_from"?, "valid_to"?, "hint"?, "attributes"?: {name: text}}]}`; both days of validity are
included in it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from casework.canonical import canonical, sha256

ListDoc = Mapping[str, Any]

_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Entry:
    """One code of a list. `national` is the code that returns to government use for it."""

    code: str
    label: str
    national: str = ""
    valid_from: str = ""
    valid_to: str = ""
    hint: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    own_label: str = ""  # in the list's own language, where `label` is a translation

    @property
    def is_translated(self) -> bool:
        """Whether the label is a translation."""
        return bool(self.own_label)

    @cached_property
    def as_option(self) -> Mapping[str, Mapping[str, str]]:
        """What an `options` rule sees of the entry: a scope with the one name `option`."""
        return {
            "option": {**self.attributes, "code": self.code, "label": self.own_label or self.label}
        }

    def in_force(self, on: date) -> bool:
        """Say whether the code may be given on that day."""
        day = on.isoformat()
        return self.valid_from <= day and (not self.valid_to or day <= self.valid_to)


@dataclass(frozen=True)
class CodeList:
    """A list as a form knows it: `name` is the form's own, `key` the shared list's, "" if inline."""

    name: str
    key: str
    title: str
    entries: tuple[Entry, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Entry]:
        """Every entry by its code, retired ones too."""
        return {entry.code: entry for entry in self.entries}

    @cached_property
    def words(self) -> tuple[tuple[str, str, str], ...]:
        """The words of each entry's code, label and hint, as they are searched, each after a space."""
        return tuple((_spaced(e.code), _spaced(e.label), _spaced(e.hint)) for e in self.entries)

    def label(self, code: str) -> str:
        """Return the code's label, or the code itself when the list has none such."""
        entry = self.by_code.get(code)
        return entry.label if entry else code

    def offered(self, on: date, stored: frozenset[str] = frozenset()) -> tuple[Entry, ...]:
        """Return the entries to choose from on that day, and those already `stored`."""
        return tuple(e for e in self.entries if e.in_force(on) or e.code in stored)


def words_of(text: str) -> list[str]:
    """Return the words of a text without capitals and accents.

    >>> words_of("Llanfair-ym-Muallt, Siân’s")
    ['llanfair', 'ym', 'muallt', 'sian', 's']
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORDS.findall("".join(c for c in plain if not unicodedata.combining(c)))


def _spaced(text: str) -> str:
    return "".join(f" {word}" for word in words_of(text))


def digest(document: ListDoc) -> str:
    """Return the SHA-256 of a list document, whatever version number it was published under."""
    return sha256(canonical({part: value for part, value in document.items() if part != "version"}))


def load(name: str, pinned: ListDoc, language: str = "") -> CodeList:
    """Build a code list from its compiled document, in a language as far as it is translated."""
    entries = tuple(_entry(entry, language) for entry in pinned["entries"])
    return CodeList(name, pinned.get("key", ""), pinned.get("title", ""), entries)


def _entry(entry: Mapping[str, Any], language: str) -> Entry:
    own = {part: value for part, value in entry.items() if part not in ("labels", "hints")}
    label, hint = (entry.get(part, {}).get(language) for part in ("labels", "hints"))
    if hint and "hint" in own:
        own["hint"] = hint
    return Entry(**{**own, "label": label, "own_label": own["label"]} if label else own)
