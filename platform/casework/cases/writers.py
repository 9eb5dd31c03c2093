"""Who wrote what is to be signed, and who has signed it: for whom a signature is not asked of."""

from django.db.models import Exists, OuterRef, Q, Subquery

from casework.accounts.models import User
from casework.cases.models import (
    DECIDED,
    WHY_FIRST,
    Record,
    RecordPage,
    RecordReturn,
    SignOff,
    Snapshot,
)

MOVED = "Moved to version "
"""How the reason of a history row begins where a page came to another version of its form."""


def wrote(user: User, record: Record) -> bool:
    """Say whether a user submitted the record, or saved any of its pages since it was last signed."""
    return Record.objects.filter(written_by(user), pk=record.pk).exists()


def written_by(user: User) -> Q:
    """The condition on records that a user wrote: submitted, or saved a page of since last signed.

    Not the author alone: who mends a returned page, were it one word, has written what is signed.
    Who moved the record to another version of its form has not: the machine did what it always does.
    """
    signed = Record.history.filter(id=OuterRef("record_id"), status__in=DECIDED)
    since = Subquery(signed.order_by("-history_date").values("history_date")[:1])
    saves = RecordPage.history.filter(record_id=OuterRef("pk"), history_user=user)
    # What was copied into a record as it was started was written, and signed, elsewhere.
    saves = saves.exclude(version=1, history_change_reason=WHY_FIRST)
    saves = saves.exclude(history_change_reason__startswith=MOVED)
    saves = saves.annotate(since=since).filter(Q(since=None) | Q(history_date__gt=since))
    submitted = Snapshot.objects.filter(
        record=OuterRef("pk"), submitted_by=user, revision=OuterRef("revision")
    )
    return Q(author=user) | Exists(saves) | Exists(submitted)


def signed_by(user: User) -> Q:
    """The condition on records that wait for a signature and of which a user has given an earlier one.

    A submission that was returned waits for none any more.
    """
    given = SignOff.objects.filter(
        snapshot__record=OuterRef("pk"), snapshot__revision=OuterRef("revision"), signer=user
    )
    returned = RecordReturn.objects.filter(snapshot=OuterRef("snapshot"))
    return Q(Exists(given.filter(~Exists(returned))))


def signed(user: User, record: Record) -> bool:
    """Say whether a user has signed what the record waits with."""
    return Record.objects.filter(signed_by(user), pk=record.pk).exists()
