"""The history of what is known of a person: each save with its details before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework import clock
from casework.cases import access
from casework.cases.history import Change, person_changes
from casework.ledger.reads import note_read
from casework.people.details import IDENTIFIERS
from casework.web.person_forms import LABELS, SEXES
from casework.web.signed_in import signed_in
from casework.web.wording import address_lines, day

PROTECTED = "A protected address"


@dataclass(frozen=True)
class Detail:
    """One detail of one save, in words; an empty text is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Save:
    """What one person changed at once."""

    when: datetime
    who: str
    why: str
    details: list[Detail]


@require_safe
def history(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Every save, the newest first. Protected addresses are asked for, and noted."""
    user, at = signed_in(request), clock.now()
    person = access.person(user, person_id, at)
    changes = person_changes(person)
    protected = any(_protects(side) for change in changes for side in (change.before, change.after))
    shows = protected and request.GET.get("address") == "show"
    detail = "protected addresses in history" if shows else "history"
    note_read("person", person.pk, by=user, at=at, detail=detail)
    context = {
        "person": person,
        "saves": _saves(changes, shows_address=shows),
        "protected": protected,
        "shows_address": shows,
    }
    return render(request, "people/history.jinja", context)


def _saves(changes: list[Change], *, shows_address: bool) -> list[Save]:
    grouped = groupby(changes, key=lambda change: (change.when, change.who, change.why))
    saves = [
        Save(*same, [detail for change in group for detail in _details(change, shows_address)])
        for same, group in grouped
    ]
    return saves[::-1]


def _details(change: Change, shows_address: bool) -> list[Detail]:
    """A change in words: identifiers one by one, an address as one."""
    name = change.path[0]
    if name == "identifiers":
        before, after = change.before or {}, change.after or {}
        kinds = [one for one in IDENTIFIERS if before.get(one) != after.get(one)]
        return [Detail(IDENTIFIERS[one], before.get(one, ""), after.get(one, "")) for one in kinds]
    if name == "address":
        sides = (_address(side, shows_address) for side in (change.before, change.after))
        return [Detail("Address", *sides)]
    label = LABELS["user_name" if name == "user" else name]
    return [Detail(label, _text(name, change.before), _text(name, change.after))]


def _address(value: Mapping[str, Any] | None, shows: bool) -> str:
    if _protects(value) and not shows:
        return PROTECTED
    return ", ".join([*address_lines(value), *(["protected"] if _protects(value) else [])])


def _protects(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.get("protected"))


def _text(name: str, value: Any) -> str:
    if name == "sex":
        return dict(SEXES).get(value, "")
    return str(value or "") if isinstance(value, str | None) else day(value)
