"""The tables of what persons are to one another and with whom they live; a part of casework.people.models."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords


def _history() -> HistoricalRecords:
    return HistoricalRecords(history_change_reason_field=models.TextField(blank=True, null=True))


class Relation(models.Model):
    """What two persons are to one another: one row, read from both sides.

    `person` is to `other` what the first end of the kind says (casework.people.relations); where
    both ends are alike, `person` has the lower id. The end may be open. `mistaken`: it never was.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="first_in")
    other = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="second_in")
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    mistaken = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    history = _history()

    class Meta:
        ordering: ClassVar = ["added_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(person=F("other")), name="people_relation_of_two_persons"
            ),
            models.UniqueConstraint(
                fields=["kind", "person", "other"],
                condition=Q(to_on=None, mistaken=False),
                name="people_relation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.other_id}"


class Household(models.Model):
    """People who live together under a name by which workers know them. `version` counts all changes."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    history = _history()

    class Meta:
        ordering: ClassVar = ["added_at", "id"]

    def __str__(self) -> str:
        return self.name


class HouseholdMember(models.Model):
    """That a person lives in a household, from a day to a day; either may be unknown or open."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="homes")
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    history = _history()

    class Meta:
        ordering: ClassVar = ["from_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "person"],
                condition=Q(to_on=None),
                name="people_household_member_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"


class HouseholdAddress(models.Model):
    """Where a household lives, from a day to a day; `address` as an answer of type address."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="addresses")
    address = models.JSONField(default=dict)
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    history = _history()

    class Meta:
        ordering: ClassVar = ["from_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(to_on=None),
                name="people_household_one_address",
            ),
        ]

    def __str__(self) -> str:
        return str(self.household_id)


class PersonKey(models.Model):
    """By which a person is found as one who may be the same as another (casework.people.likeness)."""

    wagtail_reference_index_ignore = True

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="keys")
    key = models.CharField(max_length=80)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "person"], name="people_key_of_person")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "key"], name="people_key_once")
        ]

    def __str__(self) -> str:
        return self.key
