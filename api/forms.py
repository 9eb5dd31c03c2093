"""Published forms: which there are, their versions, and the documents of each, cached for ever."""

import hashlib
import json
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from rest_framework.request import Request

from api.openapi import operation, ref
from api.shapes import text_of
from api.view import View, json_response
from casework.refusals import Absent
from formdefs.comparing import difference, published
from formdefs.compile import DOCUMENTS
from formdefs.models import FormVersion

_COLUMNS = ("form_id", "number", "title", "kind", "published_at", "form__withdrawn_at")
FOR_EVER = "public, max-age=31536000, immutable"


class Forms(View):
    """/forms"""

    @operation(
        "forms:read",
        "List the forms, each by its newest version",
        {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": ref("Form")}}},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """Forms are few: all of them, by key."""
        of_this_form = FormVersion.objects.filter(form=OuterRef("form")).order_by("-number")
        newest = FormVersion.objects.filter(number=Subquery(of_this_form.values("number")[:1]))
        rows = newest.order_by("form_id").values(*_COLUMNS)
        return json_response({"items": [_summary(row) for row in rows]})


class FormVersions(View):
    """/forms/{key}"""

    @operation(
        "forms:read",
        "Read a form: its versions, newest first",
        ref("FormVersions"),
        problems=(404,),
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """Raises Absent for a form that was never published."""
        rows = list(FormVersion.objects.filter(form=key).order_by("-number").values(*_COLUMNS))
        if not rows:
            raise Absent
        withdrawn = rows[0]["form__withdrawn_at"] is not None
        versions = [_summary(row) for row in rows]
        return json_response({"key": key, "withdrawn": withdrawn, "versions": versions})


class OneFormVersion(View):
    """/forms/{key}/versions/{number}"""

    @operation("forms:read", "Read a form version: its documents' addresses and digests", ref("FormVersion"), problems=(404,))  # fmt: skip
    def get(self, request: Request, key: str, number: int) -> HttpResponse:
        """Raises Absent."""
        rows = FormVersion.objects.filter(form=key, number=number)
        row = rows.values(*_COLUMNS, "reason", "manifest", "sha256").first()
        if row is None:
            raise Absent
        digests = _digests(row["manifest"], row["sha256"])
        summary = _summary(row)
        documents = {
            name: {"url": f"{summary['url']}/{name}", "sha256": digests[name]} for name in DOCUMENTS
        }
        return json_response({**summary, "reason": row["reason"], "documents": documents})


class Document(View):
    """/forms/{key}/versions/{number}/{document}"""

    @operation(
        "forms:read",
        "Read one compiled document of a form version",
        ref("Document"),
        problems=(404,),
        says="`schema` is a JSON Schema 2020-12 of the answers. The address and the bytes never change: "
        "the ETag is their SHA-256.",
    )  # fmt: skip
    def get(self, request: Request, key: str, number: int, document: str) -> HttpResponse:
        """The text that was hashed when the version was published. Raises Absent."""
        if document not in DOCUMENTS:
            raise Absent
        rows = FormVersion.objects.filter(form=key, number=number)
        row = rows.values_list(document, "manifest", "sha256").first()
        if row is None:
            raise Absent
        text, manifest, sha256 = row
        digest = _digests(manifest, sha256)[document]
        headers = {"Cache-Control": FOR_EVER, "ETag": f'"{digest}"'}
        if f'"{digest}"' in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers=headers)
        media_type = "application/schema+json" if document == "schema" else "application/json"
        return HttpResponse(text, content_type=media_type, headers=headers)


def _summary(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": row["form_id"],
        "number": row["number"],
        "title": row["title"],
        "kind": row["kind"],
        "published_at": text_of(row["published_at"]),
        "withdrawn": row["form__withdrawn_at"] is not None,
        "url": f"/api/v1/forms/{row['form_id']}/versions/{row['number']}",
    }


def _digests(manifest: str, sha256: str) -> dict[str, str]:
    """The SHA-256 of each document, of which the manifest cannot hold its own."""
    return {**json.loads(manifest)["sha256"], "manifest": sha256}


class VersionDifference(View):
    """/forms/{key}/versions/{number}/diff/{newer}"""

    @operation(
        "forms:read",
        "Read what is different between two versions of a form",
        ref("Difference"),
        problems=(404,),
        says="By permanent ids, each change with its class; `verdict` is the most serious one. The two "
        "versions never change, so neither does the answer, but for its wording after an upgrade.",
    )  # fmt: skip
    def get(self, request: Request, key: str, number: int, newer: int) -> HttpResponse:
        """With an ETag of the whole answer. Raises Absent."""
        rows = FormVersion.objects.filter(form=key, number__in=(number, newer))
        versions = {row.number: row for row in rows.only("id", "number", "definition")}
        if not {number, newer} <= versions.keys():
            raise Absent
        found = difference(published(versions[number]), published(versions[newer]))
        document = {"key": key, "old": number, "new": newer, **found.as_json()}
        etag = f'"{hashlib.sha256(json.dumps(document).encode()).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if etag in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers=headers)
        return json_response(document, headers=headers)
