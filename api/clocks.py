"""One clock: how it came about, saying why it is late, and holding it by hand."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from api import bodies, paging, shapes
from api.commands import command_id, once
from api.openapi import IDEMPOTENCY_KEY, PAGING, operation, page_of, ref
from api.view import View, json_response
from casework.cases import access
from casework.cases.actions.clocks import explain_clock, hold_clock
from casework.cases.clock_story import story_of
from casework.cases.clocks import clocks_of, cycles_at, kind_of
from casework.ledger.reads import note_read
from casework.refusals import Absent


class OneClock(View):
    """/clocks/{id}"""

    @operation(
        "cases:read", "Read a clock with its runs and their working", ref("Clock"), problems=(404,)
    )
    def get(self, request: Request, clock_id: UUID) -> HttpResponse:
        """Raises Absent."""
        row = access.clock(self.user, clock_id, self.at)
        note_read("case", row.case_id, by=self.user, at=self.at, detail="api clock")
        return _clock(self, clock_id)


class ClockStory(View):
    """/clocks/{id}/story"""

    @operation(
        "cases:read", "List each working of a clock, newest first", page_of("ClockWorking"), parameters=PAGING,
        problems=(404,),
        says="Every working is kept, so what was believed on a day is the newest that was recorded by then.",
    )  # fmt: skip
    def get(self, request: Request, clock_id: UUID) -> HttpResponse:
        """Raises Absent."""
        paging.filters(request, {})
        row = access.clock(self.user, clock_id, self.at)
        note_read("case", row.case_id, by=self.user, at=self.at, detail="api clock")
        kind = kind_of(row)
        if kind is None:
            raise Absent
        told, following = paging.sliced(story_of(row), request)
        items = [
            shapes.clock_working(one, cycles_at(kind, one.cycles, one.recorded)) for one in told
        ]
        return json_response(paging.page_of(items, following))


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
