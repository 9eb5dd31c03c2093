"""Records: list, start, read, fill page by page; their revisions and their history."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import bodies, paging, shapes
from api.commands import command_id, if_match, once
from api.left_over import left_over
from api.openapi import IDEMPOTENCY_KEY, IF_MATCH, PAGING, operation, page_of, ref
from api.problems import told
from api.submissions import submission
from api.view import View, json_response
from casework.cases import access
from casework.cases.actions.records import save_page
from casework.cases.actions.writing import write_record
from casework.cases.beside import added_to, touched_by
from casework.cases.history import question_history
from casework.cases.history_whole import whole_history
from casework.cases.models import Snapshot, Status
from casework.cases.prefilled import as_json, copied, may_be_copied, prefills_of, seen_sources
from casework.cases.reading import Reading
from casework.cases.returned import returned
from casework.ledger.reads import note_read
from casework.refusals import Absent
from formdefs.form import Form, Page

_FILTERS: dict[str, Callable[[str], Any]] = {
    "case": UUID,
    "form": str,
    "status": paging.one_of(*Status.values),
}
_PARAMETERS = (
    OpenApiParameter("case", UUID, description="Only the records of a case."),
    OpenApiParameter("form", str, description="Only the records on a form, by its key."),
    OpenApiParameter(
        "status", str, enum=Status.values, description="Only the records with a status."
    ),
)


class Records(View):
    """/records"""

    @operation(
        "records:read", "List the records you may see, newest first", page_of("RecordSummary"),
        parameters=(*_PARAMETERS, *PAGING),
        says="A list holds no answers.",
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """Two queries, of columns."""
        chosen = paging.filters(request, _FILTERS)
        if "form" in chosen:
            chosen["form_version__form"] = chosen.pop("form")
        records = access.records_for(self.user, self.at).filter(**chosen)
        rows, following = paging.newest_first(
            records.values(*shapes.RECORD_COLUMNS), request, by="started_at"
        )
        subjects = shapes.subjects_of(row["id"] for row in rows)
        items = [shapes.record_summary(row, subjects[row["id"]]) for row in rows]
        return json_response(paging.page_of(items, following))

    @operation(
        "records:write", "Start a record on a form's newest version", ref("RecordSummary"), status=201,
        takes=ref("NewRecord"), parameters=(IDEMPOTENCY_KEY,), problems=(404, 409),
        says="With `finish`, a note or a visit is written whole in one call: if anything is missing, a 422 "
        "says what, and nothing is kept.",
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponse:
        """With its first pages, if they are sent. Answers 201 with its address."""
        fields = bodies.take(
            self.sent(),
            {"case": bodies.identifier, "form": bodies.text, "subjects": bodies.list_of(bodies.identifier)},
            {
                "pages": bodies.mapping_of(bodies.mapping),
                "touches": bodies.list_of(bodies.identifier),
                "finish": bodies.truth,
            },
        )  # fmt: skip
        command = command_id(request, self.user)
        record = once(
            lambda: write_record(
                fields["case"], form_key=fields["form"], subjects=fields["subjects"],
                pages=fields.get("pages", {}), touches=fields.get("touches", ()),
                finish=fields.get("finish", False), by=self.user, at=self.at, command_id=command,
            )
        )  # fmt: skip
        summary = shapes.record_summary(shapes.columns_of(record), fields["subjects"])
        location = f"{request.path}/{record.pk}"
        return json_response(summary, status=201, headers={"Location": location})


class OwnView(View):
    """/records/{id}/subjects/{person}"""

    @operation(
        "records:read", "Read the view of one person of a record", ref("OwnView"), problems=(404,),
        says="What all share and the person's own rows, where the case type gives each a row. `sha256` is "
        "the digest of the canonical JSON of `view`; the person's print shows the same one.",
    )  # fmt: skip
    def get(self, request: Request, record_id: UUID, person_id: UUID) -> HttpResponse:
        """Raises Absent."""
        reading = _reading(self, record_id)
        view, digest = reading.own_view(person_id)
        note_read("record", record_id, by=self.user, at=self.at, detail="api view of one person")
        return json_response({"view": view, "sha256": digest})


class OneRecord(View):
    """/records/{id}"""

    @operation("records:read", "Read a record with its answers", ref("Record"), problems=(404,))
    def get(self, request: Request, record_id: UUID) -> HttpResponse:
        """With an ETag of the whole answer; 304 when it is as it was. Raises Absent."""
        reading = _reading(self, record_id)
        record, snapshot = reading.record, reading.newest()
        note_read("record", record_id, by=self.user, at=self.at, detail="api")
        counting = reading.counting()
        document = {
            **shapes.record_summary(
                shapes.columns_of(record), shapes.subjects_of([record.pk])[record.pk]
            ),
            "pages": [
                {**_page(page), "version": reading.version(page)} for page in reading.form.pages
            ],
            **counting,
            "marks": shapes.marks(reading.mask.marked_in(counting["answers"])),
            "withheld": shapes.withheld(reading.withheld),
            "left_over": left_over(record, reading.mask.sees),
            "prefilled": self._prefilled(reading),
            "touches": [str(one.task.pk) for one in touched_by(record, self.user, self.at)],
            "appendments": [shapes.appendment(one) for one in added_to(record)],
            "submission": submission(snapshot) if snapshot else None,
            "returned": self._returned(reading, snapshot),
        }
        etag = f'"{hashlib.sha256(json.dumps(document).encode()).hexdigest()[:32]}"'
        if etag in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers={"ETag": etag})
        return json_response(document, headers={"ETag": etag})

    def _returned(self, reading: Reading, snapshot: Snapshot | None) -> dict[str, Any] | None:
        """Why the record was returned, while it is being mended."""
        waits = reading.record.status == Status.RETURNED
        back = returned(reading.record, reading.mask, snapshot) if waits else None
        if back is None:
            return None
        return {
            "who": back.who,
            "when": back.when.isoformat(),
            "comment": back.comment,
            "questions": [
                {
                    "path": ".".join(one.path) if one.path else None,
                    "question": one.place[0],
                    "label": one.label,
                    "comment": one.words,
                    "withheld": list(one.withheld),
                }
                for one in back.questions
            ],
        }

    def _prefilled(self, reading: Reading) -> list[dict[str, Any]]:
        record = reading.record
        if not may_be_copied(record, reading.form):
            return []
        found = copied(reading.form, reading.answers, prefills_of(record), reading.mask)
        seen = seen_sources(found, record, self.user, self.at)
        return [as_json(one, seen) for one in found]


class OnePage(View):
    """/records/{id}/pages/{page}"""

    @operation("records:read", "Read one page as it was typed", ref("Page"), problems=(404,))
    def get(self, request: Request, record_id: UUID, page: str) -> HttpResponse:
        """With its version as ETag: what a save sends back in If-Match. Raises Absent."""
        reading = _reading(self, record_id)
        note_read("record", record_id, by=self.user, at=self.at, detail="api page")
        of_form = _page_of(reading.form, page)
        version, answers = reading.version(of_form), reading.page_answers(of_form)
        document = {
            **_page(of_form),
            "version": version,
            "answers": answers,
            "marks": shapes.marks(reading.mask.marked_in(answers)),
            "withheld": shapes.withheld(reading.withheld_on(of_form)),
        }
        return json_response(document, headers={"ETag": f'"{version}"'})

    @operation(
        "records:write", "Save a page over the version you read", ref("PageSaved"), takes=ref("PageSave"),
        parameters=(IF_MATCH, IDEMPOTENCY_KEY), problems=(404, 409, 412, 428),
        says="What others saved since is merged in (`merged`: true). Where both changed one question "
        "nothing is written: a 412 lists the `conflicts`. Send the page again with the same If-Match, "
        "`resolutions` for each conflict's path, and the 412's `version` as `decided_on`. What is withheld "
        "from you stays as it is: leave it out. A row that you leave out and that holds something withheld "
        "stays with that part; its path is in `stayed`.",
    )  # fmt: skip
    def put(self, request: Request, record_id: UUID, page: str) -> HttpResponse:
        """Raises Clash, Refused."""
        fields = bodies.take(
            self.sent(),
            {"answers": bodies.mapping},
            {"resolutions": bodies.mapping_of(bodies.text), "decided_on": bodies.whole},
        )
        seen, command = if_match(request), command_id(request, self.user)
        answers = fields.pop("answers")
        saved = once(
            lambda: save_page(
                record_id, page, answers, seen_version=seen, by=self.user, at=self.at,
                command_id=command, **fields,
            )
        )  # fmt: skip
        document = {
            "page": page,
            "version": saved.version,
            "merged": saved.merged,
            "answers": saved.answers,
            "problems": told(saved.problems),
            "stayed": [".".join(path) for path in saved.stayed],
        }
        return json_response(document, headers={"ETag": f'"{saved.version}"'})


class History(View):
    """/records/{id}/history"""

    @operation(
        "records:read", "List who changed what, when and why, oldest first",
        {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": ref("Change")}}},
        parameters=(OpenApiParameter("path", str, description="Only the answer at a path, such as needs.k3f9a2b1.by_when."),),
        problems=(404,),
    )  # fmt: skip
    def get(self, request: Request, record_id: UUID) -> HttpResponse:
        """Raises Absent."""
        chosen = paging.filters(request, {"path": str})
        reading = _reading(self, record_id)
        record, mask = reading.record, reading.mask
        note_read("record", record_id, by=self.user, at=self.at, detail="api history")
        path = tuple(chosen["path"].split(".")) if "path" in chosen else None
        found = (
            whole_history(record, mask) if path is None else question_history(record, mask, path)
        )
        items = [
            {
                "when": change.when.isoformat(),
                "who": change.who,
                "why": change.why,
                "page": change.page,
                "path": ".".join(change.path),
                "question": change.question,
                "before": change.before,
                "after": change.after,
                "kind": change.kind,
                "mark": change.mark,
                "withheld": list(change.withheld),
            }
            for change in found
        ]
        return json_response({"items": items})


def _reading(view: View, record_id: UUID) -> Reading:
    """The record as the token's owner may read it. Raises Absent."""
    record, roles = access.record_and_roles(view.user, record_id, view.at)
    return Reading(record, roles, view.user, view.at)


def _page_of(loaded: Form, id_or_key: str) -> Page:
    try:
        return loaded.page(id_or_key)
    except KeyError:
        raise Absent from None


def _page(page: Page) -> dict[str, str]:
    return {"page": page.id, "key": page.key, "title": page.title}
