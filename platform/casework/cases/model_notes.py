"""The tables of what is told beside records: what was added to one that is finished, and which records
tell of which action; a part of casework.cases.models.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

USER = settings.AUTH_USER_MODEL


class Appendment(models.Model):
    """What was added to a finished record, bound to exactly what it was added to. Immutable.

    The text lies in the ledger's content row `content`; `sha256` is of its salt and body.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    snapshot = models.ForeignKey(
        "cases.Snapshot", on_delete=models.PROTECT, related_name="appendments"
    )
    content = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["added_at", "id"]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.added_at}"


class TaskLink(models.Model):
    """That a record tells of an action: it touched it, or (it, or a file in it) shows that it is done.

    A row is ended and never deleted, so the rows are their own history.
    """

    wagtail_reference_index_ignore = True

    TOUCHED, EVIDENCE = "touched", "evidence"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey("cases.Task", on_delete=models.PROTECT, related_name="links")
    record = models.ForeignKey("cases.Record", on_delete=models.PROTECT, related_name="task_links")
    upload = models.ForeignKey(
        "cases.Upload", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(
        max_length=10, choices=[(TOUCHED, "Touched by"), (EVIDENCE, "Evidence")]
    )
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["made_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="task_link_once_open",
                fields=["task", "record", "kind"],
                condition=Q(ended_at=None, upload=None),
            ),
            models.UniqueConstraint(
                name="task_link_file_once_open",
                fields=["task", "upload", "kind"],
                condition=Q(ended_at=None, upload__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.task_id} {self.record_id}"
