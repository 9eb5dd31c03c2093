"""Who is told of what, once: by the inbox, by e-mail, in the morning, in the calendar."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from icalendar import Calendar

from casetypes.publish import publish_case_type
from casework import clock
from casework.cases.actions.records import start_record
from casework.cases.actions.returning import return_record
from casework.cases.actions.sharing import grant_access
from casework.cases.actions.signing import reopen, submit
from casework.cases.actions.working import change_task, tell_overdue
from casework.cases.models import Case, Record, Snapshot, Task
from casework.ledger.models import Event
from casework.notices import feeds, inbox
from casework.notices.mailing import mail_digests
from casework.notices.models import Notice, Wish
from casework.notices.reminding import remind
from casework.notices.telling import tell_events
from casework.refusals import Absent, Refused
from tests.casetypes import document
from tests.cast import AT, Cast, make_case, make_person
from tests.stored.test_working import LATER, WRITTEN, signed

pytestmark = pytest.mark.django_db
TOLD = [
    ("record.submitted", ["managers"]),
    ("record.returned", ["author"]),
    ("task.assigned", ["owner"]),
    ("task.due", ["owner"]),
    ("task.overdue", ["owner", "managers"]),
    ("clock.due", ["worker"]),
    ("clock.overdue", ["worker", "managers"]),
]


@pytest.fixture
def told(library: Cast) -> tuple[Cast, Case]:
    """A case with a signed plan, of a type that tells; wanda and max have addresses."""
    new = document("child_in_need")
    new["notices"] = [{"id": f"n{n}tell", "on": on, "to": to} for n, (on, to) in enumerate(TOLD)]
    publish_case_type(new, by=library.ada, at=AT, reason="Tell people")
    for user in (library.wanda, library.max):
        user.email = f"{user.username}@casethread.example"
        user.save()
    case = make_case(library.wanda, library.north, make_person(library.wanda, "Noah").pk)
    case.worker = library.wanda
    case.save()
    signed(case, library.wanda, library.max, "child_in_need_plan")
    return library, case


def kinds(user: Any) -> list[str]:
    return list(
        Notice.objects.filter(user=user).order_by("at", "pk").values_list("kind", flat=True)
    )


def test_each_is_told_once_and_nobody_of_what_they_did(told: Any) -> None:
    cast, case = told
    assert tell_events(LATER) > 0
    assert "record.submitted" not in kinds(cast.max)  # it is signed by now
    waiting(cast, case)
    assert tell_events(LATER) > 0
    assert kinds(cast.max).count("record.submitted") == 1
    assert set(kinds(cast.wanda)) == {"task.assigned"}  # of the plan's rows that name her
    before = Notice.objects.count()
    assert tell_events(LATER) == 0
    assert tell_events(LATER + timedelta(days=1)) == 0
    assert Notice.objects.count() == before
    assert not Notice.objects.filter(user__in=[cast.olive, cast.omar, cast.rita]).exists()


def test_an_event_that_commits_late_is_still_told(told: Any) -> None:
    cast, case = told
    tell_events(LATER)
    record = start_record(
        case.pk, form_key="referral",
        subjects=list(case.subjects.values_list("person_id", flat=True)), by=cast.wanda, at=LATER,
    )  # fmt: skip
    Event.objects.get(stream=case.pk, kind="record.started", refs__contains=str(record.pk))
    _returned(cast, case)
    assert tell_events(LATER + timedelta(minutes=5)) > 0
    assert kinds(cast.wanda).count("record.returned") == 1


def waiting(cast: Cast, case: Case) -> Record:
    """The plan, reopened and submitted again."""
    plan = case.records.get(form_version__form="child_in_need_plan")
    reopen(plan.pk, why="More", by=cast.wanda, at=LATER)
    submit(plan.pk, seen=None, by=cast.wanda, at=LATER)
    return plan


def _returned(cast: Cast, case: Case) -> None:
    plan = waiting(cast, case)
    shown = Snapshot.objects.filter(record=plan).latest("revision", "attempt")
    return_record(plan.pk, comment="By when?", seen_sha256=shown.sha256, by=cast.max, at=LATER)


def test_reminders_come_before_and_after_once_for_each_day_it_is_due(told: Any) -> None:
    cast, case = told
    task = Task.objects.filter(case=case).order_by("key").first()
    assert task
    due = LATER.date() + timedelta(days=5)
    change_task(task.pk, owner=cast.wanda, due=due, by=cast.max, at=LATER)
    mine = Notice.objects.filter(task=task, user=cast.wanda)
    remind(LATER)
    assert not mine.filter(kind="task.due").exists()
    for day in (3, 3, 4):
        remind(LATER + timedelta(days=day))
    assert [one.due_on for one in mine.filter(kind="task.due")] == [due]
    for _ in range(2):
        remind(LATER + timedelta(days=6))
    assert mine.filter(kind="task.overdue").count() == 1
    assert Notice.objects.filter(task=task, user=cast.max, kind="task.overdue").count() == 1
    later = due + timedelta(days=3)
    change_task(task.pk, due=later, why="Moved", by=cast.max, at=LATER + timedelta(days=6))
    remind(LATER + timedelta(days=6))
    assert [one.due_on for one in mine.filter(kind="task.due").order_by("due_on")] == [due, later]


def test_clocks_are_told_of_when_they_are_due_soon_and_overdue(told: Any) -> None:
    cast, case = told
    when = AT + timedelta(days=10)
    tell_overdue(when)
    tell_events(when)
    assert "clock.overdue" in kinds(cast.wanda)
    due = case.clocks.get(key="assessment").due_on
    before = AT.replace(year=due.year, month=due.month, day=due.day) - timedelta(days=4)
    remind(before)
    remind(before + timedelta(hours=1))
    assert kinds(cast.wanda).count("clock.due") == 1


@pytest.mark.django_db(transaction=True)  # the worker locks a job in a transaction of its own
def test_an_e_mail_carries_a_reference_and_a_link_and_is_sent_once(
    told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, case = told
    monkeypatch.setattr(clock, "now", lambda: LATER)
    inbox.change_wish(Wish.EACH, by=cast.max)
    waiting(cast, case)
    for _ in range(2):
        call_command("tell")
    sent = [one for one in mail.outbox if one.to == [cast.max.email]]
    [submitted] = [one for one in sent if "signature" in one.subject]
    assert case.reference in submitted.subject
    notice = Notice.objects.get(user=cast.max, kind="record.submitted")
    assert f"/notices/{notice.pk}/" in submitted.body
    for one in mail.outbox:
        assert "Noah" not in one.subject + str(one.body)
        assert "plan" not in (one.subject + str(one.body)).lower()


def test_a_mail_server_that_refuses_is_tried_again(
    told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, case = told
    inbox.change_wish(Wish.DAILY, by=cast.max)
    waiting(cast, case)
    tell_events(LATER)

    def refuses(self: Any, *args: Any, **kwargs: Any) -> None:
        raise OSError("no route")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuses)
        with pytest.raises(OSError, match="no route"):
            mail_digests(LATER)
    assert not Notice.objects.filter(user=cast.max, mailed_at__isnull=False).exists()
    assert mail_digests(LATER + timedelta(days=1)) == 1


def test_a_morning_has_one_e_mail_and_none_of_what_was_read(told: Any) -> None:
    cast, case = told
    inbox.change_wish(Wish.DAILY, by=cast.max)
    waiting(cast, case)
    tell_events(LATER)
    assert mail_digests(LATER.replace(hour=3)) == 0
    assert (mail_digests(LATER), mail_digests(LATER)) == (1, 0)
    assert len(mail.outbox) == 1
    assert mail_digests(LATER + timedelta(days=1)) == 0  # nothing is new
    with pytest.raises(Refused, match="no e-mail address"):
        inbox.change_wish(Wish.EACH, by=cast.omar)


def test_who_no_longer_sees_the_case_sees_no_notice_of_it(told: Any) -> None:
    cast, case = told
    waiting(cast, case)
    tell_events(LATER)
    assert inbox.notices_for(cast.max, LATER).exists()
    grant_access(case.pk, cast.max, "deny", why="Knows them", by=_other(cast), at=LATER)
    assert not inbox.notices_for(cast.max, LATER).exists()
    notice = Notice.objects.filter(user=cast.max).first()
    assert notice
    with pytest.raises(Absent):
        inbox.opened(notice.pk, by=cast.max, at=LATER)


def _other(cast: Cast) -> Any:
    from casework.accounts.models import RoleGrant

    RoleGrant.objects.create(user=cast.omar, role="manager", team=cast.north, granted_at=AT)
    return cast.omar


def test_the_calendar_has_days_and_references_until_it_ends(told: Any) -> None:
    cast, case = told
    for task in Task.objects.filter(case=case):
        change_task(
            task.pk, owner=cast.wanda, due=WRITTEN.date() + timedelta(days=9), by=cast.max, at=LATER
        )
    secret = feeds.make_feed(by=cast.wanda, at=LATER)
    read = Calendar.from_ical(feeds.calendar_of(secret, LATER))
    entries = read.walk("VEVENT")
    actions = [one for one in entries if str(one["summary"]).startswith("Action")]
    assert len(actions) == Task.objects.filter(case=case).count()
    assert {str(one["summary"]) for one in actions} == {f"Action due, {case.reference}"}
    assert any(str(one["summary"]).startswith("Clock") for one in entries)
    assert b"Noah" not in feeds.calendar_of(secret, LATER)
    with pytest.raises(Absent):
        feeds.calendar_of(secret, LATER + feeds.LASTS)
    another = feeds.make_feed(by=cast.wanda, at=LATER)
    with pytest.raises(Absent):
        feeds.calendar_of(secret, LATER + timedelta(seconds=1))
    assert feeds.end_feeds(by=cast.wanda, at=LATER) == 1
    with pytest.raises(Absent):
        feeds.calendar_of(another, LATER)
