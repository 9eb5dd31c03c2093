"""Notes who opened, printed, downloaded or exported what. Unchained: no reader waits for another."""

from datetime import datetime
from uuid import UUID

from casework.ledger.append import Actor
from casework.ledger.models import Read


def note_read(kind: str, object_id: UUID, *, by: Actor, at: datetime, detail: str = "") -> None:
    """Write that `by` read an object. `kind` is its kind, such as "case" or "record.print".

    Raises what the database raises: who cannot be noted may not read.
    """
    Read.objects.create(kind=kind, object_id=object_id, actor_id=by.pk, at=at, detail=detail)
