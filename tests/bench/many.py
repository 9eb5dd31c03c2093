"""Many records in a case, written in bulk; and the plans of the queries that a job makes."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection

from casework.cases.models import Case, Record
from tests.cast import AT

BATCH = 2_000
_BITMAP = re.compile(
    r"(->  )?Bitmap Heap Scan on (.+)\nRecheck Cond: .*((?:\nFilter: .*)?)\n"
    r"->  Bitmap Index Scan on (.+)\n(Index Cond: .*)"
)


def fill(case: Case, total: int) -> None:
    """Bring the number of records to a total, over a year, in this case; then settle."""
    from formdefs.versions import newest

    version = newest("referral").pk
    have = Record.objects.count()
    for start in range(have, total, BATCH):
        Record.objects.bulk_create(
            Record(
                id=uuid.uuid4(), case=case, form_version_id=version, author_id=case.opened_by_id,
                started_at=AT - timedelta(minutes=number), changed_at=AT - timedelta(minutes=number),
            )
            for number in range(start, min(start + BATCH, total))
        )  # fmt: skip
    settle()


def settle() -> None:
    """Let the planner know what there is now, which else comes about when the server finds the time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM (ANALYZE)")


def explained(job: Callable[[], object]) -> list[tuple[str, str]]:
    """Each SELECT of a job with its plan, without the figures that grow with the table."""
    seen: list[tuple[str, Any]] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        job()
    return [(_shape(sql), _plan(sql, params)) for sql, params in seen if sql.startswith("SELECT")]


def _plan(sql: str, params: Any) -> str:
    prefix = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (COSTS OFF) "
    with connection.cursor() as cursor:
        cursor.execute(prefix + sql, params)
        rows = cursor.fetchall()
    return _by_index("\n".join(_shape(str(row[-1])) for row in rows))


def _by_index(plan: str) -> str:
    """A plan, without its indents, that reads an index by way of a bitmap as one that reads it row by row.

    Which of the two PostgreSQL takes hangs on how the rows happen to lie; the index is the same.
    """
    plan = "\n".join(line.strip() for line in plan.splitlines())
    return _BITMAP.sub(r"\1Index Scan using \4 on \2\n\5\3", plan)


def _shape(text: str) -> str:
    """Text without literals: a plan or query is the same whichever row it starts from."""
    text = re.sub(r"'[^']*'(::[a-z ]+)?", "?", text)
    return re.sub(r"IN \([^)]*\)|ANY \([^)]*\)", "IN (?)", text)
