"""Files that answer questions: sent for a record, and given out as attachments."""

import hashlib
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework.request import Request

from api.commands import command_id, once
from api.openapi import IDEMPOTENCY_KEY, operation, ref
from api.problems import ApiProblem
from api.view import View, json_response
from casework.cases import access
from casework.cases.incoming import described
from casework.cases.uploads import open_upload, store
from casework.ledger.reads import note_read
from casework.refusals import refused

_MOST_BYTES = 64 * 1024 * 1024  # of the whole request; a question's own limit is smaller


class Files(View):
    """/records/{id}/files"""

    @operation(
        "records:write", "Send a file for a question of a record", ref("File"), status=201,
        takes=ref("NewFile"), media_type="multipart/form-data", parameters=(IDEMPOTENCY_KEY,),
        problems=(404, 409),
        says="Then save its page with the file's `id` in the question's answer.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """What the file is is found from its content."""
        question, file = _sent(request)
        digest = hashlib.sha256(question.encode())
        for chunk in file.chunks():
            digest.update(chunk)
        command = command_id(request, self.user, body=digest.digest())
        upload = once(
            lambda: store(record_id, question, file, by=self.user, at=self.at, command_id=command)
        )
        headers = {"Location": f"/api/v1/files/{upload.pk}"}
        return json_response(described(upload), status=201, headers=headers)


class OneFile(View):
    """/files/{id}"""

    @operation(
        "records:read", "Download a file", {"type": "string", "format": "binary"},
        answers_as="application/octet-stream", problems=(404,),
        says="That it was downloaded, and by whom, is noted.",
    )  # fmt: skip
    def get(self, request: Request, upload_id: UUID) -> FileResponse:
        """Raises Absent."""
        upload = access.upload(self.user, upload_id, self.at)
        opened = open_upload(upload)
        note_read("upload", upload.pk, by=self.user, at=self.at, detail="api")
        response = FileResponse(opened.stream, as_attachment=True, filename=upload.name)
        for name, value in opened.headers.items():  # after its own, or it would say "inline"
            response[name] = value
        return response


def _sent(request: Request) -> tuple[str, UploadedFile[bytes]]:
    """The question and the file of a multipart body. Raises ApiProblem, Refused."""
    sent = request._request  # noqa: SLF001 (Django's own parser, which keeps large files on disk)
    if sent.content_type != "multipart/form-data":
        raise ApiProblem(415, "media_type", "Send multipart/form-data with “question” and “file”.")
    if int(sent.headers.get("Content-Length") or 0) > _MOST_BYTES:
        raise ApiProblem(413, "too_large", f"Send at most {_MOST_BYTES // 2**20} MB.")
    try:
        question, file = sent.POST.get("question"), sent.FILES.get("file")
    except MultiPartParserError as error:
        raise ApiProblem(400, "multipart", "The body is not multipart/form-data.") from error
    if not question or "\0" in question:
        raise refused("question", "required", "Send “question”: the id of a file question")
    if file is None:
        raise refused("file", "required", "Send “file”")
    return question, file
