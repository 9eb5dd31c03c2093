"""A backup put back elsewhere is whole: database, files, ledger head. A damaged one is refused."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from casework.cases.uploads import store
from casework.ledger.models import Event
from tests.cast import AT, Cast, make_case, make_record
from tests.stored.small_form import publish_small

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)
OTHER = "casethread_restored"


@pytest.fixture
def backed_up(cast: Cast, tmp_path: Path) -> Path:
    """A backup of a case with a record and a file, sealed."""
    publish_small(cast.ada)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    store(record.pk, "qfile", ContentFile(b"%PDF-1.7\nreport", "a.pdf"), by=cast.wanda, at=AT)
    call_command("ledger", "seal", stdout=StringIO())
    out = StringIO()
    call_command("backup", str(tmp_path / "backup"), stdout=out)
    assert f"at least {Event.objects.count()} events, up to seal 1" in out.getvalue()
    return tmp_path / "backup"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The settings of another machine: its own database, files and anchors, all empty."""
    environment = {
        **os.environ,
        "CASETHREAD_DB": str(tmp_path / "there.sqlite3"),
        "CASETHREAD_FILES": str(tmp_path / "there-files"),
        "ANCHOR_FILE": str(tmp_path / "there.jsonl"),
    }
    if connection.vendor == "sqlite":
        yield environment
        return
    held, name = connection.settings_dict, f"{OTHER}_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    host = f"{held['USER']}:{held['PASSWORD']}@{held['HOST']}:{held['PORT']}"
    yield {**environment, "DATABASE_URL": f"postgres://{host}/{name}"}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_backup_put_back_elsewhere_is_whole(
    backed_up: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    done = manage(elsewhere, "restore", str(backed_up), "--verify")
    assert done.returncode == 0, done.stderr
    assert f"The ledger is whole: {Event.objects.count()} events under 1 seals." in done.stdout
    assert "Every uploaded file is what was uploaded." in done.stdout
    # A second one goes over nothing that is there, unless told.
    again = manage(elsewhere, "restore", str(backed_up))
    assert again.returncode == 1
    assert "The database is not empty" in again.stderr
    (file,) = [path for path in (tmp_path / "there-files").rglob("*") if path.is_file()]
    file.write_bytes(b"something else")
    forced = manage(elsewhere, "restore", str(backed_up), "--verify", "--force")
    assert forced.returncode == 0, forced.stderr
    # The anchor that stands there is not overwritten: it may be newer than the backup.
    (tmp_path / "there.jsonl").write_text("newer\n")
    manage(elsewhere, "restore", str(backed_up), "--force")
    assert (tmp_path / "there.jsonl").read_text() == "newer\n"


@pytest.mark.parametrize("damage", ["changed", "missing", "no manifest", "a file swapped"])
def test_a_damaged_backup_is_refused_and_says_where(
    backed_up: Path, elsewhere: dict[str, str], damage: str
) -> None:
    manifest = json.loads((backed_up / "manifest.json").read_text())
    database = backed_up / manifest["database"]
    (file,) = [path for path in (backed_up / "files").rglob("*") if path.is_file()]
    if damage == "changed":
        content = bytearray(database.read_bytes())
        content[len(content) // 2] ^= 1
        database.write_bytes(bytes(content))
    elif damage == "missing":
        file.unlink()
    elif damage == "no manifest":
        (backed_up / "manifest.json").unlink()
    else:  # with a manifest that fits: found by what was uploaded
        import hashlib

        file.write_bytes(b"%PDF-1.7\nforged")
        name = str(file.relative_to(backed_up))
        manifest["digests"][name] = hashlib.sha256(b"%PDF-1.7\nforged").hexdigest()
        (backed_up / "manifest.json").write_text(json.dumps(manifest))
    done = manage(elsewhere, "restore", str(backed_up), "--verify")
    assert done.returncode == 1
    says = {
        "changed": "was changed: this backup is damaged",
        "missing": "is missing: this backup is damaged",
        "no manifest": "holds no whole backup",
        "a file swapped": "it is not what was uploaded",
    }[damage]
    assert says in done.stderr


def test_a_backup_goes_into_no_folder_with_something_in_it(cast: Any, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", str(tmp_path))
