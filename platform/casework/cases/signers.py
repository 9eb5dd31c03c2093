"""Who may sign what they can wholly see: a signature is on everything that was submitted."""

from django.db.models import Q

from casework.accounts.marks import seen_by, titles
from casework.accounts.models import Role, RoleGrant, User
from casework.cases.marks import lying_on
from casework.cases.masking import Mask, said
from casework.cases.models import Record
from casework.cases.unmasked import document_of, form


def why_not_whole(user: User, record: Record, roles: frozenset[str]) -> str:
    """Say why somebody with these roles does not see all that was submitted, and who does; "" if
    they do.
    """
    loaded, lying = form(record), lying_on(record.pk)
    mask = Mask(loaded, lying, seen_by(roles)) if lying or any(loaded.marks.values()) else None
    withheld = hides_from(mask, record) if mask and mask.hidden else set()
    if not withheld:
        return ""
    needed = hides_from(Mask(loaded, lying, ()), record)
    who = _signers(record, user, needed)
    says = f"This record holds answers that are withheld from you, {said(sorted(withheld), titles())}. "
    says += "Who signs must see all of it. "
    if who:
        return f"{says}{' or '.join(who)} can sign it."
    return (
        f"{says}Nobody in the case's team can: somebody who sees the answers may take the marks off, "
        "or an access administrator may change who sees them."
    )


def hides_from(mask: Mask, record: Record) -> set[str]:
    """The marks for which who has this mask does not see something of what was submitted last."""
    snapshot = record.snapshots.order_by("revision", "attempt").last()
    document = document_of(snapshot) if snapshot else {"answers": {}}
    return {mark for one in mask.held_back_in(document) for mark in one.marks}


def _signers(record: Record, user: User, needed: set[str]) -> list[str]:
    """The names of the other managers of the case's team who see all these marks."""
    grants = RoleGrant.objects.filter(
        Q(team=record.case.team_id) | Q(role=Role.READ_ONLY), ended_at__isnull=True
    ).select_related("user")
    held: dict[User, set[str]] = {}
    for grant in grants.exclude(user=user).filter(user__is_active=True):
        held.setdefault(grant.user, set()).add(str(grant.role))
    return sorted(
        one.name
        for one, roles in held.items()
        if Role.MANAGER.value in roles and needed <= seen_by(roles)
    )
