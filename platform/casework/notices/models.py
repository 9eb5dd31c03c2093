"""Notices, how each user wants them, and calendar feeds. Fields and constraints only.

A notice carries what it is about, by id, and no name and nothing that anybody wrote: what its reader
may see is found out when they open it.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

USER = settings.AUTH_USER_MODEL


class Notice(models.Model):
    """One thing that one user is told, once: `key` is the same however often it is found."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=200, db_index=True)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(
        "cases.Record", on_delete=models.PROTECT, null=True, related_name="+"
    )
    task = models.ForeignKey("cases.Task", on_delete=models.PROTECT, null=True, related_name="+")
    transfer = models.ForeignKey(
        "cases.Transfer", on_delete=models.PROTECT, null=True, related_name="+"
    )
    due_on = models.DateField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)  # set before it is sent, so never sent twice

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="notice_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-at", "-id"], name="notice_newest"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"


class Wish(models.Model):
    """How one user wants to be told beside the inbox. Without a row: by the inbox alone."""

    wagtail_reference_index_ignore = True

    NONE, EACH, DAILY = "none", "each", "daily"
    MAIL: ClassVar = [
        (NONE, "No e-mail"),
        (EACH, "An e-mail for each notice"),
        (DAILY, "One e-mail each morning"),
    ]

    user = models.OneToOneField(USER, on_delete=models.PROTECT, related_name="wish")
    mail = models.CharField(max_length=8, choices=MAIL, default=NONE)
    digest_on = models.DateField(null=True)  # the day of the last e-mail of a morning

    def __str__(self) -> str:
        return f"{self.user_id} {self.mail}"


class Feed(models.Model):
    """An address under which a calendar reads one user's due days, until `ends_at`.

    `digest` is the SHA-256 of the address's secret, which is shown once and kept nowhere.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="feeds")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} until {self.ends_at}"


class Told(models.Model):
    """How far the ledger has been read for notices: everything up to this event is told."""

    wagtail_reference_index_ignore = True

    name = models.CharField(max_length=32, primary_key=True)
    event = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.event}"
