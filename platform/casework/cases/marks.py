"""The marks that lie on a record, and the mask through which somebody reads it.

For whoever copies an answer elsewhere: `marks_of` says what the copy must carry, and
`casework.cases.actions.marking.carry` puts it there.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from casework import statements
from casework.accounts import marks as sights
from casework.accounts.models import User
from casework.cases.masking import Lying, Mask
from casework.cases.models import AnswerMark, Record, RecordMove
from casework.cases.standing import roles_in
from formdefs.form import Form, Path
from formdefs.versions import form_of


def lying_on(record_id: UUID) -> list[Lying]:
    """The open marks of a record, and the form's own that were released on it; one query."""
    return [
        Lying(row.node, tuple(row.rows.split(".")) if row.rows else (), row.mark, row.of_form)
        for row in statements.rows(AnswerMark, {"record_id": record_id})
        if row.of_form or row.released_at is None
    ]


def lying_on_all(record_ids: Collection[UUID]) -> dict[UUID, list[Lying]]:
    """The same of many records, by record; one query, none for no record."""
    found: dict[UUID, list[Lying]] = {record_id: [] for record_id in record_ids}
    rows = AnswerMark.objects.filter(record__in=record_ids) if record_ids else ()
    for row in rows:
        if row.of_form or row.released_at is None:
            row_ids = tuple(row.rows.split(".")) if row.rows else ()
            found[row.record_id].append(Lying(row.node, row_ids, row.mark, row.of_form))
    return found


def mask_for(
    record: Record, form: Form, roles: Collection[str] | None, by: User, at: datetime
) -> Mask:
    """The mask for a user who sees the record; `roles`: theirs in its case, None to look them up.

    Raises Absent for who does not see the case. One query for a record on which nothing is marked.
    """
    lying = lying_on(record.pk)
    if roles is None and (lying or any(form.marks.values())):
        roles = roles_in(by, record.case, at)
    held = roles
    return Mask(
        form,
        lying,
        lambda: sights.seen_by(roles_in(by, record.case, at) if held is None else held),
    )


def earlier_masks(record: Record, mask: Mask) -> list[Mask]:
    """The same reader's masks on the other versions of the form that a record has been on."""
    moves = RecordMove.objects.filter(record=record, moved=True)
    versions = {one for pair in moves.values_list("from_version", "to_version") for one in pair}
    return [mask.on(form_of(version)) for version in versions - {record.form_version_id}]


def marks_of(record: Record, path: Path) -> tuple[str, ...]:
    """The keys of all marks that lie now on an answer, repeat or row of a record, by form or by hand.

    What is copied from there carries each of them.
    """
    return Mask(form_of(record.form_version_id), lying_on(record.pk), ()).marks(path)
