"""One list out of several tables, by day, by cursor: each table gives its next rows, and the first win.

What has a day comes first, by day; then what has none, by kind and by how long it has waited. A place
in the list is a `Key`; the next page begins after the last one's, however the tables have grown.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet


class Key(NamedTuple):
    """A place in the list. Compares as the list is ordered."""

    undated: bool
    day: date  # the last day there is, where it has none
    rank: int  # of its source
    since: datetime | None  # None within a source that is ordered by id alone
    id: UUID


@dataclass(frozen=True)
class Source:
    """The rows of one table in the list. rank: unlike any other's; due: name of its day, "" for none;
    since: name of the instant by which it is ordered where it has no day, "" for by id alone.

    lacks: name of the day that none of its rows has, where the index by which they are read begins
    with it: a database that is not told so may read the whole table in the order of its ids.

    undated: the rank of its rows without a day. It is set where the rows are few whatever the table
    holds, such as those of some cases: then all are read and ordered here, which leaves the database
    one plan only.
    """

    rank: int
    kind: str
    rows: QuerySet[Any]
    due: str = ""
    since: str = ""
    undated: int | None = None
    lacks: str = ""


NO_DAY = date.max


def first_of(
    sources: Iterable[Source], after: Key | None, size: int
) -> tuple[list[tuple[str, Key]], Key | None]:
    """The next `size` places with the kind of each, and the place to go on after, or None.

    One query for each source that can still give something, of `size` rows and one more.
    """
    parts = [_next(source, after, size + 1) for source in sources]
    found = list(islice(merge(*parts, key=lambda pair: pair[1]), size + 1))
    return found[:size], found[size - 1][1] if len(found) > size else None


def as_json(key: Key) -> list[Any]:
    """A place as a cursor carries it."""
    day, since = key.day.isoformat(), key.since.isoformat() if key.since else None
    return [key.undated, day, key.rank, since, str(key.id)]


def from_json(raw: Any) -> Key:
    """The same read back. Raises ValueError and TypeError for what is none."""
    undated, day, rank, since, row_id = raw
    if type(undated) is not bool or type(rank) is not int or not 0 <= rank < 100:
        raise ValueError(raw)
    instant = None if since is None else datetime.fromisoformat(since)
    if instant is not None and instant.utcoffset() is None:
        raise ValueError(raw)
    return Key(undated, date.fromisoformat(day), rank, instant, UUID(row_id))


def _next(source: Source, after: Key | None, size: int) -> Sequence[tuple[str, Key]]:
    if source.undated is not None:
        places = sorted(_few(source))
        return [(source.kind, key) for key in places if after is None or key > after][:size]
    if source.due:
        rows = source.rows.filter(**{f"{source.due}__isnull": False})
        order: tuple[str, ...] = (source.due, "id")
    else:
        first = source.since or source.lacks
        rows, order = source.rows, (first, "id") if first else ("id",)
    beyond = _beyond(source, after) if after else Q()
    if beyond is None:
        return ()
    values = rows.filter(beyond).order_by(*order).values_list(*order)[:size]
    return [(source.kind, _key(source, row)) for row in values]


def _few(source: Source) -> Iterator[Key]:
    assert source.undated is not None
    for due, row_id in source.rows.order_by().values_list(source.due, "id"):
        if due is None:
            yield Key(True, NO_DAY, source.undated, None, row_id)
        else:
            yield Key(False, due, source.rank, None, row_id)


def _key(source: Source, row: tuple[Any, ...]) -> Key:
    if source.due:
        return Key(False, row[0], source.rank, None, row[1])
    return Key(True, NO_DAY, source.rank, row[0] if source.since else None, row[-1])


def _beyond(source: Source, after: Key) -> Q | None:
    """The condition on a source's rows that they come after a place; None where none can.

    The first condition is the one that an index can start from.
    """
    if source.due:
        if after.undated:
            return None
        if source.rank > after.rank:
            return Q(**{f"{source.due}__gte": after.day})
        if source.rank < after.rank:
            return Q(**{f"{source.due}__gt": after.day})
        later = Q(**{f"{source.due}__gt": after.day}) | Q(id__gt=after.id)
        return Q(**{f"{source.due}__gte": after.day}) & later
    if not after.undated or source.rank > after.rank:
        return Q()
    if source.rank < after.rank:
        return None
    if not source.since or after.since is None:
        return Q(id__gt=after.id)
    later = Q(**{f"{source.since}__gt": after.since}) | Q(id__gt=after.id)
    return Q(**{f"{source.since}__gte": after.since}) & later
