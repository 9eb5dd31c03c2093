"""The rows of one new record, written without us: by the ORM alone, and by SQL alone.

Both write exactly what the API's create writes: the record, whom it covers, its page, a history row
of each, the event, its content and the stream's head, in one transaction.
"""

import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from casework.cases.models import Case, Record, RecordPage, RecordSubject
from casework.ledger.models import Content, Event, StreamHead
from tests.cast import AT


def by_orm(
    case: Case, version: uuid.UUID, user: Any, person: uuid.UUID, page: str, answers: Any
) -> None:
    """Write the rows with Django's ORM and simple-history, as a plain application would."""
    text = json.dumps(answers, sort_keys=True, separators=(",", ":"))
    with transaction.atomic():
        record = Record(
            case=case, form_version_id=version, author=user, started_at=AT, changed_at=AT
        )
        _with_history(record, user)
        record.save()
        RecordSubject.objects.create(record=record, person_id=person)
        row = RecordPage(record=record, page=page, answers=text, saved_by=user, saved_at=AT)
        _with_history(row, user)
        row.save()
        content = Content.objects.create(salt="0" * 64, body=text)
        head, _ = StreamHead.objects.select_for_update().get_or_create(stream=case.id)
        head.seq += 1
        event = Event(
            stream=case.id, seq=head.seq, kind="record.started", actor=user, occurred_at=AT,
            recorded_at=AT, refs="{}", content=content.id, prev_hash=head.hash,
            digest=hashlib.sha256(text.encode()).hexdigest(),
        )  # fmt: skip
        event.hash = hashlib.sha256(f"{event.prev_hash}{event.digest}".encode()).hexdigest()
        event.save()
        head.hash = event.hash
        head.save()


def _with_history(row: Any, user: Any) -> None:
    row._history_user, row._history_date, row._change_reason = user, AT, "bench"


class Replay:
    """Statements recorded from one real create, run again with new ids: the raw SQL floor."""

    def __init__(self, create: Callable[[], object]) -> None:
        self._statements: list[tuple[str, Any]] = []

        def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if sql.lstrip().upper().startswith(("INSERT", "UPDATE")):
                self._statements.append((sql, list(params)))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(record):
            create()
        self._ids = self._new_ids()
        self._stream = next(p[0] for s, p in self._statements if "ledger_streamhead" in s)

    def __call__(self) -> None:
        """Write the rows once more, in one transaction, under new ids and on a new stream."""
        fresh = {old: self._like(old) for old in self._ids}
        on_a_new_stream = {**fresh, self._stream: self._like(self._stream)}
        with connection.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
            for sql, params in self._statements:
                ids = on_a_new_stream if "ledger_" in sql else fresh
                cursor.execute(
                    sql, [ids.get(p, p) if isinstance(p, str | uuid.UUID) else p for p in params]
                )
            cursor.execute("COMMIT")

    def _new_ids(self) -> set[Any]:
        """The keys of the inserted rows, as the database was given them."""
        tables = ("cases_record", "cases_recordpage", "ledger_content", "cases_recordsubject")
        ids: set[Any] = set()
        for sql, params in self._statements:
            if any(f'INTO "{table}" ' in sql for table in tables):
                ids.add(params[0])
        return ids

    def _like(self, old: Any) -> Any:
        new = uuid.uuid4()
        return new if isinstance(old, uuid.UUID) else new.hex
