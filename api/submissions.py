"""What was submitted of a record: its digest, who submitted and signed it, who agreed."""

from typing import Any

from api import shapes
from casework.cases.access import documents_of
from casework.cases.models import Record, Snapshot
from casework.cases.reading import Signature, signatures_on
from casework.cases.waiting import awaited


def newest(record: Record) -> Snapshot | None:
    """The last submission, with its agreements, in two queries."""
    rows = Snapshot.objects.filter(record=record.pk)
    rows = rows.select_related("submitted_by", "record__case", "record__form_version")
    rows = rows.defer(*documents_of("record__form_version"))
    return (
        rows.prefetch_related("agreements__recorded_by").order_by("-revision", "-attempt").first()
    )


def _signature(one: Signature) -> dict[str, Any]:
    """One signature of a chain, with what its signer wrote."""
    sign_off = one.sign_off
    return {
        "step": sign_off.step,
        "role": sign_off.role,
        "title": sign_off.title,
        "signed_by": shapes.user(sign_off.signer),
        "signed_at": sign_off.signed_at.isoformat(),
        "comment": one.comment,
    }


def submission(snapshot: Snapshot) -> dict[str, Any]:
    """A submission as the API sends it, without its document."""
    given = signatures_on(snapshot)
    last = given[-1] if given and given[-1].sign_off.last else None
    newest = snapshot.revision == snapshot.record.revision
    waits = awaited(snapshot.record) if newest else None
    return {
        "revision": snapshot.revision,
        "attempt": snapshot.attempt,
        "sha256": snapshot.sha256,
        "submitted_by": shapes.user(snapshot.submitted_by),
        "submitted_at": snapshot.submitted_at.isoformat(),
        "finished": snapshot.finished,
        "signed_by": shapes.user(last.sign_off.signer) if last else None,
        "signed_at": last.sign_off.signed_at.isoformat() if last else None,
        "comment": last.comment if last else "",
        "signatures": [_signature(one) for one in given],
        "waits_for": vars(waits) if waits else None,
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
