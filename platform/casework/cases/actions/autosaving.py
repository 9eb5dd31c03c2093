"""Keeps what one user has typed on one page and not saved, so that nothing typed is lost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework.accounts.models import User
from casework.canonical import canonical
from casework.cases import access
from casework.cases.actions.doors import locked_record
from casework.cases.actions.pages import page_of
from casework.cases.models import Autosave, RecordPage
from casework.cases.unmasked import form
from casework.refusals import refused

MAX_BYTES = 1024 * 1024
TYPED = "_typed"  # in an autosave, beside the answers: inputs that no answer holds, by name


@transaction.atomic
def autosave(
    record_id: UUID,
    page_id: str,
    answers: Mapping[str, Any],
    *,
    base_version: int,
    by: User,
    at: datetime,
) -> datetime:
    """Keep what is typed, right or wrong, for this user alone; return when it was kept.

    `base_version` is the page's version that the typing began from. It never rises while the
    autosave stands: the typing may miss what was saved between. Raises Absent, NotAllowed, NotNow,
    Refused.
    """
    record, roles = locked_record(record_id, by, at)
    access.check(by, "record.save", record, roles)
    page = page_of(form(record), page_id)
    text = _text(answers)
    stored = RecordPage.objects.filter(record=record, page=page.id).values_list(
        "version", flat=True
    )
    if not 0 <= base_version <= (stored.first() or 0):
        raise refused("base_version", "unknown_version", "There is no such version of this page")
    kept = Autosave.objects.filter(record=record, page=page.id, user=by).first()
    kept = kept or Autosave(record=record, page=page.id, user=by, base_version=base_version)
    kept.base_version = min(kept.base_version, base_version)
    kept.answers, kept.saved_at = text, at
    kept.save()
    return at


def autosaved(record_id: UUID, page_id: str, user: User) -> Autosave | None:
    """What this user has typed on a page, by its permanent id, and not saved."""
    return Autosave.objects.filter(record=record_id, page=page_id, user=user).first()


def drop_autosave(record_id: UUID, page_id: str, user: User) -> None:
    """Throw away what this user has typed on a page, by its permanent id, and not saved."""
    Autosave.objects.filter(record=record_id, page=page_id, user=user).delete()


def _text(answers: Mapping[str, Any]) -> str:
    if not isinstance(answers, Mapping):
        raise refused("answers", "type", "The answers of a page must be an object")
    try:
        text = canonical(dict(answers))
    except (ValueError, RecursionError):
        raise refused("answers", "type", "The answers of a page must be JSON") from None
    if len(text.encode()) > MAX_BYTES:
        raise refused("answers", "max_length", "This page is too long to be kept while you type")
    return text
