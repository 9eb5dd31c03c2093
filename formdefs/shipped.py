"""The library that ships: reads its files, and publishes them all."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from casework.accounts.marks import load_marks
from casework.accounts.models import User
from formdefs.fragments import Fragments, Named, expansion
from formdefs.models import CodeListVersion, FormVersion, FragmentVersion
from formdefs.prefill import forms_named
from formdefs.publish import publish, publish_fragment, publish_list

LIBRARY = Path(__file__).parent / "library"


def lists() -> Iterator[dict[str, Any]]:
    """Every code list document that ships."""
    return _documents("lists")


def fragments() -> Iterator[dict[str, Any]]:
    """Every fragment that ships."""
    return _documents("fragments")


def forms() -> Iterator[dict[str, Any]]:
    """Every form definition that ships, after those that it takes answers from."""
    return iter(sources_first(list(_documents("forms")), list(fragments())))


def sources_first(
    definitions: Sequence[dict[str, Any]], shared: Sequence[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Forms in an order in which each finds what it prefills from published; else as they stand.

    shared: the fragments that they may include, each in its first version.
    """
    known: Fragments = {Named(fragment["key"], 1): fragment for fragment in shared}
    by_key = {definition["key"]: definition for definition in definitions}
    placed: dict[str, dict[str, Any]] = {}

    def place(key: str, waiting: frozenset[str]) -> None:
        if key not in by_key or key in placed or key in waiting:
            return
        for source in sorted(forms_named(expansion(by_key[key], known).definition)):
            place(source, waiting | {key})
        placed[key] = by_key[key]

    for key in by_key:
        place(key, frozenset())
    return list(placed.values())


def marks() -> list[dict[str, Any]]:
    """Every mark that ships, in order: key, title, hint, and the roles that see it at first."""
    found: list[dict[str, Any]] = json.loads((LIBRARY / "marks.json").read_text(encoding="utf-8"))
    return found


def sample(key: str) -> dict[str, Any] | None:
    """A whole valid set of answers for a form that ships, or None for any other form."""
    path = LIBRARY / "samples" / f"{key}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def publish_library(
    *, by: User | None, at: datetime, reason: str
) -> list[FormVersion | FragmentVersion | CodeListVersion]:
    """Load the marks, publish every list, every fragment, then every form.

    Raises NotPublishable for the first that has problems.
    """
    load_marks(marks(), at=at)
    said: dict[str, Any] = {"by": by, "at": at, "reason": reason}
    return [
        *(publish_list(document, **said) for document in lists()),
        *(publish_fragment(document, **said) for document in fragments()),
        *(publish(definition, **said) for definition in forms()),
    ]


def _documents(folder: str) -> Iterator[dict[str, Any]]:
    for path in sorted((LIBRARY / folder).glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))
