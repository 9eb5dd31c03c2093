"""The demo, loaded once: every state of a record is there, done by who may do it, at its own time."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from casetypes.publish import publish_shipped
from casework.accounts.models import User
from casework.cases import access
from casework.cases.models import Agreement, Case, Record, Snapshot, Status
from casework.demo import load as demo
from casework.ledger.models import Event
from casework.ledger.verify import broken_places
from formdefs.shipped import publish_library
from tests.cast import AT


@pytest.fixture
def loaded(db: None) -> list[str]:
    """What the loader told while it loaded."""
    publish_library(by=None, at=AT, reason="The library that ships")
    list(publish_shipped(by=None, at=AT, reason="The case types that ship"))
    told: list[str] = []
    demo.load(at=AT, tell=told.append)
    return told


def test_the_demo_shows_every_state_and_a_whole_ledger(loaded: list[str]) -> None:
    assert loaded[-1] == "family 14 of 14"
    statuses = Counter(Record.objects.values_list("status", flat=True))
    assert set(statuses) == set(Status.values) - {Status.WITHDRAWN}
    assert Record.objects.filter(revision=2, status=Status.DRAFT).exists()
    assert Agreement.objects.filter(decision=Agreement.Decision.DISSENTS).exists()
    assert Case.objects.filter(closed_at=None).count() == 11
    assert Snapshot.objects.filter(attempt=2).exists()
    assert list(broken_places()) == []
    _nothing_is_recorded_in_the_future_or_out_of_order()
    _who_sees_what()


def _nothing_is_recorded_in_the_future_or_out_of_order() -> None:
    recorded: dict[Any, list[Any]] = {}
    for event in Event.objects.order_by("stream", "seq"):
        recorded.setdefault(event.stream, []).append(event.recorded_at)
    for case in Case.objects.all():
        assert recorded[case.pk] == sorted(recorded[case.pk])
    assert max(max(times) for times in recorded.values()) <= AT


def _who_sees_what() -> None:
    users = {user.username: user for user in User.objects.all()}
    own = Case.objects.get(subjects__person__given_names="Archie")
    seen = {
        name: access.cases_for(user, AT).filter(pk=own.pk).exists() for name, user in users.items()
    }
    assert seen == {
        "wanda": True, "max": True, "rita": True,
        "wilf": False, "olive": False, "omar": False, "ada": False, "axel": False,
        "corin": False, "carla": False,
    }  # fmt: skip
    assert all(user.check_password(demo.PASSWORD) for user in users.values())
    assert not any(user.must_change_password for user in users.values())


def test_a_second_load_does_nothing(loaded: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    before = Event.objects.count()
    call_command("demo")
    assert "The demo is there." in capsys.readouterr().out
    assert Event.objects.count() == before


def test_without_the_library_it_says_what_to_do_first(db: None) -> None:
    with pytest.raises(CommandError, match="load_library --publish"):
        call_command("demo")
    assert not demo.is_loaded()


def test_production_refuses_the_public_password(db: None, settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        call_command("demo")


def test_log_ins_are_printed_with_their_roles(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", "--log-ins")
    printed = capsys.readouterr().out
    assert demo.PASSWORD in printed
    assert all(row["username"] in printed for row in demo.document()["users"])
    assert "Worker, Disabled children" in printed


def test_it_loads_on_a_leap_day_before_dawn(db: None) -> None:
    publish_library(by=None, at=AT, reason="The library that ships")
    list(publish_shipped(by=None, at=AT, reason="The case types that ship"))
    leap_day = AT.replace(year=2028, month=2, day=29, hour=0) + timedelta(minutes=5)
    demo.load(at=leap_day, tell=lambda _: None)
    assert Record.objects.count() == 35
