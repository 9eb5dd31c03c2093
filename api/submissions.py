"""What was submitted of a record: its digest, who submitted and signed it, who agreed."""

from typing import Any

from api import shapes
from casework.cases.models import Record, Snapshot
from casework.cases.reading import decision_on


def newest(record: Record) -> Snapshot | None:
    """The last submission, with its signature and agreements, in two queries."""
    rows = Snapshot.objects.filter(record=record.pk)
    rows = rows.select_related("submitted_by", "sign_off__signer")
    return (
        rows.prefetch_related("agreements__recorded_by").order_by("-revision", "-attempt").first()
    )


def submission(snapshot: Snapshot) -> dict[str, Any]:
    """A submission as the API sends it, without its document."""
    sign_off = getattr(snapshot, "sign_off", None)
    return {
        "revision": snapshot.revision,
        "attempt": snapshot.attempt,
        "sha256": snapshot.sha256,
        "submitted_by": shapes.user(snapshot.submitted_by),
        "submitted_at": snapshot.submitted_at.isoformat(),
        "finished": snapshot.finished,
        "signed_by": shapes.user(sign_off.signer) if sign_off else None,
        "signed_at": sign_off.signed_at.isoformat() if sign_off else None,
        "comment": decision_on(snapshot) if sign_off else "",
        "agreements": [
            {
                "id": str(agreement.pk),
                "capacity": agreement.capacity,
                "decision": agreement.decision,
                "on": agreement.on.isoformat(),
                "recorded_by": shapes.user(agreement.recorded_by),
                "recorded_at": agreement.recorded_at.isoformat(),
            }
            for agreement in snapshot.agreements.all()
        ],
    }
