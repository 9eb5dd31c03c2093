"""Appends events to streams: the only way in. One event costs four statements."""

import json
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import IntegrityError, connection
from django.db.transaction import TransactionManagementError

from casework import statements
from casework.canonical import canonical
from casework.ledger.chain import FORMAT, digest, event_hash
from casework.ledger.models import Content, Event, StreamHead

# One statement locks the stream's head until the transaction ends, counts, and reads the last hash.
_TAKE_HEAD = """
    INSERT INTO ledger_streamhead (stream, seq, hash) VALUES (%s, 1, '')
    ON CONFLICT (stream) DO UPDATE SET seq = ledger_streamhead.seq + 1
    RETURNING seq, hash
"""
_SET_HEAD = "UPDATE ledger_streamhead SET hash = %s WHERE stream = %s"


class Actor(Protocol):
    """A user, as far as the ledger knows one."""

    pk: Any
    uid: uuid.UUID


class Repeated(Exception):
    """The command was carried out before, perhaps a moment ago by the same request sent twice.

    The transaction is lost; the next attempt finds what the command wrote by `already`.
    """

    def __init__(self, command_id: uuid.UUID) -> None:
        super().__init__(
            f"Command {command_id} has been carried out already. Send it again to read its result."
        )
        self.command_id = command_id


def append(
    stream: uuid.UUID,
    kind: str,
    *,
    by: Actor | None,
    at: datetime,
    occurred_at: datetime | None = None,
    subject: uuid.UUID | None = None,
    refs: Mapping[str, Any] | None = None,
    content: Mapping[str, Any] | None = None,
    command_id: uuid.UUID | None = None,
    on_behalf_of: Actor | None = None,
    corrects: Event | None = None,
) -> Event:
    """Write the next event of a stream and return it.

    `refs` are ids, keys and numbers, never what anybody answered or wrote: that is `content`, which
    goes to a salted row of its own. `at` is when it is recorded; `occurred_at` when it happened, the
    same unless told. `by` is None where nobody acts but the system.

    Raises TransactionManagementError outside a transaction, Repeated for a command carried out
    before, ValueError for what JSON cannot hold or a naive time.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            "An event is written in the transaction of what it tells: use atomic()."
        )
    occurred_at = occurred_at or at
    if at.utcoffset() is None or occurred_at.utcoffset() is None:
        raise ValueError("An event's times carry a zone.")
    kept = _keep(content) if content is not None else None
    with connection.cursor() as cursor:
        key = statements.prepared(StreamHead, "stream", stream)
        cursor.execute(_TAKE_HEAD, [key])
        seq, prev_hash = cursor.fetchone()
        event = Event(
            stream=stream,
            seq=seq,
            kind=kind,
            subject=subject,
            actor_id=by.pk if by else None,
            on_behalf_of_id=on_behalf_of.pk if on_behalf_of else None,
            command_id=command_id,
            occurred_at=occurred_at,
            recorded_at=at,
            corrects_id=corrects.pk if corrects else None,
            version=FORMAT,
            refs=canonical(dict(refs or {})),
            content=kept.pk if kept else None,
            digest=digest(kept.salt, kept.body) if kept else "",
            prev_hash=prev_hash,
        )
        event.hash = event_hash(
            vars(event),
            actor=by.uid if by else None,
            on_behalf_of=on_behalf_of.uid if on_behalf_of else None,
            corrects=corrects.hash if corrects else "",
        )
        try:
            statements.insert(event)
        except IntegrityError as error:
            if command_id and "command_id" in str(error):
                raise Repeated(command_id) from error
            raise
        cursor.execute(_SET_HEAD, [event.hash, key])
    return event


def already(command_id: uuid.UUID | None) -> Event | None:
    """The event that this command wrote, or None: what makes a command sent twice act once."""
    return statements.first(Event, {"command_id": command_id}) if command_id else None


def content_of(event: Event) -> dict[str, Any] | None:
    """What an event says, or None when it says nothing beside its refs."""
    return contents_of([event]).get(event.content) if event.content else None


def contents_of(events: Iterable[Event]) -> dict[uuid.UUID, dict[str, Any]]:
    """What many events say, by the id of their content, in one query."""
    ids = {event.content for event in events if event.content}
    rows = Content.objects.filter(pk__in=ids).values_list("pk", "body")
    return {pk: json.loads(body) for pk, body in rows}


def _keep(content: Mapping[str, Any]) -> Content:
    """Write a content row with a new salt."""
    kept = Content(salt=secrets.token_hex(32), body=canonical(dict(content)))
    statements.insert(kept)
    return kept
