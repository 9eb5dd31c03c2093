"""`formdef import`: a file becomes the draft of what it is, and may be published."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.clock import now
from casework.commands.formdef import files
from cms.drafts import NotImported, import_text
from cms.jsontext import read
from cms.models import CodeListDraft, Draft, FormDraft, FragmentDraft, PublishRefused
from cms.publishing import publish_draft
from formdefs.publish import NotPublishable

HELP = "make a file the draft of its form, list or fragment"


def add_arguments(parser: CommandParser) -> None:
    """FILE [--publish --reason TEXT --by USERNAME]."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--publish", action="store_true", help="publish the draft at once")
    parser.add_argument("--reason", default="", help="why it is published")
    parser.add_argument("--by", metavar="USERNAME", help="who does it; nobody if not given")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Import, and publish where that is asked."""
    text = files.text_of(options["file"])
    _, found = files.judge(options["file"])
    if options["publish"] and found:
        files.tell(command, options["file"], found)
        raise SystemExit(1)
    user = files.user_named(options["by"])
    document = read(text).value
    kind: type[Draft] = FormDraft
    if files.is_list(document):
        kind = CodeListDraft
    elif files.is_fragment(document):
        kind = FragmentDraft
    try:
        draft = import_text(kind, text, by=user)
        if not options["publish"]:
            command.stdout.write(f"“{draft}” is a draft now; nothing is published.")
            return
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
    command.stdout.write(f"Published {version}: “{version.title}”, SHA-256 {version.sha256}.")
