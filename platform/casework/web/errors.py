"""Pages for what went wrong: refused, absent, too big, too often, broken, or sent from an old page.

An absent thing and a thing that one may not know of give the same page, byte for byte: it holds
nothing of the request.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from casework.accounts import refusals as accounts
from casework.refusals import Absent, NotAllowed, NotNow
from casework.web.records.parking import rescue

Next = Callable[[HttpRequest], HttpResponse]
REFUSED = (NotAllowed, accounts.NotAllowed)  # their text is the sentence that says who may


class Refusals:
    """Middleware: Absent, NotAllowed and a bare 405 become pages, for the workers' addresses only."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Give an empty *method not allowed* a page; keep its Allow header."""
        response = self.get_response(request)
        bare = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content
        if bare and _is_workers(request):
            page = render(request, "errors/405.jinja", status=HTTPStatus.METHOD_NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for a refusal that a view let through; None for everything else."""
        if not _is_workers(request):
            return None
        if isinstance(exception, Absent):
            return not_found(request)
        if isinstance(exception, REFUSED):
            return not_allowed(request, exception)
        return None


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing that this person may know of."""
    return render(request, "errors/404.jinja", status=HTTPStatus.NOT_FOUND)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the sentence that says who may; 409 where nobody may as things stand."""
    says = str(exception) if isinstance(exception, REFUSED) else ""
    status = HTTPStatus.CONFLICT if isinstance(exception, NotNow) else HTTPStatus.FORBIDDEN
    return render(request, "errors/403.jinja", {"says": says}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; or 413 where more was sent than the limit allows."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        context = {"megabytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20}
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return _without_request("errors/413.jinja", context, status)
    return render(request, "errors/400.jinja", status=HTTPStatus.BAD_REQUEST)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: signing in too often."""
    return render(request, "429.jinja", status=HTTPStatus.TOO_MANY_REQUESTS)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was opened before signing in again, or came from elsewhere; nothing was saved.

    What was typed on a page of a record is put back there.
    """
    return rescue(request) or render(request, "errors/csrf.jinja", status=HTTPStatus.FORBIDDEN)


def broken(request: HttpRequest) -> HttpResponse:
    """500, drawn without the database, the session or the user: any of them may be what broke."""
    return _without_request("errors/500.jinja", {}, HTTPStatus.INTERNAL_SERVER_ERROR)


def _without_request(template: str, context: Mapping[str, object], status: int) -> HttpResponse:
    frame = {
        "organisation": settings.ORGANISATION,
        "section": "",
        "language": "en",
        "navigation": [],
        "get_messages": list,
    }
    return HttpResponse(get_template(template).render({**frame, **context}), status=status)


def _is_workers(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.namespace == "web"
