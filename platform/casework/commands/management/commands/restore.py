"""`manage.py restore DIR [--verify] [--force]`: put a backup where the settings point, and prove it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from casework.commands.backing_up import ANCHORS, NotBackedUp, put_back, read_manifest, wrong_files
from casework.ledger.models import Event, Seal


class Command(BaseCommand):
    """Restore a backup. Nothing that is there is overwritten unless told."""

    help = "Restore a backup to the database and folder that the settings name."
    requires_system_checks = ()  # the database may be empty

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder, and how."""
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument(
            "--verify", action="store_true", help="then check the ledger, its head and every file"
        )
        parser.add_argument("--force", action="store_true", help="over what is there")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Restore. Exit 1 where the backup is damaged, or what is restored does not verify."""
        try:
            manifest = read_manifest(folder)
            put_back(folder, manifest, force=options["force"])
        except (NotBackedUp, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored what was backed up at {manifest['made_at']}.")
        if options["verify"]:
            self._verify(folder, manifest)

    def _verify(self, folder: Path, manifest: dict[str, Any]) -> None:
        wrong = list(wrong_files())
        head, last = manifest["head"], Seal.objects.order_by("-number").first()
        if head and (
            last is None or not Seal.objects.filter(number=head["seal"], hash=head["hash"]).exists()
        ):
            wrong.append(f"the ledger's head is not seal {head['seal']} of the manifest")
        if Event.objects.count() < manifest["events_at_least"]:
            wrong.append(f"fewer than {manifest['events_at_least']} events are there")
        for says in wrong:
            self.stderr.write(self.style.ERROR(f"Broken: {says}."))
        anchors = folder / ANCHORS
        call_command(
            "ledger", "verify", *(["--anchor", str(anchors)] if anchors.exists() else []),
            stdout=self.stdout, stderr=self.stderr,
        )  # fmt: skip
        if wrong:
            raise CommandError("What was restored is not what was backed up.")
        self.stdout.write("Every uploaded file is what was uploaded.")
