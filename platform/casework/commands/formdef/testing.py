"""`formdef test`: run the tests that a form's author wrote, and say what they do not touch."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.clock import london_day, now
from casework.commands.formdef import files
from formdefs.author_report import Report, report
from formdefs.calendars import calendars

HELP = "run a form's own tests and say what they do not touch"


def add_arguments(parser: CommandParser) -> None:
    """KEY[@N] or FILE [--json]."""
    parser.add_argument("form", metavar="KEY[@N]|FILE.json")
    parser.add_argument("--json", action="store_true", help="outcomes and coverage as JSON")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print each test, then what no test touches; exit 1 when a test fails."""
    definition, lists = files.form_named(command, options["form"])
    found = report(definition, lists, files.known_fragments(), calendars(), london_day(now()))
    if options["json"]:
        command.stdout.write(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
    else:
        _tell(command, found)
    if found.failed:
        raise SystemExit(1)


def _tell(command: BaseCommand, found: Report) -> None:
    say = command.stdout.write
    for outcome in found.outcomes:
        say(f"{'pass' if outcome.passed else 'FAIL'}  {outcome.name}")
        for difference in outcome.differences:
            say(f"      {difference.says}")
    if found.rules:
        say("\nRules that no test covers:")
    for untouched in found.rules:
        rule = untouched.rule
        say(f"  “{rule.label}” ({rule.node}, {rule.part}): {rule.text}.")
        for unseen in untouched.unseen:
            say(f"      {unseen}")
    if found.options:
        say("\nOptions that no test chooses:")
    for one in found.options:
        say(f"  “{one.label}”: {len(one.answers)} of {one.offered}")
    say(f"\n{len(found.outcomes)} tests, {found.failed} failed. {found.summary}")


def _as_json(found: Report) -> dict[str, Any]:
    return {
        "tests": [
            {
                "name": outcome.name,
                "passed": outcome.passed,
                "differences": [
                    {**vars(difference), "says": difference.says}
                    for difference in outcome.differences
                ],
            }
            for outcome in found.outcomes
        ],
        "rules": {"covered": found.coverage.covered, "all": len(found.coverage.rules)},
        "options": {"chosen": found.coverage.chosen, "all": found.coverage.offered},
        "untouched_rules": [
            {
                "node": untouched.rule.node,
                "part": untouched.rule.part,
                "at": untouched.rule.at,
                "sentence": untouched.rule.text,
                "unseen": list(untouched.unseen),
            }
            for untouched in found.rules
        ],
        "untouched_options": [
            {"question": one.question, "label": one.label, "answers": list(one.answers)}
            for one in found.options
        ],
    }
