"""A case's life: opened with the next number, its subjects, its worker, its end."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.accounts.models import Team
from casework.cases import access
from casework.cases.actions.allocating import allocate
from casework.cases.actions.cases import add_subject, close_case, end_subject, open_case
from casework.cases.actions.records import abandon
from casework.cases.actions.sharing import end_access, grant_access
from casework.cases.case_types import closing_reasons, startable_forms
from casework.cases.models import Case, CaseAccess, CaseSubject
from casework.ledger.append import content_of
from casework.ledger.models import Event
from casework.ledger.verify import broken_places
from casework.refusals import Absent, NotAllowed, NotNow, Refused
from tests.cast import AT, make_case, make_person, make_record

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def argument(refusal: pytest.ExceptionInfo[Refused]) -> str:
    """The argument that was refused."""
    return refusal.value.problems[0].path[0]


def kinds(case: Case) -> list[str]:
    """The kinds of a case's events, in order."""
    events = Event.objects.filter(stream=case.id).exclude(kind="clock.changed").order_by("seq")
    return list(events.values_list("kind", flat=True))


def test_cases_are_numbered_without_gaps_though_an_attempt_failed(cast: Any) -> None:
    first = make_case(cast.wanda, cast.north)
    with pytest.raises(Absent):
        make_case(cast.wanda, cast.north, uuid4())
    second = make_case(cast.olive, cast.south)
    assert second.number == first.number + 1
    assert second.reference == f"CT{second.number:06d}"


def test_a_case_is_opened_about_persons_and_tells_the_ledger(cast: Any) -> None:
    people = [make_person(cast.wanda, name).id for name in ("Ann", "Ben")]
    earlier = AT - timedelta(days=2)
    case = open_case(
        case_type="child_in_need", team=cast.north, subjects=[*people, people[0]],
        by=cast.wanda, at=AT, occurred_at=earlier, why="A call",
    )  # fmt: skip
    assert [part.person_id for part in case.subjects.order_by("person__given_names")] == people
    assert {part.from_on for part in case.subjects.all()} == {earlier.date()}
    event = Event.objects.get(stream=case.id, kind="case.opened")
    assert (event.kind, event.occurred_at, event.recorded_at) == ("case.opened", earlier, AT)
    assert content_of(event) == {"why": "A call"}
    assert case.history.get().history_user == cast.wanda
    assert list(broken_places()) == []


def test_opening_twice_by_one_command_opens_once(cast: Any) -> None:
    again = {
        "case_type": "child_in_need", "team": cast.north, "subjects": [make_person(cast.wanda).id],
        "by": cast.wanda, "at": AT, "command_id": uuid4(),
    }  # fmt: skip
    assert open_case(**again) == open_case(**again)
    assert Case.objects.count() == 1


def test_what_a_case_cannot_be_opened_with(cast: Any) -> None:
    closed = Team.objects.create(name="Closed", active=False)
    good = {
        "case_type": "child_in_need", "team": cast.north, "subjects": [make_person(cast.wanda).id],
        "by": cast.wanda, "at": AT,
    }  # fmt: skip
    for wrong in ({"case_type": "x"}, {"subjects": []}, {"occurred_at": AT + timedelta(days=1)}):
        with pytest.raises(Refused) as refusal:
            open_case(**{**good, **wrong})
        assert argument(refusal) in wrong
    for wrong in ({"team": cast.south}, {"by": cast.rita}, {"by": cast.ada}, {"team": closed}):
        with pytest.raises(NotAllowed):
            open_case(**{**good, **wrong})


def test_nobody_opens_a_case_on_a_person_whom_they_do_not_see(cast: Any) -> None:
    hidden = make_case(cast.olive, cast.south).subjects.get().person_id
    with pytest.raises(Absent):
        make_case(cast.wanda, cast.north, hidden)
    case = make_case(cast.wanda, cast.north)
    with pytest.raises(Absent):
        add_subject(case.id, hidden, by=cast.wanda, at=AT)


def test_subjects_come_and_go_and_may_come_back(cast: Any) -> None:
    case, person = make_case(cast.wanda, cast.north), make_person(cast.wanda)
    add_subject(case.id, person.id, by=cast.wanda, at=AT)
    with pytest.raises(Refused) as refusal:
        add_subject(case.id, person.id, by=cast.wanda, at=AT)
    assert argument(refusal) == "person"
    for wrong in ({"on": TODAY + timedelta(days=1)}, {"on": date(2020, 1, 1)}, {"why": " "}):
        with pytest.raises(Refused) as refusal:
            end_subject(
                case.id,
                person.id,
                **{"on": TODAY, "why": "Moved", "by": cast.wanda, "at": AT} | wrong,
            )
        assert argument(refusal) in wrong
    end_subject(case.id, person.id, on=TODAY, why="Moved", by=cast.wanda, at=AT)
    with pytest.raises(Absent):
        end_subject(case.id, person.id, on=TODAY, why="Moved", by=cast.wanda, at=AT)
    add_subject(case.id, person.id, by=cast.wanda, at=AT)
    assert CaseSubject.objects.filter(case=case, person=person).count() == 2
    assert kinds(case) == [
        "case.opened", "case.subject_added", "case.subject_ended", "case.subject_added",
    ]  # fmt: skip


def test_a_manager_allocates_a_case_to_the_team(cast: Any) -> None:
    case = make_case(cast.wanda, cast.north)
    assert allocate(case.id, cast.wilf, by=cast.max, at=AT).worker == cast.wilf
    assert allocate(case.id, None, by=cast.max, at=AT).worker is None
    for stranger in (cast.olive, cast.rita, cast.axel):
        with pytest.raises(Refused) as refusal:
            allocate(case.id, stranger, by=cast.max, at=AT)
        assert argument(refusal) == "worker"
    with pytest.raises(NotAllowed, match="Only managers"):
        allocate(case.id, cast.wanda, by=cast.wanda, at=AT)
    grant_access(case.id, cast.wilf, "deny", why="Knows them", by=cast.max, at=AT)
    with pytest.raises(Refused):
        allocate(case.id, cast.wilf, by=cast.max, at=AT)


def test_a_case_closes_with_a_reason_in_force_once_its_records_are_finished(library: Any) -> None:
    case = make_case(library.wanda, library.north)
    record = make_record(case, library.wanda)
    with pytest.raises(NotNow, match="1 unfinished record"):
        close_case(case.id, "RC7", by=library.max, at=AT)
    abandon(record.id, why="Not needed", by=library.wanda, at=AT)
    with pytest.raises(Refused) as refusal:
        close_case(case.id, "RC99", by=library.max, at=AT)
    assert argument(refusal) == "reason_code"
    with pytest.raises(NotAllowed):
        close_case(case.id, "RC7", by=library.wanda, at=AT)
    closed = close_case(case.id, "RC7", why="All is well", by=library.max, at=AT)
    assert (closed.closed_at, closed.closed_by, closed.close_reason) == (AT, library.max, "RC7")
    assert case.subjects.get().to_on == TODAY
    for act in (
        lambda: make_record(case, library.wanda),
        lambda: add_subject(case.id, make_person(library.wanda).id, by=library.wanda, at=AT),
        lambda: allocate(case.id, library.wilf, by=library.max, at=AT),
        lambda: close_case(case.id, "RC7", by=library.max, at=AT),
    ):
        with pytest.raises(NotNow, match="closed"):
            act()


def test_closing_twice_by_one_command_closes_once(library: Any) -> None:
    case, command = make_case(library.wanda, library.north), uuid4()
    for _ in range(2):
        close_case(case.id, "RC7", by=library.max, at=AT, command_id=command)
    assert kinds(case).count("case.closed") == 1


def test_the_reasons_offered_are_those_in_force(library: Any) -> None:
    codes = [
        entry.code
        for entry in closing_reasons(make_case(library.wanda, library.north), date(2020, 1, 1))
    ]
    assert "RC8" in codes
    assert "RC9" not in codes


def test_the_case_types_own_forms_are_offered_first(library: Any) -> None:
    offered = [
        version.form_id for version in startable_forms(make_case(library.wanda, library.north))
    ]
    assert offered[:3] == ["referral", "child_family_assessment", "child_in_need_plan"]
    assert "complaint" not in offered  # another case type's


def test_managers_let_people_in_and_keep_them_out_but_not_themselves(cast: Any) -> None:
    case = make_case(cast.wanda, cast.north)
    said = {"why": "Covers", "at": AT}
    grant_access(case.id, cast.olive, CaseAccess.ALLOW, by=cast.max, **said)
    with pytest.raises(Refused) as refusal:
        grant_access(case.id, cast.olive, CaseAccess.ALLOW, by=cast.max, **said)
    assert argument(refusal) == "user"
    with pytest.raises(NotAllowed, match="their own"):
        grant_access(case.id, cast.max, CaseAccess.ALLOW, by=cast.max, **said)
    for user, error in ((cast.wanda, NotAllowed), (cast.olive, NotAllowed), (cast.omar, Absent)):
        with pytest.raises(error):
            grant_access(case.id, cast.wilf, CaseAccess.DENY, by=user, **said)
    end_access(case.id, cast.olive, CaseAccess.ALLOW, by=cast.max, **said)
    with pytest.raises(Absent):
        end_access(case.id, cast.olive, CaseAccess.ALLOW, by=cast.max, **said)
    event = Event.objects.filter(stream=case.id).latest("seq")
    assert json.loads(event.refs)["user"] == str(cast.olive.uid)


def test_who_is_kept_out_is_no_longer_the_cases_worker(cast: Any) -> None:
    case = make_case(cast.wanda, cast.north)
    allocate(case.id, cast.wanda, by=cast.max, at=AT)
    grant_access(case.id, cast.wanda, CaseAccess.DENY, why="Knows them", by=cast.max, at=AT)
    case.refresh_from_db()
    assert case.worker is None
    assert not access.cases_for(cast.wanda, AT).exists()
