"""What is different between versions of a form, and how many records stand on which, for its pages."""

from typing import Any

from cms.checks import unsound
from cms.jsontext import read
from cms.kinds import FORM
from cms.models import Draft
from formdefs.comparing import Side, difference, drafted, published
from formdefs.diff import Difference
from formdefs.models import FormVersion
from formdefs.usage import usage_of
from formdefs.versions import fragment_documents, list_documents


def from_published(draft: Draft, newest: FormVersion) -> Difference | None:
    """What publishing a draft would change; None while something is wrong with it."""
    new = draft_side(draft)
    return difference(published(newest), new) if new else None


def impact(form_key: str) -> dict[str, Any]:
    """How many records stand on which version, and how many of them are open. Counts only."""
    usage = usage_of(form_key)
    return {
        "versions": usage,
        "open": sum(one.open for one in usage),
        "records": sum(one.records for one in usage),
    }


def draft_side(draft: Draft) -> Side | None:
    """A draft as it would be compiled now; None while something is wrong with it."""
    if unsound(FORM, draft.definition):
        return None
    return drafted(read(draft.definition).value, list_documents(), fragment_documents())
