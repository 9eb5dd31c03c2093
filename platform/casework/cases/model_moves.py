"""The moves of records between versions of their forms. Fields and constraints only."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from formdefs.models import FormVersion


class RecordMove(models.Model):
    """An open record came from one version of its form to another: by hand, or back again.

    `pages`: by page id, the versions before and after; saves up to the first were made on the
    earlier version of the form. `content`: the ledger's content row with what was converted and what
    has no place any more; None if nothing was. `stands`: whether it does, until it is undone.
    `moved`: False where only typing of an earlier version came later, from a page that was open.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey("cases.Record", on_delete=models.PROTECT, related_name="moves")
    number = models.PositiveIntegerField()
    from_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by"
    )
    pages = models.TextField(default="{}")
    content = models.UUIDField(null=True)
    stands = models.BooleanField(default=True)
    moved = models.BooleanField(default=True)
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "number"], name="record_move_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.record_id} move {self.number}"
