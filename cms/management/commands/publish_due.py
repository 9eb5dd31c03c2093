"""Publishes the drafts whose time has come; run by the jobs every minute."""

from typing import Any

from django.core.management.base import BaseCommand

from casework.clock import now
from cms.due import publish_due


class Command(BaseCommand):
    """`manage.py publish_due`."""

    help = "Publish the forms and code lists that were put down for a time that has come."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Publish them, and say what came of each."""
        for outcome in publish_due(now()):
            if outcome.number is None:
                self.stderr.write(f"{outcome.title}: not published. {outcome.because}")
            else:
                self.stdout.write(f"{outcome.title}: published as version {outcome.number}")
