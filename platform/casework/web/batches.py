"""Doing one thing to many rows from a page: in batches, each row in its own transaction.

A page says how far it is and goes on from the last row that was tried: with JavaScript by itself,
else by its button. Where it is left, what is done stays done, and beginning again does the rest.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

BATCH = 25
SECONDS = 5.0  # after which a batch ends, however few it has done
_SIGNER = Signer(salt="casework.web.batches")


@dataclass
class Progress:
    """How far it is. what: told from the first batch to the last, such as a reason;
    after: id of the last row tried; failed: id and reason.
    """

    total: int
    what: str = ""
    done: int = 0
    after: str = ""
    failed: list[tuple[str, str]] = field(default_factory=list)
    more: bool = False

    @property
    def token(self) -> str:
        """What the page sends back to go on; "" when there is nothing left."""
        return _SIGNER.sign(json.dumps(asdict(self))) if self.more else ""

    @property
    def failed_ids(self) -> list[UUID]:
        """The rows with which it could not be done."""
        return [UUID(pk) for pk, _why in self.failed]


def read(token: str) -> Progress | None:
    """Where an earlier batch ended; None for a token that is forged, or none: begin anew."""
    try:
        held = json.loads(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    held["failed"] = [(str(pk), str(why)) for pk, why in held["failed"]]
    return Progress(**held)


def go_on(progress: Progress, rows: QuerySet[Any], do: Callable[[Any], str]) -> None:
    """Do the next batch. `rows` are those not done yet; `do` returns why it cannot be, "" if it was."""
    waiting = rows.order_by("pk")
    if progress.after:
        waiting = waiting.filter(pk__gt=progress.after)
    ends = monotonic() + SECONDS
    tried = 0
    for row in list(waiting[:BATCH]):
        if tried and monotonic() > ends:
            break
        tried += 1
        progress.after = str(row.pk)
        if why := do(row):
            progress.failed.append((str(row.pk), why))
        else:
            progress.done += 1
    progress.more = bool(tried) and rows.filter(pk__gt=progress.after).exists()
