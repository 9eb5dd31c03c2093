"""`manage.py api_token`: make an API token for a user, and print it once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework import clock
from casework.accounts.models import User
from casework.accounts.tokens import SCOPES, BadToken, make_token


class Command(BaseCommand):
    """Print a new token and nothing else, so that a script can take it."""

    help = "Make an API token for a user and print it: it is kept nowhere and shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="Which program uses the token.")
        parser.add_argument(
            "--scopes", required=True, help=f"With commas between: {', '.join(SCOPES)}"
        )
        parser.add_argument("--days", type=int, default=30, help="Days until it ends; 365 at most.")

    def handle(self, *, username: str, name: str, scopes: str, days: int, **options: Any) -> None:
        """Make and print it."""
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user “{username}”.")
        at = clock.now()
        try:
            _, plain = make_token(
                by=user,
                at=at,
                name=name,
                scopes=scopes.split(","),
                expires_at=at + timedelta(days=days),
            )
        except BadToken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(plain)
