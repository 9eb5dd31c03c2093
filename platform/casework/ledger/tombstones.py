"""Rows that were withdrawn: which tombstones stand on a true withdrawal, and which were forged.

A withdrawal is two events of one stream: one person asks (`withdrawal.asked`), another approves
(`withdrawal.approved`), and the approval names the asking event's hash and every row that it took
away, with its digest. So what went, and by whom, is in the chain and under the seals.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from uuid import UUID

from casework.ledger.models import Event, Tombstone

ASKED, APPROVED, REFUSED = "withdrawal.asked", "withdrawal.approved", "withdrawal.refused"
CONTENT = "ledger_content"


def key_of(key: UUID | int) -> str:
    """A row's key as tombstones have it: a UUID without dashes, or a number."""
    return key.hex if isinstance(key, UUID) else str(key)


def withdrawn_contents(ids: Iterable[UUID]) -> dict[UUID, Tombstone]:
    """The tombstones of contents, by the content's id."""
    by_key = {key_of(one): one for one in ids}
    found = Tombstone.objects.filter(what=CONTENT, key__in=by_key)
    return {by_key[one.key]: one for one in found}


def checker() -> Callable[[Tombstone], str]:
    """A function that says why a tombstone stands on no true withdrawal, "" where it does."""
    told = lru_cache(maxsize=8)(_told)

    def forged(tombstone: Tombstone) -> str:
        says, removed = told(tombstone.event_id)
        if not says and (tombstone.what, tombstone.key, tombstone.digest) not in removed:
            says = "the withdrawal that it points to does not name it"
        return says

    return forged


def forged_tombstones() -> Iterator[tuple[Tombstone, str]]:
    """Every tombstone that stands on no true withdrawal, and why."""
    forged = checker()
    for tombstone in Tombstone.objects.order_by("event_id", "id").iterator(chunk_size=500):
        if says := forged(tombstone):
            yield tombstone, says


def _told(event_id: int) -> tuple[str, frozenset[tuple[str, str, str]]]:
    """Why an event is no withdrawal ("" if it is one), and the rows that it names."""
    event = Event.objects.filter(pk=event_id).first()
    if event is None or event.kind != APPROVED:
        return "it points to an event that approves no withdrawal", frozenset()
    try:
        refs = json.loads(event.refs)
        removed = frozenset((what, key, digest) for what, key, digest in refs["removed"])
        asked = Event.objects.filter(
            stream=event.stream, seq__lt=event.seq, hash=refs["asked"]
        ).first()
    except (ValueError, KeyError, TypeError):
        return "the event that approves the withdrawal says nothing that can be read", frozenset()
    if asked is None or asked.kind != ASKED:
        return "nobody asked for the withdrawal before it was approved", frozenset()
    if None in (asked.actor_id, event.actor_id) or asked.actor_id == event.actor_id:
        return "the same person asked for the withdrawal and approved it", frozenset()
    return "", removed
