"""The library that ships, as drafts with published versions."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casetypes.publish import publish_shipped
from casework.accounts.marks import load_marks
from casework.accounts.models import User
from casework.canonical import canonical
from cms.drafts import import_definition, import_fragment, import_list
from cms.models import CodeListDraft, FormDraft, FragmentDraft
from cms.publishing import publish_draft, published_text, versions
from formdefs import shipped
from formdefs.list_definition import problems as list_problems


@dataclass(frozen=True)
class Loaded:
    """What came of one document of the library: "published", "draft", "same", "kept" or "local".

    local: what is published has codes of the council's own, which the library's list would take out.
    """

    key: str
    how: str
    number: int | None = None


def load_library(*, by: User | None, at: datetime, reason: str, publish: bool) -> Iterator[Loaded]:
    """Load the marks, then lists, fragments, forms and case types, one by one; idempotent.

    A document that was published before, as any version, is the same: what an administrator
    changed since is not undone. A draft with unpublished changes is kept, and so is a list with local
    codes. Raises NotPublishable for the first document that has problems.
    """
    load_marks(shipped.marks(), at=at)
    for kind, importer, documents in (
        (CodeListDraft, import_list, shipped.lists()),
        (FragmentDraft, import_fragment, shipped.fragments()),
        (FormDraft, import_definition, shipped.forms()),
    ):
        for document in documents:
            yield _load(kind, importer, document, by=by, at=at, reason=reason, publish=publish)
    if publish:
        for version, new in publish_shipped(by=by, at=at, reason=reason):
            how = "published" if new else "same"
            yield Loaded(version.case_type_id, how, version.number if new else None)


def _load(
    kind: Any,
    importer: Any,
    document: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
    reason: str,
    publish: bool,
) -> Loaded:
    key = document["key"]
    row = kind.objects.filter(key=key).first()
    published = versions(row or kind(key=key))
    if row and any(published_text(version) == canonical(document) for version in published):
        return Loaded(key, "same")
    if row and row.has_unpublished_changes:
        return Loaded(key, "kept")
    if (
        kind is CodeListDraft
        and published
        and list_problems(document, json.loads(published_text(published[0])))
    ):
        return Loaded(key, "local")
    draft = importer(document, by)
    if not publish:
        return Loaded(key, "draft")
    return Loaded(key, "published", publish_draft(draft, by=by, at=at, reason=reason).number)
