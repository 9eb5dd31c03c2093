"""Who wrote what is to be signed, for forms whose authority is another's."""

from django.db.models import Max

from casework.accounts.models import User
from casework.cases.models import DECIDED, WHY_FIRST, Record, RecordPage

MOVED = "Moved to version "
"""How the reason of a history row begins where a page came to another version of its form."""


def wrote(user: User, record: Record) -> bool:
    """Say whether a user submitted the record, or saved any of its pages since it was last signed.

    Not the author alone: who mends a returned page, were it one word, has written what is signed.
    Who moved the record to another version of its form has not: the machine did what it always does.
    """
    if record.author_id == user.pk:
        return True
    signed = Record.history.filter(id=record.pk, status__in=DECIDED)
    since = signed.aggregate(last=Max("history_date"))["last"]
    saves = RecordPage.history.filter(record_id=record.pk, history_user=user)
    # What was copied into a record as it was started was written, and signed, elsewhere.
    saves = saves.exclude(version=1, history_change_reason=WHY_FIRST)
    saves = saves.exclude(history_change_reason__startswith=MOVED)
    submissions = record.snapshots.filter(submitted_by=user, revision=record.revision)
    if since is not None:
        saves = saves.filter(history_date__gt=since)
    return bool(saves.exists() or submissions.exists())
