"""`manage.py casetype`: case types on the command line: check, import, export, diff, simulate."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casetypes.checks import problems
from casetypes.definition import load
from casetypes.diff import changes
from casetypes.publish import known, not_run, publish_case_type
from casetypes.versions import version_of
from casework.clock import now
from casework.commands.casetype.running_cases import kept_back
from casework.commands.casetype.simulating import BadStory, played
from casework.commands.formdef.files import Found, named, tell, text_of, user_named
from cms.jsontext import Reading, pretty, read
from formdefs.publish import NotPublishable
from formdefs.versions import NotPublished


class Command(BaseCommand):
    """Case types as files; what is found wrong is printed and exits with 1."""

    help = "Check, import, export, compare and simulate case types."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the subcommands."""
        commands = parser.add_subparsers(dest="command", required=True)
        check = commands.add_parser("check", help="say everything wrong with a file")
        check.add_argument("file", type=Path)
        check.add_argument("--json", action="store_true", help="findings as JSON")
        taken = commands.add_parser("import", help="publish a file as the next version")
        taken.add_argument("file", type=Path)
        taken.add_argument("--reason", required=True, help="why it is published")
        taken.add_argument("--by", metavar="USERNAME", help="who does it; nobody if not given")
        export = commands.add_parser("export", help="write a published case type")
        export.add_argument("version", metavar="KEY[@N]")
        diff = commands.add_parser("diff", help="say what changed from one to another")
        diff.add_argument("old", metavar="FILE.json|KEY[@N]")
        diff.add_argument("new", metavar="FILE.json|KEY[@N]")
        simulate = commands.add_parser("simulate", help="play a story through the engine")
        simulate.add_argument("case_type", metavar="FILE.json|KEY[@N]")
        simulate.add_argument("story", type=Path, metavar="STORY.json")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the subcommand."""
        try:
            _COMMANDS[options["command"]](self, options)
        except (NotPublished, BadStory) as refusal:
            raise CommandError(str(refusal)) from refusal


def _check(command: BaseCommand, options: Mapping[str, Any]) -> None:
    reading, found = _judged(options["file"])
    if options["json"]:
        findings = [{"line": one.line, **vars(one.problem)} for one in found]
        command.stdout.write(json.dumps(findings, indent=2))
    else:
        tell(command, options["file"], found)
        if not found:
            command.stdout.write(f"“{reading.value['title']}” has nothing wrong with it.")
            _tell_kept_back(command, reading.value)
    if found:
        raise SystemExit(1)


def _import(command: BaseCommand, options: Mapping[str, Any]) -> None:
    reading, found = _judged(options["file"])
    if found:
        tell(command, options["file"], found)
        raise SystemExit(1)
    try:
        version = publish_case_type(
            reading.value, by=user_named(options["by"]), at=now(), reason=options["reason"]
        )
    except NotPublishable as refusal:
        tell(command, options["file"], [Found(0, problem) for problem in refusal.problems])
        raise SystemExit(1) from refusal
    command.stdout.write(f"Published {version}: “{version.title}”, SHA-256 {version.sha256}.")
    _tell_kept_back(command, reading.value)


def _tell_kept_back(command: BaseCommand, document: Mapping[str, Any]) -> None:
    for line in kept_back(document):
        command.stdout.write(line)


def _export(command: BaseCommand, options: Mapping[str, Any]) -> None:
    version = version_of(*named(options["version"]))
    command.stdout.write(pretty(json.loads(version.document)), ending="")


def _diff(command: BaseCommand, options: Mapping[str, Any]) -> None:
    found = changes(_document(command, options["old"]), _document(command, options["new"]))
    for change in found:
        command.stdout.write(str(change))
    if not found:
        command.stdout.write("Nothing differs.")


def _simulate(command: BaseCommand, options: Mapping[str, Any]) -> None:
    case_type = load(_document(command, options["case_type"]))
    reading = read(text_of(options["story"]))
    for finding in reading.findings:
        raise CommandError(f"{options['story']}:{finding.line}: {finding.says} {finding.fix}")
    for line in played(case_type, reading.value):
        command.stdout.write(line)


_COMMANDS: Mapping[str, Callable[[BaseCommand, Mapping[str, Any]], None]] = {
    "check": _check,
    "import": _import,
    "export": _export,
    "diff": _diff,
    "simulate": _simulate,
}


def _judged(path: Path) -> tuple[Reading, list[Found]]:
    """Read a file and list everything wrong with it, in the order of its lines."""
    reading = read(text_of(path))
    if reading.value is None or reading.findings:
        raise CommandError(
            "\n".join(f"{path}:{one.line}: {one.says} {one.fix}" for one in reading.findings)
        )
    judged = problems(reading.value, known()) or list(not_run(reading.value))
    found = [Found(reading.line(one.at), one) for one in judged]
    return reading, sorted(found, key=lambda one: one.line)


def _document(command: BaseCommand, name: str) -> Mapping[str, Any]:
    """The document of a file that nothing is wrong with, or of a published version."""
    if not name.endswith(".json"):
        document: Mapping[str, Any] = json.loads(version_of(*named(name)).document)
        return document
    reading, found = _judged(Path(name))
    if found:
        tell(command, Path(name), found)
        raise SystemExit(1)
    value: Mapping[str, Any] = reading.value
    return value
