"""Describes each operation where it is written, and makes the OpenAPI 3.1 document of them all.

`operation` says what an endpoint's method is for and which scope it needs; a method without it is
refused (api.view). Schemas are written by hand in api.components: most bodies are commands or what
somebody answered, which no serializer describes.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.urls import include, path
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from api.components import SCHEMAS
from casework.accounts.tokens import SCOPES

Method = TypeVar("Method", bound=Callable[..., Any])
JsonSchema = Mapping[str, Any]

_PROBLEMS = {
    400: "The request cannot be read: not JSON, or a bad parameter",
    401: "No token that is in force",
    403: "The token lacks the scope, or the user's roles do not allow it",
    404: "There is nothing here, or nothing that this user may know of",
    409: "Not as things stand, such as saving a signed record",
    412: "It has changed since the version in If-Match",
    413: "More than 5 MB",
    415: "Not JSON",
    422: "What was sent cannot be kept; `problems` say what to change",
    428: "If-Match is missing",
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="Any text of up to 255 characters, new for each command. Sent again with the same body, "
    "it answers as the first time and writes nothing.",
)  # fmt: skip
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description='The version that was read, such as `"3"`.'
)  # fmt: skip
PAGING = (
    OpenApiParameter(
        "limit", int, description="Items of one page, from 1 to 100; 50 when not given."
    ),
    OpenApiParameter(
        "cursor", str, description="Where to go on: follow `next` of the page before."
    ),
)


def ref(name: str) -> dict[str, str]:
    """A reference to one of the schemas in api.components."""
    assert name in SCHEMAS, name
    return {"$ref": f"#/components/schemas/{name}"}


def page_of(name: str) -> dict[str, Any]:
    """The schema of one page of a list."""
    following = {
        "type": ["string", "null"],
        "description": "Address of the next page; null at the end.",
    }
    items = {"type": "array", "items": ref(name)}
    return {
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": items, "next": following},
    }


def operation(
    scope: str,
    summary: str,
    gives: JsonSchema,
    *,
    status: int = 200,
    takes: JsonSchema | None = None,
    media_type: str = "application/json",
    answers_as: str = "application/json",
    parameters: Sequence[OpenApiParameter] = (),
    problems: Sequence[int] = (),
    says: str = "",
    tag: str = "",
) -> Callable[[Method], Method]:
    """Name the scope that a method needs ("" for any token), and describe it.

    `gives` is the schema of the answer, `takes` that of the body, `problems` further statuses.
    """
    assert not scope or scope in SCOPES, scope
    told = {400, 401, 403, *problems, *((413, 415, 422) if takes else ())}
    responses: dict[Any, Any] = {(status, answers_as): OpenApiResponse(dict(gives), summary)}
    responses |= {
        (number, "application/problem+json"): OpenApiResponse(ref("Problem"), _PROBLEMS[number])
        for number in sorted(told)
    }

    def describe(method: Method) -> Method:
        described = extend_schema(
            summary=summary,
            description=says or None,
            request={media_type: dict(takes)} if takes else None,
            responses=responses,
            parameters=list(parameters),
            tags=[tag or (scope.partition(":")[0] if scope else "token")],
        )(method)
        described.scope = scope  # type: ignore[attr-defined]
        return described

    return describe


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The bearer token, and the scope that each operation asks of it."""

    target_class = "api.view.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """How a token is sent."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from the page “Your account”.",
        }

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        """The scope of the operation, as OpenAPI 3.1 allows for every kind of scheme."""
        scope = getattr(getattr(auto_schema.view, auto_schema.method.lower()), "scope", "")
        return {self.name: [scope] if scope else []}


class Schema(AutoSchema):
    """Names each operation by its method and its endpoint: `get_records`, `put_one_page`."""

    def get_operation_id(self) -> str:
        """The name by which generated clients call the operation."""
        endpoint = re.sub("(?<!^)(?=[A-Z])", "_", type(self.view).__name__).lower()
        return f"{self.method.lower()}_{endpoint}"

    def get_description(self) -> str:  # type: ignore[override]
        """Only what `operation` says: docstrings are for who reads the code."""
        return ""


class Generator(SchemaGenerator):
    """The document of /api/v1/, with the schemas of api.components."""

    def __init__(self, **options: Any) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            **{"patterns": [path("api/v1/", include("api.urls"))], **options}
        )

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """The whole document."""
        document: dict[str, Any] = super().get_schema(request, public)  # type: ignore[no-untyped-call]
        components = document.setdefault("components", {})
        components["schemas"] = {**components.get("schemas", {}), **SCHEMAS}
        return document
