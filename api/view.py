"""The base of every endpoint: who asks, with which scope, at which instant; JSON in, JSON out."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from api.openapi import Schema
from api.problems import ApiProblem, answer_to
from casework import clock
from casework.accounts.models import Token, User
from casework.accounts.tokens import find_token
from casework.json_gate import read_object


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer ct_…`. A browser's session is no way in: that would need CSRF tokens."""

    def authenticate(self, request: Request) -> tuple[User, Token]:
        """The token's user and the token. Raises AuthenticationFailed, whatever the reason, alike."""
        scheme, _, plain = request.headers.get("Authorization", "").partition(" ")
        token = find_token(plain.strip(), clock.now()) if scheme.lower() == "bearer" else None
        if token is None:
            raise exceptions.AuthenticationFailed(
                "Send a token that is in force: Authorization: Bearer ct_…"
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says in WWW-Authenticate."""
        return 'Bearer realm="casethread"'


class View(APIView):
    """An endpoint. Each of its methods names its scope by `api.openapi.operation`, or is refused."""

    authentication_classes = (BearerToken,)
    permission_classes = ()
    throttle_classes = ()
    parser_classes = ()
    renderer_classes = (JSONRenderer,)
    versioning_class = None
    schema = Schema()
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]  # noqa: RUF012 (as Django types it)

    user: User
    token: Token
    at: datetime

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Always JSON, whatever is asked for: a browser that looks at an address sees it too."""
        return self.renderer_classes[0](), "application/json"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find out who asks, read the clock once, and refuse what the token's scopes do not cover."""
        super().initial(request, *args, **kwargs)
        # The authenticator gives these or raises.
        self.user, self.token = cast("User", request.user), cast("Token", request.auth)
        self.at = clock.now()
        method = (request.method or "").lower()
        handler = getattr(self, method, None) if method in self.http_method_names else None
        if handler is None:
            return  # a 405 follows
        scope = getattr(handler, "scope", None)
        if scope is None:
            raise ApiProblem(403, "scope", "No token has the scope for this.")
        if scope and scope not in self.token.scopes:
            raise ApiProblem(403, "scope", f"This needs a token with the scope {scope}.")
        if "%00" in request.META["QUERY_STRING"]:
            raise ApiProblem(400, "query", "The address holds the character U+0000.")

    def get_exception_handler(self) -> Callable[[Exception, Any], HttpResponse | None]:
        """Tell every refusal as a problem; what is no refusal is Django's to log and answer."""
        return self._told

    def _told(self, error: Exception, context: Any) -> HttpResponse | None:
        response = answer_to(error, had_precondition="If-Match" in self.request.headers)
        if isinstance(error, exceptions.MethodNotAllowed) and response:
            response["Allow"] = ", ".join(self.allowed_methods)
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep what is somebody's out of every cache, unless the endpoint says otherwise."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Authorization"])
        return response

    def sent(self) -> dict[str, Any]:
        """The JSON object in the request's body, through the gate. Raises NotReadable."""
        request: HttpRequest = self.request._request  # noqa: SLF001 (the bytes, not a parser's)
        if encoding := request.headers.get("Content-Encoding"):
            raise ApiProblem(415, "media_type", f"Send the text itself, not as {encoding}.")
        return read_object(request.body, request.headers.get("Content-Type", ""))


def json_response(
    document: Any, *, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    """An answer in JSON."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, status=status, content_type="application/json", headers=headers)
