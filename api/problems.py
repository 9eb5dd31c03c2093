"""What went wrong, as RFC 9457 problems: one place from exceptions to answers.

`code` is for programs and does not change; `detail` is a sentence for people. Problems with answers
have the codes and sentences of the workers' pages.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, UnreadablePostError
from rest_framework import exceptions

from casework.cases.reading import Altered
from casework.json_gate import NotReadable, too_large
from casework.ledger.append import Repeated
from casework.refusals import (
    Absent,
    Clash,
    Conflict,
    Incomplete,
    NotAllowed,
    NotNow,
    Refused,
    Stale,
)
from formdefs.structure import Problem
from formdefs.versions import NotPublished

MEDIA_TYPE = "application/problem+json"
_TITLES = {
    400: "The request cannot be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "There is nothing here",
    405: "Not possible here",
    409: "Not as things stand",
    412: "It has changed since you read it",
    413: "Too large",
    415: "Not this kind of content",
    422: "What was sent cannot be kept",
    428: "Say which version you saw",
}


class ApiProblem(Exception):
    """A refusal of the API's own: its status, its code, its sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code


def problem_response(
    status: int, code: str, detail: str, more: Mapping[str, Any] | None = None
) -> HttpResponse:
    """An answer that tells one problem."""
    document = {
        "type": f"urn:casethread:problem:{code}",
        "title": _TITLES.get(status, "Something is wrong"),
        "status": status,
        "code": code,
        "detail": detail,
        **(more or {}),
    }
    return HttpResponse(
        json.dumps(document, ensure_ascii=False), status=status, content_type=MEDIA_TYPE
    )


def answer_to(error: Exception, *, had_precondition: bool) -> HttpResponse | None:
    """The answer to an exception, or None for one that is a fault of ours.

    had_precondition: the request had If-Match, so what changed meanwhile is 412 and not 409.
    """
    changed = 412 if had_precondition else 409
    match error:
        case Absent() | NotPublished():
            return absent()
        case NotNow():
            return problem_response(409, "not_now", str(error))
        case NotAllowed():
            return problem_response(403, "not_allowed", str(error))
        case Clash():
            return problem_response(changed, "clash", str(error), _clash(error))
        case Stale():
            return problem_response(changed, "stale", str(error))
        case Refused():
            code = "incomplete" if isinstance(error, Incomplete) else "refused"
            detail = "Nothing was written. Each problem says what to change."
            return problem_response(422, code, detail, {"problems": told(error.problems)})
        case Altered():
            return problem_response(409, "altered", str(error))
        case Repeated():
            return problem_response(409, "repeated", str(error))
        case NotReadable() | ApiProblem():
            return problem_response(error.status, error.code, str(error))
        case RequestDataTooBig():
            return answer_to(too_large(), had_precondition=False)
        case UnreadablePostError():
            return problem_response(400, "cut_short", "The request ended before its time.")
        case exceptions.APIException():
            return _of_the_framework(error)
    return None


def absent() -> HttpResponse:
    """404, the same for what does not exist and what this user may not know of."""
    return problem_response(404, "absent", "There is nothing here.")


def told(problems: tuple[Problem, ...] | list[Problem]) -> list[dict[str, str]]:
    """Problems as data: question id, path joined with dots, code, sentence, severity."""
    return [
        {
            "question": problem.question,
            "path": ".".join(problem.path),
            "part": problem.part,
            "code": problem.code,
            "message": problem.message,
            "severity": problem.severity,
        }
        for problem in problems
    ]


def _clash(error: Clash) -> dict[str, Any]:
    return {
        "conflicts": [_conflict(conflict) for conflict in error.conflicts],
        "merged_answers": error.merged_answers,
        "version": error.version,
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "path": ".".join(conflict.path),
        "base": conflict.base,
        "theirs": conflict.theirs,
        "mine": conflict.mine,
        "who": conflict.who,
        "when": conflict.when.isoformat(),
    }


def _of_the_framework(error: exceptions.APIException) -> HttpResponse:
    """REST framework's own refusals: no token, no such method."""
    code = {401: "unauthenticated", 405: "method"}.get(error.status_code, "refused")
    response = problem_response(error.status_code, code, str(error.detail))
    if auth_header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = auth_header
    return response
