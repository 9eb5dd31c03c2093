"""Reviews of a plan's actions, and forms with a row for each child: what the case gives to a record."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.cases.actions.cases import add_subject
from casework.cases.actions.marking import mark_answer
from casework.cases.actions.records import save_page
from casework.cases.actions.signing import reopen, submit
from casework.cases.actions.working import change_task
from casework.cases.models import Record, RecordPage, Status, Task
from casework.cases.reading import Reading
from casework.cases.standing import roles_in
from casework.cases.thread import judgements_on
from casework.ledger.models import Event
from casework.refusals import Incomplete, Refused
from formdefs.versions import form_of
from tests.cast import AT, make_person
from tests.reviewing import make_planned, needs, signed, start_review

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=2)


@pytest.fixture
def world(library: Any) -> Any:
    return make_planned(library)


def task_of(world: Any, row: str) -> Task:
    return Task.objects.get(case=world.case, row=row)


def read(world: Any, record: Record, by: Any = None) -> Reading:
    by, record = by or world.wanda, Record.objects.get(pk=record.pk)
    return Reading(record, roles_in(by, world.case, LATER), by, LATER)


def save(world: Any, record: Record, page: str, answers: Any, by: Any = None) -> Any:
    page_id = form_of(record.form_version_id).page(page).id
    row = RecordPage.objects.filter(record=record, page=page_id).first()
    seen = row.version if row else 0
    return save_page(record.pk, page, answers, seen_version=seen, by=by or world.wanda, at=LATER)


def judged(world: Any, record: Record, **said: Any) -> None:
    save(world, record, "actions_page", {"actions": [{"_id": r, **a} for r, a in said.items()]})


def done(world: Any, row: str) -> None:
    change_task(task_of(world, row).pk, status="done", outcome="Rung", by=world.wanda, at=LATER)


def test_a_review_begins_with_a_row_for_each_open_action(world: Any) -> None:
    done(world, "action01")
    record = start_review(world, LATER)
    assert read(world, record).answers["actions"] == [{"_id": "action02"}, {"_id": "action03"}]
    assert read(world, record).row_title(("actions", "action02")) == "Find a bed"


def test_rows_of_the_case_are_neither_added_nor_taken_out(world: Any) -> None:
    record = start_review(world)
    judged(world, record, action02={"status": "progressing"})
    kept = read(world, record).answers["actions"]
    assert [row["_id"] for row in kept] == ["action01", "action02", "action03"]
    assert kept[1]["status"] == "progressing"
    with pytest.raises(Refused) as refusal:
        judged(world, record, mineaaaa={"status": "done"})
    assert refusal.value.problems[0].code == "not_listed"


def test_a_submission_is_refused_while_an_open_action_has_no_status(world: Any) -> None:
    record = start_review(world)
    judged(world, record, action01={"status": "progressing"}, action02={"status": "not_considered"})
    with pytest.raises(Incomplete) as refusal:
        submit(record.pk, seen=None, by=world.wanda, at=LATER)
    assert {(p.path, p.message) for p in refusal.value.problems} == {
        (("actions", "action02", "words"), "Say why, of “Find a bed”"),
        (("actions", "action03", "status"), "Say how “Visit Gran” stands"),
    }
    assert read(world, record).problems == list(refusal.value.problems)
    done(world, "action03")  # what is over meanwhile is not asked about
    judged(world, record, action02={"status": "not_considered", "words": "No time"})
    submit(record.pk, seen=None, by=world.wanda, at=LATER)


def test_an_action_that_comes_up_meanwhile_is_a_row_at_the_next_opening(world: Any) -> None:
    record = start_review(world)
    said = {f"action{n:02d}": {"status": "progressing"} for n in (1, 2, 3)}
    judged(world, record, **said)
    reopen(world.plan.pk, why="One more", by=world.wanda, at=LATER)
    more = needs("Ring school", "Find a bed", "Visit Gran", "See the doctor")
    save(world, world.plan, "plan", {"needs": more})
    signed(world.plan, world.wanda, world.max, LATER)
    assert read(world, record).answers["actions"][-1] == {"_id": "action04"}
    with pytest.raises(Incomplete):
        submit(record.pk, seen=None, by=world.wanda, at=LATER)
    judged(world, record, **said, action04={"status": "done", "words": "Seen"})
    signed(record, world.wanda, world.max, LATER)
    assert task_of(world, "action04").status == "done"


def test_signing_the_review_judges_and_the_thread_leads_back(world: Any) -> None:
    record = start_review(world)
    judged(
        world,
        record,
        action01={"status": "done", "words": "Rung twice"},
        action02={"status": "not_needed", "words": "Gran gave hers"},
        action03={"status": "progressing"},
    )
    signed(record, world.wanda, world.max, LATER)
    told = {row: task_of(world, row) for row in ("action01", "action02", "action03")}
    assert {row: (task.status, task.stated) for row, task in told.items()} == {
        "action01": ("done", "done"),
        "action02": ("cancelled", "not_needed"),
        "action03": ("open", "progressing"),
    }
    (said,) = judgements_on(told["action01"], world.rita, LATER)
    assert (said.record, said.row, said.code, said.words) == (
        record,
        ("actions", "action01"),
        "done",
        "Rung twice",
    )
    mark_answer(record.pk, ("actions", "action01", "words"), "police", by=world.wanda, at=LATER)
    (said,) = judgements_on(told["action01"], world.rita, LATER)
    assert (said.withheld, said.code, said.words) == (True, "", "")
    # The next review lists what is still open, in the same row.
    assert read(world, start_review(world, LATER)).answers["actions"] == [{"_id": "action03"}]


def test_what_a_mark_withholds_of_the_plan_the_review_does_not_tell(world: Any) -> None:
    record = start_review(world)
    path = ("needs", "needaaaa", "actions", "action02", "what")
    mark_answer(world.plan.pk, path, "police", by=world.wanda, at=LATER)
    seen = read(world, record, world.rita)
    assert seen.row_title(("actions", "action02")) == ""
    assert seen.row_title(("actions", "action01")) == "Ring school"
    assert "Find a bed" not in str(seen.problems)


def test_each_child_has_a_row_that_nobody_changes_and_who_joins_later_has_none(world: Any) -> None:
    record = start_review(world)
    rows = read(world, record).answers["children"]
    assert [row["child"] for row in rows] == [
        {"id": str(one.pk), "name": one.name} for one in (world.noah, world.poppy)
    ]
    other = make_person(world.wanda, "Cal")
    add_subject(world.case.pk, other.pk, by=world.wanda, at=LATER, why="Born")
    stolen = [{**rows[0], "wish": "A dog", "child": rows[1]["child"]}]
    save(world, record, "child_by_child", {"children": stolen})
    kept = read(world, record).answers["children"]
    assert [row["child"] for row in kept] == [row["child"] for row in rows]
    assert kept[0]["wish"] == "A dog"
    for strange in (
        {"_id": "calaaaaa"},
        {"_id": "calaaaaa", "child": {"id": str(other.pk), "name": "Cal"}},
    ):
        with pytest.raises(Refused):
            save(world, record, "child_by_child", {"children": [*kept, strange]})


def test_ticks_priority_and_what_was_changed_by_hand_are_kept(world: Any) -> None:
    task = task_of(world, "action01")
    assert (task.priority, task.checklist) == ("high", '["Ring first","Write it down"]')
    command = uuid4()
    for _ in range(2):
        change_task(task.pk, ticked=[1], by=world.wanda, at=LATER, command_id=command)
    change_task(task.pk, priority="low", due=date(2026, 12, 24), by=world.wanda, at=LATER)
    for wrong in ({"ticked": [2]}, {"priority": "dire"}, {"ticked": [1]}):
        with pytest.raises(Refused):
            change_task(task.pk, by=world.wanda, at=LATER, **wrong)
    reopen(world.plan.pk, why="A word", by=world.wanda, at=LATER)
    save(world, world.plan, "plan", {"needs": needs("Ring the school", "Find a bed", "Visit Gran")})
    signed(world.plan, world.wanda, world.max, LATER)
    task.refresh_from_db()
    assert (task.title, task.due_on, task.ticked, task.priority) == (
        "Ring the school",
        date(2026, 12, 24),
        "[1]",
        "low",
    )
    told = Event.objects.filter(stream=world.case.pk, kind="task.changed").latest("seq")
    assert '"kept":["due"]' in told.refs
    assert Record.objects.get(pk=world.plan.pk).status == Status.SIGNED
