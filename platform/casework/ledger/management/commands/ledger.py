"""`manage.py ledger verify`: check that nothing in the ledger was changed."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from casework.ledger.models import Event
from casework.ledger.verify import broken_places


class Command(BaseCommand):
    """Check the ledger; exit 1 and name the first broken place when there is one."""

    help = "verify: check every hash, link and content of the ledger (exit 1 when broken)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the one verb and its option."""
        parser.add_argument("verb", choices=["verify"])
        parser.add_argument(
            "--all", action="store_true", help="Name every broken place, not the first only."
        )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Verify, with progress on standard error."""
        broken = 0
        for place in broken_places(self._progress):
            broken += 1
            self.stderr.write(self.style.ERROR(f"Broken: {place}."))
            if not options["all"]:
                break
        if broken:
            sys.exit(1)
        self.stdout.write(f"The ledger is whole: {Event.objects.count():,} events.")

    def _progress(self, count: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{count:,} events read", ending="")
            self.stderr.flush()
