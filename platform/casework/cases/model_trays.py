"""The tables of who works with a case, who is let in, and of its way between teams; a part of
casework.cases.models.

All keep every row: an allocation that ended and a transfer that was refused can still be read.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

USER = settings.AUTH_USER_MODEL


class Allocation(models.Model):
    """Who works with a case in which role, from one instant until another (open while `to_at` is null).

    `role` is a key of the case type's allocations; `lead` says that it is the leading one, whose open
    row `Case.worker` repeats for lists.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="allocations")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="allocations")
    role = models.CharField(max_length=64)
    lead = models.BooleanField(default=False)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["from_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="allocation_one_lead",
                fields=["case"],
                condition=Q(to_at__isnull=True, lead=True),
            ),
            models.UniqueConstraint(
                name="allocation_once_open",
                fields=["case", "user", "role"],
                condition=Q(to_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.case_id}"


class CaseAccess(models.Model):
    """One user let into a case, or kept out of it, beside what their roles give. Deny beats all."""

    wagtail_reference_index_ignore = True

    ALLOW, DENY = "allow", "deny"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="access")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="case_access")
    effect = models.CharField(max_length=5, choices=[(ALLOW, "Let in"), (DENY, "Keep out")])
    given_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="case_access_once_open",
                fields=["case", "user", "effect"],
                condition=Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.effect} {self.user_id} {self.case_id}"


class Transfer(models.Model):
    """A case proposed by one team to another, and what the other answered.

    Until it is accepted the case stays where it is. `tasks` is canonical JSON: what becomes of each
    open action that the proposer was asked about.
    """

    wagtail_reference_index_ignore = True

    PROPOSED, ACCEPTED, REFUSED, WITHDRAWN = "proposed", "accepted", "refused", "withdrawn"

    STATUSES: ClassVar = [
        (PROPOSED, "Waiting for an answer"),
        (ACCEPTED, "Accepted"),
        (REFUSED, "Refused"),
        (WITHDRAWN, "Withdrawn"),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="transfers")
    from_team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    to_team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=STATUSES, default=PROPOSED)
    reason = models.TextField()
    tasks = models.TextField(default="{}")
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["proposed_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="transfer_once_open", fields=["case"], condition=Q(status="proposed")
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["to_team", "status", "proposed_at"], name="transfer_to_team"),
            models.Index(fields=["from_team", "status", "proposed_at"], name="transfer_from_team"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.to_team_id}: {self.status}"
