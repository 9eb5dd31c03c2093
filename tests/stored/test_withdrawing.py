"""A record is withdrawn by two people: what it said is nowhere, a tombstone stands, the ledger verifies."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from casework.cases import access
from casework.cases.actions.autosaving import autosave
from casework.cases.actions.records import save_page
from casework.cases.actions.signing import reopen
from casework.cases.actions.withdrawing import ask_withdrawal, decide_withdrawal, withdrawn
from casework.cases.actions.working import change_task
from casework.cases.checking.live import live_findings
from casework.cases.models import Case, Record, RecordPage, Task, Upload, Withdrawal
from casework.cases.uploads import store
from casework.cases.work import standings, tasks_of
from casework.ledger import triggers
from casework.ledger.models import Content, Event, SealedRow, Tombstone
from casework.ledger.seals import seal_all
from casework.ledger.verify import broken_places
from casework.ledger.verify_seals import seal_findings, tombstone_findings
from casework.refusals import Absent, NotAllowed, NotNow, Refused
from tests.cast import AT, Cast, make_case, make_person, make_record, sample_answers
from tests.stored.small_form import publish_small
from tests.stored.test_working import LATER, signed

pytestmark = pytest.mark.django_db
CANARY = "Canary-in-the-narrative"
PDF = b"%PDF-1.4\n" + CANARY.encode()


def findings() -> list[str]:
    checks = (broken_places(), tombstone_findings(), live_findings(), seal_findings())
    return [str(one) for check in checks for one in check]


def said_anywhere() -> list[str]:
    """Every table and column in which the canary stands, read past all models' doors."""
    found = []
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if field.get_internal_type() in ("CharField", "TextField", "JSONField"):
                with connection.cursor() as cursor:
                    cursor.execute(
                        f'SELECT count(*) FROM "{model._meta.db_table}" '
                        f'WHERE CAST("{field.column}" AS TEXT) LIKE %s',
                        [f"%{CANARY}%"],
                    )
                    if cursor.fetchone()[0]:
                        found.append(f"{model._meta.db_table}.{field.column}")
    return found


@pytest.fixture
def told(library: Cast) -> tuple[Cast, Case, Record]:
    """A case with a signed plan full of canaries, some sealed and some not, and another record."""
    people = [make_person(library.wanda, given).pk for given in ("Noah", "Poppy")]
    case = make_case(library.wanda, library.north, *people)
    signed(case, library.wanda, library.max, "referral")
    plan = signed(case, library.wanda, library.max, "child_in_need_plan", **_canaries())
    seal_all(LATER)
    task = Task.objects.filter(source=plan).first()
    change_task(task.pk, status="done", outcome=CANARY, by=library.wanda, at=LATER)
    reopen(plan.pk, why=CANARY, by=library.wanda, at=LATER)
    page = RecordPage.objects.filter(record=plan).first()
    autosave(plan.pk, page.page, {"_typed": {"x": [CANARY]}}, base_version=page.version,
             by=library.wanda, at=LATER)  # fmt: skip
    assert said_anywhere()
    assert findings() == []
    return library, case, plan


def _canaries() -> dict[str, Any]:
    """The sample answers of the plan with a canary in every text."""

    def changed(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: changed(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [changed(one, key) for one in value]
        return f"{value} {CANARY}" if isinstance(value, str) and value.count(" ") > 3 else value

    return changed(sample_answers("child_in_need_plan"))


def withdraw(cast: Cast, record: Record, **more: Any) -> Withdrawal:
    asked = ask_withdrawal(record.pk, "wrong_person", why="Not hers.", by=cast.wanda, at=LATER)
    with transaction.atomic():
        return decide_withdrawal(
            asked.pk, approve=True, why="Agreed.", by=cast.max, at=LATER, **more
        )


def test_nothing_of_it_is_left_anywhere_and_all_verifies(told: Any) -> None:
    cast, case, plan = told
    events = Event.objects.filter(stream=case.pk).count()
    withdraw(cast, plan)
    assert said_anywhere() == []
    assert findings() == []
    assert Event.objects.filter(stream=case.pk).count() == events + 2
    assert Tombstone.objects.count() > 10
    seal_all(LATER + timedelta(hours=1))
    assert findings() == []
    out = StringIO()
    call_command("ledger", "rebuild", "--check", stdout=out)
    assert out.getvalue().startswith("1 cases: every one")


def test_a_tombstone_stands_with_both_names_and_reasons(told: Any) -> None:
    cast, case, plan = told
    withdraw(cast, plan)
    for user in (cast.wanda, cast.max, cast.rita):
        found = withdrawn(user, plan.pk, LATER)
        assert (found.asked_by, found.decided_by, found.reason) == (
            cast.wanda,
            cast.max,
            "wrong_person",
        )
        with pytest.raises(Absent):
            access.record(user, plan.pk, LATER)
        assert not access.records_for(user, LATER).filter(pk=plan.pk).exists()
    with pytest.raises(Absent):
        withdrawn(cast.olive, plan.pk, LATER)
    assert {one.title for one in tasks_of(case, cast.wanda, LATER)} == {"Withdrawn"}
    assert standings(case)
    with pytest.raises(Absent):
        save_page(plan.pk, "p", {}, seen_version=0, by=cast.wanda, at=LATER)


def test_it_takes_two_and_a_reason(told: Any) -> None:
    cast, _case, plan = told
    for reason, why in (("wrong_person", " "), ("because", "x")):
        with pytest.raises(Refused):
            ask_withdrawal(plan.pk, reason, why=why, by=cast.max, at=LATER)
    with pytest.raises(NotAllowed):
        ask_withdrawal(plan.pk, "disposal", why="x", by=cast.rita, at=LATER)
    with pytest.raises(Absent):
        ask_withdrawal(plan.pk, "disposal", why="x", by=cast.olive, at=LATER)
    asked = ask_withdrawal(plan.pk, "disposal", why="x", by=cast.max, at=LATER)
    with pytest.raises(NotNow):
        ask_withdrawal(plan.pk, "disposal", why="x", by=cast.wanda, at=LATER)
    with pytest.raises(NotAllowed, match="Another person"):
        decide_withdrawal(asked.pk, approve=True, why="x", by=cast.max, at=LATER)
    with pytest.raises(NotAllowed, match="Only managers"):
        decide_withdrawal(asked.pk, approve=True, why="x", by=cast.wanda, at=LATER)
    assert RecordPage.objects.filter(record=plan).exists()


def test_refused_nothing_goes_and_it_can_be_asked_again(told: Any) -> None:
    cast, _case, plan = told
    asked = ask_withdrawal(plan.pk, "disposal", why="x", by=cast.wanda, at=LATER)
    decide_withdrawal(asked.pk, approve=False, why="Keep it", by=cast.max, at=LATER)
    assert said_anywhere()
    with pytest.raises(NotNow):
        decide_withdrawal(asked.pk, approve=True, why="x", by=cast.max, at=LATER)
    assert findings() == []
    withdraw(cast, plan)
    assert said_anywhere() == []


def test_sent_twice_it_happens_once(told: Any) -> None:
    cast, case, plan = told
    one, two = uuid4(), uuid4()
    asked = [
        ask_withdrawal(plan.pk, "disposal", why="x", by=cast.wanda, at=LATER, command_id=one)
        for _ in range(2)
    ]
    done = [
        decide_withdrawal(asked[0].pk, approve=True, why="x", by=cast.max, at=LATER, command_id=two)
        for _ in range(2)
    ]
    assert asked[0] == asked[1]
    assert [one.status for one in done] == ["approved", "approved"]
    assert Event.objects.filter(stream=case.pk, kind="withdrawal.approved").count() == 1


def test_what_was_copied_elsewhere_stays_there(told: Any) -> None:
    """Only the record itself goes: another record's own answers are its own."""
    cast, case, plan = told
    others = Record.objects.filter(case=case).exclude(pk=plan.pk)
    before = list(RecordPage.objects.filter(record__in=others).order_by("pk").values())
    withdraw(cast, plan)
    assert list(RecordPage.objects.filter(record__in=others).order_by("pk").values()) == before


@pytest.mark.parametrize("kind", ["content", "page history", "sealed digest"])
def test_nothing_but_a_withdrawal_deletes(told: Any, kind: str) -> None:
    rows = {
        "content": Content.objects.all(),
        "page history": RecordPage.history.all(),
        "sealed digest": SealedRow.objects.all(),
    }[kind]
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        rows.first().delete()


# Forged withdrawals -----------------------------------------------------------------------------


def no_tombstone(cast: Cast, plan: Record) -> None:
    """The content is simply taken away."""
    Content.objects.filter(
        pk=Event.objects.get(kind="record.submitted", refs__contains=str(plan.pk)).content
    ).delete()


def by_one_person(cast: Cast, plan: Record) -> None:
    """Asked and approved by the same person, written by the platform's own functions."""
    from unittest.mock import patch

    with patch("casework.cases.actions.withdrawing.NotAllowed", ZeroDivisionError):
        asked = ask_withdrawal(plan.pk, "disposal", why="x", by=cast.max, at=LATER)
        Withdrawal.objects.filter(pk=asked.pk).update(asked_by=cast.wanda)
        decide_withdrawal(asked.pk, approve=True, why="x", by=cast.max, at=LATER)


def named_by_no_event(cast: Cast, plan: Record) -> None:
    """A true withdrawal of one record, and a tombstone for another's content hung on it."""
    done = withdraw(cast, plan)
    other = Event.objects.filter(kind="record.submitted").exclude(refs__contains=str(plan.pk)).get()
    Tombstone.objects.create(
        event=done.decided_event, what="ledger_content", key=other.content.hex, digest=other.digest
    )
    Content.objects.filter(pk=other.content).delete()


def on_any_event(cast: Cast, plan: Record) -> None:
    event = Event.objects.filter(kind="record.submitted").first()
    Tombstone.objects.create(
        event=event, what="ledger_content", key=event.content.hex, digest=event.digest
    )
    Content.objects.filter(pk=event.content).delete()


def sealed_history_row(cast: Cast, plan: Record) -> None:
    row = SealedRow.objects.filter(table="cases_historicalrecordpage").first()
    Tombstone.objects.create(
        event=Event.objects.first(), what=row.table, key=str(row.row), row=row.row,
        digest=row.digest, seal=row.seal,
    )  # fmt: skip
    RecordPage.history.filter(pk=row.row).delete()
    row.delete()


@pytest.mark.parametrize(
    "forge", [no_tombstone, by_one_person, named_by_no_event, on_any_event, sealed_history_row],
    ids=lambda one: one.__name__,
)  # fmt: skip
def test_a_forged_withdrawal_is_reported(told: Any, forge: Any) -> None:
    cast, _case, plan = told
    triggers.remove(connection)
    forge(cast, plan)
    found = findings()
    assert any("forged" in one or "content is missing" in one for one in found), found


@pytest.mark.django_db(transaction=True)
def test_its_files_are_gone_from_the_disk(cast: Cast) -> None:
    publish_small(cast.ada)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    upload = store(record.pk, "qfile", ContentFile(PDF, "report.pdf"), by=cast.wanda, at=AT)
    assert default_storage.exists(upload.stored_name)
    withdraw(cast, record)
    assert not default_storage.exists(upload.stored_name)
    default_storage.save(upload.stored_name, ContentFile(PDF))
    assert any("it is still there" in one for one in findings())
    default_storage.delete(upload.stored_name)
    assert not Upload.objects.exists()
    assert findings() == []
