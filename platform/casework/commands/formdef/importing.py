"""`formdef import`: a file becomes the draft of what it is, and may be published.

A file of another tool is made a form first, with a line for everything in it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.clock import now
from casework.commands.formdef import files
from cms.drafts import NotImported, import_text
from cms.jsontext import pretty, read
from cms.models import CodeListDraft, Draft, FormDraft, FragmentDraft, PublishRefused
from cms.publishing import publish_draft
from formdefs.importing import formats
from formdefs.importing.report import OUTCOMES, Imported, NotImportable
from formdefs.publish import NotPublishable

HELP = "make a file the draft of its form, list or fragment"


def add_arguments(parser: CommandParser) -> None:
    """FILE [--from FORMAT] [--publish --reason TEXT --by USERNAME]."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--from", choices=[*formats.FORMATS], default="casethread", dest="source")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--dry-run", action="store_true", help="report, and keep nothing")
    parser.add_argument("--key", default="", help="key of the form; the source's if not given")
    parser.add_argument("--title", default="", help="title of the form; the source's if not given")
    parser.add_argument("--uischema", type=Path, help="UI schema beside a JSON Schema")
    parser.add_argument("--data", type=Path, help="data that the form must be able to hold")
    parser.add_argument(
        "--others", action="store_true", help="ask for names too that a JSON Schema has nowhere"
    )
    parser.add_argument("--publish", action="store_true", help="publish the draft at once")
    parser.add_argument("--reason", default="", help="why it is published")
    parser.add_argument("--by", metavar="USERNAME", help="who does it; nobody if not given")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Import, and publish where that is asked."""
    if options["source"] != "casethread":
        _run_foreign(command, options)
        return
    text = files.text_of(options["file"])
    _, found = files.judge(options["file"])
    if options["publish"] and found:
        files.tell(command, options["file"], found)
        raise SystemExit(1)
    document = read(text).value
    kind: type[Draft] = FormDraft
    if files.is_list(document):
        kind = CodeListDraft
    elif files.is_fragment(document):
        kind = FragmentDraft
    command.stdout.write(_keep(command, options, kind, text))


def _run_foreign(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Make a form of another tool's file, report, and keep it as a draft."""
    given = {name: files.bytes_of(options[name]) for name in ("uischema", "data") if options[name]}
    try:
        imported = formats.read(
            files.bytes_of(options["file"]),
            options["source"],
            key=options["key"],
            title=options["title"],
            others=options["others"],
            **given,
        )
    except NotImportable as refusal:
        if options["json"]:
            refused = {"refused": str(refusal), "at": refusal.at}
            command.stdout.write(json.dumps(refused, indent=2, ensure_ascii=False))
        else:
            place = f"{refusal.at}: " if refusal.at else ""
            command.stdout.write(f"{options['file']}: not imported: {place}{refusal}")
        raise SystemExit(1) from refusal
    kept = "Nothing is kept."
    if not options["dry_run"]:
        kept = _keep(command, options, FormDraft, pretty(imported.definition))
    _report(command, options, imported, kept)


def _report(
    command: BaseCommand, options: Mapping[str, Any], imported: Imported, kept: str
) -> None:
    counts = {outcome: imported.count(outcome) for outcome in OUTCOMES}
    if options["json"]:
        told = {
            "key": imported.definition["key"],
            "counts": counts,
            "report": [vars(line) for line in imported.report],
            "kept": kept,
        }
        command.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for line in imported.report:
        command.stdout.write(f"{line.outcome}: {line.at or '/'}: {line.what}: {line.says}")
    command.stdout.write(", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES) + ".")
    command.stdout.write(kept)


def _keep(command: BaseCommand, options: Mapping[str, Any], kind: type[Draft], text: str) -> str:
    """Keep a document as a draft, and publish it where that is asked; say what was done."""
    user = files.user_named(options["by"])
    try:
        draft = import_text(kind, text, by=user)
        if not options["publish"]:
            return f"“{draft}” is a draft now; nothing is published."
        version = publish_draft(draft, by=user, at=now(), reason=options["reason"])
    except NotImported as refusal:
        for finding in refusal.findings:
            command.stdout.write(f"{options['file']}:{finding.line}: {finding.says} {finding.fix}")
        raise SystemExit(1) from refusal
    except NotPublishable as refusal:
        refused = [files.Found(0, problem) for problem in refusal.problems]
        files.tell(command, options["file"], refused)
        raise SystemExit(1) from refusal
    except PublishRefused as refusal:
        raise CommandError(str(refusal)) from refusal
    return f"Published {version}: “{version.title}”, SHA-256 {version.sha256}."
