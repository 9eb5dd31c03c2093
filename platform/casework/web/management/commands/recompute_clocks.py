"""`manage.py recompute_clocks`: work out running clocks anew after a new list of holidays."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework import clock
from casework.cases.actions.clocks import recompute_clocks


class Command(BaseCommand):
    """Ask every case that has a running or paused clock; what does not differ is not written."""

    help = (
        "Work out running clocks anew, after a new list of holidays, and write those that differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """--dry-run."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what differs; write nothing."
        )

    def handle(self, **options: Any) -> None:
        """Say which clocks of which cases are worked out otherwise."""
        told = recompute_clocks(clock.now(), dry_run=options["dry_run"])
        for one in told:
            self.stdout.write(one)
        does = "would change" if options["dry_run"] else "changed"
        self.stdout.write(f"{len(told)} clock{'s' * (len(told) != 1)} {does}")
