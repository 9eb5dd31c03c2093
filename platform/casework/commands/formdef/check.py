"""`formdef check`: everything wrong with a file, with its place."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.commands.formdef import files

HELP = "say everything wrong with a file"


def add_arguments(parser: CommandParser) -> None:
    """FILE [--json]."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="findings as JSON")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print the findings."""
    reading, found = files.judge(options["file"])
    if options["json"]:
        findings = [{"line": f.line, **vars(f.problem)} for f in found]
        command.stdout.write(json.dumps(findings, indent=2))
    else:
        files.tell(command, options["file"], found)
        if not found:
            title = reading.value.get("title", "")
            command.stdout.write(f"{options['file']}: “{title}” has nothing wrong with it.")
    if found:
        raise SystemExit(1)
