"""Which marks there are and which roles see them: questions, and loading what ships."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from casework import statements
from casework.accounts.models import Mark, MarkSight
from casework.ledger.append import append

_STREAMS = UUID("5b0a2c0e-90b1-5c35-8d57-0f4f1e1c7a11")  # of this project's marks


def stream_of(mark: str) -> UUID:
    """Return the ledger stream of a mark."""
    return uuid5(_STREAMS, mark)


def keys() -> frozenset[str]:
    """The keys of all marks."""
    return frozenset(Mark.objects.values_list("key", flat=True))


def titles() -> dict[str, str]:
    """The titles of all marks by key, in their order."""
    return dict(Mark.objects.values_list("key", "title"))


def seen_by(roles: Iterable[str]) -> frozenset[str]:
    """The marks that somebody with these roles sees now; a mark in no table is seen by nobody."""
    held = set(roles)
    sights = statements.rows(MarkSight, {"ended_at": None}, only=("mark_id", "role"))
    return frozenset(sight.mark_id for sight in sights if sight.role in held)


@transaction.atomic
def load_marks(documents: Iterable[Mapping[str, Any]], *, at: datetime) -> list[str]:
    """Write the marks that ship and are not there yet, with the roles that see them at first.

    What an access administrator has decided stays; titles and hints follow the documents. Returns
    the keys of the new ones.
    """
    added = []
    known = keys()
    for place, document in enumerate(documents):
        words = {"title": document["title"], "hint": document.get("hint", ""), "place": place}
        Mark.objects.update_or_create(key=document["key"], defaults=words)
        if document["key"] in known:
            continue
        added.append(document["key"])
        MarkSight.objects.bulk_create(
            MarkSight(mark_id=document["key"], role=role, given_at=at) for role in document["roles"]
        )
        refs = {"mark": document["key"], "roles": list(document["roles"])}
        append(stream_of(document["key"]), "mark.added", by=None, at=at, refs=refs)
    return added
