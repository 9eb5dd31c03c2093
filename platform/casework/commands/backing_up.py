"""A backup is a folder: the database, the uploaded files, the anchor lines, and a manifest of digests.

The anchor lines are copied first and the files last: a seal is in the database before its line is
written, and a file is on the disk before its row, so what the one names the other has.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, connections

from casework.cases.models import Upload
from casework.ledger.anchors import line_of
from casework.ledger.chain import instant
from casework.ledger.models import Event, Seal

FORMAT = 1
_CHUNK = 1024 * 1024
MANIFEST, ANCHORS, FILES = "manifest.json", "anchors.jsonl", "files"


class NotBackedUp(Exception):
    """A backup cannot be made or put back; the text says why, where, and what to do."""


def back_up(folder: Path, at: datetime) -> dict[str, Any]:
    """Write a backup to a folder, which must be empty or not there; return its manifest."""
    if folder.exists() and any(folder.iterdir()):
        raise NotBackedUp(f"{folder} is not empty. Give a folder that is, or a new one.")
    folder.mkdir(parents=True, exist_ok=True)
    anchors: Path = settings.LEDGER_ANCHOR_FILE
    if anchors.exists():
        shutil.copyfile(anchors, folder / ANCHORS)
    events, head = Event.objects.count(), Seal.objects.order_by("-number").first()
    database = _dump(folder)
    source = _files_folder()
    if source.exists():
        shutil.copytree(source, folder / FILES)
    manifest = {
        "format": FORMAT,
        "made_at": instant(at),
        "database": database,
        "vendor": connection.vendor,
        "events_at_least": events,
        "head": json.loads(line_of(head)) if head else None,
        "digests": {
            str(path.relative_to(folder)): _sha256(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose every file is as it was written. Raises NotBackedUp."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        digests = manifest["digests"]
    except (OSError, ValueError, KeyError) as error:
        raise NotBackedUp(f"{folder} holds no whole backup: {MANIFEST} cannot be read.") from error
    for name, expected in digests.items():
        path = folder / name
        if not path.is_file():
            raise NotBackedUp(f"{path} is missing: this backup is damaged. Take another one.")
        if _sha256(path) != expected:
            raise NotBackedUp(f"{path} was changed: this backup is damaged. Take another one.")
    return manifest


def put_back(folder: Path, manifest: dict[str, Any], *, force: bool) -> None:
    """Put a backup where the settings point. Raises NotBackedUp over what is not empty without force."""
    if manifest["vendor"] != connection.vendor:
        raise NotBackedUp(
            f"This backup is of {manifest['vendor']}, and the settings name {connection.vendor}. Set "
            "DATABASE_URL, or leave it out, as it was where the backup was made."
        )
    target = _files_folder()
    if not force and connection.introspection.table_names():
        raise NotBackedUp("The database is not empty. Name an empty one, or give --force.")
    if not force and target.exists() and any(target.iterdir()):
        raise NotBackedUp(f"{target} is not empty. Move the files away, or give --force.")
    _load(folder / manifest["database"], force=force)
    if (folder / FILES).exists():
        shutil.copytree(folder / FILES, target, dirs_exist_ok=True)
    # The line that stands here may be newer than the backup: it is evidence, and is never overwritten.
    anchors: Path = settings.LEDGER_ANCHOR_FILE
    if (folder / ANCHORS).exists() and not anchors.exists():
        anchors.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / ANCHORS, anchors)


def wrong_files() -> Iterator[str]:
    """Sentences on uploaded files that are missing or are not what was uploaded."""
    for upload in Upload.objects.order_by("pk").iterator(chunk_size=500):
        if not default_storage.exists(upload.stored_name):
            yield f"file {upload.pk}: it is missing from the folder of uploaded files"
            continue
        digest = hashlib.sha256()
        with default_storage.open(upload.stored_name) as held:
            while chunk := held.read(_CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != upload.sha256:
            yield f"file {upload.pk}: it is not what was uploaded"


def _dump(folder: Path) -> str:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(folder / "database.sqlite3")) as target:
            connection.connection.backup(target)
        return "database.sqlite3"
    _postgres("pg_dump", "--format=custom", "--no-owner", "--file", str(folder / "database.dump"))
    return "database.dump"


def _load(source: Path, *, force: bool) -> None:
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        connections.close_all()
        fresh = name.with_name(name.name + ".restoring")
        shutil.copyfile(source, fresh)
        for suffix in ("-wal", "-shm"):
            name.with_name(name.name + suffix).unlink(missing_ok=True)
        fresh.replace(name)
        return
    connections.close_all()
    clean = ("--clean", "--if-exists") if force else ()
    database = str(connection.settings_dict["NAME"])
    _postgres(
        "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", *clean,
        "--dbname", database, str(source), database=False,
    )  # fmt: skip


def _postgres(program: str, *arguments: str, database: bool = True) -> None:
    """Run one of PostgreSQL's own programs on the database of the settings."""
    if shutil.which(program) is None:
        raise NotBackedUp(
            f"{program} is not installed, and PostgreSQL is backed up and restored with its own "
            "programs. Install postgresql-client of the server's version."
        )
    held = connection.settings_dict
    given = {
        "PGHOST": held.get("HOST"), "PGPORT": held.get("PORT"), "PGUSER": held.get("USER"),
        "PGPASSWORD": held.get("PASSWORD"),
    }  # fmt: skip
    named = {name: str(value) for name, value in given.items() if value}
    last = ["--dbname", str(held["NAME"])] if database else []
    done = subprocess.run(  # noqa: S603 (a fixed program; arguments from our settings)
        [program, *arguments, *last],
        env={**os.environ, **named},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotBackedUp(f"{program} failed: {done.stderr.strip()[-500:]}")


def _files_folder() -> Path:
    if not isinstance(default_storage, FileSystemStorage):
        raise NotBackedUp(
            "Uploaded files are not in a folder: back their store up by its own means."
        )
    return Path(default_storage.location)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
