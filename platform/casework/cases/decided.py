"""Which submissions decided their records, and when: the one place that says what that takes.

A submission decides its record when it is signed, or at once where no signature is asked.
"""

from django.db.models import DateTimeField, Q, QuerySet
from django.db.models.functions import Coalesce

from casework.cases.models import Snapshot

BY_SIGNATURE = Q(sign_off__isnull=False)
BY_FINISHING = Q(finished=True)
DECIDED = BY_SIGNATURE | BY_FINISHING
WHEN = Coalesce("sign_off__signed_at", "submitted_at", output_field=DateTimeField())
"""When a submission was decided, for those that were."""


def decided(snapshots: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
    """Those of the submissions that decided their records, each with `decided_at`, oldest first."""
    found = snapshots.filter(DECIDED).annotate(decided_at=WHEN)
    return found.order_by("decided_at", "revision", "attempt", "pk")
