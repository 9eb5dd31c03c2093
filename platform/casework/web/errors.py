"""Pages for what went wrong: refused, absent, forged."""

from django.http import HttpRequest, HttpResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form came from another page or an old one."""
    return HttpResponse("This form is out of date. Go back, reload and send it again.", status=403)
