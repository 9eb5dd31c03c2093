"""Who works with a case: rows that stay, one lead at a time, taken and allocated by who may."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.cases.actions.allocating import allocate, end_allocation, take
from casework.cases.actions.sharing import grant_access
from casework.cases.allocations import allocations_of, members_with_load
from casework.cases.models import Allocation
from casework.ledger.models import Event
from casework.refusals import Absent, NotAllowed, NotNow, Refused
from tests.cast import AT, make_case

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


@pytest.fixture
def case(cast: Any) -> Any:
    return make_case(cast.wanda, cast.north)


def held(case: Any) -> list[tuple[str, str, bool]]:
    """Who works with it now, in which role."""
    seen = allocations_of(case)
    return [(s.row.user.username, s.row.role, s.row.lead) for s in seen if s.row.to_at is None]


def test_a_lead_gives_way_to_the_next_and_both_rows_stay(cast: Any, case: Any) -> None:
    allocate(case.pk, cast.wanda, why="Has room", by=cast.max, at=AT)
    allocate(case.pk, cast.wilf, why="Wanda is on leave", by=cast.max, at=LATER)
    case.refresh_from_db()
    assert case.worker == cast.wilf
    now, before = allocations_of(case)
    assert (now.row.user, now.title, now.row.reason) == (
        cast.wilf, "Allocated worker", "Wanda is on leave",
    )  # fmt: skip
    assert (before.row.user, before.row.from_at, before.row.to_at) == (cast.wanda, AT, LATER)
    assert before.row.ended_by == cast.max
    told = Event.objects.filter(stream=case.pk, kind="case.allocated").order_by("seq")
    first, second = (json.loads(event.refs) for event in told)
    assert second["ended"] == first["allocation"] == str(before.row.pk)
    assert "Wanda is on leave" not in "".join(event.refs for event in told)


def test_others_work_beside_the_lead_and_each_ends_with_a_reason(cast: Any, case: Any) -> None:
    allocate(case.pk, cast.wanda, why="x", by=cast.max, at=AT)
    allocate(case.pk, cast.wilf, role="co_worker", why="x", by=cast.max, at=AT)
    allocate(case.pk, cast.max, role="supervisor", why="x", by=cast.max, at=AT)
    assert {who for who, _role, _lead in held(case)} == {"wanda", "wilf", "max"}
    assert held(case)[0] == ("wanda", "allocated_worker", True)
    beside = Allocation.objects.get(user=cast.wilf)
    with pytest.raises(Refused):
        end_allocation(case.pk, beside.pk, why=" ", by=cast.max, at=LATER)
    with pytest.raises(NotAllowed):
        end_allocation(case.pk, beside.pk, why="x", by=cast.wanda, at=LATER)
    end_allocation(case.pk, beside.pk, why="No longer needed", by=cast.max, at=LATER)
    with pytest.raises(NotNow):
        end_allocation(case.pk, beside.pk, why="x", by=cast.max, at=LATER)
    case.refresh_from_db()
    assert case.worker == cast.wanda
    for wrong in ({"role": "no_such"}, {"role": "supervisor"}):
        with pytest.raises(Refused):
            allocate(case.pk, cast.max, why="x", by=cast.max, at=LATER, **wrong)


def test_who_takes_it_first_has_it_and_the_next_is_told(cast: Any, case: Any) -> None:
    command = uuid4()
    for _ in range(2):  # sent twice, taken once
        take(case.pk, by=cast.wanda, at=AT, command_id=command)
    assert held(case) == [("wanda", "allocated_worker", True)]
    with pytest.raises(NotNow, match="Wanda Worker has this case already"):
        take(case.pk, by=cast.wilf, at=AT)
    for stranger, error in ((cast.olive, Absent), (cast.rita, NotAllowed)):
        with pytest.raises(error):
            take(case.pk, by=stranger, at=AT)


def test_who_is_let_in_from_another_team_takes_nothing(cast: Any, case: Any) -> None:
    grant_access(case.pk, cast.olive, "allow", why="Helps", by=cast.max, at=AT)
    with pytest.raises(NotAllowed, match="Only workers and managers of North"):
        take(case.pk, by=cast.olive, at=AT)


def test_who_is_kept_out_works_with_it_in_no_role(cast: Any, case: Any) -> None:
    allocate(case.pk, cast.wilf, role="co_worker", why="x", by=cast.max, at=AT)
    take(case.pk, by=cast.wilf, at=AT)
    grant_access(case.pk, cast.wilf, "deny", why="Knows them", by=cast.max, at=LATER)
    case.refresh_from_db()
    assert (held(case), case.worker) == ([], None)
    assert Allocation.objects.filter(end_reason="Knows them").count() == 2


def test_members_are_shown_with_the_open_cases_that_they_lead(cast: Any, case: Any) -> None:
    take(case.pk, by=cast.wanda, at=AT)
    allocate(case.pk, cast.wilf, role="co_worker", why="x", by=cast.max, at=AT)
    loads = {one.user.username: one.load for one in members_with_load(cast.north, LATER)}
    assert loads == {"max": 0, "wanda": 1, "wilf": 0}
