"""An empty database with all its tables, made once and copied: the migrations take 20 seconds, a copy none.

It is made by `manage.py migrate` whenever a migration, of ours or of a package, is not the one it was
made from: a file in `build/` for SQLite, a database of its own for PostgreSQL.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"


def file() -> Path:
    """The migrated SQLite file, to copy."""
    made = BUILD / f"{_name()}.sqlite3"
    with _alone():
        if not made.exists():
            for older in BUILD.glob("casethread_migrated_*"):
                older.unlink()
            draft = made.with_suffix(".draft")
            _migrate({**os.environ, "DATABASE_URL": "", "CASETHREAD_DB": str(draft)})
            draft.rename(made)
    return made


def database(url: str) -> str:
    """The name of the migrated PostgreSQL database beside the one that the address names, to copy."""
    made, draft = _name(), f"{_name()}_draft"
    with _alone(), psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [made])
        if known.fetchone() is None:
            connection.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{draft}"')
            address = urlunsplit(urlsplit(url)._replace(path=f"/{draft}"))
            _migrate({**os.environ, "DATABASE_URL": address})
            connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{made}"')
    return made


def copied_into(connection: Any) -> None:
    """Let Django's test runner begin from the copy: its own `migrate` then finds nothing to do."""
    creation = connection.creation
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = database(os.environ["DATABASE_URL"])
        return
    make = creation._create_test_db

    def make_and_copy(verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name: str = make(verbosity, autoclobber, keepdb)
        shutil.copyfile(file(), name)
        return name

    creation._create_test_db = make_and_copy


def _migrate(environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT, env=environment, check=True,
    )  # fmt: skip


@cache
def _name() -> str:
    """Named by every migration's path and text."""
    digest = hashlib.sha256()
    for path in sorted(_migrations()):
        digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return f"casethread_migrated_{digest.hexdigest()[:16]}"


def _migrations() -> Iterator[Path]:
    from django.apps import apps

    if not apps.ready:  # a bench or a count, which no test run has set up
        sys.path.insert(0, str(ROOT / "platform"))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
        import django

        django.setup()
    for app in apps.get_app_configs():
        spec = find_spec(f"{app.name}.migrations")
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            yield from Path(folder).glob("*.py")


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes a database."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "casethread_migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
