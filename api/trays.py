"""What is to be done: My work, and the trays of teams."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import paging, shapes
from api.openapi import PAGING, operation, page_of
from api.view import View, json_response
from casework.accounts.models import Team
from casework.accounts.roles import teams_of
from casework.cases import trays
from casework.cases.my_work import KINDS, Item, Work, work_of
from casework.refusals import Absent

_KIND = OpenApiParameter("kind", str, enum=list(KINDS), description="Only items of a kind.")
_STAGE = OpenApiParameter(
    "stage", str, description="Only cases in which somebody stands in a stage, by its key."
)
_WHEN = OpenApiParameter(
    "when", str, enum=["overdue", "soon"],
    description="What is overdue, or (if not given) due today or in the next seven days.",
)  # fmt: skip


class MyWork(View):
    """/my-work"""

    @operation(
        "cases:read", "List what you have to do, by the day it is due", page_of("WorkItem"),
        parameters=(_KIND, *PAGING), tag="work",
        says="Your actions and those of your cases that nobody has, the running clocks of your cases, what you "
        "are writing, and what waits for your signature. What has no day comes last.",
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """The same list as the page My work."""
        chosen = paging.filters(request, {"kind": paging.one_of(*KINDS)})
        after, limit = paging.place(request), paging.limit_of(request)
        kind = chosen.get("kind", "")
        return _work(self, request, work_of(self.user, self.at, kind=kind, after=after, size=limit))


class Teams(View):
    """/team-trays"""

    @operation(
        "cases:read", "List your teams with what each has before it, by name", page_of("TeamTray"),
        parameters=PAGING, tag="work",
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """The teams in which you work or which you manage."""
        paging.filters(request, {})
        teams = teams_of(self.user, self.at)
        found, following = paging.by_name(teams, request, names=("name",))
        boards = trays.boards(found, self.user, self.at)
        return json_response(paging.page_of(map(_board, boards), following))


class AllTeams(View):
    """/teams"""

    @operation(
        "cases:read", "List all teams, by name", page_of("TeamSummary"), parameters=PAGING, tag="work",
        says="Their ids are needed to propose a case to one.",
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """Teams hold no case data."""
        paging.filters(request, {})
        found, following = paging.by_name(Team.objects.all(), request, names=("name",))
        items = [{"id": str(one.pk), "name": one.name, "active": one.active} for one in found]
        return json_response(paging.page_of(items, following))


class Unallocated(View):
    """/team-trays/{id}/unallocated"""

    @operation(
        "cases:read", "List the open cases of your team that nobody has, the oldest first",
        page_of("CaseSummary"), parameters=(_STAGE, *PAGING), problems=(404,), tag="work",
    )  # fmt: skip
    def get(self, request: Request, team_id: UUID) -> HttpResponse:
        """One query, of columns. Raises Absent for a team that is not the user's."""
        chosen = paging.filters(request, {"stage": str})
        stage = chosen.get("stage", "")
        cases = trays.unallocated(_team(self, team_id), self.user, self.at, stage=stage)
        rows, following = paging.oldest_first(
            cases.values(*shapes.CASE_COLUMNS), request, by="opened_at"
        )
        return json_response(paging.page_of(map(shapes.case_summary, rows), following))


class WaitingForSignature(View):
    """/team-trays/{id}/waiting"""

    @operation(
        "records:read", "List the records of your team that wait for a signature, the longest first",
        page_of("RecordSummary"), parameters=PAGING, problems=(404,), tag="work",
        says="Whoever's signature is next.",
    )  # fmt: skip
    def get(self, request: Request, team_id: UUID) -> HttpResponse:
        """Two queries, of columns. Raises Absent for a team that is not the user's."""
        paging.filters(request, {})
        records = trays.waiting_in_all([_team(self, team_id)], self.user, self.at)
        rows, following = paging.oldest_first(
            records.values(*shapes.RECORD_COLUMNS), request, by="changed_at"
        )
        subjects = shapes.subjects_of(row["id"] for row in rows)
        items = [shapes.record_summary(row, subjects[row["id"]]) for row in rows]
        return json_response(paging.page_of(items, following))


class TeamDue(View):
    """/team-trays/{id}/due"""

    @operation(
        "cases:read", "List the actions and clocks of your team that are overdue or due soon",
        page_of("WorkItem"), parameters=(_WHEN, *PAGING), problems=(404,), tag="work",
    )  # fmt: skip
    def get(self, request: Request, team_id: UUID) -> HttpResponse:
        """By day. Raises Absent for a team that is not the user's."""
        chosen = paging.filters(request, {"when": paging.one_of("overdue", "soon")})
        team, after, size = _team(self, team_id), paging.place(request), paging.limit_of(request)
        found: Callable[..., Work] = trays.due_soon
        if chosen.get("when") == "overdue":
            found = trays.overdue
        return _work(self, request, found(team, self.user, self.at, after=after, size=size))


def _team(view: View, team_id: UUID) -> Team:
    team = teams_of(view.user, view.at).filter(pk=team_id).first()
    if team is None:
        raise Absent
    return team


def _work(view: View, request: Request, work: Work) -> HttpResponse:
    with_records = "records:read" in view.token.scopes
    following = paging.page_after(request, work.after) if work.after else None
    items = [_item(one, with_records=with_records) for one in work.items]
    return json_response(paging.page_of(items, following))


def _item(item: Item, *, with_records: bool) -> dict[str, Any]:
    record = None
    if item.record is not None and with_records:
        columns = shapes.columns_of(item.record)
        record = shapes.record_summary(columns, [person.pk for person in item.subjects])
    return {
        "kind": item.kind,
        "due": shapes.text_of(item.due),
        "since": shapes.text_of(item.since),
        "case": {"id": str(item.case.pk), "reference": item.case.reference},
        "people": [{"id": str(person.pk), "name": person.name} for person in item.subjects],
        "task": shapes.task(item.task) if item.task else None,
        "clock": shapes.clock(item.clock) if item.clock else None,
        "record": record,
    }


def _board(board: trays.Board) -> dict[str, Any]:
    return {
        "team": {"id": str(board.team.pk), "name": board.team.name},
        "unallocated": board.unallocated,
        "waiting": board.waiting,
        "overdue": board.overdue,
        "soon": board.soon,
        "proposed": board.proposed,
    }
