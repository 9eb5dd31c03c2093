"""Cases, the records in their files, and what was signed. Fields and constraints only.

What may happen to them is in casework.cases.actions; who may see them in casework.cases.access.
Answers are RFC 8785 text: what is hashed is stored as it is hashed.

`wagtail_reference_index_ignore`: Wagtail otherwise indexes the foreign keys of every model at every
save, for pages and images; ours refer to none.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from casetypes.models import CaseTypeVersion
from casework.accounts.models import Team
from casework.cases.model_moves import RecordMove as RecordMove
from casework.cases.model_notes import Appendment as Appendment
from casework.cases.model_notes import TaskLink as TaskLink
from casework.cases.model_prefill import Prefill as Prefill
from casework.cases.model_signing import RecordReturn as RecordReturn
from casework.cases.model_signing import SignOff as SignOff
from casework.cases.model_trays import Allocation as Allocation
from casework.cases.model_trays import CaseAccess as CaseAccess
from casework.cases.model_trays import Transfer as Transfer
from casework.cases.model_withdrawal import Withdrawal as Withdrawal
from casework.cases.model_work import Clock as Clock
from casework.cases.model_work import ClockReason as ClockReason
from casework.cases.model_work import Task as Task
from casework.people.models import Person
from formdefs.models import FormVersion

USER = settings.AUTH_USER_MODEL
WHY_FIRST = "Prefilled when the record was started"  # of the history row of a page begun so


class Counter(models.Model):
    """The last number given out under a name; the row is locked while the next is taken."""

    wagtail_reference_index_ignore = True

    name = models.CharField(max_length=32, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


class Case(models.Model):
    """A piece of work about one or more persons. Its id is also its stream in the ledger."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    case_type = models.CharField(max_length=64)
    # Null only for a case that is older than case types' versions: it runs on the newest.
    type_version = models.ForeignKey(
        CaseTypeVersion, on_delete=models.PROTECT, related_name="cases", null=True
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="cases")
    worker = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    close_reason = models.CharField(max_length=32, blank=True)
    moves = models.PositiveIntegerField(default=0)  # how often a subject went on to another stage
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords(history_change_reason_field=models.TextField(blank=True, null=True))

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-opened_at", "-id"], name="case_newest"),
            models.Index(fields=["team", "-opened_at", "-id"], name="case_team_newest"),
            models.Index(fields=["worker", "-opened_at", "-id"], name="case_worker_newest"),
            models.Index(
                fields=["team", "opened_at", "id"],
                condition=Q(worker__isnull=True, closed_at__isnull=True),
                name="case_team_unallocated",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it: CT and the number."""
        return f"CT{self.number:06d}"


class CaseSubject(models.Model):
    """A person whom a case is about, from one day until another."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="subjects")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="subject_of")
    # Which of this person's parts in the case it is: days do not tell one that ended from one that
    # began on the same day.
    part = models.PositiveSmallIntegerField(default=1)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    # Where this person stands in the case, as the engine said last; "" is the first stage.
    stage = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["from_on", "part", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="case_subject_part", fields=["case", "person", "part"]),
            models.UniqueConstraint(
                name="case_subject_once_open",
                fields=["case", "person"],
                condition=Q(to_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.case_id}"


class Status(models.TextChoices):
    """Where a record stands. Draft and returned can be edited."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for sign-off"
    RETURNED = "returned", "Returned"
    SIGNED = "signed", "Signed"
    FINISHED = "finished", "Finished"
    ABANDONED = "abandoned", "Abandoned"
    WITHDRAWN = "withdrawn", "Withdrawn"


EDITABLE = (Status.DRAFT, Status.RETURNED)
# What is decided, by its last signature, or by being submitted where no signature is asked.
DECIDED = (Status.SIGNED, Status.FINISHED)


class Record(models.Model):
    """One form filled in for a case. Its version changes only while it is open, by a RecordMove.

    Its row changes only when its state does; typing changes its pages. `revision` counts what was
    signed and then reopened; `author` is who submitted last (who started it, until then). While it is
    submitted, `asked` are the places in its chain of the signatures that it needs, joined with ",", of
    which it has `signed_so_far`; `waits_for` is the role of the next signer, and `waits_not` who may
    not be it: "author", "earlier".
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="records")
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="records")
    subjects = models.ManyToManyField(Person, through="RecordSubject", related_name="records")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="authored")
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # of its state
    occurred_on = models.DateField(
        null=True, blank=True
    )  # the form's `occurred` answer, at submission
    asked = models.CharField(max_length=32, blank=True, default="")
    signed_so_far = models.PositiveSmallIntegerField(default=0)
    waits_for = models.CharField(max_length=16, blank=True, default="")
    waits_not = models.CharField(max_length=32, blank=True, default="")
    history = HistoricalRecords(history_change_reason_field=models.TextField(blank=True, null=True))

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "-started_at", "-id"], name="record_case_newest"),
            models.Index(fields=["-started_at", "-id"], name="record_newest"),
            models.Index(
                fields=["author", "status", "changed_at", "id"], name="record_author_status_since"
            ),
            models.Index(fields=["status", "-changed_at"], name="record_status_changed"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class RecordSubject(models.Model):
    """A person whom a record covers, fixed when it is started."""

    wagtail_reference_index_ignore = True

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="covers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "person"], name="record_subject_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.record_id}"


class RecordPage(models.Model):
    """One page's answers: the unit of saving. `page` is the page's permanent id.

    `version` counts saves. Earlier versions, the common bases of a merge, are its history rows.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="pages")
    page = models.CharField(max_length=16)
    version = models.PositiveIntegerField(default=1)
    answers = models.TextField(default="{}")
    saved_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    history = HistoricalRecords(history_change_reason_field=models.TextField(blank=True, null=True))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "page"], name="record_page_once")
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.page} v{self.version}"


class AnswerMark(models.Model):
    """A mark that a worker put on an answer or row of a record; or the form's own, released there.

    It lies beside the answers, by permanent ids: `node` of the question or repeat, `rows` the ids of
    the rows that lead to it, joined with "."; for a row of a repeat its own id comes last.
    `of_form`: the form's definition marks it, and this row is the release. Open marks withhold.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="marks")
    node = models.CharField(max_length=64)
    rows = models.CharField(max_length=400, blank=True)
    mark = models.CharField(max_length=64)
    of_form = models.BooleanField(default=False)
    marked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    marked_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["marked_at", "released_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="answer_mark_once_open",
                fields=["record", "node", "rows", "mark"],
                condition=Q(released_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="answer_mark_of_form_released_once",
                fields=["record", "node", "rows", "mark"],
                condition=Q(of_form=True),
            ),
            models.CheckConstraint(
                name="answer_mark_of_form_is_released",
                condition=Q(of_form=False, marked_at__isnull=False)
                | Q(of_form=True, released_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mark} on {self.node} of {self.record_id}"


class Autosave(models.Model):
    """What one user has typed on one page and not saved. Never raises the base it began from."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="autosaves")
    page = models.CharField(max_length=16)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    base_version = models.PositiveIntegerField()
    answers = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "page", "user"], name="autosave_once")
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.page} {self.user_id}"


class Snapshot(models.Model):
    """A record as it was submitted: what is signed, agreed to or returned. Immutable.

    `finished`: no signature was asked, so that this submission decided the record.
    The text lies in the ledger's content row `content`; `sha256` is of its salt and body.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="snapshots")
    revision = models.PositiveIntegerField()
    attempt = models.PositiveIntegerField()
    content = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    finished = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["revision", "attempt"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "revision", "attempt"], name="snapshot_once")
        ]

    def __str__(self) -> str:
        return f"{self.record_id} r{self.revision}.{self.attempt}"


class Agreement(models.Model):
    """What somebody without a log-in said of exactly one snapshot. Immutable; a new one is added.

    Their comments lie in the ledger's content row `content`.
    """

    wagtail_reference_index_ignore = True

    class Decision(models.TextChoices):
        """What they said."""

        AGREES = "agrees", "Agrees"
        AGREES_IN_PART = "agrees_in_part", "Agrees in part"
        DISSENTS = "dissents", "Does not agree"
        REFUSED = "refused", "Refused to say"
        NOT_ABLE = "not_able", "Could not be asked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="agreements")
    capacity = models.CharField(max_length=64)
    decision = models.CharField(max_length=16, choices=Decision)
    on = models.DateField()
    content = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["recorded_at"]

    def __str__(self) -> str:
        return f"{self.capacity} {self.decision}"


class Upload(models.Model):
    """A file that answers a question. `stored_name` is random; `name` is what its sender called it."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="uploads")
    question = models.CharField(max_length=80)  # a node in a fragment has a long id
    name = models.CharField(max_length=200)
    stored_name = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
