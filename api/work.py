"""The work of cases: clocks, actions, and moving a person on."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import bodies, paging, shapes
from api.cases import TASK_ENDS, case_of
from api.commands import command_id, once
from api.openapi import IDEMPOTENCY_KEY, PAGING, operation, page_of, ref
from api.view import View, json_response
from casetypes.versions import version_of
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.upgrading import upgrade_case
from casework.cases.actions.working import change_task, move_subject, reopen_subject
from casework.cases.beside import links_of
from casework.cases.clocks import clocks_of
from casework.cases.models import Task
from casework.cases.thread import judgements_on
from casework.cases.work import seen_tasks, task_rows, tasks_of
from casework.ledger.reads import note_read
from casework.refusals import refused

_STATUSES = ("open", "done", "cancelled")
_FILTERS = {"owner": paging.one_of("me"), "status": paging.one_of(*_STATUSES)}
_PARAMETERS = (
    OpenApiParameter("owner", str, enum=["me"], description="Only the actions that are yours."),
    OpenApiParameter("status", str, enum=list(_STATUSES), description="Open ones, if not given."),
)


class CaseClocks(View):
    """/cases/{id}/clocks"""

    @operation("cases:read", "List the clocks of a case", ref("Clocks"), problems=(404,))
    def get(self, request: Request, case_id: UUID) -> HttpResponse:
        """Those that run first, by the day they are due."""
        case = access.case(self.user, case_id, self.at)
        note_read("case", case_id, by=self.user, at=self.at, detail="api clocks")
        return json_response({"items": [shapes.clock(one) for one in clocks_of(case, self.at)]})


class CaseTasks(View):
    """/cases/{id}/tasks"""

    @operation("cases:read", "List the actions of a case", ref("Tasks"), problems=(404,))
    def get(self, request: Request, case_id: UUID) -> HttpResponse:
        """Open ones by the day they are due, then those that are over."""
        case = access.case(self.user, case_id, self.at)
        note_read("case", case_id, by=self.user, at=self.at, detail="api actions")
        found = tasks_of(case, self.user, self.at)
        return json_response({"items": [shapes.task(one) for one in found]})


class Tasks(View):
    """/tasks"""

    @operation(
        "cases:read", "List actions of all cases you may see, by the day they are due", page_of("Task"),
        parameters=(*_PARAMETERS, *PAGING),
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """Those with no day come last."""
        chosen = paging.filters(request, _FILTERS)
        rows = access.tasks_for(self.user, self.at).filter(status=chosen.get("status", "open"))
        if "owner" in chosen:
            rows = rows.filter(owner=self.user)
        found, following = paging.by_day(task_rows(rows), request, day="due_on")
        seen = seen_tasks(found, self.user, self.at)
        return json_response(paging.page_of(map(shapes.task, seen), following))


class OneTask(View):
    """/tasks/{id}"""

    @operation("cases:read", "Read an action", ref("Task"), problems=(404,))
    def get(self, request: Request, task_id: UUID) -> HttpResponse:
        """Raises Absent."""
        found = access.task(self.user, task_id, self.at)
        note_read("case", found.case_id, by=self.user, at=self.at, detail="api action")
        return json_response(_task(self, found))

    @operation(
        "cases:write", "Change an action", ref("Task"), takes=ref("TaskChange"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="Done and cancelled need an `outcome`. What is not sent stays.",
    )  # fmt: skip
    def post(self, request: Request, task_id: UUID) -> HttpResponse:
        """Done, not done, or given to another owner or day."""
        fields = bodies.take(
            self.sent(),
            {},
            {
                "status": bodies.text,
                "outcome": bodies.text,
                "owner": bodies.identifier,
                "due": bodies.day,
                "priority": bodies.text,
                "ticked": bodies.list_of(bodies.whole),
                "why": bodies.text,
                "evidence": bodies.identifier,
                "evidence_file": bodies.identifier,
            },
        )
        found = access.task(self.user, task_id, self.at)
        if "owner" in fields:
            fields["owner"] = User.objects.filter(uid=fields["owner"], is_active=True).first()
            if fields["owner"] is None:
                raise refused("owner", "unknown_code", "There is no such user")
        command = command_id(request, self.user)
        once(lambda: change_task(task_id, by=self.user, at=self.at, command_id=command, **fields))
        found = access.task(self.user, task_id, self.at)
        return json_response(_task(self, found))


class CaseUpgrade(View):
    """/cases/{id}/upgrade"""

    @operation(
        "cases:write", "Move a case to another version of its type", ref("Case"), takes=ref("Upgrade"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="To the newest version if `version` is not sent. Refused where stages, clocks or actions "
        "of the case have no place in it; the problem says what to change.",
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID) -> HttpResponse:
        """Stages, clocks and actions go on as the version's `upgrade` says."""
        fields = bodies.take(self.sent(), {"why": bodies.text}, {"version": bodies.whole})
        case = access.case(self.user, case_id, self.at)
        to = version_of(case.case_type, fields.get("version"))
        command = command_id(request, self.user)
        once(
            lambda: upgrade_case(
                case_id,
                to_version=to.pk,
                why=fields["why"],
                by=self.user,
                at=self.at,
                command_id=command,
            )
        )
        return json_response(case_of(self, case_id))


class TaskReviews(View):
    """/tasks/{id}/reviews"""

    @operation(
        "cases:read", "List what reviews said of an action", ref("Judgements"), problems=(404,)
    )
    def get(self, request: Request, task_id: UUID) -> HttpResponse:
        """Raises Absent."""
        found = access.task(self.user, task_id, self.at)
        note_read("case", found.case_id, by=self.user, at=self.at, detail="api action reviews")
        said = judgements_on(found, self.user, self.at)
        return json_response({"items": [shapes.judgement(one) for one in said]})


class TaskLinks(View):
    """/tasks/{id}/links"""

    @operation(
        "cases:read", "List the records that touched an action or are its evidence", ref("TaskLinks"),
        problems=(404,),
    )  # fmt: skip
    def get(self, request: Request, task_id: UUID) -> HttpResponse:
        """Oldest first. Raises Absent."""
        found = access.task(self.user, task_id, self.at)
        note_read("case", found.case_id, by=self.user, at=self.at, detail="api action")
        links = links_of(found, self.user, self.at)
        return json_response({"items": [shapes.task_link(one) for one in links]})


class SubjectMove(View):
    """/cases/{id}/subjects/{person}/move"""

    @operation(
        "cases:write", "Move a person on", ref("Case"), takes=ref("Move"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="Nobody else in the case moves. Where their part ends, `tasks` says what becomes of each "
        "open action that would concern nobody any more; a problem `open_tasks` asks for it.",
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID, person_id: UUID) -> HttpResponse:
        """By a move of the case type that is made by hand."""
        optional = {"why": bodies.text, "tasks": TASK_ENDS}
        fields = bodies.take(self.sent(), {"move": bodies.text}, optional)
        command = command_id(request, self.user)
        move = fields.pop("move")
        once(
            lambda: move_subject(
                case_id, person_id, move, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return json_response(case_of(self, case_id))


class SubjectReopen(View):
    """/cases/{id}/subjects/{person}/reopen"""

    @operation(
        "cases:write", "Take up a person's part again", ref("Case"), takes=ref("Reopen"),
        parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
    )  # fmt: skip
    def post(self, request: Request, case_id: UUID, person_id: UUID) -> HttpResponse:
        """In a stage; a closed case opens with it."""
        fields = bodies.take(self.sent(), {"stage": bodies.text, "why": bodies.text})
        command = command_id(request, self.user)
        once(
            lambda: reopen_subject(
                case_id, person_id, by=self.user, at=self.at, command_id=command, **fields
            )
        )
        return json_response(case_of(self, case_id))


def _task(view: View, found: Task) -> dict[str, Any]:
    (seen,) = seen_tasks([found], view.user, view.at)
    return shapes.task(seen)
