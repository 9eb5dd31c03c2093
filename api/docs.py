"""The OpenAPI 3.1 document, and pages to read it by: for everybody, and without another server."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

from api.openapi import Generator
from api.reference import groups, schemas
from casework.accounts.tokens import SCOPES


@login_not_required
@require_safe
def openapi_yaml(request: HttpRequest) -> HttpResponse:
    """/openapi.yaml: as it is committed in docs/reference."""
    return HttpResponse(yaml_text(), content_type="application/yaml")


@login_not_required
@require_safe
def openapi_json(request: HttpRequest) -> HttpResponse:
    """/openapi.json"""
    return HttpResponse(_json_text(), content_type="application/json")


@login_not_required
@require_safe
def docs_page(request: HttpRequest) -> HttpResponse:
    """/docs: every operation and schema, as a page that needs no script."""
    document = _document()
    shown = {"groups": groups(document), "schemas": schemas(document), "scopes": SCOPES}
    return render(request, "api/docs.html", shown)


@login_not_required
@require_safe
def try_page(request: HttpRequest) -> HttpResponse:
    """/docs/try: Swagger UI from our own static files, with no script or style in the page."""
    return render(request, "api/try.html")


@cache
def yaml_text() -> bytes:
    """The document as YAML; it depends on the code alone."""
    return bytes(OpenApiYamlRenderer().render(_document(), renderer_context={}))  # type: ignore[no-untyped-call]


@cache
def _json_text() -> bytes:
    return bytes(OpenApiJsonRenderer().render(_document(), renderer_context={}))


@cache
def _document() -> dict[str, Any]:
    return Generator().get_schema(public=True)
