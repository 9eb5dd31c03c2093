"""`manage.py formdef`: forms and code lists on the command line, a module for each subcommand."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from casework.commands.formdef import (
    check,
    compiling,
    diff,
    explain,
    export,
    importing,
    migrate,
    testing,
    validate,
)
from formdefs.versions import NotPublished


class Subcommand(Protocol):
    """A module of casework.commands.formdef."""

    HELP: str

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the subcommand takes."""

    def run(self, command: BaseCommand, options: Mapping[str, Any]) -> None:
        """Do it, writing to `command.stdout`. Raises SystemExit(1) where something is wrong."""


SUBCOMMANDS: Mapping[str, Subcommand] = {
    "check": check,
    "import": importing,
    "export": export,
    "compile": compiling,
    "validate": validate,
    "diff": diff,
    "migrate": migrate,
    "test": testing,
    "explain": explain,
}


class Command(BaseCommand):
    """The form language on the command line; what is found wrong is printed and exits with 1."""

    help = "Check, import, export, compile, test, explain and validate forms and code lists."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the subcommands."""
        commands = parser.add_subparsers(dest="command", required=True)
        for name, subcommand in SUBCOMMANDS.items():
            subcommand.add_arguments(commands.add_parser(name, help=subcommand.HELP))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the subcommand."""
        try:
            SUBCOMMANDS[options["command"]].run(self, options)
        except NotPublished as refusal:
            raise CommandError(str(refusal)) from refusal
        except (OperationalError, ProgrammingError) as error:
            hint = "Is it there, and is `manage.py migrate` done?"
            raise CommandError(f"The database cannot be used: {error}. {hint}") from error
