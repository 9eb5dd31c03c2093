"""`formdef validate`: what is wrong with these answers by a published form."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.clock import london_day, now
from casework.commands.formdef import files
from cms.jsontext import read
from formdefs.answers import Problem, draft_problems, submission_problems
from formdefs.calendars import calendars
from formdefs.state import facts_for
from formdefs.versions import form_of, version_of

HELP = "judge answers by a published form"


def add_arguments(parser: CommandParser) -> None:
    """KEY[@N] ANSWERS.json [--submit] [--json]."""
    parser.add_argument("version", metavar="KEY[@N]")
    parser.add_argument("answers", type=Path, metavar="ANSWERS.json")
    parser.add_argument("--submit", action="store_true", help="as a submission, not a draft")
    parser.add_argument("--json", action="store_true", help="problems as JSON")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print the problems; warnings alone do not count as wrong."""
    form = form_of(version_of(*files.named(options["version"])).id)
    reading = read(files.text_of(options["answers"]))
    for finding in reading.findings:
        raise CommandError(f"{options['answers']}:{finding.line}: {finding.says} {finding.fix}")
    if not isinstance(reading.value, Mapping):
        raise CommandError(f"{options['answers']}: answers are an object, by question key.")
    today = london_day(now())
    if options["submit"]:
        facts = facts_for(today, calendars(), form.documents["lists"])
        found = submission_problems(form, reading.value, facts, today)
    else:
        found = draft_problems(form, reading.value, on=today)
    if options["json"]:
        command.stdout.write(json.dumps([_as_json(problem) for problem in found], indent=2))
    else:
        for problem in found:
            place, kind = ".".join(problem.path), "warning: " * (problem.severity == "warning")
            command.stdout.write(f"{place}: {problem.code}: {kind}{problem.message}")
        if not found:
            command.stdout.write("Nothing is wrong with the answers.")
    if any(problem.severity == "error" for problem in found):
        raise SystemExit(1)


def _as_json(problem: Problem) -> dict[str, Any]:
    return {**vars(problem), "path": ".".join(problem.path)}
