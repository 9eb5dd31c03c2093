"""Puts a reopened record back to what was last signed."""

from datetime import datetime

from casework.accounts.models import User
from casework.cases.actions.pages import write
from casework.cases.models import Record, RecordPage, Status
from casework.cases.unmasked import document_of, pages_of


def restore_signed(record: Record, *, by: User, at: datetime, why: str) -> None:
    """Give the pages their answers as last signed, in new versions, and the record that revision.

    The record itself is left to be saved. What was typed since stays in the history.
    """
    snapshot = record.snapshots.filter(sign_off__isnull=False).latest("revision", "attempt")
    signed = document_of(snapshot)["pages"]
    for page_id, page in pages_of(record).items():
        version = signed.get(page_id, 0)
        if version == page.version:
            continue
        then = RecordPage.history.filter(id=page.pk, version=version).first()
        write(page, then.answers if then else "{}", by=by, at=at, why=why)
    record.status, record.revision = Status.SIGNED, snapshot.revision
