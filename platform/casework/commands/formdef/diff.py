"""`formdef diff`: what is different between two versions, or a version and a file, and how serious."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.commands.formdef import files
from formdefs.changes import Severity
from formdefs.comparing import Side, difference, drafted, published
from formdefs.versions import version_of

HELP = "say what is different between two versions, and how serious it is"
_CLASSES = {severity.title.replace(" ", "-"): severity for severity in Severity}


def add_arguments(parser: CommandParser) -> None:
    """A B [--at-most CLASS] [--json]."""
    for name in ("old", "new"):
        parser.add_argument(name, metavar="KEY@N|FILE")
    parser.add_argument(
        "--at-most",
        choices=sorted(_CLASSES, key=lambda name: _CLASSES[name]),
        help="exit with 1 if the difference is more serious than this",
    )
    parser.add_argument("--json", action="store_true", help="the difference as JSON")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print the verdict and every change. Exits with 0 whatever differs, unless --at-most says less."""
    found = difference(_side(command, options["old"]), _side(command, options["new"]))
    if options["json"]:
        command.stdout.write(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        for page, changes in found.by_page.items():
            command.stdout.write(f"{page or 'The form'}")
            for change in changes:
                command.stdout.write(f"  [{change.severity.title}] {change.says}")
        verdict = found.verdict.title if found.verdict else "nothing is different"
        command.stdout.write(f"Verdict: {verdict}.")
    most = _CLASSES.get(options["at_most"] or "")
    if most is not None and found.verdict is not None and found.verdict > most:
        raise SystemExit(1)


def _side(command: BaseCommand, name: str) -> Side:
    path = Path(name)
    if not (path.suffix or path.exists()):
        return published(version_of(*files.named(name)))
    reading, found = files.judge(path)
    if found:
        files.tell(command, path, found)
        raise SystemExit(1)
    if files.is_list(reading.value) or files.is_fragment(reading.value):
        raise CommandError(f"{name} is no form: only forms are compared.")
    return drafted(reading.value, files.known_lists(), files.known_fragments())
