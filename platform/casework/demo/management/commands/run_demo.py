"""`manage.py run_demo`: prepare the database, load library and demo, start the jobs, and serve."""

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

SERVER = (
    "-m", "gunicorn", "casework.wsgi", "--pythonpath", "platform", "--workers", "2", "--threads", "4",
    "--log-level", "warning", "--no-control-socket",
)  # fmt: skip


class Command(BaseCommand):
    """Prepare, load, serve. Safe to run again: what is there stays."""

    help = "Prepare the database, load the library and the demo, and serve on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port: int, **options: Any) -> None:
        """Run until interrupted."""
        if settings.PRODUCTION:
            raise CommandError(
                "The demo is not for production. See docs/how-to/serve-in-production.md."
            )
        begun = time.monotonic()
        for step, command, arguments in (
            ("Database", "migrate", {"verbosity": 0}),
            ("Cache table", "createcachetable", {"verbosity": 0}),
            ("Library", "load_library", {"publish": True, "reason": "The library that ships"}),
            ("Demo", "demo", {}),
        ):
            self.stdout.write(f"{step} …", ending="\n")
            self.stdout.flush()
            call_command(command, **arguments)
        self.stdout.write(f"Ready after {time.monotonic() - begun:.0f} seconds.\n")
        call_command("demo", "--log-ins")
        self._addresses(port)
        self._serve(port)

    def _addresses(self, port: int) -> None:
        here = f"http://localhost:{port}"
        self.stdout.write(
            f"\n  Workers and managers   {here}/\n  Form administrators    {here}/configure/\n"
            f"  API documentation      {here}/api/v1/docs/\n\nStop with Ctrl-C.\n"
        )
        self.stdout.flush()

    def _serve(self, port: int) -> None:
        root = Path(settings.ROOT)
        jobs = subprocess.Popen([sys.executable, "manage.py", "jobs"], cwd=root)
        try:
            subprocess.run(  # noqa: S603
                [sys.executable, *SERVER, "--bind", f"127.0.0.1:{port}"],
                cwd=root,
                check=False,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        except KeyboardInterrupt:
            pass
        finally:
            jobs.terminate()
            jobs.wait(timeout=10)
