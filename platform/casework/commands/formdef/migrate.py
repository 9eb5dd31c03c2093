"""`formdef migrate`: the open records on one version of a form move to another, each on its own."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.accounts.models import User
from casework.cases.actions.migrating import migrate_draft, plan_between
from casework.cases.models import EDITABLE, Record
from casework.cases.moving import totals
from casework.clock import now
from casework.commands.formdef import files
from casework.refusals import Absent, NotAllowed, Refused, Stale
from formdefs.migrate import KINDS
from formdefs.models import FormVersion
from formdefs.versions import version_of

HELP = "move the open records of a form from one version to a newer one"
BATCH = 25


def add_arguments(parser: CommandParser) -> None:
    """KEY --from N --to M [--dry-run] [--by USERNAME] [--json]."""
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("--from", dest="old", type=int, required=True, metavar="N")
    parser.add_argument("--to", dest="new", type=int, required=True, metavar="M")
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument("--by", metavar="USERNAME", help="who moves them, as far as they may")
    parser.add_argument("--json", action="store_true", help="the outcome as JSON")


def run(command: BaseCommand, options: Mapping[str, Any]) -> None:
    """Print the plan, then progress; exits with 1 where a record could not be moved.

    Safe to stop and to run again: it goes on with the records that are still on the older version.
    """
    old, new = (version_of(options["key"], options[side]) for side in ("old", "new"))
    if new.number <= old.number:
        raise CommandError("Records move to a newer version: --to must be higher than --from.")
    user = files.user_named(options["by"])
    if user is None and not options["dry_run"]:
        raise CommandError(
            "Say who moves the records, with --by USERNAME, or try it with --dry-run."
        )
    waiting = Record.objects.filter(form_version=old, status__in=EDITABLE, case__closed_at=None)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    outcome = {**_planned(old, new, ids), "moved": 0, "failed": []}
    if not options["json"]:
        _tell_plan(command, outcome)
    if user is not None and not options["dry_run"]:
        _move(command, ids, new, user, outcome, quiet=options["json"])
    if options["json"]:
        command.stdout.write(json.dumps(outcome, indent=2))
    if outcome["failed"]:
        raise SystemExit(1)


def _planned(old: FormVersion, new: FormVersion, ids: list[Any]) -> dict[str, Any]:
    answers = dict.fromkeys(KINDS, 0)
    for start in range(0, len(ids), BATCH):
        records = list(Record.objects.filter(pk__in=ids[start : start + BATCH]))
        for counts in totals(records, new.pk).values():
            for kind in KINDS:
                answers[kind] += counts[kind]
    questions = dict(plan_between(old.pk, new.pk).counts)
    return {
        "form": old.form_id,
        "from": old.number,
        "to": new.number,
        "records": len(ids),
        "questions": questions,
        "answers": answers,
    }


def _tell_plan(command: BaseCommand, outcome: Mapping[str, Any]) -> None:
    say = command.stdout.write
    say(f"{outcome['form']}: version {outcome['from']} to {outcome['to']}")
    for what in ("questions", "answers"):
        counts = outcome[what]
        say(
            f"{what.capitalize()}: {counts['kept']} stay, {counts['moved']} move, "
            f"{counts['converted']} are converted, {counts['orphaned']} are no longer asked."
        )
    say(f"Open records on version {outcome['from']}: {outcome['records']}.")


def _move(
    command: BaseCommand,
    ids: list[Any],
    new: FormVersion,
    user: User,
    outcome: dict[str, Any],
    *,
    quiet: bool,
) -> None:
    for count, pk in enumerate(ids, start=1):
        try:
            migrate_draft(pk, to_version=new.pk, by=user, at=now())
        except (Refused, NotAllowed, Stale, Absent) as refusal:
            outcome["failed"].append({"record": str(pk), "why": str(refusal)})
            if not quiet:
                command.stdout.write(f"{pk}: {refusal}")
        else:
            outcome["moved"] += 1
        if not quiet and (count % BATCH == 0 or count == len(ids)):
            command.stdout.write(f"{count} of {len(ids)}: {outcome['moved']} moved.")
