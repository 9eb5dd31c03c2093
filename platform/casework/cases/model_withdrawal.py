"""The table of what was asked to be withdrawn; a part of casework.cases.models."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

USER = settings.AUTH_USER_MODEL


class Withdrawal(models.Model):
    """That somebody asked to take a record away, and what another person decided.

    The words of both lie in the contents of their events; `reason` is one of a list.
    """

    wagtail_reference_index_ignore = True

    class Reason(models.TextChoices):
        """Why something is taken away."""

        WRONG_PERSON = "wrong_person", "It is about somebody else than it says"
        COURT_ORDER = "court_order", "A court has ordered it"
        DISPOSAL = "disposal", "The time that it must be kept is over"

    ASKED, APPROVED, REFUSED = "asked", "approved", "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey("cases.Record", on_delete=models.PROTECT, related_name="withdrawals")
    reason = models.CharField(max_length=16, choices=Reason)
    status = models.CharField(max_length=8, default=ASKED)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_event = models.ForeignKey("ledger.Event", on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_event = models.ForeignKey(
        "ledger.Event", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="withdrawal_once_open",
                fields=["record"],
                condition=models.Q(status="asked"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.record_id}"
