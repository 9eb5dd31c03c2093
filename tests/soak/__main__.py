"""`python -m tests.soak [--reduced]`: run each long count, and fail if one fails."""

import argparse
import os
import subprocess
import sys
import time

import psycopg

POSTGRES = os.environ.get("POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")

# what, its arguments in full, its arguments reduced, whether it touches a database
COUNTS = (
    (
        "Rules: both evaluators agree",
        ["-m", "tests.soak.rules_pairs", "--pairs"],
        "100000",
        "20000",
        False,
    ),
    (
        "Stories: random commands on both case types, and what they reach",
        ["-m", "tests.soak.stories", "--commands"],
        "10000",
        "600",
        True,
    ),
    (
        "Commands: killed at every write, nothing half done",
        ["-m", "tests.soak.kill_commands", "--every"],
        "1",
        "25",
        True,
    ),
    (
        "Saves: nothing acknowledged is lost",
        ["-m", "tests.soak.kill", "--saves"],
        "200",
        "200",
        True,
    ),
)
# what a reduced count is asked besides: so few commands do not reach everything
_ALSO = {"tests.soak.stories": ["--reduced"]}


def main() -> int:
    """Run every count on every database that it touches; return 1 if any fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=main.__doc__)
    parser.add_argument("--reduced", action="store_true", help="the counts that CI runs")
    reduced = parser.parse_args().reduced
    failed = []
    there = _is_there(POSTGRES)
    for what, arguments, full, less, touches in COUNTS:
        for database in ("", *([POSTGRES] if there else [])) if touches else ("",):
            begun = time.monotonic()
            name = f"{what} ({'PostgreSQL' if database else 'SQLite'})" if touches else what
            print(f"\n-- {name}", flush=True)
            done = subprocess.run(
                [
                    sys.executable,
                    *arguments,
                    *([less, *_ALSO.get(arguments[1], ())] if reduced else [full]),
                ],
                check=False,
                env={**os.environ, "DATABASE_URL": database},
            )
            print(f"-- {time.monotonic() - begun:.0f} s, exit {done.returncode}", flush=True)
            failed += [name] if done.returncode else []
    print("\nAll counts hold." if not failed else f"\nFailed: {', '.join(failed)}")
    if not there:
        print("Nothing ran on PostgreSQL: there is none at POSTGRES_URL, or at 127.0.0.1:5432.")
    return 1 if failed else 0


def _is_there(url: str) -> bool:
    """Whether a PostgreSQL server answers at the address."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
