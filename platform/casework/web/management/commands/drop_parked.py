"""`manage.py drop_parked`: delete what was sent after a session ended and not taken up in time."""

from typing import Any

from django.core.management.base import BaseCommand

from casework import clock
from casework.web.records.parking import drop_old


class Command(BaseCommand):
    """Delete parked pages that are older than half an hour. `manage.py jobs` calls it."""

    help = "Delete what was typed on record pages after a session ended and not taken up in time."

    def handle(self, **options: Any) -> None:
        """Delete them, and say how many there were, if any."""
        if dropped := drop_old(clock.now()):
            self.stdout.write(f"{dropped} dropped")
