"""The table of what was copied into records, and from where; a part of casework.cases.models."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class Prefill(models.Model):
    """That an answer, or a row, of a record was copied from elsewhere, and from where. Never changed.

    `question` is the permanent id of the question or repeat, `rows` the ids of the rows that it
    stands in, and of the row itself; so a place keeps its mark when keys are renamed. The newest row
    of a place counts. `source_question` and `source_row` say the same in the source; `source_at` is
    when that was signed, submitted, changed or opened. `value` is canonical JSON.
    """

    wagtail_reference_index_ignore = True

    RECORD, PERSON, CASE = "record", "person", "case"

    record = models.ForeignKey("cases.Record", on_delete=models.PROTECT, related_name="prefills")
    question = models.CharField(max_length=64)
    rows = models.CharField(max_length=400, blank=True)
    source = models.CharField(
        max_length=8, choices=[(RECORD, "Record"), (PERSON, "Person"), (CASE, "Case")]
    )
    snapshot = models.ForeignKey(
        "cases.Snapshot", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_question = models.CharField(max_length=64)
    source_row = models.CharField(max_length=40, blank=True)
    source_at = models.DateTimeField()
    signed = models.BooleanField(default=False)
    value = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.question} {self.rows}"
