"""The records whose next signature is a user's to give: one query for a page of them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, Q, QuerySet

from casework.accounts.marks import seen_by
from casework.accounts.models import TEAM_ROLES, RoleGrant, User
from casework.accounts.roles import grants_at
from casework.cases import access
from casework.cases.marks import lying_on_all
from casework.cases.masking import Mask
from casework.cases.models import CaseAccess, Record, Status
from casework.cases.signers import hides_from
from casework.cases.standing import roles_in_all
from casework.cases.writers import signed_by, written_by
from formdefs.versions import form_of

ORDER = ("changed_at", "id")  # the longest waiting first


def to_sign(user: User, at: datetime) -> QuerySet[Record]:
    """Submitted records that wait for a signature in a role of the user's, who is not barred from it.

    The same rules as `access.check`, but for what marks withhold: that takes the answers, and
    `seen_whole` looks at those of one page.
    """
    let_in = CaseAccess.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), user=user, given_at__lte=at, effect=CaseAccess.ALLOW
    )
    theirs = Q(pk=None)
    for role in TEAM_ROLES:
        granted = RoleGrant.objects.filter(grants_at(at), user=user, role=role)
        here = Q(case__team__in=granted.values("team"))
        here |= Q(case__in=let_in.values("case")) & Q(Exists(granted))
        theirs |= Q(waits_for=role) & here
    rows = access.records_for(user, at).filter(
        theirs, status=Status.SUBMITTED, case__closed_at=None
    )
    wrote = Q(waits_not__contains="author") & written_by(user)
    before = Q(waits_not__contains="earlier") & signed_by(user)
    return rows.filter(~wrote, ~before)


def seen_whole(records: Sequence[Record], user: User, at: datetime) -> list[Record]:
    """Those of the records of which the user sees all that was submitted: who signs must.

    A few queries however many; the answers are read only where something might be withheld.
    """
    marked = lying_on_all([record.pk for record in records])
    may_hide = [
        record
        for record in records
        if marked[record.pk] or any(form_of(record.form_version_id).marks.values())
    ]
    if not may_hide:
        return list(records)
    roles = roles_in_all(user, (record.case for record in may_hide), at)
    sees = {held: seen_by(held) for held in set(roles.values())}
    hidden = set()
    for record in may_hide:
        form = form_of(record.form_version_id)
        mask = Mask(form, marked[record.pk], sees[roles[record.case_id]])
        if mask.hidden and hides_from(mask, record):
            hidden.add(record.pk)
    return [record for record in records if record.pk not in hidden]
