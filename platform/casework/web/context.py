"""What every page of the workers knows."""

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """The organisation's name; the request comes from Django itself."""
    return {"organisation": settings.ORGANISATION}
