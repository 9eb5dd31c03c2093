"""Writes a record whole in one command: started, filled, and finished where nobody signs it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework.accounts.models import User
from casework.cases.actions.adding import set_touched
from casework.cases.actions.records import start_record
from casework.cases.actions.signing import submit
from casework.cases.models import Record
from casework.cases.running.loading import type_of
from casework.ledger.append import already
from casework.refusals import refused


@transaction.atomic
def write_record(
    case_id: UUID,
    *,
    form_key: str,
    subjects: Sequence[UUID],
    pages: Mapping[str, Mapping[str, Any]],
    by: User,
    at: datetime,
    touches: Collection[UUID] = (),
    finish: bool = False,
    command_id: UUID | None = None,
) -> Record:
    """Start a record with its answers and the actions that it touches, and finish it if asked to.

    All of it happens or nothing. Raises as `start_record`, `set_touched` and `submit` do; Refused
    where it is to be finished and its form waits for a signature.
    """
    again = already(command_id) is not None
    record = start_record(
        case_id,
        form_key=form_key,
        subjects=subjects,
        pages=pages,
        by=by,
        at=at,
        command_id=command_id,
    )
    if again:  # all that follows was done with it
        return record
    if touches:
        set_touched(record.pk, touches, by=by, at=at)
    if finish:
        if type_of(record.case).chain(form_key):
            raise refused("finish", "signed", "This form waits for a signature: submit it instead")
        submit(record.pk, seen=None, by=by, at=at)
        record.refresh_from_db()
    return record
