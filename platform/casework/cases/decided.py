"""Which submissions decided their records, and when: the one place that says what that takes.

A submission decides its record when the last of its chain signs, or at once where no signature is asked.
"""

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from casework.cases.models import SignOff, Snapshot, Status

_SIGNED = SignOff.objects.filter(snapshot=OuterRef("pk"), last=True)
BY_SIGNATURE = Q(Exists(_SIGNED))
BY_FINISHING = Q(finished=True)
DECIDED = BY_SIGNATURE | BY_FINISHING
WHEN = Coalesce(
    Subquery(_SIGNED.values("signed_at")[:1]), "submitted_at", output_field=DateTimeField()
)
"""When a submission was decided, for those that were."""


def decided(snapshots: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
    """Those of the submissions that decided their records, each with `decided_at`, oldest first.

    Without those of withdrawn records, which say nothing any more.
    """
    found = snapshots.filter(DECIDED).exclude(record__status=Status.WITHDRAWN)
    found = found.annotate(decided_at=WHEN)
    return found.order_by("decided_at", "revision", "attempt", "pk")
