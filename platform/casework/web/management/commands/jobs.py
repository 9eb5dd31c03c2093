"""`manage.py jobs`: the work that no person waits for, each on its own beat, until stopped."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

log = logging.getLogger(__name__)

# command -> seconds between two runs
BEATS = {
    "publish_due": 60,
    "seal_ledger": 60,
    "tell_overdue": 300,
    "tell": 60,
    "remind": 3600,
    "drop_parked": 300,
    "clearsessions": 3600,
}


class Command(BaseCommand):
    """Run every job when it is due. One process of these is enough; a second does no harm."""

    help = "Publish what is scheduled, seal the ledger, clear away what has expired, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--once`: run every job once and end, for cron."""
        parser.add_argument("--once", action="store_true")

    def handle(self, *, once: bool, **options: Any) -> None:
        """Loop; a job that fails is logged and tried again on its next beat."""
        due = dict.fromkeys(BEATS, 0.0)
        while True:
            for name, at in due.items():
                if time.monotonic() >= at:
                    self._run(name)
                    due[name] = time.monotonic() + BEATS[name]
            if once:
                return
            time.sleep(1)

    def _run(self, name: str) -> None:
        close_old_connections()
        try:
            call_command(name)
        except (CommandError, DatabaseError, OSError):
            log.exception("The job %s failed; it runs again in %s seconds.", name, BEATS[name])
