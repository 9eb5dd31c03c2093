"""What is decided on a submission: its signatures, or its return. Immutable."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

USER = settings.AUTH_USER_MODEL
WHY_BESIDE = "Record returned, with comments beside questions"  # of its history row, without others


class SignOff(models.Model):
    """A signature, bound to the SHA-256 of exactly what was signed.

    `step`: its place in the chain, counted from 0; `role` and `title`: what it was called there.
    `last`: the one that decided the record. A submission has one signature for each step.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    snapshot = models.ForeignKey(
        "cases.Snapshot", on_delete=models.PROTECT, related_name="sign_offs"
    )
    step = models.PositiveSmallIntegerField(default=0)
    last = models.BooleanField(default=True)
    role = models.CharField(max_length=16, default="manager")
    title = models.CharField(max_length=200, blank=True, default="")
    signer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["step"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "step"], name="sign_off_once_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.step} {self.signer_id}"


class RecordReturn(models.Model):
    """That a submission was sent back to be mended, by whom and when.

    The words lie in the ledger's content row `content`: `comment` is the general one, `questions` those
    beside questions of the form's `version`, each with `node`, `rows` (ids of the rows that lead there),
    `label` and `comment`.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    snapshot = models.OneToOneField(
        "cases.Snapshot", on_delete=models.PROTECT, related_name="returned"
    )
    content = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    returned_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.returned_by_id}"
