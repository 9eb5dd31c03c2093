"""`manage.py demo`: load the fictional families, or print their log-ins."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casework.clock import now
from casework.demo import load as demo
from formdefs.models import FormVersion


class Command(BaseCommand):
    """Load the demo once. Safe to run again: what is there stays."""

    help = "Load 12 fictional families, 3 teams and 8 log-ins, unless they are there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to print the log-ins only."""
        parser.add_argument(
            "--log-ins",
            action="store_true",
            help="Print the user names and password, load nothing.",
        )

    def handle(self, *, log_ins: bool, **options: Any) -> None:
        """Load, telling how far it is."""
        if settings.PRODUCTION:
            raise CommandError("The demo has a public password. It is not for production.")
        if log_ins:
            self._print_log_ins()
        elif demo.is_loaded():
            self.stdout.write("  The demo is there.")
        elif not FormVersion.objects.exists():
            raise CommandError("Publish the library first: manage.py load_library --publish.")
        else:
            demo.load(at=now(), tell=self._tell)

    def _tell(self, how_far: str) -> None:
        self.stdout.write(f"  {how_far}")
        self.stdout.flush()

    def _print_log_ins(self) -> None:
        self.stdout.write(f"\n  The password of every log-in is {demo.PASSWORD}\n\n")
        for username, may in demo.log_ins():
            self.stdout.write(f"  {username:8} {may}")
