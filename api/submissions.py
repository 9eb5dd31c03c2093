"""What was submitted of a record: its digest, who submitted and signed it, who agreed, what counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api import shapes
from casework.cases.facts import facts_at
from casework.cases.models import Record, RecordPage, Snapshot, Status
from casework.cases.reading import decision_on, document_of, joined
from formdefs.form import Form
from formdefs.state import effective

_AS_SUBMITTED = (Status.SUBMITTED, Status.SIGNED)


def newest(record: Record, revision: int | None = None) -> Snapshot | None:
    """The last submission, with its signature and agreements, in two queries."""
    rows = Snapshot.objects.filter(record=record.pk)
    if revision is not None:
        rows = rows.filter(revision=revision)
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


def counting(
    status: str,
    snapshot: Snapshot | None,
    loaded: Form,
    pages: Mapping[str, RecordPage],
    at: datetime,
) -> dict[str, Any]:
    """The answers that count, and what was set aside: as submitted while it waits or is signed,
    otherwise as typed so far, with nothing set aside.

    Raises Altered when what was submitted no longer has its digest.
    """
    if snapshot and status in _AS_SUBMITTED:
        document = document_of(snapshot)
        return {"answers": document["answers"], "set_aside": document.get("set_aside", [])}
    answers = effective(loaded, joined(pages), facts_at(at, loaded))
    return {"answers": answers, "set_aside": []}
