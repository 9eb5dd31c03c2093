"""Whatever is changed in the ledger behind its back is found."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from casework.accounts.models import User
from casework.ledger import triggers
from casework.ledger.append import append
from casework.ledger.models import Content, Event, StreamHead
from casework.ledger.verify import broken_places

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
# The row number is a place in the table and says nothing; its order is checked.
FIELDS = [field for field in Event._meta.concrete_fields if field.name != "id"]


def write_ledger() -> list[Event]:
    """Three streams of four events, with every field of an event in use, and the triggers away."""
    wanda, max_ = (User.objects.create(username=name) for name in ("wanda", "max"))
    events: list[Event] = []
    for number in range(3):
        stream = uuid4()
        for step in range(4):
            events.append(
                append(
                    stream,
                    f"kind.{step}",
                    by=wanda if step else None,
                    at=AT + timedelta(hours=step),
                    occurred_at=AT - timedelta(days=number),
                    subject=uuid4() if step % 2 else None,
                    refs={"step": step},
                    content={"text": f"é {step}"} if step != 1 else None,
                    command_id=uuid4(),
                    on_behalf_of=max_ if step == 2 else None,
                    corrects=events[-1] if step == 3 else None,
                )
            )
    triggers.remove(connection)
    return events


@pytest.fixture
def events(db):
    written = write_ledger()
    assert list(broken_places()) == []
    return written


def _other(field: models.Field, old: object, events: list[Event]) -> list[object]:
    """Values that a forger might put in the place of this one, all of the right type."""
    if field.is_relation:
        keys = set(field.related_model.objects.values_list("pk", flat=True))
        return [*sorted(keys - {old}), *([None] if old is not None else [])]
    if isinstance(field, models.UUIDField):
        theirs = {getattr(event, field.attname) for event in events} - {old, None}
        fresh = [uuid4(), *sorted(theirs)[:2]] if field.name != "command_id" else [uuid4()]
        return [*fresh, *([None] if old is not None and field.null else [])]
    if isinstance(field, models.DateTimeField):
        return [old + timedelta(microseconds=1), old - timedelta(days=1)]
    if isinstance(field, models.IntegerField):
        return [old + 1, old + 100]
    return ["", "{}", f"é{old[1:]}", f"{old[:-1]} "]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_one_changed_field_of_any_event_is_found(events, field):
    changed = 0
    for event in events:
        old = getattr(event, field.attname)
        for value in _other(field, old, events):
            if value == old or (field.name == "seq" and _taken(event.stream, value)):
                continue
            if field.name == "stream" and _taken(value, event.seq):
                continue
            Event.objects.filter(pk=event.pk).update(**{field.attname: value})
            places = list(broken_places())
            assert places, f"{field.name} of {event} → {value!r}"
            Event.objects.filter(pk=event.pk).update(**{field.attname: old})
            changed += 1
    assert changed >= len(events)
    assert list(broken_places()) == []


def _taken(stream: object, seq: object) -> bool:
    return Event.objects.filter(stream=stream, seq=seq).exists()


@pytest.mark.parametrize("field", ["salt", "body"])
def test_a_changed_content_is_found(events, field):
    row = Content.objects.get(pk=events[2].content)
    Content.objects.filter(pk=row.pk).update(**{field: getattr(row, field)[:-1] + " "})
    (place,) = broken_places()
    assert (place.stream, place.seq) == (events[2].stream, 3)
    assert "content was changed" in place.says


def test_contents_that_were_swapped_or_removed_are_found(events):
    first, second = Content.objects.filter(pk__in=[events[0].content, events[2].content])
    Content.objects.filter(pk=first.pk).update(salt=second.salt, body=second.body)
    assert len(list(broken_places())) == 1
    first.delete()
    assert "content is missing" in next(broken_places()).says


@pytest.mark.parametrize("step", range(4))
def test_an_event_that_was_removed_is_found(events, step):
    Event.objects.filter(corrects=events[step]).update(corrects=None)
    Event.objects.filter(pk=events[step].pk).delete()
    assert list(broken_places())


def test_two_events_that_changed_places_are_found(events):
    second, third = events[1], events[2]
    Event.objects.filter(pk=second.pk).update(seq=99)
    Event.objects.filter(pk=third.pk).update(seq=2)
    Event.objects.filter(pk=second.pk).update(seq=3)
    assert list(broken_places())


def test_row_numbers_out_of_order_are_found(events):
    Event.objects.filter(pk=events[1].pk).update(id=9999)
    assert any("out of order" in place.says for place in broken_places())


@pytest.mark.parametrize("change", [{"seq": 3}, {"hash": "0" * 64}])
def test_a_changed_head_is_found(events, change):
    StreamHead.objects.filter(pk=events[0].stream).update(**change)
    (place,) = broken_places()
    assert "head" in place.says


def test_heads_without_events_and_events_without_heads_are_found(events):
    StreamHead.objects.filter(pk=events[0].stream).delete()
    StreamHead.objects.create(stream=uuid4(), seq=1, hash="0" * 64)
    assert {place.says for place in broken_places()} == {
        "the stream has no head", "the stream has a head, but no event",
    }  # fmt: skip


def test_many_events_are_read_in_few_queries_and_progress_is_told(
    events, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr("casework.ledger.verify._AT_A_TIME", 5)
    told: list[int] = []
    with django_assert_max_num_queries(12):
        assert list(broken_places(told.append)) == []
    assert told == [5, 10]


def test_the_command_says_that_the_ledger_is_whole(events):
    out = StringIO()
    call_command("ledger", "verify", stdout=out)
    assert out.getvalue() == "The ledger is whole: 12 events.\n"


def test_the_command_names_the_first_broken_place_and_exits_with_1(events):
    Event.objects.filter(pk=events[1].pk).update(kind="forged")
    Event.objects.filter(pk=events[6].pk).update(kind="forged")
    for arguments, lines in (("verify",), 1), (("verify", "--all"), 2):
        errors = StringIO()
        with pytest.raises(SystemExit) as caught:
            call_command("ledger", *arguments, stderr=errors)
        assert caught.value.code == 1
        assert errors.getvalue().count("Broken: ") == lines
    assert f"stream {events[1].stream}, event 2: it was changed" in errors.getvalue()


class AnyText(TestCase):
    """A forger's text in any text field of any event, in many forms."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        which=st.integers(0, 11),
        field=st.sampled_from(["kind", "refs", "digest", "prev_hash", "hash"]),
        text=st.text(
            st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=64
        ),
    )
    def test_any_text_is_found(self, which: int, field: str, text: str) -> None:
        event = write_ledger()[which]
        if getattr(event, field) == text:
            return
        Event.objects.filter(pk=event.pk).update(**{field: text})
        assert next(broken_places(), None) is not None
