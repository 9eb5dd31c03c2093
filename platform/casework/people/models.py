"""Persons: whom cases are about, and who stands around them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from casework.people.model_families import Household as Household
from casework.people.model_families import HouseholdAddress as HouseholdAddress
from casework.people.model_families import HouseholdMember as HouseholdMember
from casework.people.model_families import PersonKey as PersonKey
from casework.people.model_families import Relation as Relation


class Person(models.Model):
    """A person in the file. Dates are civil dates; `due_on` is the expected birth of who is not born yet.

    `user` links a person who also has a log-in to it: they never see their own file.
    `search_key` is the folded name, kept by casework.people.actions. `version` counts the changes,
    so that two editors cannot overwrite one another.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_names = models.CharField(max_length=120)
    family_name = models.CharField(max_length=120)
    known_as = models.CharField(max_length=120, blank=True)
    born_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    died_on = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=8, blank=True)
    identifiers = models.JSONField(default=dict, blank=True)  # scheme -> value, e.g. nhs_number
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    address = models.JSONField(default=dict, blank=True)  # as an answer of type address
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
    )
    search_key = models.CharField(max_length=400, db_index=True)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    history = HistoricalRecords(history_change_reason_field=models.TextField(blank=True, null=True))

    class Meta:
        ordering: ClassVar = ["family_name", "given_names", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name as pages show it."""
        return f"{self.known_as or self.given_names} {self.family_name}".strip()
