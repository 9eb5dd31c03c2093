"""Writes one page of a record: its next version, and what others saved since merged into it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from casework.accounts.models import User
from casework.cases import merge
from casework.cases.masking import Mask
from casework.cases.models import RecordPage
from casework.people.keeping import keep
from casework.refusals import Absent, Clash, Conflict
from formdefs.form import Form, Page


def page_of(form: Form, id_or_key: str) -> Page:
    """The form's page. Raises Absent."""
    try:
        return form.page(id_or_key)
    except KeyError:
        raise Absent from None


def as_seen(
    row: RecordPage, seen_version: int, stored: Mapping[str, Any]
) -> tuple[Mapping[str, Any], ...]:
    """The page as the user saw it, then as it stands if that is another; empty if never saved.

    For who saw no page yet, because it was saved meanwhile, it is as it stands.
    """
    if not row.version:
        return ()
    if seen_version in (0, row.version):
        return (stored,)
    seen = RecordPage.history.get(id=row.pk, version=seen_version)
    return json.loads(seen.answers), stored


def write(row: RecordPage, answers: str, *, by: User, at: datetime, why: str) -> None:
    """Write the next version of a page and its history row. A new row comes with version 0.

    `answers` is their canonical text.
    """
    row.version += 1
    row.answers, row.saved_by, row.saved_at = answers, by, at
    keep(row, by=by, at=at, why=why)


def merged(
    stored: RecordPage,
    seen_version: int,
    sent: Mapping[str, Any],
    resolutions: Mapping[str, str],
    decided_on: int | None,
    mask: Mask,
) -> dict[str, Any]:
    """What was sent, merged into what others saved since. Raises Clash while a decision is missing.

    The common base is the page's history row of the version that the user saw. A decision counts
    only against what its taker was shown: if that was changed again, it is asked again.
    """
    rows = RecordPage.history.filter(id=stored.pk, version__gte=seen_version)
    since = list(rows.select_related("history_user").order_by("version"))
    kept = {row.version: json.loads(row.answers) for row in since}
    shown, theirs = kept.get(decided_on or 0), json.loads(stored.answers)
    decisions = {
        path: side
        for path, side in resolutions.items()
        if shown is not None and merge.same(_at(shown, path), _at(theirs, path))
    }
    result = merge.merge(kept.get(seen_version, {}), theirs, sent, decisions)
    if result.conflicts:
        conflicts = [_told(difference, since, kept, mask) for difference in result.conflicts]
        raise Clash(conflicts, mask.masked(result.answers), stored.version)
    return result.answers


def _told(
    difference: merge.Difference,
    since: Sequence[Any],
    kept: Mapping[int, Mapping[str, Any]],
    mask: Mask,
) -> Conflict:
    """The conflict as far as the user may see it, with who gave the answer (or row) that stands now, and when."""
    path = ".".join(difference.path)
    writer = since[-1]
    for earlier, later in zip(since[-2::-1], since[:0:-1], strict=True):
        if not merge.same(_at(kept[earlier.version], path), _at(kept[later.version], path)):
            writer = later
            break
    else:
        writer = since[0]
    who = writer.history_user.name if writer.history_user else ""
    at = difference.path
    base, theirs, mine = (
        mask.masked_at(at, side) for side in (difference.base, difference.theirs, difference.mine)
    )
    return Conflict(at, base, theirs, mine, who, writer.history_date)


def _at(answers: Any, path: str) -> Any:
    """The answer or row at a path, None if there is none."""
    for place, part in enumerate(path.split(".")):
        if place % 2:
            rows = answers if isinstance(answers, list) else []
            answers = next((row for row in rows if row.get("_id") == part), None)
        else:
            answers = answers.get(part) if isinstance(answers, Mapping) else None
    return answers
