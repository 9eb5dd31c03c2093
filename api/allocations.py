"""Who works with a case: list, take, allocate, end."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from api import bodies, shapes
from api.cases import case_of
from api.commands import command_id, once
from api.openapi import IDEMPOTENCY_KEY, operation, ref
from api.view import View, json_response
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.allocating import allocate, end_allocation, take
from casework.cases.allocations import AllocationSeen, allocations_of
from casework.ledger.reads import note_read
from casework.refusals import refused


class Allocations(View):
    """/cases/{id}/allocations"""

    @operation(
        "cases:read", "List who works and worked with a case", ref("Allocations"), problems=(404,)
    )
    def get(self, request: Request, case_id: UUID) -> HttpResponse:
        """Those that are open first, the lead at the top."""
        case = access.case(self.user, case_id, self.at)
        note_read("case", case_id, by=self.user, at=self.at, detail="api allocations")
        return json_response({"items": [_allocation(one) for one in allocations_of(case)]})

    @operation(
        "cases:write", "Allocate a case", ref("Case"), takes=ref("NewAllocation"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="Without `role` in the leading one, which ends for whoever has it.",
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> HttpResponse:
        """To a worker or manager of its team."""
        fields = bodies.take(
            self.sent(), {"user": bodies.identifier}, {"role": bodies.text, "why": bodies.text}
        )
        worker = user_of(fields.pop("user"), "user")
        command = command_id(request, self.user)
        once(
            lambda: allocate(
                case_id, worker, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return json_response(case_of(self, case_id))


class AllocationEnd(View):
    """/cases/{id}/allocations/{allocation}/end"""

    @operation(
        "cases:write", "End an allocation", ref("Case"), takes=ref("Reason"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID, allocation_id: UUID) -> HttpResponse:
        """With a reason; the row stays."""
        fields = bodies.take(self.sent(), {"why": bodies.text})
        command = command_id(request, self.user)
        once(
            lambda: end_allocation(
                case_id, allocation_id, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return json_response(case_of(self, case_id))


class Take(View):
    """/cases/{id}/take"""

    @operation(
        "cases:write", "Take a case from your team's tray", ref("Case"), takes=ref("Nothing"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> HttpResponse:
        """Refused when somebody has it by now."""
        bodies.take(self.sent(), {})
        command = command_id(request, self.user)
        once(lambda: take(case_id, by=self.user, at=self.at, command_id=command))
        return json_response(case_of(self, case_id))


def user_of(uid: UUID, argument: str) -> User:
    """The active user of that id. Raises Refused at the argument."""
    found = User.objects.filter(uid=uid, is_active=True).first()
    if found is None:
        raise refused(argument, "unknown_code", "There is no such user")
    return found


def _allocation(seen: AllocationSeen) -> dict[str, Any]:
    row = seen.row
    return {
        "id": str(row.pk),
        "user": shapes.user(row.user),
        "role": row.role,
        "title": seen.title,
        "lead": row.lead,
        "from_at": shapes.text_of(row.from_at),
        "to_at": shapes.text_of(row.to_at),
        "reason": row.reason,
        "by": shapes.user(row.by),
        "ended_by": shapes.user(row.ended_by),
        "end_reason": row.end_reason,
    }
