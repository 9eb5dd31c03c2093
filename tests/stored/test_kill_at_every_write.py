"""SIGKILL before every write of a command, and after its commit: all of it happened, or nothing.

A child process carries out the command and kills itself at the Nth statement that writes; the parent
looks at what the database kept, and sends the command again. In an ordinary run every few writes;
`make soak` takes every one (CASETHREAD_KILL_EVERY=1).
"""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection, connections, models

from casework.cases.actions.records import save_page, start_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.actions.withdrawing import ask_withdrawal, decide_withdrawal
from casework.cases.actions.working import change_task
from casework.cases.checking.live import live_findings
from casework.cases.models import Clock, RecordPage, Snapshot, Task
from casework.ledger.models import Event, StreamHead
from casework.ledger.verify import broken_places
from formdefs.versions import form_of, newest
from tests.cast import Cast, make_case, make_person, sample_answers
from tests.stored.test_working import LATER, WRITTEN

pytestmark = pytest.mark.django_db(transaction=True)
EVERY = int(os.environ.get("CASETHREAD_KILL_EVERY", "11"))
WRITES = ("INSERT", "UPDATE", "DELETE")


def in_a_child(act: Callable[[], Any], kill_at: int) -> bool:
    """Carry it out in a child that dies before its Nth write, counted from 1, or after its commit.

    Whether it died before it had committed.
    """
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        done = 0

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal done
            done += sql.lstrip().upper().startswith(WRITES)
            if done == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(count):
                act()
            os.write(writing, b"committed")
            os.kill(os.getpid(), signal.SIGKILL)  # before anybody was answered
        finally:
            os._exit(1)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    told = os.read(reading, 20)
    os.close(reading)
    assert os.WIFSIGNALED(status), "the command failed"
    return told != b"committed"


def kept() -> dict[str, Any]:
    """How many rows each table has, and where each chain ends."""
    counted = {
        model._meta.db_table: models.QuerySet(model).count()
        for model in apps.get_models()
        if model._meta.app_label in ("cases", "ledger")
    }
    return {**counted, "heads": sorted(StreamHead.objects.values_list("stream", "hash"))}


@pytest.fixture
def commands(library: Cast) -> list[tuple[str, Callable[[UUID], Any]]]:
    """Commands in the order of a record's life, each as a function of its command id."""
    cast = library
    case = make_case(cast.wanda, cast.north, make_person(cast.wanda, "Noah").pk)
    answers = sample_answers("child_in_need_plan")
    loaded = form_of(newest("child_in_need_plan").pk)
    pages = {
        page.id: {key: answers[key] for key in loaded.keys_of(page.id) & answers.keys()}
        for page in loaded.pages
    }
    subjects = list(case.subjects.values_list("person_id", flat=True))
    first, *others = list(pages)
    plan = start_record(
        case.pk, form_key="child_in_need_plan", subjects=subjects, by=cast.wanda, at=WRITTEN,
        pages={page: pages[page] for page in others},
    )  # fmt: skip
    seen = (
        RecordPage.objects.filter(record=plan, page=first).values_list("version", flat=True).first()
        or 0
    )
    later = LATER + timedelta(hours=1)

    def withdrawal(command: UUID) -> Any:
        asked = plan.withdrawals.get()
        return decide_withdrawal(
            asked.pk, approve=True, why="y", by=cast.max, at=later, command_id=command
        ).pk

    def ask(command: UUID) -> Any:
        return ask_withdrawal(
            plan.pk, "disposal", why="x", by=cast.wanda, at=later, command_id=command
        ).pk

    ask_late: dict[str, Any] = {"by": cast.wanda, "at": later}
    return [
        ("save", lambda c: save_page(plan.pk, first, pages[first], seen_version=seen, by=cast.wanda, at=WRITTEN, command_id=c).version),
        ("submit", lambda c: submit(plan.pk, seen=None, by=cast.wanda, at=WRITTEN, command_id=c).pk),
        ("sign, with tasks and clocks", lambda c: sign(
            plan.pk, seen_sha256=Snapshot.objects.get(record=plan).sha256, by=cast.max, at=WRITTEN,
            command_id=c).pk),
        ("change a task", lambda c: change_task(
            Task.objects.filter(source=plan).order_by("key").first().pk, status="done", outcome="x",
            by=cast.wanda, at=LATER, command_id=c).pk),
        ("reopen", lambda c: reopen(plan.pk, why="x", command_id=c, **ask_late).pk),
        ("ask for a withdrawal", ask),
        ("withdraw", withdrawal),
    ]  # fmt: skip


def test_nothing_is_half_done_and_the_retry_answers_the_same(commands: Any) -> None:
    boundaries = 0
    for name, act in commands:
        command, before, at_write = uuid4(), kept(), 1
        while in_a_child(lambda act=act, command=command: act(command), at_write):
            boundaries += 1
            assert kept() == before, f"{name}: killed before write {at_write}, half of it is there"
            at_write += EVERY
        boundaries += 1
        after = kept()
        assert after != before, f"{name}: it was committed, and is not there"
        answers = [act(command), act(command)]  # nobody was answered: sent again, twice
        assert answers[0] == answers[1]
        assert kept() == after, f"{name}: sent again, it acted again"
        assert Event.objects.filter(command_id=command).count() == 1
    assert [str(one) for one in (*broken_places(), *live_findings())] == []
    assert Clock.objects.exists()
    assert Task.objects.exists()
    print(f"{boundaries} boundaries of {len(commands)} commands, every {EVERY}. write")
