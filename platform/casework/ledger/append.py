"""Appends events to streams: the only way in. One event costs four statements."""

import json
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.db import IntegrityError, connection, models
from django.db.transaction import TransactionManagementError

from casework.ledger.chain import FORMAT, canonical, digest, event_hash
from casework.ledger.models import Content, Event

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
    row: dict[str, Any] = {
        "stream": stream,
        "kind": kind,
        "subject": subject,
        "command_id": command_id,
        "occurred_at": occurred_at,
        "recorded_at": at,
        "version": FORMAT,
        "refs": canonical(dict(refs or {})),
        "content": None,
        "digest": "",
    }
    if content is not None:
        row["content"], row["digest"] = _keep(content)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_HEAD, [_uuid(stream)])
        row["seq"], row["prev_hash"] = cursor.fetchone()
        row["hash"] = event_hash(
            row,
            actor=by.uid if by else None,
            on_behalf_of=on_behalf_of.uid if on_behalf_of else None,
            corrects=corrects.hash if corrects else "",
        )
        row["actor_id"] = by.pk if by else None
        row["on_behalf_of_id"] = on_behalf_of.pk if on_behalf_of else None
        row["corrects_id"] = corrects.pk if corrects else None
        try:
            row["id"] = _insert(Event, row)
        except IntegrityError as error:
            if command_id and "command_id" in str(error):
                raise Repeated(command_id) from error
            raise
        cursor.execute(_SET_HEAD, [row["hash"], _uuid(stream)])
    event = Event(**row)
    event._state.adding, event._state.db = False, connection.alias
    return event


def already(command_id: uuid.UUID | None) -> Event | None:
    """The event that this command wrote, or None: what makes a command sent twice act once."""
    if command_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_event WHERE command_id = %s", [_uuid(command_id)])
        found = cursor.fetchone()
    return Event.objects.get(pk=found[0]) if found else None


def content_of(event: Event) -> dict[str, Any] | None:
    """What an event says, or None when it says nothing beside its refs."""
    return contents_of([event]).get(event.content) if event.content else None


def contents_of(events: Iterable[Event]) -> dict[uuid.UUID, dict[str, Any]]:
    """What many events say, by the id of their content, in one query."""
    ids = {event.content for event in events if event.content}
    rows = Content.objects.filter(pk__in=ids).values_list("pk", "body")
    return {pk: json.loads(body) for pk, body in rows}


def _keep(content: Mapping[str, Any]) -> tuple[uuid.UUID, str]:
    """Write a content row; return its id and its digest."""
    pk, salt, body = uuid.uuid4(), secrets.token_hex(32), canonical(dict(content))
    _insert(Content, {"id": pk, "salt": salt, "body": body})
    return pk, digest(salt, body)


# The ORM compiles each INSERT anew, at several times the cost of running it, and every save in the
# platform comes through here: so the text is built once per table, from the same fields.
def _insert(model: type[models.Model], row: Mapping[str, Any]) -> Any:
    """Insert a row given by column attribute names; return its primary key."""
    sql, fields = _insert_statement(model, connection.vendor)
    values = [field.get_db_prep_save(row[field.attname], connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


@cache
def _insert_statement(model: type[models.Model], vendor: str) -> tuple[str, list[Any]]:
    """The statement and the fields it takes, by table and kind of database."""
    meta = model._meta
    name = connection.ops.quote_name
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(name(field.column or "") for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table, key = name(meta.db_table), name(meta.pk.column or "")
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {key}", fields  # noqa: S608 (our own names)


def _uuid(value: uuid.UUID) -> Any:
    return Event._meta.get_field("stream").get_db_prep_value(value, connection)
