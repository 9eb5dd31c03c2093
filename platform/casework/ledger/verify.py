"""Checks the whole ledger: every hash, link, digest and end of chain. Reads only, in one pass.

What a chain cannot show by itself: events cut from the end of a stream together with its head, a whole
stream removed with its head, and a stream rewritten to its end. Seals show that, with the lines that
were written outside of the database (casework.ledger.verify_seals).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from casework.ledger.chain import FORMAT, digest, event_hash
from casework.ledger.models import Content, Event, StreamHead, Tombstone
from casework.ledger.tombstones import checker, withdrawn_contents

_Said = tuple[str, str] | Tombstone | None
_AT_A_TIME = 2000
_COLUMNS = (
    "id", "stream", "seq", "kind", "subject", "command_id", "occurred_at", "recorded_at", "version",
    "refs", "content", "digest", "prev_hash", "hash",
)  # fmt: skip


@dataclass(frozen=True)
class Broken:
    """One place where the ledger is not as it was written."""

    stream: UUID
    seq: int
    says: str

    def __str__(self) -> str:
        return f"stream {self.stream}, event {self.seq}: {self.says}"


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written, beside the chains: where, and what."""

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where}: {self.says}"


@dataclass
class _Chain:
    """Where the walk along one stream has come to."""

    stream: UUID
    seq: int = 0
    hash: str = ""
    last_id: int = 0


def broken_places(progress: Callable[[int], None] | None = None) -> Iterator[Broken]:
    """Every place where a chain is broken, stream by stream in order of writing.

    `progress` is called with the number of events read so far, every few thousand. Memory does not
    grow with the number of events.
    """
    chain: _Chain | None = None
    forged = checker()
    for count, (row, content) in enumerate(_with_contents(), start=1):
        if chain is None or chain.stream != row["stream"]:
            if chain:
                yield from _head_problems(chain)
            chain = _Chain(row["stream"])
        yield from (
            Broken(row["stream"], row["seq"], says)
            for says in _problems(row, content, chain, forged)
        )
        chain.seq, chain.hash, chain.last_id = row["seq"], row["hash"], row["id"]
        if progress and count % _AT_A_TIME == 0:
            progress(count)
    if chain:
        yield from _head_problems(chain)
    written = Event.objects.filter(stream=OuterRef("stream"))
    for head in StreamHead.objects.annotate(first=Subquery(written.values("seq")[:1])).filter(
        first__isnull=True
    ):
        yield Broken(head.stream, head.seq, "the stream has a head, but no event")


def _problems(
    row: dict[str, Any], content: _Said, chain: _Chain, forged: Callable[[Tombstone], str]
) -> Iterator[str]:
    """What is wrong with one event, given the end of its chain before it."""
    if row["seq"] != chain.seq + 1:
        yield f"it follows event {chain.seq}: events between them are missing"
    elif row["id"] <= chain.last_id:
        yield "its row was given a number out of order"
    if row["prev_hash"] != chain.hash:
        yield "it does not continue the event before it"
    if row["version"] != FORMAT:
        yield f"its format {row['version']} is not known"
    if row["hash"] != _hash(row):
        yield "it was changed after it was written: its hash does not fit"
    if row["content"] is None:
        if row["digest"]:
            yield "it has a digest of a content that it does not name"
    elif content is None:
        yield "its content is missing"
    elif isinstance(content, Tombstone):
        if says := forged(content):
            yield f"its content was taken away by a forged withdrawal: {says}"
        elif content.digest != row["digest"]:
            yield "its content was withdrawn under another digest"
    elif row["digest"] != digest(*content):
        yield "its content was changed after it was written: the digest does not fit"


def _hash(row: dict[str, Any]) -> str | None:
    try:
        return event_hash(
            row,
            actor=row["actor_uid"],
            on_behalf_of=row["on_behalf_of_uid"],
            corrects=row["corrects_hash"] or "",
        )
    except ValueError:
        return None  # it holds what could never have been hashed


def _head_problems(chain: _Chain) -> Iterator[Broken]:
    head = StreamHead.objects.filter(pk=chain.stream).first()
    if head is None:
        yield Broken(chain.stream, chain.seq, "the stream has no head")
    elif (head.seq, head.hash) != (chain.seq, chain.hash):
        yield Broken(
            chain.stream,
            chain.seq,
            f"the stream's head stands at event {head.seq}: the end was cut or changed",
        )


def _with_contents() -> Iterator[tuple[dict[str, Any], _Said]]:
    """Each event with its content's salt and body, or its tombstone, in order of stream and number."""
    rows = (
        Event.objects.order_by("stream", "seq")
        .values(
            *_COLUMNS,
            actor_uid=F("actor__uid"),
            on_behalf_of_uid=F("on_behalf_of__uid"),
            corrects_hash=F("corrects__hash"),
        )
        .iterator(chunk_size=_AT_A_TIME)
    )
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _AT_A_TIME:
            yield from _joined(batch)
            batch = []
    yield from _joined(batch)


def _joined(batch: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], _Said]]:
    ids = [row["content"] for row in batch if row["content"]]
    contents: dict[UUID, _Said] = {
        pk: (salt, body)
        for pk, salt, body in Content.objects.filter(pk__in=ids).values_list("pk", "salt", "body")
    }
    if missing := set(ids) - contents.keys():
        contents |= withdrawn_contents(missing)
    for row in batch:
        yield row, contents.get(row["content"])
