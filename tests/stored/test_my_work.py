"""My work: one list out of every kind, by day, by cursor; what others may not see is not in it."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases.actions.allocating import allocate
from casework.cases.actions.sharing import grant_access
from casework.cases.models import Case, Clock, Record, Task
from casework.cases.my_work import by_person, work_of
from casework.cases.trays import as_waiting, boards, due_soon, overdue, unallocated
from tests.cast import AT, Cast, make_person, make_record
from tests.cast import make_case as make_any_case

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
TODAY = LATER.date()


def make_case(by: Any, team: Any, *people: Any, **more: Any) -> Case:
    """A case in which two clocks run, whatever else its type has by now."""
    case = make_any_case(by, team, *people, **more)
    Clock.objects.filter(case=case).exclude(key__in=("referral_decision", "assessment")).delete()
    return case


def task(case: Case, title: str, due: date | None, owner: Any = None) -> Task:
    return Task.objects.create(
        case=case, key=str(uuid4()), template="plan_action", title=title, due_on=due, owner=owner,
        created_at=AT, changed_at=AT,
    )  # fmt: skip


def told(items: Any) -> list[str]:
    """What a list says, in its order."""
    return [
        item.task.title if item.task
        else item.clock.kind.key if item.clock
        else f"{item.kind} {item.record.form_version.form_id}"
        for item in items
    ]  # fmt: skip


@pytest.fixture
def mine(library: Cast) -> tuple[Cast, Case]:
    """A case that Wanda has, with a draft of hers in it."""
    case = make_case(library.wanda, library.north)
    allocate(case.pk, library.wanda, why="x", by=library.max, at=AT)
    make_record(case, library.wanda)
    return library, case


def test_one_list_of_every_kind_by_day_and_what_has_none_last(mine: Any) -> None:
    cast, case = mine
    other = make_case(cast.wilf, cast.north)
    task(case, "Nobody's, in my case", TODAY + timedelta(days=2))
    task(case, "Mine, no day", None, cast.wanda)
    task(other, "Mine, in another's case", TODAY - timedelta(days=3), cast.wanda)
    task(case, "Wilf's", TODAY, cast.wilf)
    task(other, "Nobody's elsewhere", TODAY)
    assert told(work_of(cast.wanda, LATER).items) == [
        "Mine, in another's case",
        "referral_decision",
        "Nobody's, in my case",
        "assessment",
        "draft referral",
        "Mine, no day",
    ]
    assert told(work_of(cast.wilf, LATER).items) == ["Wilf's"]
    assert told(work_of(cast.wanda, LATER, kind="clock").items) == [
        "referral_decision", "assessment",
    ]  # fmt: skip
    assert told(work_of(cast.wanda, LATER, kind="writing").items) == ["draft referral"]


def test_what_waits_for_a_signature_is_the_managers_and_not_the_writers(mine: Any) -> None:
    cast, _case = mine
    Record.objects.update(status="submitted", waits_for="manager", waits_not="author")
    assert told(work_of(cast.max, LATER).items) == ["to_sign referral"]
    for other in (cast.wanda, cast.wilf, cast.omar, cast.rita):
        assert "to_sign referral" not in told(work_of(other, LATER).items)
    Record.objects.update(author=cast.max)
    assert told(work_of(cast.max, LATER).items) == []
    Record.objects.update(waits_not="")
    assert told(work_of(cast.max, LATER).items) == ["to_sign referral"]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_page_by_page_the_list_is_the_same_as_whole(mine: Any, size: int) -> None:
    cast, case = mine
    days = [TODAY, TODAY, TODAY, TODAY + timedelta(days=1), None, None, None]
    for number, due in enumerate(days):
        task(case, f"Mine {number}", due, cast.wanda)
        task(case, f"Nobody's {number}", due)
    for status in ("returned", "draft", "draft"):
        record = make_record(case, cast.wanda)
        Record.objects.filter(pk=record.pk).update(status=status)
    whole = told(work_of(cast.wanda, LATER, size=100).items)
    assert len(whole) == 2 * len(days) + 2 + 4
    found, after = [], None
    for _page in range(len(whole) + 1):
        work = work_of(cast.wanda, LATER, after=after, size=size)
        found += told(work.items)
        after = work.after
        if after is None:
            break
    assert found == whole


def test_the_list_costs_the_same_queries_whatever_its_length(mine: Any) -> None:
    cast, case = mine

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            work_of(cast.wanda, LATER, size=100)
        return len(captured)

    Record.objects.update(status="returned")
    for owner in (cast.wanda, None):
        task(case, "One", TODAY, owner)
    Task.objects.update(stated="going_on")  # a review has judged them: its words may be withheld
    few = queries()
    for _ in range(5):
        another = make_case(cast.wanda, cast.north)
        allocate(another.pk, cast.wanda, why="x", by=cast.max, at=AT)
        make_record(another, cast.wanda)
        for owner in (cast.wanda, None):
            task(another, "More", TODAY, owner)
    Task.objects.update(stated="going_on")
    assert queries() == few


def test_by_person_each_stands_once_with_what_is_due_first(mine: Any) -> None:
    cast, case = mine
    first = case.subjects.get().person
    sibling = make_person(cast.wanda, "Second")
    both = make_any_case(cast.wanda, cast.north, first.pk, sibling.pk, case_type="complaint")
    allocate(both.pk, cast.wanda, why="x", by=cast.max, at=AT)
    groups = by_person(work_of(cast.wanda, LATER, size=100).items)
    assert [person for person, _items in groups] == [first, sibling]
    assert "referral_decision" in told(groups[0][1])
    answers = [told(items).count("acknowledge") for _person, items in groups]
    assert answers == [1, 1]  # the clock of a case is everybody's in it


def test_who_is_kept_out_has_nothing_of_the_case_in_the_list(mine: Any) -> None:
    cast, case = mine
    task(case, "Mine", TODAY, cast.wilf)
    assert told(work_of(cast.wilf, LATER).items) == ["Mine"]
    grant_access(case.pk, cast.wilf, "deny", why="Knows them", by=cast.max, at=AT)
    assert work_of(cast.wilf, LATER).items == []


def test_a_teams_board_counts_what_its_lists_show(mine: Any) -> None:
    cast, case = mine
    waiting = make_case(cast.wilf, cast.north)
    task(case, "Late", TODAY - timedelta(days=1), cast.wilf)
    task(case, "Soon", TODAY + timedelta(days=7), cast.wilf)
    task(case, "Later", TODAY + timedelta(days=8), cast.wilf)
    elsewhere = make_case(cast.olive, cast.south)
    task(elsewhere, "Late in the South", TODAY - timedelta(days=1))
    Clock.objects.filter(case__in=(waiting, elsewhere)).delete()
    with CaptureQueriesContext(connection) as one:
        (board,) = boards([cast.north], cast.max, LATER)
    with CaptureQueriesContext(connection) as two:
        boards([cast.north, cast.south, cast.south], cast.max, LATER)
    assert len(one) == len(two)
    assert (board.unallocated, board.waiting, board.overdue, board.soon) == (1, 0, 1, 2)
    (workers,) = boards([cast.north], cast.wilf, LATER)
    assert (workers.unallocated, workers.overdue, workers.soon) == (1, None, None)
    page = {"after": None, "size": 25}
    assert told(overdue(cast.north, cast.max, LATER, **page).items) == ["Late"]
    soon = told(due_soon(cast.north, cast.max, LATER, **page).items)
    assert soon == ["referral_decision", "Soon"]
    assert list(unallocated(cast.north, cast.max, LATER)) == [waiting]
    assert not unallocated(cast.north, cast.max, LATER, stage="plan").exists()
    assert not unallocated(cast.north, cast.omar, LATER).exists()


def test_a_tray_shows_where_cases_stand_and_their_first_clock_in_four_queries(mine: Any) -> None:
    cast, _case = mine
    cases = [make_case(cast.wilf, cast.north) for _ in range(4)]
    as_waiting(cases[:1], LATER)  # the case type is loaded once
    with CaptureQueriesContext(connection) as one:
        as_waiting(cases[:1], LATER)
    with CaptureQueriesContext(connection) as many:
        seen = as_waiting(cases, LATER)
    assert len(one) == len(many)
    assert [one.case for one in seen] == cases
    assert {one.standings[0].stage.key for one in seen} == {"referral"}
    assert all(one.clock and one.clock.kind.key == "referral_decision" for one in seen)
