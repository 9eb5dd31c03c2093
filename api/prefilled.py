"""What the sources of a record say now, and taking it: where its answers came from is in the record."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from api import bodies
from api.commands import command_id, if_match, once
from api.openapi import IDEMPOTENCY_KEY, IF_MATCH, operation, ref
from api.view import View, json_response
from casework.cases import access
from casework.cases.actions.prefilling import offered, refresh
from casework.ledger.reads import note_read
from formdefs.versions import form_of


class Offers(View):
    """/records/{id}/offers"""

    @operation(
        "records:read", "List what the sources of a record say now that it does not",
        {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": ref("Offer")}}},
        problems=(404,),
    )  # fmt: skip
    def get(self, request: Request, record_id: UUID) -> HttpResponse:
        """Raises Absent."""
        record = access.record(self.user, record_id, self.at)
        note_read("record", record_id, by=self.user, at=self.at, detail="api offers")
        found = offered(record, form_of(record.form_version_id), by=self.user, at=self.at)
        items = [
            {
                "path": ".".join(offer.path),
                "question": offer.node.id,
                "page": offer.node.page,
                "source": offer.given.origin.kind,
                "source_at": offer.given.origin.at.isoformat(),
                "was": offer.was,
                "now": offer.given.value,
            }
            for offer in found
        ]
        return json_response({"items": items})


class Refresh(View):
    """/records/{id}/pages/{page}/refresh"""

    @operation(
        "records:write", "Take what the sources of a page say now", ref("Refreshed"), takes=ref("Refresh"),
        parameters=(IF_MATCH, IDEMPOTENCY_KEY), problems=(404, 409, 412, 428),
        says="Only what is offered is taken. If-Match names the page's version that you read.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID, page: str) -> HttpResponse:
        """Raises Stale, Refused, Absent."""
        fields = bodies.take(self.sent(), {}, {"paths": bodies.list_of(bodies.text)})
        seen, command = if_match(request), command_id(request, self.user)
        version = once(
            lambda: refresh(
                record_id, page, paths=fields.get("paths"), seen_version=seen, by=self.user,
                at=self.at, command_id=command,
            )
        )  # fmt: skip
        return json_response({"page": page, "version": version}, headers={"ETag": f'"{version}"'})
