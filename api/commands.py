"""Commands over HTTP: the same one sent twice acts once, and none overwrites what was not seen."""

import hashlib
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from rest_framework.request import Request

from api.problems import ApiProblem
from casework.accounts.models import User
from casework.ledger.append import Repeated
from casework.ledger.models import Event

Result = TypeVar("Result")
_LONGEST_KEY = 255


def command_id(request: Request, by: User, *, body: bytes | None = None) -> UUID | None:
    """The id of the command that this request carries, from its Idempotency-Key; None without one.

    body: what stands for the request's body, where it is too large to be read whole.

    The id is a UUID of version 8: its first ten bytes are of the key (with the user, the method and
    the path), its last six of the body. So the ledger, which keeps the ids of all commands, tells
    without another table that a key was used before with another body: that is refused with 422.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise ApiProblem(
            400, "idempotency_key", f"An Idempotency-Key has 1 to {_LONGEST_KEY} characters."
        )
    which = hashlib.sha256(f"{by.uid}|{request.method}|{request.path}|{key}".encode()).digest()[:10]
    sent = request._request.body if body is None else body  # noqa: SLF001 (the bytes)
    what = hashlib.sha256(sent).digest()[:6]
    found = _uuid8(which + what)
    lowest, highest = _uuid8(which + bytes(6)), _uuid8(which + b"\xff" * 6)
    used = Event.objects.filter(command_id__range=(lowest, highest))
    if used.exclude(command_id=found).exists():
        raise ApiProblem(
            422,
            "idempotency_key",
            "This Idempotency-Key was used with another body. Make a new one.",
        )
    return found


def once(action: Callable[[], Result]) -> Result:
    """Carry out an action; when the same command has just been carried out beside, read its result."""
    try:
        return action()
    except Repeated:
        return action()


def if_match(request: Request) -> int:
    """The version that the request saw, from If-Match: `"3"`; `"0"` is a page never saved.

    Raises ApiProblem 428 without the header, 400 for what is no version.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise ApiProblem(
            428,
            "precondition",
            'Send the version that you read: If-Match: "3", the ETag of the GET.',
        )
    text = header.strip().removeprefix('"').removesuffix('"')
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ApiProblem(400, "precondition", 'If-Match holds one version, such as "3".')
    return int(text)


def _uuid8(raw: bytes) -> UUID:
    """Sixteen bytes as a UUID of version 8 (RFC 9562, section 5.8)."""
    marked = bytearray(raw)
    marked[6] = 0x80 | marked[6] & 0x0F
    marked[8] = 0x80 | marked[8] & 0x3F
    return UUID(bytes=bytes(marked))
