"""`formdef export`: a published form, code list or fragment, word for word."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.commands.formdef import files
from cms.jsontext import pretty
from formdefs.models import CodeListVersion, FormVersion, FragmentVersion
from formdefs.versions import version_of

HELP = "write a published form, code list or fragment"


def add_arguments(parser: CommandParser) -> None:
    """KEY[@N]."""
    parser.add_argument("version", metavar="KEY[@N]")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print the document; of a form and a fragment with the same key, the form."""
    document = _document(*files.named(options["version"]))
    command.stdout.write(pretty(json.loads(document)), ending="")


def _document(key: str, number: int | None) -> str:
    numbered = {} if number is None else {"number": number}
    lists = CodeListVersion.objects.filter(code_list_id=key, **numbered).order_by("-number")
    if listed := lists.first():
        return listed.document
    fragments = FragmentVersion.objects.filter(fragment_id=key, **numbered).order_by("-number")
    if not FormVersion.objects.filter(form_id=key).exists() and (fragment := fragments.first()):
        return fragment.document
    return version_of(key, number).definition
