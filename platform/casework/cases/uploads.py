"""Keeps files that answer questions: checked by content, stored under random names, always given out
as attachments.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.http import content_disposition_header

from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_record, refs_of
from casework.cases.filetypes import CHUNK, cleaned_name, sniffed
from casework.cases.marks import mask_for
from casework.cases.models import Record, Upload
from casework.cases.unmasked import form
from casework.ledger.append import append
from casework.refusals import Absent, Refused
from formdefs.form import Question
from formdefs.structure import Problem

MOST_IN_A_RECORD = 200  # files, those too that were taken out of the answers again


@dataclass(frozen=True)
class Opened:
    """A file to be given out: its bytes, and the headers without which it may not be."""

    stream: IO[bytes]
    headers: Mapping[str, str]


def store(
    record_id: UUID,
    question_id: str,
    file: File[Any],
    *,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Upload:
    """Keep a file for a question of a record; the answer names it once its page is saved.

    What it is is found from its content, and must be what the question and the platform accept.
    Raises Absent, NotAllowed, NotNow, Refused.
    """
    record, roles = access.record_and_roles(by, record_id, at)
    access.check(by, "record.save", record, roles)
    loaded = form(record)
    question = loaded.questions.get(question_id)
    if question is None or question.type != "file":
        raise Absent
    mask = mask_for(record, loaded, roles, by, at)
    if not {held.mark for held in loaded.marks[question.id]} <= mask.sees:
        raise Absent
    upload = _measured(file, question, record)
    upload.uploaded_by, upload.uploaded_at = by, at
    # Written before the transaction, which on SQLite would keep every other writer waiting.
    file.seek(0)
    upload.stored_name = default_storage.save(_random_name(), file)
    try:
        kept = _keep(upload, by, at, command_id)
    except BaseException:
        default_storage.delete(upload.stored_name)
        raise
    if kept.pk != upload.pk:
        default_storage.delete(upload.stored_name)
    return kept


def open_upload(upload: Upload) -> Opened:
    """Open a stored file to be sent as an attachment that no browser shows or guesses at."""
    return Opened(
        default_storage.open(upload.stored_name),
        {
            "Content-Type": upload.content_type,
            "Content-Length": str(upload.size),
            "Content-Disposition": content_disposition_header(True, upload.name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


@transaction.atomic
def _keep(upload: Upload, by: User, at: datetime, command_id: UUID | None) -> Upload:
    """Write the row and its event. Raises as `store`."""
    record, roles = locked_record(upload.record_id, by, at)
    if event := done_before(command_id, "file.stored", by, record=record.pk):
        return Upload.objects.get(pk=refs_of(event)["upload"])
    access.check(by, "record.save", record, roles)
    if record.uploads.count() >= MOST_IN_A_RECORD:
        raise _refused(
            upload.question,
            "max_files",
            f"This record has {MOST_IN_A_RECORD} files, which is the most that one may have",
        )
    upload.save(force_insert=True)
    append(
        record.case_id,
        "file.stored",
        by=by,
        at=at,
        refs={
            "case": str(record.case_id),
            "record": str(record.pk),
            "upload": str(upload.pk),
            "question": upload.question,
            "size": upload.size,
        },
        content={"name": upload.name, "type": upload.content_type, "sha256": upload.sha256},
        command_id=command_id,
    )
    return upload


def _measured(file: File[Any], question: Question, record: Record) -> Upload:
    """An upload with the file's size, digest, kind and clean name. Raises Refused."""
    size, digest = 0, hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > question.max_bytes:
            most = question.max_bytes / 1024 / 1024
            raise _refused(
                question.id, "max_bytes", f"The selected file must be smaller than {most:.3g}MB"
            )
        digest.update(chunk)
    if not size:
        raise _refused(question.id, "invalid", "The selected file is empty")
    content_type = sniffed(file)  # type: ignore[arg-type]
    if content_type is None or (question.accept and content_type not in question.accept):
        raise _refused(question.id, "type", "The selected file is not of a kind that is kept here")
    return Upload(
        record=record,
        question=question.id,
        name=cleaned_name(file.name or "", content_type),
        content_type=content_type,
        size=size,
        sha256=digest.hexdigest(),
    )


def _random_name() -> str:
    """A name that says nothing, in one of 256 folders, so that none grows without end."""
    name = secrets.token_hex(24)
    return f"{name[:2]}/{name}"


def _refused(question: str, code: str, message: str) -> Refused:
    return Refused([Problem(question, (), code, message)])
