"""One change between two versions of a form, and what it means for those who rely on it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Severity(IntEnum):
    """What a change means, the mildest first; `docs/reference/diff.md` defines each."""

    TEXT_ONLY = 1  # words, layout and tests: nothing that answers, rules or exports see
    ADDITIVE = 2  # there may be more: all that was right stays right, under its name
    NEEDS_MAPPING = 3  # answers are kept, but look elsewhere for them, or more is asked of them
    BREAKING = 4  # there are answers that the newer version has no place for

    @property
    def title(self) -> str:
        """How it is called: "text only", "additive", "needs mapping", "breaking"."""
        return self.name.lower().replace("_", " ")


TEXT_ONLY, ADDITIVE = Severity.TEXT_ONLY, Severity.ADDITIVE
NEEDS_MAPPING, BREAKING = Severity.NEEDS_MAPPING, Severity.BREAKING


@dataclass(frozen=True)
class Place:
    """Where something stands. path: the keys under which it is answered, () if it is no answer;
    page: title of its page, "" where it is on none; under: what holds it, in words.
    """

    path: tuple[str, ...] = ()
    page: str = ""
    under: str = ""


NOWHERE = Place()


@dataclass(frozen=True)
class Change:
    """One thing that differs.

    kind: "added", "removed", "renamed", "moved", … (all in `docs/reference/diff.md`); id: permanent
    id of the page, question … it is about, or name of the list, check, language or test; about:
    what it is about in words; old, new: its places, None where it is not there; part: which
    property; before, after: JSON values, None for nothing; says: a sentence for people.
    """

    kind: str
    id: str
    about: str
    severity: Severity
    says: str
    old: Place | None = NOWHERE
    new: Place | None = NOWHERE
    part: str = ""
    before: Any = None
    after: Any = None

    @property
    def page(self) -> str:
        """The page that it is told under: where it stands now, or stood."""
        return (self.new.page if self.new else "") or (self.old.page if self.old else "")

    def as_json(self) -> dict[str, Any]:
        """The change as JSON, for the API and the command line."""
        return {
            "kind": self.kind,
            "id": self.id,
            "about": self.about,
            "part": self.part,
            "class": self.severity.title,
            "says": self.says,
            "old": _placed(self.old),
            "new": _placed(self.new),
            "before": self.before,
            "after": self.after,
        }


def worst(changes: Iterable[Change]) -> Severity | None:
    """The most serious class among changes, None where nothing changed."""
    return max((change.severity for change in changes), default=None)


def _placed(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"path": ".".join(place.path), "page": place.page, "under": place.under}
