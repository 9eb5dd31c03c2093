"""Middleware of a signed-in session: it lasts while it is used, and a first password is changed first.

That everybody must be signed in is Django's LoginRequiredMiddleware: open pages say so themselves.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from casework import clock
from casework.refusals import NotAllowed
from casework.web.errors import not_allowed

Next = Callable[[HttpRequest], HttpResponse]

_SEEN = "seen"  # Unix seconds of the last use that was written down
_CLOSE_ENOUGH = settings.SESSION_COOKIE_AGE // 10
# What a person with a first password may still open.
_BEFORE_CHANGING = {"account_change_password", "account_logout"}


def keep_alive(get_response: Next) -> Next:
    """Middleware: a session ends after so long without use, not after so long.

    The session is written at most ten times in its life, not at each request.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            seconds = int(clock.now().timestamp())
            if seconds - request.session.get(_SEEN, 0) >= _CLOSE_ENOUGH:
                request.session[_SEEN] = seconds
        return get_response(request)

    return middleware


def configurators_only(get_response: Next) -> Next:
    """Middleware: the configuration refuses those who do not administer forms, with a page.

    Wagtail would send them to sign in; they have, so they would be sent back, and round and round.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        there = request.path_info.startswith("/configure/") and request.user.is_authenticated
        if there and not request.user.has_perm("wagtailadmin.access_admin"):
            return not_allowed(request, NotAllowed("Only form administrators change forms here."))
        return get_response(request)

    return middleware


class OwnPasswordFirst:
    """Middleware: a password that somebody else chose is changed before anything else is opened."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Only the view decides."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Send them to change it, from every page that needs a sign-in."""
        needs = getattr(view, "login_required", True)
        if not needs or not getattr(request.user, "must_change_password", False):
            return None
        if request.resolver_match is None or request.resolver_match.view_name in _BEFORE_CHANGING:
            return None
        return redirect("account_change_password")
