"""Seals what was written since the last seal under one hash, each seal naming the one before.

A seal is the root of a Merkle tree over, in this order: the hashes of events by row number; the reads
by row number; and salted digests of history rows by table and row number. The salt keeps a short
answer from being guessed from a digest that outlives it.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Max

from casework.canonical import canonical, sha256
from casework.ledger import merkle
from casework.ledger.chain import digest, instant
from casework.ledger.kept_rows import columns_of, history_models, rows_of, texts
from casework.ledger.models import Event, Read, Seal, SealedRow, Tombstone

FORMAT = 1
MOST = 20_000  # of each kind under one seal, so that no writer waits long
_AT_A_TIME = 2000
_FIRST = -(2**63)  # below every row number, so that none can be slipped in under the first seal


def seal_all(at: datetime) -> list[Seal]:
    """Seal all that is settled, under as many seals as it takes; none where nothing is new."""
    made: list[Seal] = []
    ends = {"event": _settled(Event), "read": _settled(Read)}
    ends |= {table: _settled(model) for table, model in history_models().items()}
    while (one := _seal(at, ends)) is not None:
        made.append(one)
    return made


def seal_hash(seal: Seal) -> str:
    """The SHA-256 of the RFC 8785 text of all that a seal says."""
    return sha256(canonical(as_json(seal)))


def as_json(seal: Seal) -> dict[str, Any]:
    """What a seal says, without its own hash."""
    return {
        "format": FORMAT,
        "number": seal.number,
        "sealed_at": instant(seal.sealed_at),
        "last_event": seal.last_event,
        "last_read": seal.last_read,
        "events": seal.events,
        "reads": seal.reads,
        "rows": seal.rows,
        "tables": seal.tables,
        "root": seal.root,
        "prev": seal.prev,
    }


def leaves_of(seal: Seal, before: Seal | None) -> Iterator[tuple[str, bytes]]:
    """The leaves of a seal as the database has them now: "event", "read" or "row", and the hash."""
    after_event, after_read = (before.last_event, before.last_read) if before else (_FIRST, _FIRST)
    for value in event_hashes(after_event, seal.last_event):
        yield "event", event_leaf(value)
    for text in read_texts(after_read, seal.last_read):
        yield "read", merkle.leaf(f"read:{sha256(text)}".encode())
    for value in row_digests(seal):
        yield "row", merkle.leaf(f"row:{value}".encode())


def event_leaf(value: str) -> bytes:
    """The leaf of an event with this hash."""
    return merkle.leaf(f"event:{value}".encode())


def event_hashes(after: int, last: int) -> Iterator[str]:
    """The hashes of the events in a range of row numbers."""
    rows = Event.objects.filter(id__gt=after, id__lte=last).order_by("id")
    return rows.values_list("hash", flat=True).iterator(chunk_size=_AT_A_TIME)


def read_texts(after: int, last: int) -> Iterator[str]:
    """The reads in a range of row numbers, each as canonical text."""
    rows = Read.objects.filter(id__gt=after, id__lte=last).order_by("id")
    for row in rows.values("kind", "object_id", "at", "detail", uid=F("actor__uid")).iterator(
        chunk_size=_AT_A_TIME
    ):
        yield canonical(
            {
                "kind": row["kind"],
                "object": str(row["object_id"]),
                "actor": str(row["uid"]),
                "at": instant(row["at"]),
                "detail": row["detail"],
            }
        )


def row_digests(seal: Seal) -> Iterator[str]:
    """The digests of the history rows under a seal, those of withdrawn rows from their tombstones."""
    there = SealedRow.objects.filter(seal=seal).values_list("table", "row", "digest")
    gone = Tombstone.objects.filter(seal=seal).values_list("what", "row", "digest")
    both = there.union(gone, all=True).order_by("table", "row")
    for _table, _row, value in both.iterator(chunk_size=_AT_A_TIME):
        yield value


@transaction.atomic
def _seal(at: datetime, ends: Mapping[str, int]) -> Seal | None:
    """The next seal, of at most `MOST` of each kind up to row numbers; None where nothing is new."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # one sealer at a time
            cursor.execute("LOCK TABLE ledger_seal IN EXCLUSIVE MODE")
    last = Seal.objects.order_by("-number").first()
    tables = json.loads(last.tables) if last else {}
    seal = Seal(number=last.number + 1 if last else 1, sealed_at=at, prev=last.hash if last else "")
    seal.last_event, seal.events = _range(Event, last.last_event if last else _FIRST, ends["event"])
    seal.last_read, seal.reads = _range(Read, last.last_read if last else _FIRST, ends["read"])
    covered: list[SealedRow] = []
    for table, model in history_models().items():
        after = tables[table]["last"] if table in tables else _FIRST
        upto, _ = _range(model, after, ends[table])
        tables[table] = {"columns": columns_of(model), "last": upto}
        covered += _sealed_rows(model, after, upto)
    seal.rows, seal.tables = len(covered), canonical(tables)
    if not seal.events + seal.reads + seal.rows:
        return None
    hashes = [merkle.leaf(f"row:{row.digest}".encode()) for row in covered]
    before = [held for kind, held in leaves_of(seal, last) if kind != "row"]
    seal.root = merkle.root([*before, *hashes]).hex()
    seal.hash = seal_hash(seal)
    seal.save(force_insert=True)
    for row in covered:
        row.seal = seal
    SealedRow.objects.bulk_create(covered, batch_size=500)
    return seal


def _sealed_rows(model: type[models.Model], after: int, upto: int) -> list[SealedRow]:
    ids = _ids(model, after, upto)
    columns, table = columns_of(model), model._meta.db_table
    found: list[SealedRow] = []
    for part in _parts(ids):
        for pk, text in sorted(texts(model, columns, part).items()):
            salt = secrets.token_hex(16)
            found.append(SealedRow(table=table, row=pk, salt=salt, digest=digest(salt, text)))
    return found


def _range(model: type[models.Model], after: int, end: int) -> tuple[int, int]:
    """The last of at most `MOST` rows after one, and how many they are."""
    ids = _ids(model, after, end)[:MOST]
    return (ids[-1], len(ids)) if ids else (max(after, 0), 0)


def _ids(model: type[models.Model], after: int, upto: int) -> list[int]:
    rows = rows_of(model).filter(pk__gt=after, pk__lte=upto).order_by("pk")
    return list(rows.values_list("pk", flat=True)[: MOST + 1])


def _parts(ids: list[int]) -> Iterable[list[int]]:
    return (ids[at : at + 500] for at in range(0, len(ids), 500))


def _settled(model: type[models.Model]) -> int:
    """The highest row number below which nothing more will appear.

    PostgreSQL gives numbers out before their transactions end, so a lower one may come later: for a
    moment all writers of the table are waited for. SQLite has one writer at a time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'LOCK TABLE "{model._meta.db_table}" IN SHARE MODE')
        return rows_of(model).aggregate(last=Max("pk"))["last"] or 0
