"""Loads the code lists and forms that ship."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.clock import now
from cms.library import load_library
from formdefs.publish import NotPublishable


class Command(BaseCommand):
    """`manage.py load_library [--publish --reason TEXT]`."""

    help = "Load the code lists and forms that ship, as drafts; with --publish, publish them too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to publish, and why."""
        parser.add_argument("--publish", action="store_true")
        parser.add_argument("--reason", default="", help="Needed with --publish.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, and say what came of each document that is not the same as before."""
        if options["publish"] and not options["reason"].strip():
            raise CommandError("Say why, with --reason TEXT.")
        same = 0
        try:
            for loaded in load_library(
                by=None, at=now(), reason=options["reason"], publish=options["publish"]
            ):
                if loaded.how == "same":
                    same += 1
                elif loaded.how == "kept":
                    self.stdout.write(
                        f"{loaded.key}: kept, its draft has changes that are not published"
                    )
                elif loaded.how == "local":
                    self.stdout.write(
                        f"{loaded.key}: kept, what is published has codes that the library does not"
                    )
                elif loaded.how == "draft":
                    self.stdout.write(f"{loaded.key}: draft")
                else:
                    self.stdout.write(f"{loaded.key}: published as version {loaded.number}")
        except NotPublishable as refusal:
            raise CommandError("\n".join(str(problem) for problem in refusal.problems)) from refusal
        if same:
            self.stdout.write(f"{same} documents are loaded already")
