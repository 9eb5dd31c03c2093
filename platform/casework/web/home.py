"""My cases: what is mine to do, and what my teams have."""

from dataclasses import replace
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework import clock
from casework.accounts.models import Role, User
from casework.accounts.roles import teams_of
from casework.cases.access import cases_for, may, records_for, tasks_for
from casework.cases.models import EDITABLE, Case, Record, Task
from casework.cases.to_sign import ORDER, seen_whole, to_sign
from casework.cases.work import seen_tasks, task_rows
from casework.web.paging import listed
from casework.web.rights import roles_of
from casework.web.rows import case_rows, record_rows
from casework.web.signed_in import signed_in

SHOWN = 20
ACTIONS = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Records that wait for my signature or that I am writing, and the cases that are mine."""
    user, at = signed_in(request), clock.now()
    mine, others = _mine(user, at), _others(user, at)
    context = {
        "waiting": _to_sign(user, at),
        "drafts": list(_drafts(user, at)[:SHOWN]),
        "actions": seen_tasks(_actions(user, at)[:ACTIONS], user, at),
        "team_overdue": seen_tasks(team_overdue(user, at)[:ACTIONS], user, at),
        "today": clock.london_day(at),
        "mine": list(mine[:SHOWN]),
        "more_mine": mine.count() > SHOWN,
        "team_cases": list(others[:SHOWN]),
        "teams": list(teams_of(user, at)),
        "may_open": may(user, "case.open", None, at),
        "may_write": bool(roles_of(request) & {Role.WORKER, Role.MANAGER}),
        "manages": Role.MANAGER in roles_of(request),
        "sees_cases": bool(roles_of(request) & {Role.WORKER, Role.MANAGER, Role.READ_ONLY}),
    }
    return render(request, "home.jinja", context)


def _actions(user: User, at: datetime) -> QuerySet[Task]:
    """My open actions by the day they are due, so that overdue ones come first."""
    mine = tasks_for(user, at).filter(owner=user, status=Task.OPEN)
    return task_rows(mine).order_by(F("due_on").asc(nulls_last=True), "id")


def team_overdue(user: User, at: datetime) -> QuerySet[Task]:
    """Open actions of others that are overdue in the teams that I manage, the oldest first."""
    teams = teams_of(user, at, Role.MANAGER)
    late = tasks_for(user, at).filter(
        status=Task.OPEN, due_on__lt=clock.london_day(at), case__team__in=teams
    )
    others = late.filter(Q(owner=None) | ~Q(owner=user))
    return task_rows(others).order_by("due_on", "id")


def _mine(user: User, at: datetime) -> QuerySet[Case]:
    open_cases = cases_for(user, at).filter(worker=user, closed_at=None)
    return case_rows(open_cases).order_by("-opened_at", "-id")


def _others(user: User, at: datetime) -> QuerySet[Case]:
    """Open cases of my teams that are not allocated to me, the unallocated ones first."""
    team_cases = cases_for(user, at).filter(team__in=teams_of(user, at), closed_at=None)
    return case_rows(team_cases.exclude(worker=user)).order_by("-opened_at", "-id")


def _drafts(user: User, at: datetime) -> QuerySet[Record]:
    """What I started or last submitted and can go on with, the returned ones first."""
    drafts = records_for(user, at).filter(author=user, status__in=EDITABLE)
    return record_rows(drafts).order_by("-status", "-changed_at", "-id")


def _to_sign(user: User, at: datetime) -> list[Record]:
    """The records that wait for my signature, the longest waiting first."""
    rows = record_rows(to_sign(user, at)).order_by(*ORDER)[:SHOWN]
    return seen_whole(list(rows), user, at)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """All records that wait for my signature, the longest waiting first."""
    user, at = signed_in(request), clock.now()
    found = listed(request, record_rows(to_sign(user, at)), *ORDER)
    context = {"records": replace(found, rows=seen_whole(found.rows, user, at))}
    return render(request, "to_sign.jinja", context)
