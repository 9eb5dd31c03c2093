"""Who wrote what is waiting in a draft."""

from typing import Any


def of(draft: Any) -> frozenset[int]:
    """Return the ids of the users who changed a draft since it was last published.

    Saving without a change does not make an author: Wagtail writes a revision whenever the editor
    is submitted, also by the person who approves. Restoring an older revision does.
    """
    revisions = draft.revisions.order_by("created_at", "pk")
    if draft.live_revision_id:
        revisions = revisions.filter(created_at__gte=draft.live_revision.created_at)
    authors: set[int] = set()
    before: Any = None
    for revision in revisions.values("pk", "user_id", "content"):
        content = {name: revision["content"].get(name) for name in ("definition", "sample_answers")}
        if revision["pk"] == draft.live_revision_id:
            authors.clear()
        elif content != before and revision["user_id"] is not None:
            authors.add(revision["user_id"])
        before = content
    return frozenset(authors)
