"""What stands in the tables is what the events tell; whoever edits a live row past them is found."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from casework.cases.actions.cases import add_subject, close_case, end_subject
from casework.cases.actions.records import abandon, save_page
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import record_agreement, reopen, submit
from casework.cases.actions.working import change_task, move_subject, reopen_subject, tell_overdue
from casework.cases.checking.live import live_findings, rebuild_findings
from casework.cases.models import (
    Agreement,
    Case,
    CaseSubject,
    Clock,
    Record,
    RecordPage,
    SignOff,
    Snapshot,
    Task,
)
from casework.ledger import triggers
from casework.people.models import Person
from tests.cast import AT, Cast, make_case, make_person
from tests.stored.test_working import LATER, choices, decided, signed

pytestmark = pytest.mark.django_db


def findings() -> list[str]:
    return [str(one) for one in live_findings()]


@pytest.fixture
def lived(library: Cast) -> tuple[Cast, Case]:
    """A case in which everything has happened, and one that was only opened."""
    people = [make_person(library.wanda, given).pk for given in ("Noah", "Poppy")]
    case = make_case(library.wanda, library.north, *people)
    make_case(library.wanda, library.north)
    signed(case, library.wanda, library.max, "referral")
    plan = signed(case, library.wanda, library.max, "child_in_need_plan")
    tasks = list(Task.objects.filter(case=case).order_by("key"))
    change_task(tasks[0].pk, status="done", outcome="He goes.", by=library.wanda, at=LATER)
    change_task(
        tasks[1].pk, owner=library.wilf, due=LATER.date() + timedelta(9), by=library.wanda, at=LATER
    )
    reopen(plan.pk, why="A word", by=library.wanda, at=LATER)
    page = RecordPage.objects.filter(record=plan).first()
    save_page(plan.pk, page.page, {}, seen_version=page.version, by=library.wanda, at=LATER)
    abandon(plan.pk, why="Not needed", by=library.wanda, at=LATER)
    reopen(plan.pk, why="Another", by=library.wanda, at=LATER)
    submit(plan.pk, seen=None, by=library.wanda, at=LATER)
    shown = Snapshot.objects.filter(record=plan).latest("revision", "attempt")
    record_agreement(plan.pk, capacity="parent", name="A", decision="agrees", on=AT.date(), comments="",
                     seen_sha256=shown.sha256, by=library.wanda, at=LATER)  # fmt: skip
    return_record(plan.pk, comment="More", seen_sha256=shown.sha256, by=library.max, at=LATER)
    decided(plan, library.wanda, library.max)
    tell_overdue(AT + timedelta(days=90))
    return library, case


def test_every_case_is_in_its_tables_as_its_events_tell_it(lived: Any) -> None:
    assert findings() == []
    out = StringIO()
    call_command("ledger", "rebuild", "--check", stdout=out)
    assert out.getvalue().startswith("2 cases: every one is in its tables")


def test_also_after_parts_ended_began_again_and_the_case_was_closed(lived: Any) -> None:
    cast, case = lived
    third = make_person(cast.wanda, "Third").pk
    add_subject(case.pk, third, by=cast.wanda, at=LATER)
    one, two = (
        CaseSubject.objects.filter(case=case).exclude(person=third).values_list("person", flat=True)
    )
    end_subject(case.pk, one, on=LATER.date(), why="Moved", by=cast.wanda, at=LATER)
    assert findings() == []
    reopen_subject(case.pk, one, "plan", why="Came back", by=cast.max, at=LATER)
    move_subject(case.pk, third, "close_early", why="Gone", by=cast.max, at=LATER)
    assert findings() == []
    close_case(case.pk, "RC1", tasks=choices(case, cast, one, two), by=cast.max, at=LATER)
    assert findings() == []
    reopen_subject(case.pk, two, "plan", why="Came back", by=cast.max, at=LATER)
    assert findings() == []


def edit(model: Any, **values: Any) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        row = model.objects.exclude(**values).order_by("pk").first()  # keys are random
        model.objects.filter(pk=row.pk).update(**values)

    change.__name__ = f"{model.__name__} {', '.join(values)}"
    return change


def edit_page_and_history(case: Case) -> None:
    """The live page and its newest history row alike, before any seal is made."""
    pages = RecordPage.objects.filter(record__form_version__form="referral")
    page = pages.exclude(answers="{}").order_by("page")[0]
    text = page.answers.replace('":"', '":"Forged ', 1)
    assert text != page.answers
    RecordPage.objects.filter(pk=page.pk).update(answers=text)
    RecordPage.history.filter(id=page.pk, version=page.version).update(answers=text)


def edit_what_was_put_back(case: Case) -> None:
    """The same of a page that an abandoned revision's record was put back to."""
    for page in RecordPage.objects.filter(record__form_version__form="child_in_need_plan"):
        text = page.answers.replace('":"', '":"Forged ', 1)
        RecordPage.objects.filter(pk=page.pk).update(answers=text)
        RecordPage.history.filter(id=page.pk, version=page.version).update(answers=text)


def add_a_page_version(case: Case) -> None:
    page = RecordPage.objects.first()
    page.version, page.answers = page.version + 1, "{}"
    page.save()


def delete_a_page_version(case: Case) -> None:
    RecordPage.history.order_by("history_id").first().delete()


def edit_task_and_history(case: Case) -> None:
    task = Task.objects.filter(status="done").first()
    Task.objects.filter(pk=task.pk).update(outcome="Forged")
    last = Task.history.filter(id=task.pk).latest("history_id")
    Task.history.filter(pk=last.pk).update(outcome="Forged")


def delete_a_task(case: Case) -> None:
    task = Task.objects.first()
    task.subjects.clear()
    Task.objects.filter(pk=task.pk).delete()


def delete_a_clock(case: Case) -> None:
    Clock.objects.exclude(happenings="[]").first().delete()


def edit_a_clocks_working(case: Case) -> None:
    clock = Clock.objects.exclude(happenings="[]").first()
    forged = clock.happenings.replace("2026", "2025")
    assert forged != clock.happenings
    Clock.objects.filter(pk=clock.pk).update(happenings=forged)


def delete_a_signature(case: Case) -> None:
    SignOff.objects.all().delete()


EDITS = [
    edit(RecordPage, answers='{"forged":true}'), edit(RecordPage, saved_at=LATER - timedelta(99)),
    edit_page_and_history, edit_what_was_put_back, add_a_page_version, delete_a_page_version,
    edit(Task, status="cancelled"), edit(Task, due_on=AT.date()), edit(Task, title="Forged"),
    edit_task_and_history, delete_a_task,
    edit(Clock, status="cancelled"), edit(Clock, due_on=None), edit(Clock, told="[7]"),
    edit_a_clocks_working, delete_a_clock,
    edit(CaseSubject, stage="plan_forged"), edit(CaseSubject, outcome="forged"), edit(Case, closed_at=LATER),
    edit(Record, status="abandoned"), edit(Record, revision=9), edit(Person, family_name="Forged"),
    edit(Snapshot, sha256="0" * 64), edit(SignOff, signed_at=LATER - timedelta(days=9)), delete_a_signature,
    edit(Agreement, decision="dissents"),
]  # fmt: skip


@pytest.mark.parametrize("change", EDITS, ids=lambda one: one.__name__)
def test_an_edited_live_row_is_found(lived: Any, change: Callable[[Case], None]) -> None:
    triggers.remove(connection)
    change(lived[1])
    found = findings()
    assert found
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("ledger", "verify", stderr=errors)
    assert "Broken: " in errors.getvalue()


def test_a_projection_that_differs_is_named_by_the_rebuild(lived: Any) -> None:
    triggers.remove(connection)
    task = Task.objects.filter(status="open").first()
    Task.objects.filter(pk=task.pk).update(status="done")
    (says,) = [str(one) for one in rebuild_findings()]
    assert says.endswith(f"action {task.key}: status is done in the tables, and open by its events")
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("ledger", "rebuild", "--check", stderr=errors)
    assert "Differs: case CT000001" in errors.getvalue()
