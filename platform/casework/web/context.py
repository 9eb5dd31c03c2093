"""What every page of the workers knows: who it is for, and where they may go."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from casework.accounts.models import Role, User
from casework.web import language
from casework.web.rights import roles_of

# (section, label, URL name or address, roles that see it; empty for everybody)
PLACES: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    ("home", noop("My work"), "web:home", frozenset()),
    ("cases", noop("Cases"), "web:cases", frozenset()),
    ("people", noop("People"), "web:people", frozenset()),
    ("notices", noop("Notices"), "web:notices", frozenset()),
    ("access", noop("Access"), "web:access-users", frozenset({Role.ACCESS_ADMINISTRATOR})),
    ("configure", noop("Configure"), "wagtailadmin_home", frozenset({Role.ADMINISTRATOR})),
)
FIRST_SEGMENT = {
    "": "home",
    "records": "cases",
    "files": "cases",
    "clocks": "cases",
    "actions": "cases",
    "transfers": "cases",
    "households": "people",
    "accounts": "account",
    "older-drafts": "home",
    "older-cases": "home",
    "teams": "home",
    "write": "home",
    "contact": "home",
    "to-sign": "home",
}


def page(request: HttpRequest) -> dict[str, object]:
    """The organisation's name, and the navigation of the person who is signed in (else none).

    `get_messages` is a function, because asking for messages marks them as shown.
    """
    section = section_of(request.path)
    return {
        "organisation": settings.ORGANISATION,
        "language": language.current(),
        "language_code": get_language(),
        "languages": settings.LANGUAGES,
        "section": section,
        "navigation": _navigation(request, section),
        "get_messages": lambda: list(get_messages(request)),
    }


def section_of(path: str) -> str:
    """The part of the site that an address lies in: its first segment, or the section that owns it."""
    first = path.strip("/").split("/", 1)[0]
    return FIRST_SEGMENT.get(first, first)


def _navigation(request: HttpRequest, section: str) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_active:
        return []
    roles = roles_of(request)
    return [
        {
            "text": _(label),
            "href": reverse(name),
            "active": place == section,
        }
        for place, label, name, needed in PLACES
        if not needed or needed & roles
    ]
