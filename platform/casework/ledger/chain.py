"""How an event is hashed: canonical text, salted digests, links of the chain. Pure.

The hash of an event is the SHA-256 of the RFC 8785 text of one JSON object with every field of the
event but its row number `id`, which is a place in a table and says nothing. Users appear by their
`uid` and a corrected event by its own hash, so that row numbers can be given anew in a restore.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from casework.canonical import canonical, sha256

FORMAT = 1


def digest(salt: str, body: str) -> str:
    """The SHA-256 of a salt and the text it protects, in lower-case hexadecimal."""
    return sha256(salt + body)


def instant(at: datetime) -> str:
    """An aware datetime as ISO 8601 in UTC, always with microseconds.

    >>> instant(datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    '2026-11-24T09:30:00.000000+00:00'
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def event_hash(
    fields: Mapping[str, Any], *, actor: UUID | None, on_behalf_of: UUID | None, corrects: str
) -> str:
    """The hash of an event.

    `fields` are its columns by name; `actor` and `on_behalf_of` are users' uids; `corrects` is the
    hash of the event that it corrects, or "".
    """
    return sha256(
        canonical(hashed_fields(fields, actor=actor, on_behalf_of=on_behalf_of, corrects=corrects))
    )


def hashed_fields(
    fields: Mapping[str, Any], *, actor: UUID | None, on_behalf_of: UUID | None, corrects: str
) -> dict[str, Any]:
    """All that the hash of an event is of, as JSON; the arguments as above."""
    return {
        "version": fields["version"],
        "stream": str(fields["stream"]),
        "seq": fields["seq"],
        "kind": fields["kind"],
        "subject": _text(fields["subject"]),
        "actor": _text(actor),
        "on_behalf_of": _text(on_behalf_of),
        "command_id": _text(fields["command_id"]),
        "occurred_at": instant(fields["occurred_at"]),
        "recorded_at": instant(fields["recorded_at"]),
        "corrects": corrects,
        "refs": fields["refs"],
        "content": _text(fields["content"]),
        "digest": fields["digest"],
        "prev_hash": fields["prev_hash"],
    }


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
