"""A case goes to another team: proposed, taken over, refused, taken back; who sees what on the way."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.accounts.models import Role, RoleGrant, Team
from casework.cases import access
from casework.cases.actions.allocating import allocate, take
from casework.cases.actions.cases import close_case
from casework.cases.actions.sharing import grant_access
from casework.cases.actions.transferring import (
    accept_transfer,
    propose_transfer,
    refuse_transfer,
    withdraw_transfer,
)
from casework.cases.actions.working import change_task
from casework.cases.checking.live import live_findings, rebuild_findings
from casework.cases.models import Allocation, Case, Task, Transfer
from casework.cases.transfers import as_seen, incoming, outgoing, transfers_of
from casework.ledger.models import Event
from casework.notices import inbox
from casework.notices.models import Notice
from casework.notices.reminding import remind
from casework.notices.telling import tell_events
from casework.refusals import Absent, NotAllowed, NotNow, Refused
from tests.cast import AT, Cast, make_case, make_person
from tests.stored.test_working import LATER, signed

pytestmark = pytest.mark.django_db
WHY = "The family has moved south"


@pytest.fixture
def planned(library: Cast) -> tuple[Cast, Case]:
    """A case that wanda has, with the open actions of its plan."""
    case = make_case(library.wanda, library.north, make_person(library.wanda, "Noah").pk)
    take(case.pk, by=library.wanda, at=AT)
    signed(case, library.wanda, library.max, "child_in_need_plan")
    return library, case


def ends(case: Case, *closed: str) -> dict[str, dict[str, str]]:
    keys = Task.objects.filter(case=case, status=Task.OPEN).values_list("key", flat=True)
    close = {"end": "close", "why": "The new school does it"}
    return {key: close if key in closed else {"end": "carry"} for key in keys}


def proposed(cast: Cast, case: Case, *closed: str, **more: Any) -> Transfer:
    sent = {"why": WHY, "tasks": ends(case, *closed), "by": cast.max, "at": LATER, **more}
    return propose_transfer(case.pk, cast.south, **sent)


def events(case: Case) -> list[str]:
    found = Event.objects.filter(stream=case.pk, kind__startswith="case.transfer").order_by("seq")
    return [kind.removeprefix("case.transfer_") for kind in found.values_list("kind", flat=True)]


def test_taken_over_the_case_its_actions_and_its_people_change_hands(planned: Any) -> None:
    cast, case = planned
    mine, shared, over, *_rest = Task.objects.filter(case=case).order_by("key")
    RoleGrant.objects.create(user=cast.wilf, role=Role.WORKER, team=cast.south, granted_at=AT)
    change_task(mine.pk, owner=cast.max, why="x", by=cast.max, at=LATER)
    change_task(shared.pk, owner=cast.wilf, why="x", by=cast.max, at=LATER)
    before = set(Task.objects.filter(case=case).values_list("key", flat=True))
    command, row = uuid4(), proposed(cast, case, over.key)
    assert Case.objects.get(pk=case.pk).team == cast.north  # until it is answered
    assert Task.objects.get(pk=over.pk).status == Task.OPEN
    for _ in range(2):  # sent twice, taken over once
        accept_transfer(row.pk, worker=cast.olive, by=cast.omar, at=LATER, command_id=command)
    case.refresh_from_db()
    assert (case.team, case.worker) == (cast.south, cast.olive)
    now = {one.key: one for one in Task.objects.filter(case=case).select_related("owner")}
    assert set(now) == before
    assert (now[mine.key].status, now[mine.key].owner) == (Task.OPEN, cast.olive)
    assert now[shared.key].owner == cast.wilf  # of both teams: it stays theirs
    assert (now[over.key].status, now[over.key].outcome) == (
        Task.CANCELLED, "The new school does it",
    )  # fmt: skip
    ended = Allocation.objects.get(user=cast.wanda)
    assert (ended.to_at, ended.end_reason) == (LATER, "The case went to South")
    assert access.cases_for(cast.olive, LATER).filter(pk=case.pk).exists()
    assert not access.cases_for(cast.wanda, LATER).filter(pk=case.pk).exists()
    assert events(case) == ["proposed", "accepted"]
    assert not list(rebuild_findings())
    assert not list(live_findings())


def test_into_the_tray_its_actions_are_nobodys_yet(planned: Any) -> None:
    cast, case = planned
    task = Task.objects.filter(case=case).first()
    change_task(task.pk, owner=cast.wilf, why="x", by=cast.max, at=LATER)
    accept_transfer(proposed(cast, case).pk, why="Welcome", by=cast.omar, at=LATER)
    case.refresh_from_db()
    task.refresh_from_db()
    assert (case.worker, task.owner, task.status) == (None, None, Task.OPEN)
    assert not list(rebuild_findings())


def test_what_came_up_since_the_proposal_goes_on(planned: Any) -> None:
    cast, case = planned
    row = proposed(cast, case)
    late = Task.objects.create(
        case=case, key="late.row", template="plan_action", title="x", created_at=AT, changed_at=AT
    )
    accept_transfer(row.pk, by=cast.omar, at=LATER)
    late.refresh_from_db()
    assert late.status == Task.OPEN


def test_each_open_action_is_asked_about(planned: Any) -> None:
    cast, case = planned
    some = dict(list(ends(case).items())[1:])
    for wrong in ({}, some, {key: {"end": "close", "why": ""} for key in ends(case)}):
        with pytest.raises(Refused) as refusal:
            proposed(cast, case, tasks=wrong)
        assert refusal.value.problems[0].code == "open_tasks"
    assert not Transfer.objects.exists()


def test_refused_it_stays_and_the_reason_is_told(planned: Any) -> None:
    cast, case = planned
    command, row = uuid4(), proposed(cast, case)
    with pytest.raises(Refused, match="Enter why the team does not take it over"):
        refuse_transfer(row.pk, why=" ", by=cast.omar, at=LATER)
    for _ in range(2):
        refuse_transfer(row.pk, why="We have no room", by=cast.omar, at=LATER, command_id=command)
    case.refresh_from_db()
    assert (case.team, case.worker) == (cast.north, cast.wanda)
    (seen,) = transfers_of(case, cast.wanda, LATER)
    assert (seen.row.status, seen.row.answer, seen.row.answered_by) == (
        "refused", "We have no room", cast.omar,
    )  # fmt: skip
    # The other team sees nothing of it any more: told like what does not exist.
    with pytest.raises(Absent):
        accept_transfer(row.pk, by=cast.omar, at=LATER)
    again = proposed(cast, case)
    withdraw_transfer(again.pk, why="They stay", by=cast.max, at=LATER)
    assert events(case) == ["proposed", "refused", "proposed", "withdrawn"]
    assert not list(rebuild_findings())


def test_a_proposal_is_taken_back_and_answered_no_more(planned: Any) -> None:
    cast, case = planned
    row = proposed(cast, case)
    with pytest.raises(NotNow, match="proposed to South already"):
        proposed(cast, case)
    with pytest.raises(NotAllowed):
        withdraw_transfer(row.pk, by=cast.wanda, at=LATER)
    withdraw_transfer(row.pk, by=cast.max, at=LATER)
    for answer in (accept_transfer, refuse_transfer):
        with pytest.raises(Absent):
            answer(row.pk, why="x", by=cast.omar, at=LATER)
    with pytest.raises(NotNow, match="taken back"):
        withdraw_transfer(row.pk, by=cast.max, at=LATER)


def test_only_managers_propose_and_only_those_of_the_other_team_answer(planned: Any) -> None:
    cast, case = planned
    for by, error in ((cast.wanda, NotAllowed), (cast.rita, NotAllowed), (cast.omar, Absent)):
        with pytest.raises(error):
            proposed(cast, case, by=by)
    row = proposed(cast, case)
    for by, error in ((cast.olive, Absent), (cast.max, NotAllowed), (cast.rita, NotAllowed)):
        with pytest.raises(error):
            accept_transfer(row.pk, by=by, at=LATER)
        with pytest.raises(error):
            refuse_transfer(row.pk, why="x", by=by, at=LATER)
    with pytest.raises(Absent):
        withdraw_transfer(uuid4(), by=cast.max, at=LATER)


def test_to_whom_a_case_cannot_go(planned: Any) -> None:
    cast, case = planned
    empty = Team.objects.create(name="Empty")
    gone = Team.objects.create(name="Gone", active=False)
    for team, code in ((cast.north, "same"), (empty, "no_manager"), (gone, "inactive")):
        with pytest.raises(Refused) as refusal:
            propose_transfer(case.pk, team, why="x", tasks=ends(case), by=cast.max, at=LATER)
        assert refusal.value.problems[0].code == code
    with pytest.raises(Refused, match="Enter a reason"):
        proposed(cast, case, why="  ")
    row = proposed(cast, case)
    with pytest.raises(Refused, match="is not a worker or manager of South"):
        accept_transfer(row.pk, worker=cast.wanda, by=cast.omar, at=LATER)
    assert Case.objects.get(pk=case.pk).team == cast.north


def test_a_closed_case_goes_nowhere(planned: Any) -> None:
    cast, case = planned
    row = proposed(cast, case)
    close_case(case.pk, "RC1", tasks=ends(case), by=cast.max, at=LATER)
    assert not incoming(cast.south, cast.omar, LATER)
    with pytest.raises(Absent):
        accept_transfer(row.pk, by=cast.omar, at=LATER)
    with pytest.raises(NotNow):
        proposed(cast, case)


def test_a_proposal_shows_whom_it_is_about_and_nothing_else_of_the_case(planned: Any) -> None:
    cast, case = planned
    row = proposed(cast, case)
    (seen,) = incoming(cast.south, cast.omar, LATER)
    assert (seen.names, seen.answers, seen.sees_case) == (("Noah Example",), True, False)
    with pytest.raises(Absent):
        access.case(cast.omar, case.pk, LATER)
    assert not incoming(cast.south, cast.olive, LATER)  # a worker of the team answers nothing
    assert [one.row for one in outgoing(cast.north, cast.max, LATER)] == [row]
    accept_transfer(row.pk, by=cast.omar, at=LATER)
    (ours,) = outgoing(cast.north, cast.max, LATER)
    assert (ours.row.status, ours.names, ours.sees_case) == ("accepted", (), False)
    assert not outgoing(cast.north, cast.max, LATER + timedelta(days=15))


def test_who_is_kept_out_or_whose_own_file_it_is_sees_no_proposal_of_it(planned: Any) -> None:
    cast, case = planned
    RoleGrant.objects.create(user=cast.olive, role=Role.MANAGER, team=cast.south, granted_at=AT)
    grant_access(case.pk, cast.olive, "deny", why="Knows them", by=cast.max, at=AT)
    row = proposed(cast, case)
    assert not incoming(cast.south, cast.olive, LATER)
    with pytest.raises(Absent):
        accept_transfer(row.pk, by=cast.olive, at=LATER)
    person = case.subjects.get().person
    person.user = cast.omar
    person.save()
    assert not incoming(cast.south, cast.omar, LATER)
    with pytest.raises(Absent):
        refuse_transfer(row.pk, why="x", by=cast.omar, at=LATER)


def test_they_are_told_who_are_concerned_and_see_it_no_longer_than_they_may(planned: Any) -> None:
    cast, case = planned
    tell_events(LATER)
    Notice.objects.all().delete()

    def told(user: Any) -> set[str]:
        tell_events(LATER)
        return set(inbox.notices_for(user, LATER).values_list("kind", flat=True))

    row = proposed(cast, case)
    assert told(cast.omar) == {"transfer.proposed"}
    assert told(cast.max) == told(cast.olive) == told(cast.wanda) == set()
    refuse_transfer(row.pk, why="No room", by=cast.omar, at=LATER)
    assert told(cast.omar) == set()
    assert told(cast.max) == {"transfer.refused"}
    row = proposed(cast, case)
    accept_transfer(row.pk, worker=cast.olive, by=cast.omar, at=LATER)
    assert "case.transferred" in told(cast.olive)
    assert told(cast.max) == {"transfer.refused", "transfer.accepted"}
    assert Notice.objects.filter(user=cast.wanda).count() == 0


def test_a_team_that_does_not_answer_is_reminded_after_three_days_and_then_each_week(
    planned: Any,
) -> None:
    cast, case = planned
    row = proposed(cast, case)

    def told(days: int) -> list[str]:
        remind(row.proposed_at + timedelta(days=days))
        waiting = Notice.objects.filter(kind="transfer.waiting")
        return sorted(waiting.values_list("user__username", flat=True))

    assert told(2) == []
    assert told(3) == told(9) == ["omar"]
    assert told(10) == ["omar", "omar"]
    refuse_transfer(row.pk, why="No room", by=cast.omar, at=LATER)
    assert told(40) == ["omar", "omar"]
    assert not inbox.notices_for(cast.omar, LATER).filter(kind="transfer.waiting").exists()


def test_reasons_are_words_and_stand_in_no_event(planned: Any) -> None:
    cast, case = planned
    row = proposed(cast, case)
    refuse_transfer(row.pk, why="We have no room", by=cast.omar, at=LATER)
    refs = "".join(Event.objects.filter(stream=case.pk).values_list("refs", flat=True))
    assert WHY not in refs
    assert "no room" not in refs
    assert json.loads(Event.objects.filter(stream=case.pk).latest("seq").refs)["transfer"] == str(
        row.pk
    )


@pytest.mark.parametrize(
    "edit",
    [
        {"status": Transfer.ACCEPTED},
        {"reason": "Another"},
        {"answer": "Another"},
        {"tasks": '{"a":{}}'},
        {"proposed_at": AT},
    ],
)
def test_an_edited_proposal_is_found(planned: Any, edit: dict[str, Any]) -> None:
    cast, case = planned
    row = proposed(cast, case)
    refuse_transfer(row.pk, why="No room", by=cast.omar, at=LATER)
    assert not list(rebuild_findings())
    Transfer.objects.filter(pk=row.pk).update(**edit)
    assert any("proposal" in str(one) for one in rebuild_findings())


def test_a_case_moved_to_another_team_past_the_events_is_found(planned: Any) -> None:
    cast, case = planned
    Case.objects.filter(pk=case.pk).update(team=cast.south)
    assert any("is with team" in str(one) for one in rebuild_findings())
    Transfer.objects.create(
        case=case, from_team=cast.north, to_team=cast.south, proposed_by=cast.max,
        proposed_at=AT, reason="x",
    )  # fmt: skip
    assert any("not in the events" in str(one) for one in rebuild_findings())


def test_proposals_cost_the_same_queries_however_many(
    planned: Any, django_assert_max_num_queries: Any
) -> None:
    cast, _case = planned
    for n in range(4):
        other = make_case(cast.wanda, cast.north, make_person(cast.wanda, f"P{n}").pk)
        allocate(other.pk, cast.wilf, by=cast.max, at=AT)
        proposed(cast, other)
    rows = list(access.transfers_for(cast.omar, LATER).select_related("case"))
    assert len(rows) == 4
    with django_assert_max_num_queries(4):
        as_seen(rows, cast.omar, LATER)
