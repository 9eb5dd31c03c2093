"""`python -m tests.bench [--only rules|engine|site] [--reduced]`: costs as ratios, each in one run.

rules: the form language alone. engine: a command against its plain rows, and deciding. site: pages and
API. The last two run on SQLite and then on PostgreSQL, each database new.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.e2e.conftest import own_database

POSTGRES = os.environ.get("POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def main() -> int:
    """Run the parts asked for; return 1 when a target is missed in any."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--reduced", action="store_true", help="fewer rounds and rows")
    asked = parser.parse_args()
    more = ["--reduced"] if asked.reduced else []
    return max(part(more) for name, part in PARTS.items() if asked.only in (None, name))


def _rules(more: list[str]) -> int:
    print("\nThe form language, medians of CPU time in one run", flush=True)
    path = os.pathsep.join([".", "platform", os.environ.get("PYTHONPATH", "")])
    return _run("tests.bench.rules", more, {**os.environ, "PYTHONPATH": path})


def _engine(more: list[str]) -> int:
    return _on_both("tests.bench.command", more)


def _site(more: list[str]) -> int:
    return _on_both("tests.bench.one", more)


def _on_both(module: str, more: list[str]) -> int:
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, url in (("SQLite", ""), ("PostgreSQL", POSTGRES)):
            print(f"\n{name}, medians of CPU time in one run", flush=True)
            os.environ["DATABASE_URL"] = url
            environment = {
                **own_database(Path(folder), "casethread_bench"),
                "LOG_LEVEL": "ERROR",
                "ALLOWED_HOSTS": "localhost",
            }
            worst = max(worst, _run(module, more, environment))
    return worst


def _run(module: str, more: list[str], environment: dict[str, str]) -> int:
    done = subprocess.run([sys.executable, "-m", module, *more], check=False, env=environment)
    return done.returncode


PARTS = {"rules": _rules, "engine": _engine, "site": _site}

if __name__ == "__main__":
    sys.exit(main())
