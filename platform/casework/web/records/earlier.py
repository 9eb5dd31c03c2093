"""A page that was open while its record moved to another version of the form: what was typed stays.

The page says on which version it was drawn. What is sent from an earlier one is read by that one,
and kept as typed and not saved on the pages of the new version; also if it was parked meanwhile.
"""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest

from casework.cases.actions.autosaving import TYPED
from casework.cases.actions.migrating import keep_earlier_typing
from casework.cases.moving import stood_on
from casework.pageforms.parse import parse
from casework.web.records.opened import Opened
from casework.web.records.saving import Filled
from formdefs.versions import form_of

SAYS = (
    "This record was moved to another version of its form while you had the page open. What you "
    "typed is kept and not saved yet: look at its pages, and save them."
)

PARKED = (
    "This record was moved to another version of its form after your session ended. What you "
    "typed before is kept and not saved yet: look at its pages, and save them."
)


def sent_by(request: HttpRequest) -> dict[str, list[str]]:
    """What was sent: every value by its name."""
    return {name: list(map(str, values)) for name, values in request.POST.lists()}


def is_earlier(posted: Mapping[str, list[str]], opened: Opened) -> bool:
    """Whether what was sent comes from a page of another version of the form."""
    sent = _version_of(posted)
    return bool(sent) and sent != str(opened.record.form_version_id)


def read(
    request: HttpRequest, opened: Opened, page_key: str, posted: dict[str, list[str]]
) -> Filled | None:
    """Read what was sent by the version that it was typed on; None if the record never was on it."""
    version = _uuid(_version_of(posted))
    if version is None:
        return None
    stood = stood_on(opened.record, version, by=opened.user, at=opened.at)
    if stood is None:
        return None
    then = Opened(opened.record, opened.roles, opened.user, opened.at)
    then.form = form_of(version)
    screen = then.screen(page_key)
    if screen is None:
        return None
    filled = Filled(request, then, screen, then.known_for(screen), posted)
    filled.parsed = {
        page.id: parse(page, posted, stood.get(page.id, {}), filled.known) for page in screen.pages
    }
    return filled


def keep(filled: Filled) -> None:
    """Keep it for its user on the pages of the new version. Raises NotNow."""
    opened = filled.opened
    for page in filled.screen.pages:
        parsed = filled.parsed[page.id]
        keep_earlier_typing(
            opened.record.pk,
            page.id,
            {**parsed.answers, **({TYPED: parsed.typed} if parsed.typed else {})},
            version=UUID(filled.last("_form")),
            base_version=filled.seen(page),
            by=opened.user,
            at=opened.at,
        )


def _version_of(posted: Mapping[str, list[str]]) -> str:
    return (posted.get("_form") or [""])[-1]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
