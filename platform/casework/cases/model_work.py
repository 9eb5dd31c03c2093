"""The tables of clocks and tasks: what the engine last said of them; a part of casework.cases.models.

They are projections: the events of a case, folded, give the same.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

USER = settings.AUTH_USER_MODEL


class Clock(models.Model):
    """A clock of a case, or of one subject of it. Derived, never typed.

    `happenings` and `cycles` are canonical JSON, as casework.cases.clockwork writes them. `status`
    and `due_on` are of the last cycle, for lists: `due_on` is the day after which it is late.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="clocks")
    subject = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )
    key = models.CharField(max_length=64)
    happenings = models.TextField()
    cycles = models.TextField()
    told = models.TextField(default="[]")
    status = models.CharField(max_length=10)
    due_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "key", "subject"], name="clock_once"),
            models.UniqueConstraint(  # SQLite holds two nulls to be two things
                fields=["case", "key"],
                condition=models.Q(subject__isnull=True),
                name="clock_of_case_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "due_on"], name="clock_due"),
            models.Index(fields=["case", "status"], name="clock_case_status"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.case_id}"


class ClockReason(models.Model):
    """Why a run of a clock is late, as somebody said it. Immutable: said again, the later one stands.

    `begun` names the run by what began it, whatever its number is now. `code` is of the clock type's list,
    "" without one; the words lie in the ledger's content row `content`.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="reasons")
    begun = models.CharField(max_length=200)
    code = models.CharField(max_length=32, blank=True)
    content = models.UUIDField()
    said_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.clock_id} {self.code}"


class Task(models.Model):
    """Something to be done in a case. `key` is its template and the row, or event, that asked for it:
    one task for ever, wherever the case goes.
    """

    wagtail_reference_index_ignore = True

    OPEN, DONE, CANCELLED = "open", "done", "cancelled"
    HIGH, NORMAL, LOW = "high", "normal", "low"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="tasks")
    key = models.CharField(max_length=160)
    template = models.CharField(max_length=64)
    row = models.CharField(max_length=40, blank=True)
    source = models.ForeignKey(
        "cases.Record", on_delete=models.PROTECT, null=True, related_name="tasks"
    )
    subjects = models.ManyToManyField("people.Person", related_name="tasks")
    title = models.TextField()
    outsider = models.TextField(blank=True)
    status = models.CharField(
        max_length=10,
        choices=[(OPEN, "Open"), (DONE, "Done"), (CANCELLED, "Not done")],
        default=OPEN,
    )
    due_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(  # without an index of its own: each query below is of what is open
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks", db_index=False
    )
    outcome = models.TextField(blank=True)
    stated = models.CharField(max_length=32, blank=True)  # the code that the last review gave it
    # What its row said when it was last signed: a day or owner changed by hand stays until that changes.
    asked_due_on = models.DateField(null=True, blank=True)
    asked_owner = models.CharField(max_length=36, blank=True)
    priority = models.CharField(
        max_length=6,
        choices=[(HIGH, "High"), (NORMAL, "Normal"), (LOW, "Low")],
        default=NORMAL,
    )
    checklist = models.TextField(default="[]")  # its points as they were when it came up
    ticked = models.TextField(default="[]")  # their places
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    history = HistoricalRecords(history_change_reason_field=models.TextField(blank=True, null=True))

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "key"], name="task_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "due_on", "id"],
                condition=models.Q(status="open"),
                name="task_owner_open",
            ),
            models.Index(
                fields=["case", "owner"],
                condition=models.Q(status="open"),
                name="task_case_owner_open",
            ),
            models.Index(
                fields=["due_on", "id"], condition=models.Q(status="open"), name="task_due_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.case_id}"
