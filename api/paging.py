"""Pages of a list by cursor: where the last page ended, never how many there are."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet
from rest_framework.request import Request

from api.problems import ApiProblem
from casework.cases.merged import Key, as_json, from_json

DEFAULT, MOST = 50, 100


def limit_of(request: Request) -> int:
    """How many items are asked for. Raises ApiProblem."""
    asked = request.GET.get("limit", str(DEFAULT))
    if not (asked.isascii() and asked.isdigit() and len(asked) < 4 and 1 <= int(asked) <= MOST):
        raise ApiProblem(400, "query", f"limit is a number from 1 to {MOST}.")
    return int(asked)


def newest_first(
    rows: QuerySet[Any, dict[str, Any]], request: Request, *, by: str
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of rows (as values) from the newest, and the address of the next page or None.

    by: name of the instant that the list is ordered by, with `id` to part equals. One query.
    """
    limit = limit_of(request)
    if cursor := request.GET.get("cursor"):
        at, last = _read(cursor, _instant_and_id)
        # The first condition is the one that the index can start from.
        rows = rows.filter(Q(**{f"{by}__lte": at}) & (Q(**{f"{by}__lt": at}) | Q(id__lt=last)))
    found = list(rows.order_by(f"-{by}", "-id")[: limit + 1])
    if len(found) <= limit:
        return found, None
    end = found[limit - 1]
    return found[:limit], next_page(request, [end[by].isoformat(), str(end["id"])])


def oldest_first(
    rows: QuerySet[Any, dict[str, Any]], request: Request, *, by: str
) -> tuple[list[dict[str, Any]], str | None]:
    """The same from the oldest."""
    limit = limit_of(request)
    if cursor := request.GET.get("cursor"):
        at, last = _read(cursor, _instant_and_id)
        rows = rows.filter(Q(**{f"{by}__gte": at}) & (Q(**{f"{by}__gt": at}) | Q(id__gt=last)))
    found = list(rows.order_by(by, "id")[: limit + 1])
    if len(found) <= limit:
        return found, None
    end = found[limit - 1]
    return found[:limit], next_page(request, [end[by].isoformat(), str(end["id"])])


def place(request: Request) -> Key | None:
    """Where a list out of several tables is to go on; None from its beginning."""
    cursor = request.GET.get("cursor")
    return _read(cursor, from_json) if cursor else None


def page_after(request: Request, key: Key) -> str:
    """The address of the page of such a list after a place."""
    return next_page(request, as_json(key))


def sliced(items: Sequence[Any], request: Request) -> tuple[Sequence[Any], str | None]:
    """One page of a short list that is worked out whole, by how many were given before."""
    limit, cursor = limit_of(request), request.GET.get("cursor")
    start = _read(cursor, _whole) if cursor else 0
    end = start + limit
    return items[start:end], next_page(request, end) if end < len(items) else None


def by_number(
    rows: QuerySet[Any], request: Request, *, number: str
) -> tuple[list[Any], str | None]:
    """One page of rows in order of a number, and the address of the next page or None."""
    limit = limit_of(request)
    if cursor := request.GET.get("cursor"):
        rows = rows.filter(**{f"{number}__gt": _read(cursor, _whole)})
    found = list(rows.order_by(number)[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], next_page(request, getattr(found[limit - 1], number))


def by_day(rows: QuerySet[Any], request: Request, *, day: str) -> tuple[list[Any], str | None]:
    """One page of rows in order of a day and then `id`, those with no day last, and the next page."""
    limit = limit_of(request)
    if cursor := request.GET.get("cursor"):
        on, last = _read(cursor, _day_and_id)
        after = Q(**{f"{day}__isnull": True})
        if on is None:
            after &= Q(id__gt=last)
        else:
            after |= Q(**{f"{day}__gt": on}) | Q(**{day: on}, id__gt=last)
        rows = rows.filter(after)
    found = list(rows.order_by(F(day).asc(nulls_last=True), "id")[: limit + 1])
    if len(found) <= limit:
        return found, None
    end = found[limit - 1]
    on = getattr(end, day)
    return found[:limit], next_page(request, [on.isoformat() if on else None, str(end.pk)])


def by_name(
    rows: QuerySet[Model], request: Request, *, names: Sequence[str]
) -> tuple[list[Any], str | None]:
    """One page of rows in order of some texts and then `id`, and the address of the next or None."""
    limit = limit_of(request)
    keys = (*names, "id")
    if cursor := request.GET.get("cursor"):
        rows = rows.filter(_after(keys, _read(cursor, _texts_and_id(len(names)))))
    found = list(rows.order_by(*keys)[: limit + 1])
    if len(found) <= limit:
        return found, None
    end = found[limit - 1]
    return found[:limit], next_page(request, [str(getattr(end, key)) for key in keys])


def filters(request: Request, allowed: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    """What the list is to be narrowed by: parameter to value. Raises ApiProblem for unknown or odd ones."""
    chosen = {}
    for name, value in request.GET.items():
        if name in ("limit", "cursor"):
            continue
        if name not in allowed:
            raise ApiProblem(400, "query", f"This list cannot be narrowed by “{name}”.")
        try:
            chosen[name] = allowed[name](str(value))
        except ValueError:
            raise ApiProblem(400, "query", f"“{name}” has a value that it cannot have.") from None
    return chosen


def one_of(*values: str) -> Callable[[str], str]:
    """A filter that takes one of a few words."""

    def read(value: str) -> str:
        if value not in values:
            raise ValueError(value)
        return value

    return read


def page_of(items: Iterable[Any], following: str | None) -> dict[str, Any]:
    """A list as it is sent: its items, and the address of the next page or null."""
    return {"items": list(items), "next": following}


def next_page(request: Request, end: Any) -> str:
    """The address of the page after the one that ends so, with the filters of this one."""
    text = json.dumps(end, ensure_ascii=False, separators=(",", ":"))
    query = request.GET.copy()
    query["cursor"] = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"{request.path}?{query.urlencode()}"


def _read(cursor: str, shape: Callable[[Any], Any]) -> Any:
    """What a cursor says. It is not signed: it only says where to go on in what the user sees."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return shape(json.loads(raw.decode()))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise ApiProblem(400, "query", "cursor is not one that a list gave.") from None


def _instant_and_id(value: Any) -> tuple[datetime, UUID]:
    at, last = value
    found = datetime.fromisoformat(at)
    if found.utcoffset() is None:
        raise ValueError(at)
    return found, UUID(last)


def _day_and_id(value: Any) -> tuple[date | None, UUID]:
    on, last = value
    return (None if on is None else date.fromisoformat(on)), UUID(last)


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError(value)
    return value


def _texts_and_id(count: int) -> Callable[[Any], list[Any]]:
    def read(value: Any) -> list[Any]:
        *texts, last = value
        if len(texts) != count or not all(isinstance(t, str) and "\0" not in t for t in texts):
            raise ValueError(value)
        "".join(texts).encode()
        return [*texts, UUID(last)]

    return read


def _after(keys: Sequence[str], values: Sequence[Any]) -> Q:
    """The condition that a row comes after these values, by the first key that differs."""
    condition = Q()
    for place, key in enumerate(keys):
        equal = dict(zip(keys[:place], values[:place], strict=True))
        condition |= Q(**equal, **{f"{key}__gt": values[place]})
    return condition
