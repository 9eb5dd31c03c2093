"""`manage.py api_token`: make an API token for a user, and print it once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework import clock
from casework.accounts.models import User
from casework.accounts.tokens import SCOPES, BadToken, make_token_by_command


class Command(BaseCommand):
    """Make a token with which a program acts as a user."""

    help = "Make an API token for a user and print it, this once. Scopes: " + ", ".join(SCOPES)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="Which program uses it.")
        parser.add_argument(
            "--scopes", default=",".join(SCOPES), help="With commas between; all when not given."
        )
        parser.add_argument("--days", type=int, default=30, help="Days until it ends, 365 at most.")

    def handle(
        self, *args: Any, username: str, name: str, scopes: str, days: int, **options: Any
    ) -> None:
        """Print the token alone, so that a script can take it."""
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user “{username}”.")
        now = clock.now()
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        if unknown := sorted(set(wanted) - set(SCOPES)):
            raise CommandError(f"There is no scope “{unknown[0]}”. Scopes: {', '.join(SCOPES)}.")
        if not 1 <= days <= 365:
            raise CommandError("--days is from 1 to 365.")
        try:
            _, plain = make_token_by_command(
                user, at=now, name=name, scopes=wanted, expires_at=now + timedelta(days=days)
            )
        except BadToken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(plain)
