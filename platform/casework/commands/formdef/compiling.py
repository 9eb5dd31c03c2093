"""`formdef compile`: the six documents of a form in a file, its fragments expanded."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.canonical import canonical
from casework.commands.formdef import files
from formdefs.compile import compile_form
from formdefs.fragment_definition import as_form

HELP = "write the six documents of a form, or of a fragment as a form"


def add_arguments(parser: CommandParser) -> None:
    """FILE --out DIR."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Write the documents, and print where."""
    reading, found = files.judge(options["file"])
    if not found and files.is_list(reading.value):
        raise CommandError(f"{options['file']} is a code list: only forms are compiled.")
    definition = reading.value
    if not found and files.is_fragment(definition):
        definition = as_form(definition)  # what it would be on a page of its own
    if found:
        files.tell(command, options["file"], found)
        raise SystemExit(1)
    folder = options["out"]
    folder.mkdir(parents=True, exist_ok=True)
    documents = compile_form(definition, files.known_lists(), files.known_fragments())
    for name, document in documents.items():
        path = folder / f"{name}.json"
        path.write_text(canonical(document), encoding="utf-8")
        command.stdout.write(str(path))
