"""`manage.py backup DIR`: the database, the uploaded files and the anchor lines, with their digests."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.clock import now
from casework.commands.backing_up import NotBackedUp, back_up


class Command(BaseCommand):
    """Write a backup to a new or empty folder, while people work."""

    help = "Back up the database, uploaded files and anchor lines to a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Back up, and say what is in it."""
        try:
            manifest = back_up(folder, now())
        except (NotBackedUp, OSError) as error:
            raise CommandError(str(error)) from error
        head = manifest["head"]
        sealed = f"up to seal {head['seal']}" if head else "nothing is sealed yet"
        self.stdout.write(
            f"Backed up to {folder}: {len(manifest['digests']):,} files, "
            f"at least {manifest['events_at_least']:,} events, {sealed}."
        )
