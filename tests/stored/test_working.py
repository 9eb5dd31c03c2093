"""Actions, moves and clocks of real cases: what the plan asked for is followed to its end."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.cases import close_case, end_subject
from casework.cases.actions.marking import mark_answer
from casework.cases.actions.records import start_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.actions.working import change_task, move_subject, reopen_subject, tell_overdue
from casework.cases.models import Case, CaseSubject, Clock, Record, Snapshot, Task
from casework.cases.work import clocks_of, place_of, standings, tasks_asked, tasks_of
from casework.ledger.models import Event
from casework.refusals import NotAllowed, NotNow, Refused
from formdefs.versions import form_of, newest
from tests.cast import AT, Cast, make_case, make_person, sample_answers

pytestmark = pytest.mark.django_db
WRITTEN = AT + timedelta(days=24)  # after every day in the sample answers
LATER = WRITTEN + timedelta(hours=2)


def signed(case: Case, by: User, manager: User, form: str, **changed: Any) -> Record:
    """A record with its sample answers, about everybody, submitted and signed."""
    answers = {**sample_answers(form), **changed}
    loaded = form_of(newest(form).pk)
    pages = {
        page.id: {key: answers[key] for key in loaded.keys_of(page.id) & answers.keys()}
        for page in loaded.pages
    }
    subjects = list(case.subjects.values_list("person_id", flat=True))
    record = start_record(case.pk, form_key=form, subjects=subjects, pages=pages, by=by, at=WRITTEN)
    decided(record, by, manager)
    return record


def decided(record: Record, by: User, manager: User) -> None:
    """Submit it as it stands, and sign it."""
    submit(record.pk, seen=None, by=by, at=WRITTEN)
    shown = Snapshot.objects.filter(record=record).latest("revision", "attempt")
    sign(record.pk, seen_sha256=shown.sha256, by=manager, at=WRITTEN)


@pytest.fixture
def planned(library: Cast) -> tuple[Cast, Case, Record]:
    """A case of two siblings with a signed plan, and the actions that it asks for."""
    people = [make_person(library.wanda, given).pk for given in ("Noah", "Poppy")]
    case = make_case(library.wanda, library.north, *people)
    return library, case, signed(case, library.wanda, library.max, "child_in_need_plan")


def choices(case: Case, cast: Cast, *leaving: Any) -> dict[str, dict[str, str]]:
    """Every action that is asked about is closed."""
    asked = tasks_asked(case, leaving, cast.max, LATER)
    return {one.task.key: {"end": "close", "why": "Moved away"} for one in asked}


def test_the_golden_thread_from_the_row_to_the_outcome_and_on(planned: Any) -> None:
    cast, case, plan = planned
    tasks = list(Task.objects.filter(case=case).order_by("key"))
    assert tasks
    assert all(task.source_id == plan.pk and place_of(task) for task in tasks)
    command = uuid4()
    for _ in range(2):  # the same command twice
        done = change_task(
            tasks[0].pk,
            status="done",
            outcome="He goes.",
            by=cast.wanda,
            at=LATER,
            command_id=command,
        )
    assert (done.status, done.outcome) == ("done", "He goes.")
    told = Event.objects.filter(stream=case.pk, kind="task.changed")
    assert [event.command_id for event in told] == [command]
    with pytest.raises(NotNow):
        change_task(tasks[0].pk, status="done", outcome="Again", by=cast.wanda, at=LATER)
    reopen(plan.pk, why="A word", by=cast.wanda, at=LATER)
    decided(plan, cast.wanda, cast.max)
    now = {task.key: task.status for task in Task.objects.filter(case=case)}
    assert now == {task.key: "done" if task == tasks[0] else "open" for task in tasks}


def test_an_action_is_given_on_with_a_reason_and_only_to_the_team(planned: Any) -> None:
    cast, case, _plan = planned
    task = Task.objects.filter(case=case).first()
    change_task(task.pk, owner=cast.wilf, why="On leave", by=cast.wanda, at=LATER)
    task.refresh_from_db()
    assert task.owner == cast.wilf
    assert task.history.latest("history_id").history_change_reason == "On leave"
    for refused in (
        {"owner": cast.olive},
        {"status": "done"},
        {"status": "cancelled", "outcome": " "},
        {},
    ):
        with pytest.raises(Refused):
            change_task(task.pk, by=cast.wanda, at=LATER, **refused)
    with pytest.raises(NotAllowed):
        change_task(task.pk, status="done", outcome="x", by=cast.rita, at=LATER)
    with pytest.raises(access.Absent):
        change_task(task.pk, status="done", outcome="x", by=cast.olive, at=LATER)


def test_one_childs_end_moves_no_sibling_and_shared_actions_go_on(planned: Any) -> None:
    cast, case, _plan = planned
    noah, poppy = CaseSubject.objects.filter(case=case).order_by("person__given_names")
    assert tasks_asked(case, [noah.person_id], cast.max, LATER) == []
    move_subject(case.pk, noah.person_id, "close_early", why="Gone", by=cast.max, at=LATER)
    noah.refresh_from_db()
    poppy.refresh_from_db()
    assert (noah.stage, noah.outcome, poppy.stage, poppy.to_on) == (
        "closed",
        "closed_early",
        "referral",
        None,
    )
    assert not Task.objects.filter(case=case).exclude(status="open").exists()
    with pytest.raises(Refused) as refusal:
        move_subject(case.pk, poppy.person_id, "close_early", why="Gone", by=cast.max, at=LATER)
    assert refusal.value.problems[0].code == "open_tasks"
    ends = choices(case, cast, poppy.person_id)
    kept = next(iter(ends))
    ends[kept] = {"end": "carry", "why": ""}
    move_subject(
        case.pk, poppy.person_id, "close_early", why="Gone", tasks=ends, by=cast.max, at=LATER
    )
    case.refresh_from_db()
    assert case.closed_at
    assert {task.key for task in Task.objects.filter(case=case, status="open")} == {kept}
    # What is carried on is followed to its end, and a part can be taken up again.
    change_task(
        Task.objects.get(case=case, key=kept).pk,
        status="done",
        outcome="x",
        by=cast.wanda,
        at=LATER,
    )
    reopen_subject(case.pk, poppy.person_id, "plan", why="Came back", by=cast.max, at=LATER)
    case.refresh_from_db()
    poppy.refresh_from_db()
    assert (case.closed_at, poppy.stage, poppy.to_on) == (None, "plan", None)


def test_closing_a_case_of_siblings_asks_for_what_they_share(planned: Any) -> None:
    cast, case, _plan = planned
    people = list(case.subjects.values_list("person_id", flat=True))
    with pytest.raises(Refused) as refusal:
        close_case(case.pk, "RC1", by=cast.max, at=LATER)
    assert refusal.value.problems[0].code == "open_tasks"
    end_subject(case.pk, people[0], on=AT.date(), why="Moved", by=cast.wanda, at=LATER)
    ends = choices(case, cast, people[1])
    close_case(case.pk, "RC1", tasks=ends, by=cast.max, at=LATER)
    assert set(Task.objects.filter(case=case).values_list("status", "outcome")) == {
        ("cancelled", "Moved away")
    }


def test_a_move_is_for_its_roles_and_needs_a_reason(planned: Any) -> None:
    cast, case, _plan = planned
    person = case.subjects.first().person_id
    with pytest.raises(NotAllowed, match="Only a manager"):
        move_subject(case.pk, person, "close_early", why="x", by=cast.wanda, at=LATER)
    for move, why in (("close_early", ""), ("end_plan", "Not there yet"), ("accept", "By hand")):
        with pytest.raises(Refused):
            move_subject(case.pk, person, move, why=why, by=cast.max, at=LATER)
    with pytest.raises(NotAllowed):
        reopen_subject(case.pk, person, "plan", why="x", by=cast.wanda, at=LATER)


def test_where_each_child_stands_and_what_is_next(planned: Any) -> None:
    _cast, case, _plan = planned
    one, two = standings(case)
    usual = [stage.key for stage in one.stages if not stage.aside]
    assert usual == ["referral", "assessment", "plan", "closing", "closed"]
    assert (one.stage.key, two.stage.key) == ("referral", "referral")
    assert [need.record for need in one.needed] == [None]
    assert [move.key for move in one.moves] == ["close_early"]


def test_an_overdue_clock_is_told_once(planned: Any) -> None:
    _cast, case, _plan = planned
    assert tell_overdue(AT) == 0
    late = AT + timedelta(days=10)
    assert (tell_overdue(late), tell_overdue(late + timedelta(1))) == (1, 0)
    told = Event.objects.filter(stream=case.pk, kind="clock.overdue")
    assert {event.actor_id for event in told} == {None}
    assert Clock.objects.filter(case=case).exclude(told="[]").count() == told.count()
    (first,) = [one for one in clocks_of(case, late) if one.kind.key == "referral_decision"]
    assert (first.kind.key, first.now.standing, first.now.left) == (
        "referral_decision",
        "overdue",
        -7,
    )


def test_what_a_mark_withholds_the_action_does_not_tell(planned: Any) -> None:
    cast, case, plan = planned
    hidden, shown = list(Task.objects.filter(case=case).order_by("key"))[:2]
    path, _numbers = place_of(hidden)  # type: ignore[misc]
    mark_answer(plan.pk, (*path, "what"), "police", by=cast.wanda, at=WRITTEN)
    seen = {one.task.pk: one for one in tasks_of(case, cast.rita, LATER)}
    assert (seen[hidden.pk].withheld, seen[hidden.pk].title) == (True, "")
    assert (seen[shown.pk].withheld, seen[shown.pk].title) == (False, shown.title)


def test_no_query_for_each_action(planned: Any) -> None:
    cast, case, plan = planned

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            tasks_of(Case.objects.get(pk=case.pk), cast.wanda, LATER)
        return len(queries)

    before = asked()
    for place in range(20):
        Task.objects.create(
            case=case, key=f"plan_action.{place}", template="plan_action", row=str(place),
            source=plan, title="x", created_at=AT, changed_at=AT, owner=cast.wanda,
        )  # fmt: skip
    assert asked() == before


def test_a_clock_stops_when_it_is_signed_not_when_the_record_says_it_came(planned: Any) -> None:
    cast, case, _plan = planned
    signed(case, cast.wanda, cast.max, "referral")
    (decision,) = [one for one in clocks_of(case, LATER) if one.kind.key == "referral_decision"]
    ended = decision.now.cycle.ended
    assert ended
    assert (ended.occurred, decision.now.standing) == (WRITTEN, "late")
