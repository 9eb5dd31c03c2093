"""A person's parts in one case: each has its number, so that days need not tell them apart."""

from datetime import timedelta

import pytest

from casework.cases.actions.cases import add_subject, end_subject
from casework.cases.actions.working import move_subject
from casework.cases.checking.comparing import differences
from casework.cases.models import CaseSubject
from casework.cases.work import standings
from casework.clock import london_day
from casework.refusals import Refused
from tests.cast import AT, Cast, make_case, make_person

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=9)


def test_who_leaves_and_comes_back_on_one_day_stands_where_they_came_in(library: Cast) -> None:
    """The ids of rows are in no order, so it is tried often enough to find either."""
    for _ in range(6):
        ann, ben = (make_person(library.wanda, given).pk for given in ("Ann", "Ben"))
        case = make_case(library.wanda, library.north, ann, ben)
        for _ in range(2):
            move_subject(case.pk, ann, "close_early", why="Gone", by=library.max, at=AT)
            part = add_subject(case.pk, ann, by=library.wanda, at=AT)
        case.refresh_from_db()
        assert part.part == 3
        assert [one.part for one in CaseSubject.objects.filter(case=case, person=ann)] == [1, 2, 3]
        assert [one.stage.key for one in standings(case)] == ["referral", "referral"]
        assert [*differences(case)] == []


def test_nobody_comes_back_before_they_had_left(library: Cast) -> None:
    ann, ben = (make_person(library.wanda, given).pk for given in ("Ann", "Ben"))
    case = make_case(library.wanda, library.north, ann, ben)
    gone = LATER - timedelta(days=2)
    end_subject(case.pk, ann, on=london_day(gone), why="Moved", by=library.wanda, at=LATER)
    with pytest.raises(Refused, match="from 9 November 2026 until today"):
        add_subject(case.pk, ann, on=london_day(AT), by=library.wanda, at=LATER)
    assert add_subject(case.pk, ann, on=london_day(gone), by=library.wanda, at=LATER).part == 2
