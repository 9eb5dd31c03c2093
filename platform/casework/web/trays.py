"""A team's tray: what nobody has yet, what waits for a signature, what is overdue or due soon."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casetypes.versions import case_type_of, newest_versions
from casework import clock
from casework.accounts.models import Role
from casework.accounts.roles import teams_of
from casework.cases import trays
from casework.cases.access import may
from casework.cases.to_sign import seen_whole, to_sign
from casework.cases.transfers import incoming, outgoing
from casework.refusals import Absent
from casework.web.paging import key_read, key_written, listed
from casework.web.rows import case_rows, record_rows
from casework.web.signed_in import signed_in

SIZE = 25
SHOWS = ("unallocated", "waiting", "overdue", "soon", "transfers")


@require_safe
def tray(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """One list of a team's tray, for those who work in it. Raises Absent for others."""
    user, at = signed_in(request), clock.now()
    team = teams_of(user, at).filter(pk=team_id).first()
    if team is None:
        raise Absent
    (board,) = trays.boards([team], user, at)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "unallocated"
    context: dict[str, Any] = {
        "team": team,
        "board": board,
        "show": show,
        "shows": [
            ("unallocated", _("Not allocated"), board.unallocated),
            ("waiting", _("Waiting for sign-off"), board.waiting),
            ("overdue", _("Overdue"), board.overdue),
            ("soon", _("Due in 7 days"), board.soon),
            *_transfers_tab(board),
        ],
        "today": clock.london_day(at),
        "may_open": may(user, "case.open", team, at),
        "manages": teams_of(user, at, Role.MANAGER).filter(pk=team_id).exists(),
    }
    if show == "unallocated":
        stage = request.GET.get("stage", "")
        unallocated = case_rows(trays.unallocated(team, user, at, stage=stage))
        page = listed(request, unallocated, "opened_at", "id", size=SIZE)
        context |= {
            "page": page,
            "waiting": trays.as_waiting(page.rows, at),
            "stage": stage,
            "stages": _stages(),
        }
    elif show == "waiting":
        rows = record_rows(trays.waiting_in_all([team], user, at))
        records = listed(request, rows, "changed_at", "id", size=SIZE)
        mine = to_sign(user, at).filter(pk__in=[record.pk for record in records.rows])
        theirs = set(mine.values_list("pk", flat=True))
        waiting = [record for record in records.rows if record.pk in theirs]
        context |= {"page": records, "mine": {one.pk for one in seen_whole(waiting, user, at)}}
    elif show == "transfers":
        context |= {
            "incoming": incoming(team, user, at),
            "outgoing": outgoing(team, user, at),
        }
    else:
        after = key_read(request.GET.get("after", ""))
        found = trays.overdue if show == "overdue" else trays.due_soon
        work = found(team, user, at, after=after, size=SIZE)
        context |= {
            "work": work,
            "following": key_written(work.after) if work.after else "",
            "is_first": after is None,
        }
    return render(request, "trays/tray.jinja", context)


def _transfers_tab(board: trays.Board) -> list[tuple[str, str, int | None]]:
    """The part of the tray that only managers have: cases between this team and others."""
    return [] if board.proposed is None else [("transfers", _("Between teams"), board.proposed)]


def _stages() -> list[tuple[str, str]]:
    """The stages of the newest case types that a case can wait in, by key."""
    found: dict[str, str] = {}
    for version in newest_versions():
        for stage in case_type_of(version.pk).stages.values():
            if not stage.end:
                found.setdefault(stage.key, stage.title)
    return list(found.items())
