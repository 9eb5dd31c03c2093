"""`formdef explain`: every rule of a form as a sentence."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.commands.formdef import files
from formdefs.fragments import expand
from formdefs.sentences import rules_in_words

HELP = "say every rule of a form in plain English"


def add_arguments(parser: CommandParser) -> None:
    """KEY[@N] or FILE [--json]."""
    parser.add_argument("form", metavar="KEY[@N]|FILE.json")
    parser.add_argument("--json", action="store_true", help="with the place of every part")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print the sentences in document order, checks last."""
    definition, lists = files.form_named(command, options["form"])
    said = rules_in_words(expand(definition, files.known_fragments()), lists)
    if options["json"]:
        rules = [
            {**vars(rule), "parts": [vars(part) for part in rule.parts], "text": rule.text}
            for rule in said
        ]
        command.stdout.write(json.dumps(rules, indent=2, ensure_ascii=False))
        return
    for rule in said:
        command.stdout.write(f"“{rule.label}” ({rule.node}): {rule.text}.")
