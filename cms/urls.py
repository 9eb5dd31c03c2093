"""The configuration's addresses: Wagtail's, with those closed that have no place here.

Closed for everybody, superusers too: pages, sites and reports on them; users and groups, because
whoever may change users there can make themselves a superuser (access is administered in the
workers' pages); and Wagtail's own log-in, which knows no limit on guesses.
"""

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.generic import RedirectView
from wagtail.admin.auth import require_admin_access
from wagtail.admin.urls import urlpatterns as wagtails
from wagtail.admin.views.account import (
    AccountView,
    AvatarSettingsPanel,
    BaseSettingsPanel,
    NameEmailSettingsPanel,
)

_CLOSED = (
    r"^(?:pages|collections|users|groups|snippets|choose-[a-z-]+|tag-autocomplete)(?:/|$)",
    r"^(?:api|password_reset|failwhale|test404)(?:/|$)",
    r"^reports/(?!site-history/)",
    r"^bulk/(?!cms/)",
)


class _Account(AccountView):
    """A user's preferences for this admin; their name is what they sign with, and not theirs to change."""

    def get_panels(self) -> list[BaseSettingsPanel]:
        closed = (NameEmailSettingsPanel, AvatarSettingsPanel)
        return [panel for panel in super().get_panels() if not isinstance(panel, closed)]


@require_admin_access
def _closed(_request: HttpRequest, **_parts: str) -> NoReturn:
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", RedirectView.as_view(pattern_name="wagtailadmin_home")),
    path("account/", require_admin_access(_Account.as_view())),
    *(re_path(route, _closed) for route in _CLOSED),
    *wagtails,
]
