"""Notes who opened, printed, downloaded or exported what. Unchained: no reader waits for another."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from casework import statements
from casework.ledger.append import Actor
from casework.ledger.models import Read


def note_read(kind: str, object_id: UUID, *, by: Actor, at: datetime, detail: str = "") -> None:
    """Write that `by` read an object, in one statement, before anything of it is answered.

    `kind` is "case", "person", "household", "record" or "upload"; `detail` says what of it or how, such as
    "printed" or "api". Lists are not noted. Raises what the database raises: who cannot be noted
    may not read.
    """
    statements.insert(
        Read(kind=kind, object_id=object_id, actor_id=by.pk, at=at, detail=detail[:200])
    )


def last_reads(object_ids: Iterable[UUID], most: int = 50) -> list[Read]:
    """The last reads of some objects with who read, newest first."""
    reads = Read.objects.filter(object_id__in=list(object_ids)).select_related("actor")
    return list(reads.order_by("-id")[:most])
