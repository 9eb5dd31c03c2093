"""Puts a reopened record back to what was last signed or finished."""

from datetime import datetime
from uuid import UUID

from casework.accounts.models import User
from casework.cases.actions.migrating import note_restored
from casework.cases.actions.pages import write
from casework.cases.decided import DECIDED
from casework.cases.models import Record, RecordPage, Status
from casework.cases.unmasked import document_of, pages_of


def restore_signed(record: Record, *, by: User, at: datetime, why: str) -> dict[str, int]:
    """Give the pages their answers as last decided, in new versions, and the record that revision.

    Returns the versions of the pages that it wrote.

    Its form version is again the one that was decided. The record itself is left to be saved. What was typed since stays in the history.
    """
    snapshot = record.snapshots.filter(DECIDED).latest("revision", "attempt")
    document = document_of(snapshot)
    signed, laid = document["pages"], {}
    for page_id, page in pages_of(record).items():
        version, stood = signed.get(page_id, 0), page.version
        if version != stood:
            then = RecordPage.history.filter(id=page.pk, version=version).first()
            write(page, then.answers if then else "{}", by=by, at=at, why=why)
        laid[page_id] = (stood, page.version)
    note_restored(record, UUID(document["version"]), laid, by=by, at=at)
    record.status = Status.FINISHED if snapshot.finished else Status.SIGNED
    record.revision = snapshot.revision
    return {page_id: after for page_id, (before, after) in laid.items() if after != before}
