"""`python -m tests.soak.stories --commands N`: random commands on both case types, and what was reached.

Through the actions, on the database of DATABASE_URL (SQLite without). It goes on after N commands, at
most as many again, until each move, clock's event and state of an action was reached; and fails where a
law does not hold, where fewer than half are accepted, and, but for a reduced count, where one was not.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.e2e.conftest import drop, own_database

SHARES = {"child_in_need": 0.7, "complaint": 0.3}  # the first has three times as much to reach
STEPS = 100  # of a story
STORIES = 8  # of one seed


def main() -> int:
    """Run it; return 1 where something was not reached, or too much was refused."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.stories", description=main.__doc__)
    parser.add_argument("--commands", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first stories")
    parser.add_argument("--reduced", action="store_true", help="not everything has to be reached")
    parser.add_argument("--shrink", action="store_true", help="look for a shorter story that fails")
    parser.add_argument("--only", choices=SHARES, help="of this case type alone, its share of N")
    parser.add_argument("--here", action="store_true", help="on the new database that is named")
    asked = parser.parse_args()
    if asked.here:
        return _here(asked)
    with tempfile.TemporaryDirectory() as folder:
        environment = own_database(Path(folder), "casethread_stories")
        try:
            again = [sys.executable, "-m", "tests.soak.stories", "--here", *sys.argv[1:]]
            return subprocess.run(
                again, check=False, env={**environment, "LOG_LEVEL": "ERROR"}
            ).returncode
        finally:
            drop(environment)


def _here(asked: argparse.Namespace) -> int:
    missing = [
        thing
        for key, share in SHARES.items()
        if asked.only in (None, key)
        for thing in _tell(key, round(asked.commands * share), asked)
    ]
    return 1 if (missing and not asked.reduced) or "too few were accepted" in missing else 0


def _tell(key: str, commands: int, asked: argparse.Namespace) -> list[Any]:
    """Stories of one case type until there are so many commands; what is missing after them."""
    from tests.alone import cast_and_library
    from tests.stories.telling import tell

    cast = cast_and_library()
    begun = time.monotonic()
    tally = tell(
        cast,
        key,
        commands=commands,
        seed=asked.seed,
        stories=min(STORIES, 1 + commands // STEPS),
        steps=STEPS,
        shrink=asked.shrink,
        whole=not asked.reduced,
    )
    seconds = time.monotonic() - begun
    print(f"{key}: {tally.commands} commands in {tally.stories} stories, {tally.share:.0%} accepted, "
          f"{tally.sent_again} sent twice, tables compared with events {tally.compared} times, "
          f"{seconds:.0f} s, seeds from {asked.seed}")  # fmt: skip
    for kind, count in sorted(tally.asked.items()):
        print(f"  {count:>6}  {kind}, {tally.accepted[kind]} accepted")
    print("  times reached:")
    print(*tally.lines(), sep="\n", flush=True)
    return [*tally.missing(), *(["too few were accepted"] if tally.share < 0.5 else [])]


if __name__ == "__main__":
    sys.exit(main())
