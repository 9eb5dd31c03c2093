"""`python -m tests.soak [--reduced]`: run each long count, and fail if one fails."""

import argparse
import os
import subprocess
import sys
import time

POSTGRES = os.environ.get("POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")

# what, its arguments in full, its arguments reduced
COUNTS = (
    (
        "Rules: both evaluators agree",
        ["-m", "tests.soak.rules_pairs", "--pairs"],
        "100000",
        "20000",
    ),
    (
        "Commands: killed at every write, nothing half done",
        ["-m", "tests.soak.kill_commands", "--every"],
        "1",
        "25",
    ),
    ("Saves: nothing acknowledged is lost", ["-m", "tests.soak.kill", "--saves"], "200", "200"),
)


def main() -> int:
    """Run every count on every database that it touches; return 1 if any fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=main.__doc__)
    parser.add_argument("--reduced", action="store_true", help="the counts that CI runs")
    reduced = parser.parse_args().reduced
    failed = []
    for what, arguments, full, less in COUNTS:
        for database in ("", POSTGRES) if "kill" in arguments[1] else ("",):
            begun = time.monotonic()
            name = (
                f"{what} ({'PostgreSQL' if database else 'SQLite'})"
                if "kill" in arguments[1]
                else what
            )
            print(f"\n-- {name}", flush=True)
            done = subprocess.run(
                [sys.executable, *arguments, less if reduced else full],
                check=False,
                env={**os.environ, "DATABASE_URL": database},
            )
            print(f"-- {time.monotonic() - begun:.0f} s, exit {done.returncode}", flush=True)
            failed += [name] if done.returncode else []
    print("\nAll counts hold." if not failed else f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
