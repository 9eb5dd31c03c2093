"""Users, teams, the roles that users hold, and their API tokens."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q


class User(AbstractUser):
    """A person with a log-in. Never deleted: a leaver is deactivated, and what they did keeps their name."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # Set while the password is one that somebody else chose; the pages ask for a new one first.
    must_change_password = models.BooleanField(default=False)

    @property
    def name(self) -> str:
        """Full name, or the user name where none is given."""
        return self.get_full_name() or self.get_username()


class Team(models.Model):
    """A group of workers; every case belongs to one."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a user may be. Worker and manager are held in a team; the others everywhere."""

    WORKER = "worker", "Worker"
    MANAGER = "manager", "Manager"
    READ_ONLY = "read_only", "Read only"
    ADMINISTRATOR = "administrator", "Form administrator"
    ACCESS_ADMINISTRATOR = "access_administrator", "Access administrator"


TEAM_ROLES = (Role.WORKER, Role.MANAGER)


class RoleGrant(models.Model):
    """A role that a user holds from one instant until another (open while `ended_at` is null)."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=24, choices=Role)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["granted_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="role_grant_team_iff_team_role",
                condition=Q(role__in=TEAM_ROLES, team__isnull=False)
                | (~Q(role__in=TEAM_ROLES) & Q(team__isnull=True)),
            ),
            # Two, because SQLite holds two empty teams to be different.
            models.UniqueConstraint(
                name="role_grant_once_open_in_team",
                fields=["user", "role", "team"],
                condition=Q(ended_at__isnull=True, team__isnull=False),
            ),
            models.UniqueConstraint(
                name="role_grant_once_open",
                fields=["user", "role"],
                condition=Q(ended_at__isnull=True, team__isnull=True),
            ),
            models.CheckConstraint(name="role_grant_not_own", condition=~Q(granted_by=F("user"))),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.team or ''}".strip()


class Mark(models.Model):
    """A mark that forms and workers put on answers: where they come from, so who may see them."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    key = models.CharField(max_length=64, primary_key=True)
    title = models.CharField(max_length=120)
    hint = models.CharField(max_length=500, blank=True)
    place = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["place", "key"]

    def __str__(self) -> str:
        return self.title


SIGHTED_ROLES = (Role.WORKER, Role.MANAGER, Role.READ_ONLY)  # the roles that see cases at all


class MarkSight(models.Model):
    """That a role sees a mark, from one instant until another (open while `ended_at` is null)."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="sights")
    role = models.CharField(max_length=24, choices=Role)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["given_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="mark_sight_of_case_roles", condition=Q(role__in=SIGHTED_ROLES)
            ),
            models.UniqueConstraint(
                name="mark_sight_once_open",
                fields=["mark", "role"],
                condition=Q(ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} sees {self.mark_id}"


class Token(models.Model):
    """A key with which a program acts as its owner, within its scopes. Only a digest is kept."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.name
