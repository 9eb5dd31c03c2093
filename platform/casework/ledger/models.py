"""What cannot be changed afterwards: events in hash chains, what they say, and who read what.

An event holds kinds, ids, times and a salted digest, nothing that anybody answered or wrote: that
lies in its content row, so that content can one day be withdrawn and the chain still verifies.
Triggers on both databases refuse every change (casework.ledger.triggers).
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class StreamHead(models.Model):
    """The end of one stream's chain; locked while an event is appended. Can be rebuilt from events."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    stream = models.UUIDField(primary_key=True)
    seq = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.stream} at {self.seq}"


class Content(models.Model):
    """What an event says: answers, comments, reasons. `body` is RFC 8785 text, `salt` random hex."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    salt = models.CharField(max_length=64)
    body = models.TextField()

    def __str__(self) -> str:
        return str(self.id)


class Event(models.Model):
    """Something that happened. `stream` is a case, a person, a form… without a key upwards."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.BigAutoField(primary_key=True)
    stream = models.UUIDField()
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=64)
    subject = models.UUIDField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    command_id = models.UUIDField(null=True, unique=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    refs = models.TextField(default="{}")
    # Not a key: the content may one day be withdrawn while the event stays.
    content = models.UUIDField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "seq"], name="event_seq_once")
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq} {self.kind}"


class Read(models.Model):
    """Somebody opened, printed, downloaded or exported something. Not chained, so no reader waits."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    object_id = models.UUIDField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Seal(models.Model):
    """One hash over what was written since the seal before it (casework.ledger.seals). Immutable.

    `last_event` and `last_read`: row numbers up to which it reaches; `tables`: canonical JSON, for
    each table of history rows the number that it reaches and the columns that are under it.
    """

    wagtail_reference_index_ignore = True  # see casework.cases.models

    number = models.PositiveIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    last_event = models.PositiveBigIntegerField()
    last_read = models.PositiveBigIntegerField()
    events = models.PositiveIntegerField()
    reads = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    tables = models.TextField()
    root = models.CharField(max_length=64)
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"seal {self.number}"


class SealedRow(models.Model):
    """The salted digest under which one history row was sealed. Removed with its row alone."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.BigAutoField(primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=64)
    row = models.PositiveBigIntegerField()
    salt = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table", "row"], name="sealed_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"


class Tombstone(models.Model):
    """One row that a withdrawal took away: the event that tells of it, and the digest that stays.

    `what`: the table; `key`: its key as text; `row`: the same as a number, for history rows; `seal`:
    the seal that the row was under. Immutable; the triggers let go what a tombstone names.
    """

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    row = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["what", "key"], name="tombstone_once")
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.key}"


class AnchorSent(models.Model):
    """That a seal's line was sent by e-mail or to a webhook."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.BigAutoField(primary_key=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=16)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.how} {self.seal_id}"
