"""`manage.py access_administrator`: make the first access administrator."""

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from casework import clock
from casework.accounts.administer import install_access_administrator
from casework.accounts.refusals import NotAccepted

PASSWORD_VARIABLE = "ACCESS_ADMINISTRATOR_PASSWORD"  # noqa: S105 (a name, not a password)


class Command(BaseCommand):
    """Make a user who may add users and give them roles."""

    help = "Make an access administrator: the first, or one for when no other can sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("username")
        parser.add_argument(
            "--name", default="", help="First and last name; needed for a new user."
        )
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--ask", action="store_true", help="Ask for the password.")
        how.add_argument(
            "--password-stdin", action="store_true", help="Read the password from standard input."
        )

    def handle(
        self, *args: Any, username: str, name: str, ask: bool, password_stdin: bool, **options: Any
    ) -> None:
        """Make the user, and print a temporary password unless one was given."""
        password = _password(ask, password_stdin)
        first_name, _, last_name = name.strip().rpartition(" ")
        try:
            if password is not None:
                validate_password(password)
            user, plain = install_access_administrator(
                username,
                first_name=first_name,
                last_name=last_name,
                at=clock.now(),
                password=password,
            )
        except NotAccepted as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.username} is an access administrator.")
        if plain is not None:
            self.stdout.write(f"Temporary password, to be changed at the first sign-in: {plain}")


def _password(ask: bool, from_stdin: bool) -> str | None:
    """The password given by any of the ways; None asks for a temporary one."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if ask:
        return getpass.getpass("Password: ")
    return os.environ.get(PASSWORD_VARIABLE) or None
