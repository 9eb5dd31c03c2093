"""Events: appended once, in order, with what they say kept apart; and reads."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from casework.accounts.models import User
from casework.ledger.append import Repeated, already, append, content_of, contents_of
from casework.ledger.chain import digest, event_hash, instant
from casework.ledger.models import Content, Event, Read, StreamHead
from casework.ledger.reads import note_read
from casework.ledger.verify import broken_places

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def wanda(db: None) -> User:
    return User.objects.create(username="wanda")


def test_events_of_a_stream_are_numbered_and_linked(wanda):
    stream, other = uuid4(), uuid4()
    first = append(stream, "case.opened", by=wanda, at=AT)
    second = append(stream, "case.closed", by=None, at=AT)
    elsewhere = append(other, "case.opened", by=wanda, at=AT)
    assert [first.seq, second.seq, elsewhere.seq] == [1, 2, 1]
    assert [first.prev_hash, second.prev_hash, elsewhere.prev_hash] == ["", first.hash, ""]
    head = StreamHead.objects.get(pk=stream)
    assert (head.seq, head.hash) == (2, second.hash)


def test_what_is_returned_is_what_is_stored(wanda):
    event = append(
        uuid4(), "note", by=wanda, at=AT, occurred_at=AT - timedelta(days=3), subject=uuid4(),
        refs={"page": "p1", "version": 2}, content={"text": "é"}, command_id=uuid4(), on_behalf_of=wanda,
    )  # fmt: skip
    stored = Event.objects.get(pk=event.pk)
    assert {f.attname: getattr(stored, f.attname) for f in Event._meta.fields} == {
        f.attname: getattr(event, f.attname) for f in Event._meta.fields
    }
    assert stored.refs == '{"page":"p1","version":2}'
    assert not event._state.adding


def test_what_an_event_says_lies_in_a_salted_content_row(wanda):
    event = append(uuid4(), "case.closed", by=wanda, at=AT, content={"why": "moved away"})
    row = Content.objects.get(pk=event.content)
    assert row.body == '{"why":"moved away"}'
    assert len(row.salt) == 64
    assert event.digest == digest(row.salt, row.body)
    assert content_of(event) == {"why": "moved away"}
    again = append(uuid4(), "case.closed", by=wanda, at=AT, content={"why": "moved away"})
    assert again.digest != event.digest
    assert content_of(append(uuid4(), "x", by=wanda, at=AT)) is None


def test_the_contents_of_many_events_are_one_query(wanda, django_assert_num_queries):
    events = [append(uuid4(), "x", by=wanda, at=AT, content={"n": n}) for n in range(5)]
    with django_assert_num_queries(1):
        found = contents_of(events)
    assert [found[event.content]["n"] for event in events] == [0, 1, 2, 3, 4]


def test_an_event_costs_four_statements_with_a_content_and_three_without(
    wanda, django_assert_num_queries
):
    stream = uuid4()
    with django_assert_num_queries(4):
        append(stream, "x", by=wanda, at=AT, content={"n": 1})
    with django_assert_num_queries(3):
        append(stream, "x", by=wanda, at=AT)


def test_a_command_is_found_again_and_refused_when_it_slips_through(wanda):
    command = uuid4()
    assert already(None) is None
    assert already(command) is None
    event = append(uuid4(), "x", by=wanda, at=AT, command_id=command)
    assert already(command) == event
    with pytest.raises(Repeated), transaction.atomic():
        append(uuid4(), "y", by=wanda, at=AT, command_id=command)


def test_times_are_hashed_as_utc_whatever_zone_they_come_in(wanda):
    summer = datetime(2026, 7, 1, 11, 0, tzinfo=timezone(timedelta(hours=1)))
    event = append(uuid4(), "x", by=wanda, at=summer)
    assert instant(summer) == "2026-07-01T10:00:00.000000+00:00"
    stored = Event.objects.filter(pk=event.pk).values().get()
    assert event.hash == event_hash(stored, actor=wanda.uid, on_behalf_of=None, corrects="")


def test_a_correction_names_the_hash_of_what_it_corrects(wanda):
    stream = uuid4()
    wrong = append(stream, "x", by=wanda, at=AT)
    right = append(stream, "x", by=wanda, at=AT, corrects=wrong)
    stored = Event.objects.filter(pk=right.pk).values().get()
    assert right.corrects_id == wrong.pk
    assert right.hash == event_hash(stored, actor=wanda.uid, on_behalf_of=None, corrects=wrong.hash)


@pytest.mark.parametrize("value", [float("nan"), 2**53, "\ud800", object()])
def test_what_json_cannot_hold_is_refused(wanda, value):
    with pytest.raises(ValueError), transaction.atomic():
        append(uuid4(), "x", by=wanda, at=AT, content={"value": value})


def test_a_time_without_a_zone_is_refused(wanda):
    with pytest.raises(ValueError):
        append(uuid4(), "x", by=wanda, at=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    assert not connection.in_atomic_block
    with pytest.raises(TransactionManagementError):
        append(uuid4(), "x", by=None, at=AT)


def test_a_failure_elsewhere_in_the_transaction_takes_the_event_with_it(wanda):
    stream = uuid4()

    @transaction.atomic
    def act():
        append(stream, "x", by=wanda, at=AT, content={"n": 1})
        User.objects.create(username="wanda")

    with pytest.raises(IntegrityError):
        act()
    assert not Event.objects.exists()
    assert not Content.objects.exists()
    assert not StreamHead.objects.exists()


def test_a_read_is_noted(wanda):
    case = uuid4()
    note_read("case", case, by=wanda, at=AT, detail="print")
    read = Read.objects.get()
    assert (read.kind, read.object_id, read.actor, read.at, read.detail) == (
        "case", case, wanda, AT, "print",
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_stream_wait_for_each_other_and_leave_no_gap():
    stream, command = uuid4(), uuid4()
    repeated: list[Repeated] = []

    def write(number: int) -> None:
        try:
            for step in range(5):
                with transaction.atomic():
                    append(stream, f"{number}.{step}", by=None, at=AT, content={"step": step})
            try:
                with transaction.atomic():
                    append(uuid4(), "once", by=None, at=AT, command_id=command)
            except Repeated as error:
                repeated.append(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(write, range(6)))
    events = Event.objects.filter(stream=stream).order_by("seq")
    assert [event.seq for event in events] == list(range(1, 31))
    assert len(repeated) == 5
    assert Event.objects.filter(command_id=command).count() == 1
    assert list(broken_places()) == []
