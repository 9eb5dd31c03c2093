"""Cases between teams: propose, list, take over, refuse, take back."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import bodies, paging, shapes
from api.allocations import user_of
from api.cases import TASK_ENDS
from api.commands import command_id, once
from api.openapi import IDEMPOTENCY_KEY, PAGING, operation, page_of, ref
from api.view import View, json_response
from casework.accounts.models import Team
from casework.cases import access
from casework.cases.actions.transferring import (
    accept_transfer,
    propose_transfer,
    refuse_transfer,
    withdraw_transfer,
)
from casework.cases.models import Transfer
from casework.cases.transfers import TransferSeen, as_seen, with_teams
from casework.ledger.reads import note_read
from casework.refusals import refused

_STATUSES = tuple(value for value, _title in Transfer.STATUSES)
_FILTERS: dict[str, Callable[[str], Any]] = {
    "status": paging.one_of(*_STATUSES),
    "from_team": UUID,
    "to_team": UUID,
}
_PARAMETERS = (
    OpenApiParameter("status", str, enum=_STATUSES, description="Only those that stand so."),
    OpenApiParameter("from_team", UUID, description="Only those that a team made."),
    OpenApiParameter("to_team", UUID, description="Only those made to a team."),
)
_BY_TIME = ("id", "proposed_at")


class Transfers(View):
    """/transfers"""

    @operation(
        "cases:read", "List the proposals of cases to other teams that you may read, newest first",
        page_of("Transfer"), parameters=(*_PARAMETERS, *PAGING),
        says="Those of the cases you see, and of the teams you manage. A proposal to your team shows whom the "
        "case is about and why, and nothing else of it before the case is taken over.",
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """Some queries, whatever the length of the list."""
        chosen = paging.filters(request, _FILTERS)
        rows = access.transfers_for(self.user, self.at).filter(**chosen)
        return _page(self, request, rows)


class CaseTransfers(View):
    """/cases/{id}/transfers"""

    @operation(
        "cases:read", "List the proposals of a case to other teams, newest first", page_of("Transfer"),
        parameters=PAGING, problems=(404,),
    )  # fmt: skip
    def get(self, request: Request, case_id: UUID) -> HttpResponse:
        """Raises Absent."""
        paging.filters(request, {})
        case = access.case(self.user, case_id, self.at)
        note_read("case", case_id, by=self.user, at=self.at, detail="api: proposals")
        rows = access.transfers_for(self.user, self.at).filter(case=case)
        return _page(self, request, rows)

    @operation(
        "cases:write", "Propose a case to another team", ref("Transfer"), status=201, takes=ref("NewTransfer"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="It stays where it is until a manager of that team takes it over. `tasks` says what becomes of "
        "each open action then; a problem `open_tasks` asks for it.",
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> HttpResponse:
        """Answers 201 with the proposal and its address."""
        required = {"to_team": bodies.identifier, "why": bodies.text}
        fields = bodies.take(self.sent(), required, {"tasks": TASK_ENDS})
        access.case(self.user, case_id, self.at)
        team = Team.objects.filter(pk=fields.pop("to_team")).first()
        if team is None:
            raise refused("to_team", "unknown_code", "There is no such team")
        command = command_id(request, self.user)
        row = once(
            lambda: propose_transfer(
                case_id, team, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return _answer(self, row, status=201, headers={"Location": f"/api/v1/transfers/{row.pk}"})


class OneTransfer(View):
    """/transfers/{id}"""

    @operation(
        "cases:read", "Read a proposal of a case to another team", ref("Transfer"), problems=(404,)
    )
    def get(self, request: Request, transfer_id: UUID) -> HttpResponse:
        """Raises Absent."""
        row = access.transfer(self.user, transfer_id, self.at)
        note_read("case", row.case_id, by=self.user, at=self.at, detail="api: proposal")
        return _answer(self, row)


class TransferAccept(View):
    """/transfers/{id}/accept"""

    @operation(
        "cases:write", "Take over a case that is proposed to your team", ref("Transfer"),
        takes=ref("TransferAccept"), parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="Without `worker` it goes to the team's tray. The team that proposed it sees it no more.",
    )  # fmt: skip
    def post(self, request: Request, transfer_id: UUID) -> HttpResponse:
        """For managers of the team that is asked."""
        fields = bodies.take(self.sent(), {}, {"worker": bodies.identifier, "why": bodies.text})
        if "worker" in fields:
            access.transfer(self.user, transfer_id, self.at)
            fields["worker"] = user_of(fields["worker"], "worker")
        return _done(self, request, accept_transfer, transfer_id, **fields)


class TransferRefuse(View):
    """/transfers/{id}/refuse"""

    @operation(
        "cases:write", "Refuse a case that is proposed to your team", ref("Transfer"), takes=ref("Reason"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="It stays where it is. The answer is the last that you read of it, if you do not see the case.",
    )  # fmt: skip
    def post(self, request: Request, transfer_id: UUID) -> HttpResponse:
        """With a reason that the other team reads."""
        fields = bodies.take(self.sent(), {"why": bodies.text})
        return _done(self, request, refuse_transfer, transfer_id, **fields)


class TransferWithdraw(View):
    """/transfers/{id}/withdraw"""

    @operation(
        "cases:write", "Take a proposal back", ref("Transfer"), takes=ref("MaybeReason"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="By a manager of the team that made it, while it is not answered.",
    )  # fmt: skip
    def post(self, request: Request, transfer_id: UUID) -> HttpResponse:
        """The case stays where it is."""
        fields = bodies.take(self.sent(), {}, {"why": bodies.text})
        return _done(self, request, withdraw_transfer, transfer_id, **fields)


def _done(
    view: View, request: Request, action: Callable[..., Transfer], transfer_id: UUID, **fields: Any
) -> HttpResponse:
    command = command_id(request, view.user)
    row = once(lambda: action(transfer_id, by=view.user, at=view.at, command_id=command, **fields))
    return _answer(view, row)


def _page(view: View, request: Request, rows: QuerySet[Transfer]) -> HttpResponse:
    some, following = paging.newest_first(rows.values(*_BY_TIME), request, by="proposed_at")
    found = with_teams(rows).in_bulk([one["id"] for one in some])
    return json_response(
        paging.page_of(_shaped(view, [found[one["id"]] for one in some]), following)
    )


def _answer(view: View, row: Transfer, **how: Any) -> HttpResponse:
    """A proposal as it stands: also to who refused it, and sees it no more from now on."""
    whole = with_teams(Transfer.objects.filter(pk=row.pk))
    return json_response(_shaped(view, whole)[0], **how)


def _shaped(view: View, rows: Iterable[Transfer]) -> list[dict[str, Any]]:
    return [_transfer(one) for one in as_seen(rows, view.user, view.at)]


def _transfer(seen: TransferSeen) -> dict[str, Any]:
    row = seen.row
    return {
        "id": str(row.pk),
        "case": str(row.case_id),
        "reference": row.case.reference,
        "case_type": seen.case_type,
        "about": list(seen.names),
        "from_team": {"id": str(row.from_team_id), "name": row.from_team.name},
        "to_team": {"id": str(row.to_team_id), "name": row.to_team.name},
        "status": row.status,
        "reason": row.reason,
        "proposed_by": shapes.user(row.proposed_by),
        "proposed_at": shapes.text_of(row.proposed_at),
        "answered_by": shapes.user(row.answered_by),
        "answered_at": shapes.text_of(row.answered_at),
        "answer": row.answer,
        "may_answer": seen.answers,
    }
