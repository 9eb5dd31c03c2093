"""What is done to one clock: saying why it is late, and holding it by hand."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from api import bodies, shapes
from api.commands import command_id, once
from api.openapi import IDEMPOTENCY_KEY, operation, ref
from api.view import View, json_response
from casework.cases import access
from casework.cases.actions.clocks import explain_clock, hold_clock
from casework.cases.clocks import clocks_of
from casework.refusals import Absent


class ClockReasons(View):
    """/clocks/{id}/reasons"""

    @operation(
        "cases:write", "Say why a run of a clock is late", ref("Clock"), takes=ref("NewClockReason"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="It may be said again: the later reason stands, and both are kept.",
    )  # fmt: skip
    def post(self, request: Request, clock_id: UUID) -> HttpResponse:
        """Only of a run that is late."""
        required = {"run": bodies.whole, "words": bodies.text}
        fields = bodies.take(self.sent(), required, {"code": bodies.text})
        access.clock(self.user, clock_id, self.at)
        command, run = command_id(request, self.user), fields.pop("run")
        once(
            lambda: explain_clock(
                clock_id, run, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return _clock(self, clock_id)


class ClockHold(View):
    """/clocks/{id}/hold"""

    @operation(
        "cases:write", "Pause, resume or cancel a clock", ref("Clock"), takes=ref("ClockHold"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="Never a statutory clock: a problem `statutory` says so.",
    )  # fmt: skip
    def post(self, request: Request, clock_id: UUID) -> HttpResponse:
        """By hand, with a reason."""
        required = {"what": bodies.text, "why": bodies.text}
        fields = bodies.take(self.sent(), required, {"on": bodies.day})
        access.clock(self.user, clock_id, self.at)
        command, what = command_id(request, self.user), fields.pop("what")
        once(
            lambda: hold_clock(
                clock_id, what, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return _clock(self, clock_id)


def _clock(view: View, clock_id: UUID) -> HttpResponse:
    row = access.clock(view.user, clock_id, view.at)
    for one in clocks_of(row.case, view.at):
        if one.id == row.pk:
            return json_response(shapes.clock(one))
    raise Absent
