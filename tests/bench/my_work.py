"""A worker's own work among few and many open tasks of others, for the claim that these do not matter."""

import uuid
from datetime import timedelta
from typing import Any

from casework.cases.models import Case, Clock, Record, Task
from tests.bench.many import settle
from tests.cast import AT

BATCH = 2_000
PER_CASE = 5
MINE = 25  # cases that the worker has
OWN = 500  # of the first thousand tasks, those that are the worker's


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
    """Bring the number of open tasks in some cases to a total; then settle.

    Every second of the first thousand is the worker's, over a year, some without a day; each tenth is
    nobody's. All after these are of others, in others' cases.
    """
    others, sources = cases[MINE:], list(Record.objects.values_list("pk", flat=True)[:200])
    have = Task.objects.count()
    for start in range(have, total, BATCH):
        Task.objects.bulk_create(
            Task(
                id=uuid.uuid4(), key=f"bench.{place}", template="plan_action", title=f"Action {place}",
                case=(cases if place < 2 * OWN else others)[place % len(others)],
                created_at=AT, changed_at=AT,
                due_on=AT.date() + timedelta(days=place % 365) if place % 7 else None,
                owner=_owner(cast, place), source_id=sources[place % len(sources)],
            )
            for place in range(start, min(start + BATCH, total))
        )  # fmt: skip
    settle()


def _owner(cast: Any, place: int) -> Any:
    if place % 10 == 9:
        return None
    return cast.wanda if place % 2 and place < 2 * OWN else cast.wilf
