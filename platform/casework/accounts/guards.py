"""What every action on access begins with: who asks may, is not acting on themself, says why."""

from datetime import datetime
from typing import Any

from casework.accounts.models import Role, RoleGrant, User
from casework.accounts.refusals import NotAccepted, NotAllowed
from casework.accounts.roles import grants_at


def require_access_administrator(by: User, at: datetime) -> None:
    """Raise NotAllowed unless `by` is an access administrator now.

    All open grants of the role are locked, so that two who end each other's cannot both succeed.
    """
    holders = RoleGrant.objects.select_for_update(of=("self",)).filter(
        grants_at(at), role=Role.ACCESS_ADMINISTRATOR, user__is_active=True
    )
    if by.pk not in {grant.user_id for grant in holders.order_by("id")}:
        raise NotAllowed("Only an access administrator may do this.")


def another(user_id: int, by: User, at: datetime) -> User:
    """The user to change, locked. Raises NotAllowed when it is `by`, or `by` may not."""
    require_access_administrator(by, at)
    user = User.objects.select_for_update().get(pk=user_id)
    refuse_own(user, by)
    return user


def refuse_own(user: User, by: User) -> None:
    """Raise NotAllowed when a user would act on themself."""
    if user.pk == by.pk:
        raise NotAllowed("Nobody changes their own access. Ask another access administrator.")


def reason(why: str) -> dict[str, Any]:
    """The reason as an event's content. Raises NotAccepted when none is given."""
    if not why.strip():
        raise NotAccepted({"why": "Enter the reason."})
    return {"why": why.strip()}
