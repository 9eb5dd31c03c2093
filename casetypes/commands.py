"""What people ask of a case: commands, and why one is refused. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Command:
    """One request. by: uid of who asks; roles: theirs in the case's team; at: now; occurred: when
    what it tells of happened, None for now. Sign-offs and decisions take no `occurred`.
    """

    kind: str
    data: Mapping[str, Any]
    by: str
    roles: frozenset[str]
    at: datetime
    occurred: datetime | None = None

    @property
    def happened(self) -> datetime:
        """When what it tells of happened."""
        return self.occurred or self.at


@dataclass(frozen=True)
class Refusal:
    """Why a command is refused: a code, a sentence that says what to do, and what it is about."""

    code: str
    says: str
    about: tuple[str, ...] = ()
