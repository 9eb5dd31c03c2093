"""A database with the cast and the library, and the WSGI application called without a socket."""

import io
import sys
from dataclasses import dataclass
from typing import Any

from tests.alone import cast_and_library


def prepare() -> Any:
    """A (new) database with the cast and the library, and a case type that lets a case have many records."""
    cast = cast_and_library()
    _as_served()
    from tests.casetypes import shipped
    from tests.cast import publish_case_types

    loose = shipped("child_in_need")  # its invariants would refuse many records of one case
    del loose["checks"], loose["subjects"]["group"]
    publish_case_types(loose)
    return cast


def _as_served() -> None:
    """Tell PostgreSQL of its solid-state disk, as docs/how-to/serve-in-production.md says."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET random_page_cost = 1.1")
        connection.close()  # what follows begins with it


@dataclass(frozen=True)
class Answer:
    """What the application answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def call(
    method: str,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    kind: str = "",
) -> Answer:
    """One request through the whole application, middleware and all."""
    from casework.wsgi import application

    path, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False,
        "wsgi.run_once": False, "CONTENT_TYPE": kind,
    }  # fmt: skip
    for name, value in (headers or {}).items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    started: dict[str, Any] = {}

    def start_response(status: str, answer_headers: list[tuple[str, str]], _: Any = None) -> None:
        started.update(
            status=int(status.split()[0]), headers={k.lower(): v for k, v in answer_headers}
        )

    result = application(environ, start_response)
    try:
        content = b"".join(result)
    finally:
        result.close()
    return Answer(started["status"], started["headers"], content)
