"""My work: all that is mine to do as one list, and what my teams have before them."""

from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework import clock
from casework.accounts.models import Role, User
from casework.accounts.roles import teams_of
from casework.cases.access import cases_for, may, records_for
from casework.cases.models import Case, Record, Withdrawal
from casework.cases.my_work import KINDS, by_person, work_of
from casework.cases.to_sign import ORDER, seen_whole, to_sign
from casework.cases.trays import boards
from casework.web.paging import key_read, key_written, listed
from casework.web.rights import roles_of
from casework.web.rows import case_rows, record_rows
from casework.web.signed_in import signed_in

SHOWN = 20
SIZE = 25
BY_PERSON = 100  # so many are grouped on one page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One list of my actions, clocks, drafts and signatures by date or by person; and my teams."""
    user, at = signed_in(request), clock.now()
    view = "person" if request.GET.get("view") == "person" else "date"
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    after = key_read(request.GET.get("after", ""))
    work = work_of(user, at, kind=kind, after=after, size=BY_PERSON if view == "person" else SIZE)
    mine = cases_for(user, at).filter(worker=user, closed_at=None)
    # Their teams are read apart: joined, the plan would depend on how many cases there are in all.
    cases: QuerySet[Case] = case_rows(mine).select_related(None).prefetch_related("team")
    cases = cases.order_by("-opened_at", "-id")
    shown = list(cases[: SHOWN + 1])
    context = {
        "work": work,
        "groups": by_person(work.items) if view == "person" else [],
        "view": view,
        "kind": kind,
        "kinds": [
            ("", _("Everything")),
            ("action", _("Actions")),
            ("clock", _("Clocks")),
            ("writing", _("What I am writing")),
            ("to_sign", _("Waiting for my signature")),
        ],
        "following": key_written(work.after) if work.after else "",
        "is_first": after is None,
        "boards": boards(teams_of(user, at).order_by("name"), user, at),
        "to_withdraw": _to_withdraw(user, at),
        "today": clock.london_day(at),
        "mine": shown[:SHOWN],
        "more_mine": len(shown) > SHOWN,
        "may_open": may(user, "case.open", None, at),
        "may_write": bool(roles_of(request) & {Role.WORKER, Role.MANAGER}),
        "manages": Role.MANAGER in roles_of(request),
        "sees_cases": bool(roles_of(request) & {Role.WORKER, Role.MANAGER, Role.READ_ONLY}),
    }
    return render(request, "home.jinja", context)


def _to_withdraw(user: User, at: datetime) -> list[Record]:
    """Records that others asked to withdraw, in the teams that I manage, the longest waiting first."""
    teams = teams_of(user, at, Role.MANAGER)
    asked = Withdrawal.objects.filter(status=Withdrawal.ASKED).exclude(asked_by=user)
    found = records_for(user, at).filter(case__team__in=teams, pk__in=asked.values("record"))
    return list(record_rows(found).order_by("changed_at", "id")[:SHOWN])


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """All records that wait for my signature, the longest waiting first."""
    user, at = signed_in(request), clock.now()
    found = listed(request, record_rows(to_sign(user, at)), *ORDER)
    context = {"records": replace(found, rows=seen_whole(found.rows, user, at))}
    return render(request, "to_sign.jinja", context)
