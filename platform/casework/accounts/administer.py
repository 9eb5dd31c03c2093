"""What an access administrator does to users, teams and roles: each an action with its event.

Every action asks for the role again inside its transaction, and none can be done to oneself. The
events of a user lie on the stream of their `uid`, those of a team on the stream of its id.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction

from casework.accounts.guards import another, reason, refuse_own, require_access_administrator
from casework.accounts.models import TEAM_ROLES, Role, RoleGrant, Team, User
from casework.accounts.passwords import end_log_ins, set_temporary_password
from casework.accounts.refusals import NotAccepted
from casework.accounts.roles import ADMINISTRATORS_GROUP
from casework.ledger.append import append

_USER_FIELDS = ("username", "first_name", "last_name", "email")


@transaction.atomic
def add_user(
    *, by: User, at: datetime, username: str, first_name: str, last_name: str, email: str = ""
) -> tuple[User, str]:
    """Add a user; return them and a temporary password, kept nowhere and shown once.

    Raises NotAllowed for who is no access administrator, NotAccepted for a name taken or missing.
    """
    require_access_administrator(by, at)
    user = User(
        username=username.strip(),
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        email=email.strip(),
    )
    plain = set_temporary_password(user)
    _save_user(user)
    append(user.uid, "user.added", by=by, at=at, content=_named(user))
    return user, plain


@transaction.atomic
def change_user(
    user_id: int, *, by: User, at: datetime, first_name: str, last_name: str, email: str
) -> User:
    """Change a user's name and address. Raises as `add_user`, and User.DoesNotExist."""
    user = another(user_id, by, at)
    before = _named(user)
    user.first_name, user.last_name, user.email = (
        first_name.strip(),
        last_name.strip(),
        email.strip(),
    )
    _save_user(user)
    append(
        user.uid, "user.changed", by=by, at=at, content={"before": before, "after": _named(user)}
    )
    return user


@transaction.atomic
def reset_password(user_id: int, *, by: User, at: datetime) -> str:
    """Give a user a new temporary password, ending their sessions and tokens; return it."""
    user = another(user_id, by, at)
    plain = set_temporary_password(user)
    user.save(update_fields=["password", "must_change_password"])
    end_log_ins(user, by=by, at=at)
    append(user.uid, "user.password_reset", by=by, at=at)
    return plain


@transaction.atomic
def deactivate(user_id: int, *, by: User, at: datetime, why: str) -> User:
    """Let a leaver go: roles, sessions and tokens end at once. Their name stays on what they did.

    Raises NotAllowed, User.DoesNotExist, and NotAccepted for one who has left already or no reason.
    """
    user = another(user_id, by, at)
    if not user.is_active:
        raise NotAccepted({"user": f"{user.name} has been deactivated already."})
    said = reason(why)
    for grant in RoleGrant.objects.select_for_update().filter(user=user, ended_at__isnull=True):
        _end_grant(grant, by=by, at=at, content=said)
    user.is_active = False
    user.set_unusable_password()  # makes void every session, known or not
    user.save(update_fields=["is_active", "password"])
    end_log_ins(user, by=by, at=at)
    append(user.uid, "user.deactivated", by=by, at=at, content=said)
    return user


@transaction.atomic
def reactivate(user_id: int, *, by: User, at: datetime, why: str) -> str:
    """Let somebody back in, without roles; return a temporary password. Raises as `deactivate`."""
    user = another(user_id, by, at)
    if user.is_active:
        raise NotAccepted({"user": f"{user.name} is active."})
    said = reason(why)
    user.is_active = True
    plain = set_temporary_password(user)
    user.save(update_fields=["is_active", "password", "must_change_password"])
    append(user.uid, "user.reactivated", by=by, at=at, content=said)
    return plain


@transaction.atomic
def grant_role(
    user_id: int, role: str, team_id: UUID | None, *, by: User, at: datetime, why: str
) -> RoleGrant:
    """Give a user a role from now on; `team_id` for worker and manager, None for the others.

    Raises NotAllowed, User.DoesNotExist, and NotAccepted for an unknown role, a team that is
    missing, needless or closed, a role held already, a leaver, or no reason.
    """
    user = another(user_id, by, at)
    if role not in Role.values:
        raise NotAccepted({"role": "Select a role."})
    if not user.is_active:
        raise NotAccepted({"user": f"{user.name} has left. Reactivate them first."})
    if (role in TEAM_ROLES) != (team_id is not None):
        raise NotAccepted(
            {"team": "Select a team." if role in TEAM_ROLES else "This role is not held in a team."}
        )
    if team_id and not Team.objects.filter(pk=team_id, active=True).exists():
        raise NotAccepted({"team": "Select a team that is in use."})
    if RoleGrant.objects.filter(user=user, role=role, team=team_id, ended_at__isnull=True).exists():
        raise NotAccepted({"role": f"{user.name} holds this role already."})
    return _grant(user, role, team_id, by=by, at=at, content=reason(why))


@transaction.atomic
def end_role(grant_id: UUID, *, by: User, at: datetime, why: str) -> RoleGrant:
    """End a role from now on. Raises NotAllowed, NotAccepted without a reason, RoleGrant.DoesNotExist."""
    require_access_administrator(by, at)
    grant = (
        RoleGrant.objects.select_for_update(of=("self",))
        .select_related("user")
        .get(pk=grant_id, ended_at__isnull=True)
    )
    refuse_own(grant.user, by)
    _end_grant(grant, by=by, at=at, content=reason(why))
    return grant


@transaction.atomic
def add_team(name: str, *, by: User, at: datetime) -> Team:
    """Add a team. Raises NotAllowed, and NotAccepted for a name that is missing or taken."""
    require_access_administrator(by, at)
    team = Team(name=name.strip())
    _save_team(team)
    append(team.id, "team.added", by=by, at=at, content={"name": team.name})
    return team


@transaction.atomic
def change_team(team_id: UUID, *, by: User, at: datetime, name: str, active: bool) -> Team:
    """Rename a team, or take it out of use (its cases and members stay). Raises as `add_team`."""
    require_access_administrator(by, at)
    team = Team.objects.select_for_update().get(pk=team_id)
    before = {"name": team.name, "active": team.active}
    team.name, team.active = name.strip(), active
    _save_team(team)
    after = {"name": team.name, "active": team.active}
    append(team.id, "team.changed", by=by, at=at, content={"before": before, "after": after})
    return team


@transaction.atomic
def install_access_administrator(
    username: str, *, first_name: str, last_name: str, at: datetime, password: str | None
) -> tuple[User, str | None]:
    """Make the first access administrator, for whoever can run commands; nobody else can.

    An existing active user gets the role and keeps their password. A new one gets the password
    given, or a temporary one, which is returned. Raises NotAccepted.
    """
    plain = None
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        user = User(username=username, first_name=first_name, last_name=last_name)
        if password is None:
            plain = set_temporary_password(user)
        else:
            user.set_password(password)
        _save_user(user)
        append(user.uid, "user.added", by=None, at=at, content=_named(user))
    elif not user.is_active:
        raise NotAccepted(
            {"username": f"{username} has been deactivated. Choose another user name."}
        )
    if not RoleGrant.objects.filter(
        user=user, role=Role.ACCESS_ADMINISTRATOR, ended_at__isnull=True
    ).exists():
        _grant(
            user,
            Role.ACCESS_ADMINISTRATOR,
            None,
            by=None,
            at=at,
            content={"why": "Made by command."},
        )
    return user, plain


def _named(user: User) -> dict[str, Any]:
    return {field: getattr(user, field) for field in _USER_FIELDS}


def _save_user(user: User) -> None:
    missing = {
        field: f"Enter the {words}."
        for field, words in (
            ("username", "user name"),
            ("first_name", "first name"),
            ("last_name", "last name"),
        )
        if not getattr(user, field)
    }
    if missing:
        raise NotAccepted(missing)
    try:
        user.full_clean(exclude=["password", "uid"])
    except ValidationError as error:
        raise NotAccepted(
            {field: texts[0] for field, texts in error.message_dict.items()}
        ) from error
    user.save()


def _save_team(team: Team) -> None:
    try:
        team.full_clean()
    except ValidationError as error:
        text = "Another team has this name." if team.name else "Enter the team's name."
        raise NotAccepted({"name": text}) from error
    team.save()


def _grant(
    user: User,
    role: str,
    team_id: UUID | None,
    *,
    by: User | None,
    at: datetime,
    content: dict[str, Any],
) -> RoleGrant:
    grant = RoleGrant.objects.create(
        user=user, role=role, team_id=team_id, granted_by=by, granted_at=at
    )
    if role == Role.ADMINISTRATOR:
        user.groups.add(Group.objects.get_or_create(name=ADMINISTRATORS_GROUP)[0])
    append(
        user.uid,
        "role.granted",
        by=by,
        at=at,
        subject=grant.id,
        refs=_where(grant),
        content=content,
    )
    return grant


def _end_grant(grant: RoleGrant, *, by: User, at: datetime, content: dict[str, Any]) -> None:
    grant.ended_at, grant.ended_by = at, by
    grant.save(update_fields=["ended_at", "ended_by"])
    if grant.role == Role.ADMINISTRATOR:
        grant.user.groups.remove(*Group.objects.filter(name=ADMINISTRATORS_GROUP))
    append(
        grant.user.uid,
        "role.ended",
        by=by,
        at=at,
        subject=grant.id,
        refs=_where(grant),
        content=content,
    )


def _where(grant: RoleGrant) -> dict[str, Any]:
    return {"role": str(grant.role), "team": str(grant.team_id) if grant.team_id else None}
