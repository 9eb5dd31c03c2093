"""`manage.py formdef`: check, import, export, compile and validate forms and code lists as files."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, ProgrammingError

from casework.accounts.models import User
from casework.canonical import canonical
from casework.clock import london_day, now
from cms.drafts import NotImported, import_text
from cms.jsontext import Reading, pretty, read
from cms.models import CodeListDraft, FormDraft, PublishRefused
from cms.publishing import publish_draft
from formdefs import list_definition
from formdefs.answers import Problem, draft_problems, submission_problems
from formdefs.codelists import ListDoc
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.models import CodeListVersion
from formdefs.publish import NotPublishable
from formdefs.shapes import DefinitionProblem
from formdefs.shipped import calendars
from formdefs.shipped import lists as shipped_lists
from formdefs.state import facts_for
from formdefs.versions import NotPublished, form_of, list_documents, version_of


class Command(BaseCommand):
    """The form language on the command line; what is found wrong is printed and exits with 1."""

    help = "Check, import, export, compile and validate forms and code lists."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the five subcommands."""
        commands = parser.add_subparsers(dest="command", required=True)
        check = commands.add_parser("check", help="say everything wrong with a file")
        check.add_argument("file", type=Path)
        check.add_argument("--json", action="store_true", help="findings as JSON")
        taken = commands.add_parser("import", help="make a file the draft of its form or list")
        taken.add_argument("file", type=Path)
        taken.add_argument("--publish", action="store_true", help="publish the draft at once")
        taken.add_argument("--reason", default="", help="why it is published")
        taken.add_argument("--by", metavar="USERNAME", help="who does it; nobody if not given")
        export = commands.add_parser("export", help="write a published form or code list")
        export.add_argument("version", metavar="KEY[@N]")
        compiled = commands.add_parser("compile", help="write the six documents of a form")
        compiled.add_argument("file", type=Path)
        compiled.add_argument("--out", type=Path, required=True, metavar="DIR")
        validate = commands.add_parser("validate", help="judge answers by a published form")
        validate.add_argument("version", metavar="KEY[@N]")
        validate.add_argument("answers", type=Path, metavar="ANSWERS.json")
        validate.add_argument("--submit", action="store_true", help="as a submission, not a draft")
        validate.add_argument("--json", action="store_true", help="problems as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the subcommand."""
        try:
            _COMMANDS[options["command"]](self, options)
        except NotPublished as refusal:
            raise CommandError(str(refusal)) from refusal
        except (OperationalError, ProgrammingError) as error:
            hint = "Is it there, and is `manage.py migrate` done?"
            raise CommandError(f"The database cannot be used: {error}. {hint}") from error

    def say(self, text: str) -> None:
        """Print a line."""
        self.stdout.write(text)


@dataclass(frozen=True)
class _Found:
    """One thing wrong in a file, with the line it stands on (0: the whole file)."""

    line: int
    problem: DefinitionProblem


def _check(command: Command, options: Mapping[str, Any]) -> None:
    reading, found = _judge(options["file"])
    if options["json"]:
        command.say(json.dumps([{"line": f.line, **vars(f.problem)} for f in found], indent=2))
    else:
        _print(command, options["file"], found)
        if not found:
            title = reading.value.get("title", "")
            command.say(f"{options['file']}: “{title}” has nothing wrong with it.")
    _exit_if(found)


def _import(command: Command, options: Mapping[str, Any]) -> None:
    text = _text(options["file"])
    _, found = _judge(options["file"])
    if options["publish"] and found:
        _print(command, options["file"], found)
        raise SystemExit(1)
    user = _user(options["by"])
    kind = CodeListDraft if _is_list(read(text).value) else FormDraft
    try:
        draft = import_text(kind, text, by=user)
        if not options["publish"]:
            command.say(f"“{draft}” is a draft now; nothing is published.")
            return
        version = publish_draft(draft, by=user, at=now(), reason=options["reason"])
    except NotImported as refusal:
        for finding in refusal.findings:
            command.say(f"{options['file']}:{finding.line}: {finding.says} {finding.fix}")
        raise SystemExit(1) from refusal
    except NotPublishable as refusal:
        _print(command, options["file"], [_Found(0, problem) for problem in refusal.problems])
        raise SystemExit(1) from refusal
    except PublishRefused as refusal:
        raise CommandError(str(refusal)) from refusal
    command.say(f"Published {version}: “{version.title}”, SHA-256 {version.sha256}.")


def _export(command: Command, options: Mapping[str, Any]) -> None:
    key, number = _named(options["version"])
    lists = CodeListVersion.objects.filter(code_list_id=key).order_by("-number")
    listed = (lists.filter(number=number) if number else lists).first()
    document = listed.document if listed else version_of(key, number).definition
    command.stdout.write(pretty(json.loads(document)), ending="")


def _compile(command: Command, options: Mapping[str, Any]) -> None:
    reading, found = _judge(options["file"])
    if not found and _is_list(reading.value):
        raise CommandError(f"{options['file']} is a code list: only forms are compiled.")
    if found:
        _print(command, options["file"], found)
        raise SystemExit(1)
    folder = options["out"]
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in compile_form(reading.value, _known_lists()).items():
        path = folder / f"{name}.json"
        path.write_text(canonical(document), encoding="utf-8")
        command.say(str(path))


def _validate(command: Command, options: Mapping[str, Any]) -> None:
    form = form_of(version_of(*_named(options["version"])).id)
    reading = read(_text(options["answers"]))
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
        command.say(json.dumps([_as_json(problem) for problem in found], indent=2))
    else:
        for problem in found:
            place, kind = ".".join(problem.path), "warning: " * (problem.severity == "warning")
            command.say(f"{place}: {problem.code}: {kind}{problem.message}")
        if not found:
            command.say("Nothing is wrong with the answers.")
    _exit_if([problem for problem in found if problem.severity == "error"])


_COMMANDS = {
    "check": _check,
    "import": _import,
    "export": _export,
    "compile": _compile,
    "validate": _validate,
}


def _judge(path: Path) -> tuple[Reading, list[_Found]]:
    """Read a file and list everything wrong with it, in the order of its lines."""
    reading = read(_text(path))
    if reading.value is None or reading.findings:
        return reading, [
            _Found(f.line, DefinitionProblem(f.at, "", "json", f.says, f.fix))
            for f in reading.findings
        ]
    if _is_list(reading.value):
        found = list_definition.problems(reading.value)
    else:
        found = problems(reading.value, _known_lists())
    placed = [_Found(reading.line(problem.at), problem) for problem in found]
    return reading, sorted(placed, key=lambda f: f.line)


def _known_lists() -> dict[str, ListDoc]:
    """Return the lists that ship, and over them the published ones where there is a database."""
    known: dict[str, ListDoc] = {document["key"]: document for document in shipped_lists()}
    with suppress(DatabaseError):  # not migrated yet: a file can be checked all the same
        known |= list_documents()
    return known


def _is_list(document: Any) -> bool:
    return isinstance(document, Mapping) and "entries" in document and "formdef" not in document


def _print(command: Command, path: Path, found: list[_Found]) -> None:
    for one in found:
        problem = one.problem
        node = f" ({problem.node})" if problem.node else ""
        command.say(
            f"{path}:{one.line}: {problem.at or '/'}{node}: {problem.code}: "
            f"{problem.says} {problem.fix}"
        )


def _as_json(problem: Problem) -> dict[str, Any]:
    return {**vars(problem), "path": ".".join(problem.path)}


def _named(version: str) -> tuple[str, int | None]:
    """Split KEY@N; without a number the newest is meant."""
    key, at, number = version.partition("@")
    if at and not number.isdecimal():
        raise CommandError(f"“{number}” is not a version number: write KEY or KEY@3.")
    return key, int(number) if at else None


def _user(username: str | None) -> User | None:
    if username is None:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user “{username}”.")
    return user


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read as a text: {error}") from error


def _exit_if(found: list[Any]) -> None:
    if found:
        raise SystemExit(1)
