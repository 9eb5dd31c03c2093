"""`python -m tests.soak.kill_commands --every N`: SIGKILL commands at every Nth write, and count.

It runs tests/stored/test_kill_at_every_write.py with that step, on the database of DATABASE_URL.
"""

import argparse
import os
import sys

import pytest


def main() -> int:
    """Run it; return 1 if a command was left half done, or acted twice."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak.kill_commands", description=main.__doc__
    )
    parser.add_argument("--every", default="1")
    os.environ["CASETHREAD_KILL_EVERY"] = parser.parse_args().every
    file = "tests/stored/test_kill_at_every_write.py"
    return int(pytest.main(["-q", "-s", "-p", "no:cacheprovider", file]))


if __name__ == "__main__":
    sys.exit(main())
