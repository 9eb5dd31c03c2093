"""Published forms, fragments and code lists: numbered, immutable, kept word for word.

Triggers refuse every change to a version (casework.ledger.triggers). What is hashed is stored as
RFC 8785 text, because a database's own JSON type reorders keys and normalises numbers.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class Form(models.Model):
    """A form's key: what its versions are numbered under, and the row locked while numbering."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    key = models.CharField(max_length=64, primary_key=True)
    # No new records are started on a withdrawn form; its versions and records stay.
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key


class FormVersion(models.Model):
    """A published form. The six compiled documents and the definition are RFC 8785 text."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=64)
    definition = models.TextField()
    schema = models.TextField()
    ui = models.TextField()
    rules = models.TextField()
    texts = models.TextField()
    lists = models.TextField()
    manifest = models.TextField()
    schema_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField()

    class Meta:
        ordering: ClassVar = ["form_id", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.form_id}@{self.number}"


class CodeList(models.Model):
    """A code list's key: what its versions are numbered under."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    key = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.key


class CodeListVersion(models.Model):
    """A published code list; `document` is RFC 8785 text."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField()

    class Meta:
        ordering: ClassVar = ["code_list_id", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code_list", "number"], name="code_list_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.code_list_id}@{self.number}"


class Fragment(models.Model):
    """A fragment's key: what its versions are numbered under."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    key = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.key


class FragmentVersion(models.Model):
    """A published fragment, which forms include by key and number; `document` is RFC 8785 text."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fragment = models.ForeignKey(Fragment, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField()

    class Meta:
        ordering: ClassVar = ["fragment_id", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fragment", "number"], name="fragment_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.fragment_id}@{self.number}"
