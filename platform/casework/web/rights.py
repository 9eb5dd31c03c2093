"""Which roles the person of this request holds now, read once per request."""

from django.http import HttpRequest

from casework import clock
from casework.accounts import roles
from casework.accounts.models import User


def roles_of(request: HttpRequest) -> frozenset[str]:
    """The roles that the signed-in user holds at this moment, in any team; none for anybody else."""
    held: frozenset[str] | None = getattr(request, "casework_roles", None)
    if held is None:
        user = getattr(request, "user", None)
        pairs = roles.roles_of(user, clock.now()) if isinstance(user, User) else set()
        held = frozenset(role for role, _ in pairs)
        request.casework_roles = held  # type: ignore[attr-defined]
    return held
