"""My work among few and many open tasks, written in bulk: for the claim that neither matters."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection

from casework.cases.models import Case, Clock, Task
from tests.cast import AT

BATCH = 2_000
PER_CASE = 5
MINE = 25  # cases that the worker has, at any size


def fill_cases(cast: Any, model: Case, tasks: int) -> list[Case]:
    """Open as many cases as that many tasks lie in, each with two running clocks; return all there are.

    25 are the worker's, the others others'. A planner reads a table from end to end while that is
    quick, so only the table of tasks may differ in size between what is compared.
    """
    cases = list(Case.objects.order_by("number"))
    number = cases[-1].number
    made = [
        Case(
            id=uuid.uuid4(), number=number + place, case_type=model.case_type, team=cast.north,
            type_version_id=model.type_version_id, opened_at=AT, opened_by=cast.wanda,
            worker=cast.wanda if len(cases) + place <= MINE else cast.wilf,
        )
        for place in range(1, tasks // PER_CASE - len(cases) + 1)
    ]  # fmt: skip
    Case.objects.bulk_create(made, BATCH)
    like = Clock.objects.filter(case=model).first()
    assert like
    Clock.objects.bulk_create(
        (
            Clock(
                id=uuid.uuid4(), case=case, key=key, happenings=like.happenings, cycles=like.cycles,
                status="running", due_on=AT.date() + timedelta(days=place % 90),
            )
            for place, case in enumerate(made)
            for key in ("referral_decision", "assessment")
        ),
        BATCH,
    )  # fmt: skip
    return [*cases, *made]


def fill(cast: Any, cases: list[Case], total: int) -> None:
    """Bring the number of open tasks in some cases to a total; then refresh statistics.

    Every second task is the worker's, over a year, and each tenth is nobody's.
    """
    have = Task.objects.count()
    for start in range(have, total, BATCH):
        Task.objects.bulk_create(
            Task(
                id=uuid.uuid4(), case=cases[place % len(cases)], key=f"bench.{place}",
                template="plan_action", title=f"Action {place}", created_at=AT, changed_at=AT,
                due_on=AT.date() + timedelta(days=place % 365) if place % 7 else None,
                owner=None if place % 10 == 9 else (cast.wanda if place % 2 else cast.wilf),
            )
            for place in range(start, min(start + BATCH, total))
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
