"""What an access administrator decides about marks: which role sees which. Each with its event."""

from datetime import datetime
from typing import Any

from django.db import transaction

from casework.accounts.guards import reason, require_access_administrator
from casework.accounts.marks import stream_of
from casework.accounts.models import SIGHTED_ROLES, Mark, MarkSight, Role, User
from casework.accounts.refusals import NotAccepted, NotAllowed
from casework.accounts.roles import holds
from casework.ledger.append import append

OWN = (
    "You hold this role yourself, and nobody changes their own access. "
    "Ask another access administrator."
)


@transaction.atomic
def give_sight(mark: str, role: str, *, by: User, at: datetime, why: str) -> MarkSight:
    """Let a role see a mark from now on, in every case where it is held.

    Raises NotAllowed, Mark.DoesNotExist, and NotAccepted for a role that sees no cases, one that sees
    the mark already, or no reason.
    """
    found, said = _checked(mark, role, by, at, why)
    if MarkSight.objects.filter(mark=found, role=role, ended_at__isnull=True).exists():
        raise NotAccepted({"role": f"{Role(role).label} sees this mark already."})
    sight = MarkSight.objects.create(mark=found, role=role, given_by=by, given_at=at)
    _tell(sight, "mark.sight_given", by, at, said)
    return sight


@transaction.atomic
def end_sight(mark: str, role: str, *, by: User, at: datetime, why: str) -> MarkSight:
    """End that a role sees a mark, from now on. Raises as `give_sight`."""
    found, said = _checked(mark, role, by, at, why)
    sight = MarkSight.objects.filter(mark=found, role=role, ended_at__isnull=True).first()
    if sight is None:
        raise NotAccepted({"role": f"{Role(role).label} does not see this mark."})
    sight.ended_by, sight.ended_at = by, at
    sight.save(update_fields=["ended_by", "ended_at"])
    _tell(sight, "mark.sight_ended", by, at, said)
    return sight


def _checked(mark: str, role: str, by: User, at: datetime, why: str) -> tuple[Mark, dict[str, Any]]:
    """The mark, locked, and the reason. Raises as the actions do."""
    require_access_administrator(by, at)
    found = Mark.objects.select_for_update().get(pk=mark)
    if role not in SIGHTED_ROLES:
        raise NotAccepted({"role": "Select a role that sees cases."})
    if holds(by, at, Role(role)):
        raise NotAllowed(OWN)
    return found, reason(why)


def _tell(sight: MarkSight, kind: str, by: User, at: datetime, content: dict[str, Any]) -> None:
    refs = {"mark": sight.mark_id, "role": str(sight.role)}
    append(
        stream_of(sight.mark_id), kind, by=by, at=at, subject=sight.id, refs=refs, content=content
    )
