"""Stands in for Wagtail's command of this name, which stops at the first draft that is refused."""

from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Refuses, and names the command to run."""

    help = "Not used here: run publish_due."

    def handle(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise CommandError(
            "publish_scheduled would publish without a reason and stop at the first refusal. "
            "Run publish_due instead."
        )
