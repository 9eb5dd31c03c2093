"""A program that calls the API with somebody's token."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from casework import clock
from casework.accounts.models import User
from casework.accounts.tokens import SCOPES, make_token

BASE = "/api/v1"


class Api:
    """Requests to the API as one user. `scopes`: all of them, unless told otherwise."""

    def __init__(self, user: User | None, scopes: Iterable[str] = tuple(SCOPES)) -> None:
        self.client = Client(raise_request_exception=True)
        self.headers: dict[str, str] = {}
        if user is not None:
            now = clock.now()
            _, plain = make_token(
                by=user, at=now - timedelta(minutes=1), name="test", scopes=scopes,
                expires_at=now + timedelta(days=1),
            )  # fmt: skip
            self.headers = {"Authorization": f"Bearer {plain}"}

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(BASE + path, headers=self._with(headers))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send a JSON body. Header names are written with underscores: If_Match."""
        content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return self.client.generic(
            method,
            BASE + path,
            content,
            content_type="application/json",
            headers=self._with(headers),
        )

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("PUT", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, **headers)

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return {
            **self.headers,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }


def problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """Check that the answer is this problem, and return its document."""
    assert (response.status_code, response["Content-Type"]) == (
        status,
        "application/problem+json",
    ), response.content
    document: dict[str, Any] = response.json()
    assert (document["status"], document["code"]) == (status, code), document
    assert document["type"] == f"urn:casethread:problem:{code}"
    assert document["title"]
    assert document["detail"]
    return document
