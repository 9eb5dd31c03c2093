"""Which roles the person of this request holds now, read once per request."""

from django.http import HttpRequest

from casework.accounts.models import RoleGrant, User


def roles_of(request: HttpRequest) -> frozenset[str]:
    """The roles that the signed-in user holds at this moment, in any team; none for anybody else."""
    held: frozenset[str] | None = getattr(request, "_casework_roles", None)
    if held is None:
        user = getattr(request, "user", None)
        held = frozenset()
        if isinstance(user, User) and user.is_active:
            open_grants = RoleGrant.objects.filter(user=user, ended_at__isnull=True)
            held = frozenset(open_grants.values_list("role", flat=True))
        request._casework_roles = held  # type: ignore[attr-defined]
    return held
