"""Pages of a long list by cursor: the next begins after the last row shown, however the list grows."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from casework.cases.merged import Key, as_json, from_json

SIZE = 25
_SIGNER = Signer(salt="casework.web.paging")
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """The rows of one page. `next_query` is the query string of the following page, or empty."""

    rows: list[Row]
    next_query: str
    first_query: str
    is_first: bool


def listed(request: HttpRequest, rows: QuerySet[Row], *order: str, size: int = SIZE) -> Listed[Row]:
    """One page of rows in this order; `order` names fields without nulls, the last one unique.

    A cursor is signed; one that is forged, or from before an upgrade, gives the first page.
    """
    after = _read(request.GET.get("after", ""), len(order))
    ordered = rows.order_by(*order)
    found = list((ordered.filter(_beyond(order, after)) if after else ordered)[: size + 1])
    more = len(found) > size
    others = request.GET.copy()
    others.pop("after", None)
    first = others.urlencode()
    if more:
        others["after"] = _write(found[size - 1], order)
    return Listed(found[:size], others.urlencode() if more else "", first, not after)


def key_written(key: Key) -> str:
    """A place in a list out of several tables (`casework.cases.merged`), as a signed cursor."""
    return _SIGNER.sign(json.dumps(as_json(key), separators=(",", ":")))


def key_read(cursor: str) -> Key | None:
    """The same read back; None for none, and for one that is forged or from before an upgrade."""
    try:
        return from_json(json.loads(_SIGNER.unsign(cursor)))
    except (BadSignature, ValueError, TypeError):
        return None


def _beyond(order: tuple[str, ...], after: list[Any]) -> Q:
    """Rows that come after these values: later in the first field, or equal and later in the next…"""
    condition, equal = Q(), Q()
    for field, value in zip(order, after, strict=True):
        name = field.removeprefix("-")
        compare = "lt" if field.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{compare}": value})
        equal &= Q(**{name: value})
    return condition


def _write(row: Model, order: tuple[str, ...]) -> str:
    values = [getattr(row, field.removeprefix("-")) for field in order]
    return _SIGNER.sign(json.dumps(values, default=_text, separators=(",", ":")))


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _read(cursor: str, length: int) -> list[Any]:
    try:
        values = json.loads(_SIGNER.unsign(cursor))
    except (BadSignature, ValueError):
        return []
    return values if isinstance(values, list) and len(values) == length else []
