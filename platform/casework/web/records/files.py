"""Files that answer questions, given out as attachments and never shown in the browser."""

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from casework import clock
from casework.cases import access
from casework.cases.uploads import open_upload
from casework.ledger.reads import note_read
from casework.web.signed_in import signed_in


@require_safe
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponseBase:
    """Give out one file. Raises Absent."""
    user, at = signed_in(request), clock.now()
    found = access.upload(user, upload_id, at)
    note_read("upload", found.pk, by=user, at=at)
    opened = open_upload(found)
    response = FileResponse(opened.stream, as_attachment=True, filename=found.name)
    for name, value in opened.headers.items():  # after its own, or it would say "inline"
        response[name] = value
    return response
