"""`formdef export`: a published form or code list, word for word."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.commands.formdef import files
from cms.jsontext import pretty
from formdefs.models import CodeListVersion
from formdefs.versions import version_of

HELP = "write a published form or code list"


def add_arguments(parser: CommandParser) -> None:
    """KEY[@N]."""
    parser.add_argument("version", metavar="KEY[@N]")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print the definition."""
    key, number = files.named(options["version"])
    lists = CodeListVersion.objects.filter(code_list_id=key).order_by("-number")
    listed = (lists.filter(number=number) if number else lists).first()
    document = listed.document if listed else version_of(key, number).definition
    command.stdout.write(pretty(json.loads(document)), ending="")
