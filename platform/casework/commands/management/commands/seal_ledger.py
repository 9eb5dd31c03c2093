"""`manage.py seal_ledger`: what `ledger seal` does, as a job."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Seal what is new in the ledger, and write the seals outside the database."""

    help = "Seal the ledger (a job of `manage.py jobs`)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal. Raises CommandError where a seal could not be written outside."""
        call_command("ledger", "seal", stdout=self.stdout)
