"""The marks that lie on a record, and the mask through which somebody reads it.

For whoever copies an answer elsewhere: `marks_of` says what the copy must carry, and
`casework.cases.actions.marking.carry` puts it there.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from casework.accounts import marks as sights
from casework.accounts.models import User
from casework.cases.masking import Lying, Mask
from casework.cases.models import AnswerMark, Record
from casework.cases.standing import roles_in
from formdefs.form import Form, Path
from formdefs.versions import form_of


def lying_on(record_id: UUID) -> list[Lying]:
    """The open marks of a record, and the form's own that were released on it; one query."""
    rows = AnswerMark.objects.filter(
        Q(released_at__isnull=True) | Q(of_form=True), record=record_id
    )
    return [
        Lying(node, tuple(row_ids.split(".")) if row_ids else (), mark, of_form)
        for node, row_ids, mark, of_form in rows.values_list("node", "rows", "mark", "of_form")
    ]


def mask_for(
    record: Record, form: Form, roles: Collection[str] | None, by: User, at: datetime
) -> Mask:
    """The mask for a user who sees the record; `roles`: theirs in its case, None to look them up.

    Raises Absent for who does not see the case. One query for a record on which nothing is marked.
    """
    lying = lying_on(record.pk)
    if not lying and not any(form.marks.values()):
        return Mask(form, (), ())
    held = roles_in(by, record.case, at) if roles is None else roles
    return Mask(form, lying, sights.seen_by(held, at))


def marks_of(record: Record, path: Path) -> tuple[str, ...]:
    """The keys of all marks that lie now on an answer, repeat or row of a record, by form or by hand.

    What is copied from there carries each of them.
    """
    return Mask(form_of(record.form_version_id), lying_on(record.pk), ()).marks(path)
