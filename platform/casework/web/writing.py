"""Writing what nobody signs, such as a note or a visit, from anywhere: choose the case, then the form."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework import clock
from casework.accounts.models import User
from casework.cases import access
from casework.cases.case_types import published, quick_forms
from casework.cases.models import Case
from casework.cases.standing import roles_in_all
from casework.people.models import Person
from casework.people.names import matching
from casework.web.rows import case_rows
from casework.web.signed_in import signed_in
from formdefs.models import FormVersion

FOUND = 20
_REFERENCE = re.compile(r"(?:CT)?0*(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True)
class Writable:
    """An open case in which somebody may write: about whom, and with which forms."""

    case: Case
    people: list[Person]
    forms: list[FormVersion]


@require_safe
def write(request: HttpRequest) -> HttpResponse:
    """The cases allocated to me, or those that were searched for, each with its forms."""
    user, at = signed_in(request), clock.now()
    typed = request.GET.get("q", "").strip()
    rows = _searched(user, at, typed) if typed else _mine(user, at)
    context = {"q": typed, "found": writable(rows, user, at)}
    return render(request, "cases/write.jinja", context)


def writable(cases: Iterable[Case], user: User, at: datetime) -> list[Writable]:
    """Those of the cases (from `case_rows`) in which the user may write; four queries for all."""
    rows = [case for case in cases if case.closed_at is None]
    roles, known = roles_in_all(user, rows, at), published()
    found = []
    for case in rows:
        people = [part.person for part in case.subjects.all() if part.to_on is None]
        forms = quick_forms(case, known)
        may = access.verbs_with(user, case, roles[case.pk], ("record.start",))
        if people and forms and may:
            found.append(Writable(case, people, forms))
    return found


def _mine(user: User, at: datetime) -> QuerySet[Case]:
    mine = access.cases_for(user, at).filter(worker=user, closed_at=None)
    return case_rows(mine).order_by("-opened_at", "-id")[:FOUND]


def _searched(user: User, at: datetime, typed: str) -> QuerySet[Case]:
    """Open cases by a name of somebody in them, or by their number."""
    persons = matching(access.persons_for(user, at), typed)
    wanted = Q(subjects__person__in=persons, subjects__to_on=None)
    if number := _REFERENCE.fullmatch(typed):
        wanted |= Q(number=int(number[1]))
    seen = access.cases_for(user, at).filter(wanted, closed_at=None).distinct()
    return case_rows(seen).order_by("-opened_at", "-id")[:FOUND]
