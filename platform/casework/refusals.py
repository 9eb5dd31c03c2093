"""What an action raises when it does not do what it was asked: one type per thing a caller does next.

Every message is a sentence for the person who asked. Faces turn these into pages and problems, each
in one place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from formdefs.structure import Problem


class Absent(Exception):
    """It does not exist, or this user may not know that it does: the two are told alike (404)."""

    def __init__(self) -> None:
        super().__init__("There is nothing here.")


class NotAllowed(Exception):
    """The user may see it but not do this; the sentence says who may (403)."""


class NotNow(NotAllowed):
    """Somebody might do this, but not as things stand, such as saving a signed record (409)."""


class Stale(Exception):
    """What the user saw has changed since; the sentence says how to go on (409)."""


class Refused(Exception):
    """What was sent cannot be kept, and nothing was written (422).

    `problems` are of answers by their path, or of a command's argument: question "" and the path
    (argument name,).
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message + "." for problem in problems))
        self.problems = tuple(problems)


class Incomplete(Refused):
    """A record cannot be submitted yet; `problems` are in document order, warnings included."""


@dataclass(frozen=True)
class Conflict:
    """One question that two people answered differently, or a row that one deleted and one edited.

    path: keys and row ids. base, theirs, mine: the answer (or the row) before, as saved by the other
    person, and as sent now; None where there is none. who, when: who saved theirs, and when.
    """

    path: tuple[str, ...]
    base: Any
    theirs: Any
    mine: Any
    who: str
    when: datetime


class Clash(Exception):
    """A save that needs a decision: both sides changed one question. Nothing was written (409).

    conflicts: what to decide, in order; merged_answers: the page with everything merged that could
    be, and theirs where it could not; version: the page's version to send with the decisions.
    """

    def __init__(
        self, conflicts: Sequence[Conflict], merged_answers: Mapping[str, Any], version: int
    ) -> None:
        super().__init__(
            f"Somebody else has changed {len(conflicts)} of the same answers. Choose which to keep."
        )
        self.conflicts = tuple(conflicts)
        self.merged_answers = merged_answers
        self.version = version


def refused(argument: str, code: str, message: str) -> Refused:
    """A refusal of one argument of a command; the message is a sentence without its full stop."""
    return Refused([Problem("", (argument,), code, message)])
