"""A user's own notices: the inbox, and that they are read."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import bodies, paging, shapes
from api.openapi import PAGING, operation, page_of, ref
from api.view import View, json_response
from casework.notices import inbox
from casework.notices.models import Notice
from casework.notices.words import says

_READ = OpenApiParameter(
    "read", str, enum=["yes", "no"], description="Only those that are read, or are not."
)
_BY_TIME = ("id", "at")


class Notices(View):
    """/notices"""

    @operation(
        "cases:read", "List your notices, newest first", page_of("Notice"), parameters=(_READ, *PAGING),
        tag="notices", says="Only about cases and proposals that you still see.",
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """They name a case, and never a person."""
        chosen = paging.filters(request, {"read": paging.one_of("yes", "no")})
        rows = inbox.notices_for(self.user, self.at)
        if "read" in chosen:
            rows = rows.filter(read_at__isnull=chosen["read"] == "no")
        some, following = paging.newest_first(rows.values(*_BY_TIME), request, by="at")
        found = rows.in_bulk([one["id"] for one in some])
        items = [_notice(found[one["id"]]) for one in some]
        return json_response(paging.page_of(items, following))


class NoticeRead(View):
    """/notices/{id}/read"""

    @operation(
        "cases:write", "Note that a notice is read", ref("Notice"), takes=ref("Nothing"), problems=(404,),
        tag="notices", says="Sent again, it changes nothing: the time of the first reading stays.",
    )  # fmt: skip
    def post(self, request: Request, notice_id: UUID) -> HttpResponse:
        """Raises Absent."""
        bodies.take(self.sent(), {})
        return json_response(_notice(inbox.opened(notice_id, by=self.user, at=self.at)))


class NoticesRead(View):
    """/notices/read"""

    @operation(
        "cases:write", "Note that all your notices are read", ref("NoticesRead"), takes=ref("Nothing"),
        tag="notices",
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """Answers with how many were not."""
        bodies.take(self.sent(), {})
        return json_response({"read": inbox.read_all(by=self.user, at=self.at)})


def _notice(row: Notice) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "says": says(row),
        "case": str(row.case_id),
        "record": shapes.text_of(row.record_id),
        "task": shapes.text_of(row.task_id),
        "transfer": shapes.text_of(row.transfer_id),
        "due_on": shapes.text_of(row.due_on),
        "at": shapes.text_of(row.at),
        "read_at": shapes.text_of(row.read_at),
    }
