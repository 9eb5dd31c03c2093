"""Copying what one subject's record says into another's."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from api import bodies
from api.commands import command_id, once
from api.openapi import IDEMPOTENCY_KEY, operation, ref
from api.view import View, json_response
from casework.cases import access
from casework.cases.actions.copying import copy_to


class Copies(View):
    """/records/{id}/copies"""

    @operation(
        "records:write", "Copy permitted sections into another subject’s record", ref("Copied"),
        status=201, takes=ref("NewCopy"), parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="Into the unfinished record on the same form about that person, or a new one. Marked answers, "
        "files and signatures are never copied. `seen`: the version of each of its pages as you read them, "
        "{} where there is no such record. `over`: what may take the place of something else.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """Raises Absent, NotNow for a draft, Stale, Refused."""
        fields = bodies.take(
            self.sent(),
            {"person": bodies.identifier, "sections": bodies.list_of(bodies.text)},
            {"seen": bodies.mapping_of(bodies.whole), "over": bodies.list_of(bodies.text)},
        )
        record = access.record(self.user, record_id, self.at)
        command = command_id(request, self.user)
        target = once(
            lambda: copy_to(
                record.pk,
                fields["person"],
                fields["sections"],
                seen=fields.get("seen", {}),
                over=fields.get("over", []),
                by=self.user,
                at=self.at,
                command_id=command,
            )
        )
        path = request.path.removesuffix(f"/{record_id}/copies")
        return json_response(
            {"record": str(target.pk)}, status=201, headers={"Location": f"{path}/{target.pk}"}
        )
