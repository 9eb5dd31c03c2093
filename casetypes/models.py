"""Published case types: numbered, immutable, kept word for word."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class CaseTypeKey(models.Model):
    """A case type's key: what its versions are numbered under, and what roles are given on."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    key = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.key


class CaseTypeVersion(models.Model):
    """A published case type; `document` is RFC 8785 text, `forms` the numbers of its forms then."""

    wagtail_reference_index_ignore = True  # see casework.cases.models

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case_type = models.ForeignKey(CaseTypeKey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    document = models.TextField()
    forms = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField()

    class Meta:
        ordering: ClassVar = ["case_type_id", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case_type", "number"], name="case_type_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_type_id}@{self.number}"
