"""`manage.py ledger`: seal the ledger, prove one event of it, check that nothing in it was changed."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casework.cases.checking.live import live_findings, rebuild_findings
from casework.cases.models import Case
from casework.clock import now
from casework.ledger import anchors
from casework.ledger.models import Event, Seal
from casework.ledger.prove import NoProof, proof
from casework.ledger.seals import seal_all
from casework.ledger.verify import Broken, Finding, broken_places
from casework.ledger.verify_seals import anchor_findings, seal_findings, tombstone_findings


class Command(BaseCommand):
    """Check the ledger; exit 1 and name the first broken place when there is one."""

    help = "Seal the ledger, check it, and prove an event of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="find whatever was changed; exit 1 when broken")
        verify.add_argument("--anchor", type=Path, metavar="FILE", help="lines kept outside")
        verify.add_argument("--all", action="store_true", help="name every finding, not the first")
        verbs.add_parser("seal", help="seal what is new, and write the seals outside the database")
        rebuild = verbs.add_parser(
            "rebuild", help="fold every case's events, compare with the tables"
        )
        rebuild.add_argument("--check", action="store_true", required=True, help="change nothing")
        prove = verbs.add_parser("prove", help="print the proof of an event as JSON")
        prove.add_argument("event", metavar="EVENT", help="its hash, or STREAM/NUMBER")
        prove.add_argument("--with-content", action="store_true", help="with what it says")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Do what the verb says."""
        getattr(self, f"_{verb}")(**options)

    def _verify(self, *, anchor: Path | None, **options: Any) -> None:
        broken = 0
        for place in self._findings(anchor):
            broken += 1
            self.stderr.write(self.style.ERROR(f"Broken: {place}."))
            if not options["all"]:
                break
        if broken:
            sys.exit(1)
        seals = Seal.objects.count()
        sealed = f" under {seals:,} seals" if seals else ""
        self.stdout.write(f"The ledger is whole: {Event.objects.count():,} events{sealed}.")

    def _findings(self, anchor: Path | None) -> Iterator[Broken | Finding]:
        yield from broken_places(self._progress("events read"))
        yield from tombstone_findings()
        yield from live_findings(self._progress("cases compared"))
        yield from seal_findings(self._progress("sealed rows read"))
        if anchor:
            yield from anchor_findings(anchor)

    def _seal(self, **options: Any) -> None:
        seals = seal_all(now())
        failed = []
        try:
            anchors.write(settings.LEDGER_ANCHOR_FILE)
        except (anchors.Unanchored, OSError) as error:
            failed.append(str(error))
        for send, address in (
            (anchors.mail, settings.LEDGER_ANCHOR_EMAIL),
            (anchors.post, settings.LEDGER_ANCHOR_WEBHOOK),
        ):
            try:
                if address:
                    send(address, now())
            except anchors.Unanchored as error:
                failed.append(str(error))
        if failed:
            raise CommandError(" ".join(failed))
        if seals:
            self.stdout.write(f"Sealed up to seal {seals[-1].number}: {seals[-1].hash}")

    def _rebuild(self, **options: Any) -> None:
        findings = 0
        for finding in rebuild_findings(self._progress("cases folded")):
            findings += 1
            self.stderr.write(self.style.ERROR(f"Differs: {finding}."))
        if findings:
            sys.exit(1)
        cases = Case.objects.count()
        self.stdout.write(f"{cases:,} cases: every one is in its tables as its events tell it.")

    def _prove(self, *, event: str, **options: Any) -> None:
        try:
            found = proof(event, with_content=options["with_content"])
        except NoProof as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found, indent=1))

    def _progress(self, what: str) -> Any:
        def tell(count: int) -> None:
            if self.stderr.isatty():
                self.stderr.write(f"\r{count:,} {what}", ending="")
                self.stderr.flush()

        return tell
