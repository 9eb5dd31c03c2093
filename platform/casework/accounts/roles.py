"""Who holds which role, where, at an instant: questions only. One query each."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from casework import statements
from casework.accounts.models import Role, RoleGrant, Team, User

ADMINISTRATORS_GROUP = "Form administrators"


def grants_at(at: datetime) -> Q:
    """The condition on RoleGrant that it is held at this instant."""
    return Q(granted_at__lte=at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))


def grants_of(user: User, at: datetime) -> QuerySet[RoleGrant]:
    """The roles that an active user holds; none for a leaver."""
    if not user.is_active:
        return RoleGrant.objects.none()
    return RoleGrant.objects.filter(grants_at(at), user=user).select_related("team")


def roles_of(user: User, at: datetime) -> set[tuple[str, UUID | None]]:
    """Pairs of a role and the team it is held in (None: everywhere)."""
    if not user.is_active:
        return set()
    held = statements.rows(RoleGrant, {"user_id": user.pk})  # asked for by every page
    return {
        (grant.role, grant.team_id)
        for grant in held
        if grant.granted_at <= at and (grant.ended_at is None or grant.ended_at > at)
    }


def teams_of(user: User, at: datetime, *roles: Role) -> QuerySet[Team]:
    """The teams in which a user holds any of these roles (worker or manager, when none is named)."""
    wanted = roles or (Role.WORKER, Role.MANAGER)
    return Team.objects.filter(pk__in=grants_of(user, at).filter(role__in=wanted).values("team"))


def holds(user: User, at: datetime, role: Role, team: Team | None = None) -> bool:
    """Whether a user holds a role, in this team when one is given, anywhere otherwise."""
    grants = grants_of(user, at).filter(role=role)
    return (grants.filter(team=team) if team else grants).exists()


def is_access_administrator(user: User, at: datetime) -> bool:
    """Whether a user may administer users, teams and roles."""
    return holds(user, at, Role.ACCESS_ADMINISTRATOR)


def members_of(team: Team, at: datetime, *roles: Role) -> QuerySet[User]:
    """The active users who hold any of these roles in a team (any role when none is named), by name."""
    grants = RoleGrant.objects.filter(grants_at(at), team=team)
    if roles:
        grants = grants.filter(role__in=roles)
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by(
        "last_name", "first_name", "username"
    )
