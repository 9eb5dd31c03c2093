"""Cases: list, open, read, add and end subjects, close; and their events."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import bodies, paging, shapes
from api.commands import command_id, once
from api.openapi import IDEMPOTENCY_KEY, PAGING, operation, page_of, ref
from api.view import View, json_response
from casework.accounts.models import Team
from casework.cases import access
from casework.cases.actions.cases import add_subject, close_case, end_subject, open_case
from casework.cases.models import CaseSubject
from casework.ledger.reads import note_read
from casework.refusals import Absent, refused

_FILTERS: dict[str, Callable[[str], Any]] = {
    "open": paging.one_of("yes", "no"),
    "team": UUID,
    "person": UUID,
}
_PARAMETERS = (
    OpenApiParameter(
        "open", str, enum=["yes", "no"], description="Only open, or only closed cases."
    ),
    OpenApiParameter("team", UUID, description="Only the cases of a team."),
    OpenApiParameter(
        "person", UUID, description="Only the cases that a person is or was a subject of."
    ),
)


# What becomes of each open action, by its key: `end` and `why`.
TASK_ENDS = bodies.mapping_of(bodies.mapping_of(bodies.text))


class Cases(View):
    """/cases"""

    @operation(
        "cases:read", "List the cases you may see, newest first", page_of("CaseSummary"),
        parameters=(*_PARAMETERS, *PAGING),
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """One query, of columns."""
        chosen = paging.filters(request, _FILTERS)
        cases = access.cases_for(self.user, self.at)
        if "open" in chosen:
            cases = cases.filter(closed_at__isnull=chosen["open"] == "yes")
        if "team" in chosen:
            cases = cases.filter(team=chosen["team"])
        if "person" in chosen:
            seen = access.persons_for(self.user, self.at).filter(pk=chosen["person"])
            cases = cases.filter(
                pk__in=CaseSubject.objects.filter(person__in=seen.values("pk")).values("case")
            )
        rows, following = paging.newest_first(
            cases.values(*shapes.CASE_COLUMNS), request, by="opened_at"
        )
        return json_response(paging.page_of(map(shapes.case_summary, rows), following))

    @operation(
        "cases:write", "Open a case", ref("Case"), status=201, takes=ref("NewCase"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404,),
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """Answers 201 with the case and its address."""
        fields = bodies.take(
            self.sent(),
            {"case_type": bodies.text, "team": bodies.identifier, "subjects": bodies.list_of(bodies.identifier)},
            {"occurred_at": bodies.instant, "why": bodies.text},
        )  # fmt: skip
        team = Team.objects.filter(pk=fields.pop("team")).first()
        if team is None:
            raise refused("team", "unknown_code", "There is no such team")
        command = command_id(request, self.user)
        case = once(
            lambda: open_case(team=team, by=self.user, at=self.at, command_id=command, **fields)
        )
        location = f"{request.path}/{case.pk}"
        return json_response(case_of(self, case.pk), status=201, headers={"Location": location})


class OneCase(View):
    """/cases/{id}"""

    @operation("cases:read", "Read a case and its subjects", ref("Case"), problems=(404,))
    def get(self, request: Request, case_id: UUID) -> HttpResponse:
        """Raises Absent."""
        found = case_of(self, case_id)
        note_read("case", case_id, by=self.user, at=self.at, detail="api")
        return json_response(found)


class Subjects(View):
    """/cases/{id}/subjects"""

    @operation(
        "cases:write", "Make a person a subject of a case", ref("Case"), takes=ref("NewSubject"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> HttpResponse:
        """From a day on, today unless told otherwise."""
        fields = bodies.take(
            self.sent(), {"person": bodies.identifier}, {"on": bodies.day, "why": bodies.text}
        )
        command = command_id(request, self.user)
        person = fields.pop("person")
        once(
            lambda: add_subject(
                case_id, person, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return json_response(case_of(self, case_id))


class SubjectEnd(View):
    """/cases/{id}/subjects/{person}/end"""

    @operation(
        "cases:write", "End a person's part in a case", ref("Case"), takes=ref("SubjectEnd"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID, person_id: UUID) -> HttpResponse:
        """What was written of them stays."""
        fields = bodies.take(
            self.sent(), {"on": bodies.day, "why": bodies.text}, {"tasks": TASK_ENDS}
        )
        command = command_id(request, self.user)
        once(
            lambda: end_subject(
                case_id, person_id, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return json_response(case_of(self, case_id))


class CaseClose(View):
    """/cases/{id}/close"""

    @operation(
        "cases:write", "Close a case", ref("Case"), takes=ref("CaseClose"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> HttpResponse:
        """Refused while it has unfinished records."""
        fields = bodies.take(
            self.sent(), {"reason_code": bodies.text}, {"why": bodies.text, "tasks": TASK_ENDS}
        )
        command = command_id(request, self.user)
        once(lambda: close_case(case_id, by=self.user, at=self.at, command_id=command, **fields))
        return json_response(case_of(self, case_id))


class Events(View):
    """/cases/{id}/events"""

    @operation(
        "events:read", "List the events of a case, in order", page_of("Event"), parameters=PAGING,
        problems=(404,),
        says="Events tell what happened, never what was answered or written. `hash` chains them.",
    )  # fmt: skip
    def get(self, request: Request, case_id: UUID) -> HttpResponse:
        """Raises Absent."""
        paging.filters(request, {})
        case = access.case(self.user, case_id, self.at)
        note_read("case", case_id, by=self.user, at=self.at, detail="api events")
        events = access.events_for(self.user, case, self.at).select_related("actor")
        found, following = paging.by_number(events, request, number="seq")
        return json_response(paging.page_of(map(shapes.event, found), following))


def case_of(view: View, case_id: UUID) -> dict[str, Any]:
    """A case with its subjects, in two queries. Raises Absent."""
    rows = access.cases_for(view.user, view.at).filter(pk=case_id)
    row = rows.values(*shapes.CASE_COLUMNS).first()
    if row is None:
        raise Absent
    parts = CaseSubject.objects.filter(case=case_id).select_related("person")
    subjects = [
        {
            "person": str(part.person_id),
            "name": part.person.name,
            "from_on": part.from_on.isoformat(),
            "to_on": shapes.text_of(part.to_on),
        }
        for part in parts
    ]
    return {
        **shapes.case_summary(row),
        "close_reason": row["close_reason"],
        "version": row["version"],
        "subjects": subjects,
    }
