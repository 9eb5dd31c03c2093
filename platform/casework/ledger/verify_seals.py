"""Checks the seals, what lies under them, and the lines that were written outside of the database.

Memory does not grow with the ledger. What seals cannot show: what was changed after the last of them
was made, or, by who can rewrite them all, after the last line that was written elsewhere.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef

from casework.ledger import merkle
from casework.ledger.anchors import Unanchored, anchors_in
from casework.ledger.chain import digest, instant
from casework.ledger.kept_rows import history_models, rows_of, texts
from casework.ledger.models import Event, Seal, SealedRow
from casework.ledger.seals import leaves_of, seal_hash
from casework.ledger.tombstones import forged_tombstones
from casework.ledger.verify import Finding

_AT_A_TIME = 500


def seal_findings(progress: Callable[[int], None] | None = None) -> Iterator[Finding]:
    """What is wrong with the seals and with what lies under them."""
    before: Seal | None = None
    for seal in Seal.objects.order_by("number").iterator(chunk_size=_AT_A_TIME):
        yield from (Finding(f"seal {seal.number}", says) for says in _seal_problems(seal, before))
        before = seal
        if progress:
            progress(seal.last_event)
    if before is None:
        return
    for table, model in history_models().items():
        yield from _row_problems(table, model, before, progress)
    yield from _strays(before)


def tombstone_findings() -> Iterator[Finding]:
    """Tombstones that no true withdrawal put up, and rows that are there in spite of theirs."""
    for tombstone, says in forged_tombstones():
        yield Finding(
            f"{tombstone.what} {tombstone.key}", f"it was taken away by a forged withdrawal: {says}"
        )


def anchor_findings(file: Path) -> Iterator[Finding]:
    """Where the lines of a file and the seals differ."""
    try:
        anchors = list(anchors_in(file)) if file.exists() else None
    except Unanchored as error:
        yield Finding(str(file), str(error).rstrip("."))
        return
    if anchors is None:
        yield Finding(str(file), "there is no such file of anchors")
        return
    hashes = dict(Seal.objects.values_list("number", "hash"))
    for anchor in anchors:
        where = f"{file}, line {anchor.line}"
        if anchor.number not in hashes:
            yield Finding(
                where,
                f"it names seal {anchor.number}, which the database does not have: the end was cut off, "
                "or an old backup was put back",
            )
        elif hashes[anchor.number] != anchor.hash:
            yield Finding(
                where,
                f"it names another hash of seal {anchor.number} than the database: what is under it "
                "was changed, and sealed anew",
            )


def _seal_problems(seal: Seal, before: Seal | None) -> Iterator[str]:
    number = before.number + 1 if before else 1
    if seal.number != number:
        yield f"it follows seal {number - 1}: seals between them are missing"
    if seal.prev != (before.hash if before else ""):
        yield "it does not continue the seal before it"
    if before and seal.sealed_at < before.sealed_at:
        yield "it was made before the seal before it"
    if seal.hash != _hash(seal):
        yield "it was changed after it was made: its hash does not fit"
    counted: Counter[str] = Counter()
    root = merkle.root(_counting(leaves_of(seal, before), counted)).hex()
    under = {"event": seal.events, "read": seal.reads, "row": seal.rows}
    first_event, first_read = (before.last_event + 1, before.last_read + 1) if before else (1, 1)
    names = {
        "event": f"event row {first_event} to {seal.last_event}",
        "read": f"read {first_read} to {seal.last_read}",
        "row": "the digests of history rows",
    }
    differ = [kind for kind, were in under.items() if counted[kind] != were]
    for kind in differ:
        yield (
            f"{under[kind]} {kind}s were sealed, and there are {counted[kind]} "
            f"({names[kind]}, sealed at {instant(seal.sealed_at)})"
        )
    if root != seal.root and not differ:
        yield (
            f"what was sealed was changed or put in another order ({names['event']}, {names['read']}, "
            f"or {names['row']}, sealed at {instant(seal.sealed_at)})"
        )


def _hash(seal: Seal) -> str | None:
    try:
        return seal_hash(seal)
    except ValueError:
        return None


def _counting(leaves: Iterable[tuple[str, bytes]], counted: Counter[str]) -> Iterator[bytes]:
    for kind, held in leaves:
        counted[kind] += 1
        yield held


def _row_problems(
    table: str,
    model: type[models.Model],
    newest: Seal,
    progress: Callable[[int], None] | None,
) -> Iterator[Finding]:
    """History rows that are not as they were sealed, that are gone, or that came in under a seal."""
    sealed = SealedRow.objects.filter(table=table).select_related("seal").order_by("row")
    rows = sealed.iterator(chunk_size=_AT_A_TIME)
    while part := list(islice(rows, _AT_A_TIME)):
        by_columns: dict[tuple[str, ...], list[SealedRow]] = {}
        for one in part:
            by_columns.setdefault(_columns(one.seal, table), []).append(one)
        for columns, held in by_columns.items():
            try:
                found = texts(model, columns, (one.row for one in held))
            except KeyError as error:
                says = f"the table has no column {error} any more, which was sealed"
                yield Finding(f"{table} row {held[0].row}", says)
                continue
            for one in held:
                if one.row not in found:
                    yield Finding(
                        f"{table} row {one.row}",
                        "the history row is gone, and no withdrawal tells of it",
                    )
                elif digest(one.salt, found[one.row]) != one.digest:
                    yield Finding(
                        f"{table} row {one.row}", "the history row was changed after it was sealed"
                    )
        if progress:
            progress(part[-1].row)
    last = json.loads(newest.tables).get(table, {"last": 0})["last"]
    known = SealedRow.objects.filter(table=table, row=OuterRef("pk"))
    stray = rows_of(model).filter(pk__lte=last).exclude(Exists(known)).order_by("pk")
    for pk in stray.values_list("pk", flat=True).iterator(chunk_size=_AT_A_TIME):
        yield Finding(
            f"{table} row {pk}", "the history row was put in later, among rows that were sealed"
        )


def _columns(seal: Seal, table: str) -> tuple[str, ...]:
    try:
        held: dict[str, Any] = json.loads(seal.tables)
        return tuple(held[table]["columns"])
    except (ValueError, KeyError, TypeError):
        return ()  # the seal was changed, which is told at the seal


def _strays(newest: Seal) -> Iterator[Finding]:
    """Events that were written later, but back among those that were sealed before."""
    late = Event.objects.filter(id__gt=newest.last_event, recorded_at__lt=newest.sealed_at)
    # A transaction that began before the seal may end after it, so some minutes are allowed.
    for event in late.order_by("id").iterator(chunk_size=_AT_A_TIME):
        if (newest.sealed_at - event.recorded_at).total_seconds() > _ALLOWED:
            yield Finding(
                f"stream {event.stream}, event {event.seq}",
                f"it says that it was recorded at {instant(event.recorded_at)}, but was not there when "
                f"seal {newest.number} was made at {instant(newest.sealed_at)}",
            )


_ALLOWED = 3600  # seconds
