"""`python -m tests.bench [--reduced]`: the ratios on SQLite, then on PostgreSQL, each database new."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.e2e.conftest import own_database

POSTGRES = os.environ.get("POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def main() -> int:
    """Run both; return 1 when a target is missed on either."""
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
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench.one", *sys.argv[1:]],
                check=False,
                env=environment,
            )
            worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
