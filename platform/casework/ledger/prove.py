"""A proof that one event stands under a seal, for who has nothing of ours: as JSON."""

import json
from typing import Any
from uuid import UUID

from casework.ledger import merkle
from casework.ledger.anchors import line_of
from casework.ledger.chain import hashed_fields
from casework.ledger.models import Content, Event, Seal
from casework.ledger.seals import as_json, event_leaf, leaves_of


class NoProof(Exception):
    """The event is not there, or under no seal yet; the text says which."""


def proof(named: str, *, with_content: bool = False) -> dict[str, Any]:
    """The proof of an event, by its hash or by `STREAM/NUMBER`.

    `event` is what was hashed; `index`, `size` and `path` lead from its leaf to the seal's root;
    `anchor` is the line that was written of the seal outside of the database. `content` has what the
    event says, with its salt, only if asked for. Raises NoProof.
    """
    event = _event(named)
    seal = Seal.objects.filter(last_event__gte=event.pk).order_by("number").first()
    if seal is None:
        raise NoProof(f"Event {named} is under no seal yet. Run: manage.py ledger seal.")
    before = Seal.objects.filter(number=seal.number - 1).first()
    leaves = [held for _kind, held in leaves_of(seal, before)]
    if event_leaf(event.hash) not in leaves:
        raise NoProof(f"Event {named} is not what was sealed. Run: manage.py ledger verify.")
    index = leaves.index(event_leaf(event.hash))
    found: dict[str, Any] = {
        "event": hashed_fields(
            vars(event),
            actor=event.actor.uid if event.actor else None,
            on_behalf_of=event.on_behalf_of.uid if event.on_behalf_of else None,
            corrects=event.corrects.hash if event.corrects else "",
        ),
        "index": index,
        "size": len(leaves),
        "path": [step.hex() for step in merkle.path(leaves, index)],
        "seal": as_json(seal),
        "anchor": json.loads(line_of(seal)),
    }
    content = Content.objects.filter(pk=event.content).first() if event.content else None
    if with_content and content:
        found["content"] = {"salt": content.salt, "body": content.body}
    return found


def _event(named: str) -> Event:
    events = Event.objects.select_related("actor", "on_behalf_of", "corrects")
    stream, _, number = named.partition("/")
    try:
        where = {"stream": UUID(stream), "seq": int(number)} if number else {"hash": named}
    except ValueError:
        raise NoProof(f"“{named}” names no event: give its hash, or STREAM/NUMBER.") from None
    event = events.filter(**where).first()
    if event is None:
        raise NoProof(f"There is no event {named}.")
    return event
