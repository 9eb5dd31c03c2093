"""Published code lists: which there are, their versions, and each version's document, cached for ever."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from rest_framework.request import Request

from api.forms import FOR_EVER
from api.openapi import operation, ref
from api.shapes import text_of
from api.view import View, json_response
from casework.refusals import Absent
from formdefs.models import CodeListVersion
from formdefs.versions import uses_of_list

_COLUMNS = ("code_list_id", "number", "title", "published_at", "sha256")


class CodeLists(View):
    """/code-lists"""

    @operation(
        "forms:read",
        "List the code lists, each by its newest version",
        {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": ref("CodeList")}}},
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        """Code lists are few: all of them, by key."""
        of_this_list = CodeListVersion.objects.filter(code_list=OuterRef("code_list"))
        last = of_this_list.order_by("-number").values("number")[:1]
        rows = CodeListVersion.objects.filter(number=Subquery(last)).order_by("code_list_id")
        return json_response({"items": [_summary(row) for row in rows.values(*_COLUMNS)]})


class CodeListVersions(View):
    """/code-lists/{key}"""

    @operation(
        "forms:read",
        "Read a code list: its versions, newest first, and the forms that use it",
        ref("CodeListVersions"),
        problems=(404,),
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """Raises Absent for a code list that was never published."""
        rows = CodeListVersion.objects.filter(code_list=key).order_by("-number")
        versions = [_summary(row) for row in rows.values(*_COLUMNS)]
        if not versions:
            raise Absent
        used = [
            {"form": use.form, "number": use.number, "list_number": use.list_number}
            for use in uses_of_list(key)
        ]
        return json_response({"key": key, "versions": versions, "used_by": used})


class OneCodeListVersion(View):
    """/code-lists/{key}/versions/{number}"""

    @operation(
        "forms:read",
        "Read a version of a code list",
        ref("CodeListDocument"),
        problems=(404,),
        says="Retired codes are among the entries, with their days of validity. The address and the bytes "
        "never change: the ETag is their SHA-256.",
    )  # fmt: skip
    def get(self, request: Request, key: str, number: int) -> HttpResponse:
        """The text that was hashed when the version was published. Raises Absent."""
        rows = CodeListVersion.objects.filter(code_list=key, number=number)
        row = rows.values_list("document", "sha256").first()
        if row is None:
            raise Absent
        text, digest = row
        headers = {"Cache-Control": FOR_EVER, "ETag": f'"{digest}"'}
        if f'"{digest}"' in request.headers.get("If-None-Match", ""):
            return HttpResponse(status=304, headers=headers)
        return HttpResponse(text, content_type="application/json", headers=headers)


def _summary(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": row["code_list_id"],
        "number": row["number"],
        "title": row["title"],
        "published_at": text_of(row["published_at"]),
        "sha256": row["sha256"],
        "url": f"/api/v1/code-lists/{row['code_list_id']}/versions/{row['number']}",
    }
