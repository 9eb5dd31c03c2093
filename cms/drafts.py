"""Drafts from documents, and documents from drafts: import, and what a draft says now."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction
from wagtail.log_actions import log

from casework.accounts.models import User
from cms.checks import identity
from cms.jsontext import Finding, pretty, read
from cms.models import CodeListDraft, Draft, FormDraft, FragmentDraft
from formdefs.shipped import sample

AnyDraft = TypeVar("AnyDraft", bound=Draft)


class NotImported(Exception):
    """A document did not become a draft; `findings` say what to mend, each with its line."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(" ".join(finding.says for finding in findings))
        self.findings = findings


def import_definition(definition: Mapping[str, Any], by: User | None) -> FormDraft:
    """Make a form's document its draft: a new one, or a new revision of the draft with its key.

    Nothing is written when the draft says the same already. Raises NotImported when the document
    has no key, or the draft is locked.
    """
    return _import(FormDraft, pretty(definition), definition, by)


def import_fragment(document: Mapping[str, Any], by: User | None) -> FragmentDraft:
    """Make a fragment's document its draft; see import_definition."""
    return _import(FragmentDraft, pretty(document), document, by)


def import_list(document: Mapping[str, Any], by: User | None) -> CodeListDraft:
    """Make a code list's document its draft; see import_definition."""
    return _import(CodeListDraft, pretty(document), document, by)


def import_text(kind: type[AnyDraft], text: str, *, by: User | None) -> AnyDraft:
    """Make the document in a text its draft, word for word unless it is all on one line, which nobody
    can edit; see import_definition.

    Raises NotImported when the text cannot be read; what it says may still have problems.
    """
    reading = read(text)
    if reading.value is None or reading.findings:
        raise NotImported(list(reading.findings))
    lines = text.replace("\r\n", "\n")
    readable = lines if "\n" in lines.strip() else pretty(reading.value)
    return _import(kind, readable, reading.value, by)


def latest(draft: AnyDraft) -> AnyDraft:
    """Return a draft as it was last saved; its row holds what was last published."""
    return draft.get_latest_revision_as_object()


def describe(draft: Draft) -> None:
    """Copy to a draft the key and title that its definition says, as far as it can be read.

    The key of a draft that was ever published stays.
    """
    try:
        value = json.loads(draft.definition)
    except (ValueError, RecursionError):
        value = None
    key, title = identity(value)
    if not draft.first_published_at:
        draft.key = key or draft.key
    draft.title = title or draft.title or f"Untitled {draft._meta.verbose_name}"


@transaction.atomic
def _import(kind: type[AnyDraft], text: str, value: Any, by: User | None) -> AnyDraft:
    key = identity(value)[0]
    if key is None:
        says = (
            "The document has no key." if isinstance(value, Mapping) else "This is not a document."
        )
        raise NotImported([Finding(1, 1, "/key", says, 'Write "key": "…" at its beginning.')])
    row = kind.objects.select_for_update().filter(key=key).first()
    draft = latest(row) if row else kind()
    if row and draft.definition == text:
        return draft
    if refusal := locked(draft, by):
        raise NotImported([Finding(0, 0, "", *refusal)])
    draft.definition = text
    if isinstance(draft, FormDraft) and not draft.sample_answers and (answers := sample(key)):
        draft.sample_answers = pretty(answers)
    save_text(draft, by=by, action="cms.import")
    return draft


def save_text(draft: Draft, *, by: User | None, action: str, **said: Any) -> None:
    """Save a draft whose text was changed as its next revision; `said` goes to its history."""
    describe(draft)
    if not draft.live:
        draft.save()
    revision = draft.save_revision(user=by, log_action=False, clean=False)
    log(instance=draft, action=action, user=by, revision=revision, content_changed=True, data=said)


def locked(draft: Draft, by: User | None) -> tuple[str, str] | None:
    """Say that a draft is locked for somebody, and what to do; None if it is not."""
    lock = draft.get_lock() if draft.pk else None
    if lock and (by is None or lock.for_user(by)):
        says = f"The draft of “{draft.title}” is locked."
        return says, "Open it to see who locked it, or which schedule, and unlock it first."
    return None
