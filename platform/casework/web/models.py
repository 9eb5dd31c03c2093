"""What the workers' pages keep for themselves."""

from typing import ClassVar

from django.db import models


class ParkedPost(models.Model):
    """What somebody sent after their session ended, encrypted, until they sign in again.

    digest: SHA-256 of the token that takes it up; user: uid of the only one who may.
    """

    digest = models.CharField(max_length=64, unique=True)
    user = models.UUIDField()
    path = models.CharField(max_length=300)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return f"{self.path} at {self.created_at:%H:%M}"
