"""`formdef export`: a published form, code list or fragment, word for word; or for another tool."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.commands.formdef import files
from cms.jsontext import pretty
from formdefs.exporting import jsonforms
from formdefs.models import CodeListVersion, FormVersion, FragmentVersion
from formdefs.versions import form_of, version_of

HELP = "write a published form, code list or fragment"


def add_arguments(parser: CommandParser) -> None:
    """KEY[@N] [--to jsonforms --out DIR]."""
    parser.add_argument("version", metavar="KEY[@N]")
    parser.add_argument("--to", choices=["casethread", "jsonforms"], default="casethread")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the files of --to go")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print the document; of a form and a fragment with the same key, the form."""
    if options["to"] == "jsonforms":
        _to_jsonforms(command, options)
        return
    document = _document(*files.named(options["version"]))
    command.stdout.write(pretty(json.loads(document)), ending="")


def _to_jsonforms(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Write a form's JSON Schema and UI schema, and print what they do not say."""
    folder = options["out"]
    if folder is None:
        raise CommandError("Say with --out where schema.json and uischema.json are to be written.")
    exported = jsonforms.export(form_of(version_of(*files.named(options["version"])).pk))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in (("schema", exported.schema), ("uischema", exported.uischema)):
            path = folder / f"{name}.json"
            path.write_text(pretty(document), encoding="utf-8")
            command.stdout.write(str(path))
    except OSError as error:
        raise CommandError(f"{folder} cannot be written to: {error}") from error
    for line in exported.report:
        command.stdout.write(f"{line.outcome}: {line.at or '/'}: {line.what}: {line.says}")


def _document(key: str, number: int | None) -> str:
    numbered = {} if number is None else {"number": number}
    lists = CodeListVersion.objects.filter(code_list_id=key, **numbered).order_by("-number")
    if listed := lists.first():
        return listed.document
    fragments = FragmentVersion.objects.filter(fragment_id=key, **numbered).order_by("-number")
    if not FormVersion.objects.filter(form_id=key).exists() and (fragment := fragments.first()):
        return fragment.document
    return version_of(key, number).definition
