"""What happens to a record from its submission on: submitted, signed, returned, reopened, agreed to."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from api import bodies, shapes
from api.commands import command_id, once
from api.openapi import IDEMPOTENCY_KEY, operation, ref
from api.submissions import newest, submission
from api.view import View, json_response
from casework.cases import access
from casework.cases.actions.adding import add_to, set_touched
from casework.cases.actions.marking import mark_answer, release_mark
from casework.cases.actions.records import abandon
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import record_agreement, reopen, sign, submit
from casework.cases.beside import added_to, touched_by
from casework.cases.models import Record
from casework.cases.reading import Reading
from casework.ledger.reads import note_read
from casework.refusals import Absent

_PARAMETERS = (IDEMPOTENCY_KEY,)


class Submit(View):
    """/records/{id}/submit"""

    @operation(
        "records:write", "Submit a record", ref("Submission"), takes=ref("Submit"),
        parameters=_PARAMETERS, problems=(404, 409),
        says="A 422 with code `incomplete` lists everything that is missing, in the form's order.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """Answers with the submission: its `sha256` is what a signature names."""
        fields = bodies.take(
            self.sent(),
            {},
            {"seen": bodies.mapping_of(bodies.whole), "set_aside": bodies.list_of(bodies.text)},
        )
        _do(self, request, submit, record_id, **{"seen": None, **fields})
        return _submission(self, record_id)


class Sign(View):
    """/records/{id}/sign"""

    @operation(
        "records:sign", "Sign a record", ref("Submission"), takes=ref("Sign"),
        parameters=_PARAMETERS, problems=(404, 409),
        says="The signature is the token's owner's, and binds exactly the submission whose `sha256` is sent. "
        "With the last of its chain the record is signed; `waits_for` says whose is next.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """Raises Stale when it was submitted again since."""
        fields = bodies.take(
            self.sent(),
            {"seen_sha256": bodies.text},
            {"comment": bodies.text, "seen_step": bodies.whole},
        )
        _do(self, request, sign, record_id, **fields)
        return _submission(self, record_id)


class Return(View):
    """/records/{id}/return"""

    @operation(
        "records:sign", "Return a record to be changed", ref("RecordSummary"), takes=ref("Return"),
        parameters=_PARAMETERS, problems=(404, 409),
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """With a comment that says what to change, or comments beside questions, or both."""
        fields = bodies.take(
            self.sent(),
            {"seen_sha256": bodies.text},
            {"comment": bodies.text, "questions": bodies.mapping_of(bodies.text)},
        )
        _do(self, request, return_record, record_id, **fields)
        return _summary(self, record_id)


class Abandon(View):
    """/records/{id}/abandon"""

    @operation(
        "records:write", "Abandon a draft", ref("RecordSummary"), takes=ref("Why"),
        parameters=_PARAMETERS, problems=(404, 409),
        says="A reopened record goes back to what was signed.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """With a reason."""
        fields = bodies.take(self.sent(), {"why": bodies.text})
        _do(self, request, abandon, record_id, **fields)
        return _summary(self, record_id)


class Reopen(View):
    """/records/{id}/reopen"""

    @operation(
        "records:write", "Reopen a signed record as its next revision", ref("RecordSummary"), takes=ref("Why"),
        parameters=_PARAMETERS, problems=(404, 409),
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """What was signed stays as it is."""
        fields = bodies.take(self.sent(), {"why": bodies.text})
        _do(self, request, reopen, record_id, **fields)
        return _summary(self, record_id)


class Agreements(View):
    """/records/{id}/agreements"""

    @operation(
        "records:write", "Note whether somebody agrees with a submission", ref("Submission"),
        takes=ref("NewAgreement"), parameters=_PARAMETERS, problems=(404, 409), status=201,
        says="For parents, carers and children, who have no log-in. It names exactly what they were shown.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """Answers with the submission and all that was said of it."""
        words = dict.fromkeys(("capacity", "name", "decision", "seen_sha256"), bodies.text)
        fields = bodies.take(self.sent(), {**words, "on": bodies.day}, {"comments": bodies.text})
        _do(self, request, record_agreement, record_id, **{"comments": "", **fields})
        return _submission(self, record_id, status=201)


class Appendments(View):
    """/records/{id}/appendments"""

    @operation(
        "records:write", "Add to a finished record", ref("Appendment"), takes=ref("NewAppendment"),
        parameters=_PARAMETERS, problems=(404, 409), status=201,
        says="What is finished is added to, not changed. It names exactly what it is added to.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """Answers with what was added. Raises Stale, Refused."""
        fields = bodies.take(self.sent(), {"text": bodies.text, "seen_sha256": bodies.text})
        command = command_id(request, self.user)
        added = once(
            lambda: add_to(record_id, by=self.user, at=self.at, command_id=command, **fields)
        )
        found = next(one for one in added_to(Record(id=record_id)) if one.appendment == added)
        return json_response(shapes.appendment(found), status=201)


class Touches(View):
    """/records/{id}/touches"""

    @operation(
        "records:write", "Say which actions a record touches", ref("Touches"), takes=ref("Touches"),
        parameters=_PARAMETERS, problems=(404, 409),
        says="While it can be filled in: afterwards they are part of what was submitted.",
    )  # fmt: skip
    def put(self, request: Request, record_id: UUID) -> HttpResponse:
        """Answers with what it touches now."""
        fields = bodies.take(self.sent(), {"tasks": bodies.list_of(bodies.identifier)})
        _do(self, request, set_touched, record_id, **fields)
        record = access.record(self.user, record_id, self.at)
        touched = touched_by(record, self.user, self.at)
        return json_response({"tasks": [str(one.task.pk) for one in touched]})


class Revision(View):
    """/records/{id}/revisions/{number}"""

    @operation(
        "records:read", "Read a revision as it was submitted", ref("Revision"), problems=(404, 409)
    )
    def get(self, request: Request, record_id: UUID, number: int) -> HttpResponse:
        """What was signed, checked against its digest, but for what is withheld. Raises Absent, Altered."""
        record, roles = access.record_and_roles(self.user, record_id, self.at)
        reading = Reading(record, roles, self.user, self.at)
        detail = f"api revision {number}"
        note_read("record", record_id, by=self.user, at=self.at, detail=detail)
        snapshot = reading.newest(number)
        if snapshot is None:
            raise Absent
        document = reading.document_of(snapshot)
        withheld = shapes.withheld(reading.withheld_in(snapshot))
        return json_response({**submission(snapshot), "document": document, "withheld": withheld})


class Marks(View):
    """/records/{id}/marks"""

    @operation(
        "records:write", "Mark an answer, a repeat or a row", ref("Mark"), takes=ref("NewMark"),
        parameters=_PARAMETERS, problems=(404, 409), status=201,
        says="Only who sees the mark sees what it lies on from now on.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """Answers with the mark. Raises Absent for a place that is not there, or may not be seen."""
        fields = bodies.take(
            self.sent(), {"path": bodies.text, "mark": bodies.text}, {"why": bodies.text}
        )
        return _marked(self, request, mark_answer, record_id, fields, status=201)


class MarkRelease(View):
    """/records/{id}/marks/release"""

    @operation(
        "records:write", "Take a mark off an answer, a repeat or a row", ref("Mark"), takes=ref("MarkRelease"),
        parameters=_PARAMETERS, problems=(404, 409),
        says="A release is named and logged. Only managers who see the mark may do it.",
    )  # fmt: skip
    def post(self, request: Request, record_id: UUID) -> HttpResponse:
        """Answers with the mark that was taken off."""
        words = dict.fromkeys(("path", "mark", "why"), bodies.text)
        return _marked(self, request, release_mark, record_id, bodies.take(self.sent(), words, {}))


def _marked(
    view: View,
    request: Request,
    action: Callable[..., Any],
    record_id: UUID,
    fields: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    path = tuple(fields["path"].split("."))
    sent = {**fields, "path": path}
    _do(view, request, action, record_id, **sent)
    return json_response({"path": fields["path"], "mark": fields["mark"]}, status=status)


def _do(
    view: View, request: Request, action: Callable[..., Any], record_id: UUID, **fields: Any
) -> None:
    command = command_id(request, view.user)
    once(lambda: action(record_id, by=view.user, at=view.at, command_id=command, **fields))


def _submission(view: View, record_id: UUID, *, status: int = 200) -> HttpResponse:
    snapshot = newest(Record(id=record_id))
    if snapshot is None:
        raise Absent
    return json_response(submission(snapshot), status=status)


def _summary(view: View, record_id: UUID) -> HttpResponse:
    rows = access.records_for(view.user, view.at).filter(pk=record_id)
    row = rows.values(*shapes.RECORD_COLUMNS).get()
    return json_response(shapes.record_summary(row, shapes.subjects_of([record_id])[record_id]))
