"""Many at once, in threads on a real database: nothing lost, nothing twice, no gap, chains that hold."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from casework.cases.actions.records import save_page
from casework.cases.actions.signing import sign, submit
from casework.cases.models import Case, RecordPage, SignOff
from casework.cases.unmasked import answers_of
from casework.ledger.append import Repeated
from casework.ledger.models import Event
from casework.ledger.verify import broken_places
from casework.refusals import Clash, NotNow
from tests.cast import AT, make_case, make_cast, make_person, make_record
from tests.stored.small_form import publish_small, publish_wide

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def together(act: Callable[[int], Any]) -> list[Any]:
    """What each of eight threads returns for its number; they begin together."""

    def one(number: int) -> Any:
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_eight_people_on_one_page_lose_nothing() -> None:
    cast = make_cast()
    publish_wide(cast.ada, THREADS)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "wide")
    rounds = 5

    def fill(number: int) -> None:
        """Answer one's own question five times, always over the version of one's last save."""
        version, answers = 0, {}
        for turn in range(rounds):
            answers[f"q{number}"] = f"{number} for the {turn}th time"
            saved = save_page(
                record.id, "wide", answers, seen_version=version, by=cast.wanda, at=AT
            )
            version, answers = saved.version, saved.answers

    together(fill)
    assert answers_of(record) == {
        f"q{n}": f"{n} for the {rounds - 1}th time" for n in range(THREADS)
    }
    page = RecordPage.objects.get(record=record)
    assert page.version == THREADS * rounds
    versions = list(page.history.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, THREADS * rounds + 1))
    saves = Event.objects.filter(stream=record.case_id, kind="record.page_saved")
    assert saves.count() == THREADS * rounds
    assert list(broken_places()) == []


def test_of_eight_answers_to_one_question_one_is_kept_and_seven_ask() -> None:
    cast = make_cast()
    publish_wide(cast.ada, 1)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "wide")

    def answer(number: int) -> str:
        sent = {"q0": f"Number {number}"}
        try:
            save_page(record.id, "wide", sent, seen_version=0, by=cast.wanda, at=AT)
        except Clash as clash:
            return f"asked about {clash.conflicts[0].mine}"
        return sent["q0"]

    outcomes = together(answer)
    (kept,) = [outcome for outcome in outcomes if not outcome.startswith("asked")]
    assert answers_of(record) == {"q0": kept}
    assert len(set(outcomes)) == THREADS


def test_cases_opened_together_are_numbered_without_gap_or_double() -> None:
    cast = make_cast()
    people = [[make_person(cast.wanda).id for _ in range(3)] for _ in range(THREADS)]

    def open_some(number: int) -> None:
        for person in people[number]:
            make_case(cast.wanda, cast.north, person)

    together(open_some)
    numbers = sorted(Case.objects.values_list("number", flat=True))
    assert numbers == list(range(1, THREADS * 3 + 1))
    assert list(broken_places()) == []


def test_one_command_sent_eight_times_together_acts_once() -> None:
    cast = make_cast()
    publish_small(cast.ada)
    case, command = make_case(cast.wanda, cast.north), uuid4()

    def start(_number: int) -> Any:
        try:
            return make_record(case, cast.wanda, "small", command_id=command).pk
        except Repeated:
            return None

    assert len(set(together(start)) - {None}) == 1
    assert case.records.count() == 1
    assert Event.objects.filter(command_id=command).count() == 1


def test_a_record_is_signed_once_by_whoever_comes_first() -> None:
    cast = make_cast()
    publish_small(cast.ada)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    save_page(record.id, "visit", {"seen": True}, seen_version=0, by=cast.wanda, at=AT)
    shown = submit(record.id, seen=None, by=cast.wanda, at=AT).sha256

    def sign_it(_number: int) -> str:
        try:
            return str(sign(record.id, seen_sha256=shown, by=cast.max, at=AT).pk)
        except NotNow:
            return "signed already"

    outcomes = together(sign_it)
    assert outcomes.count("signed already") == THREADS - 1
    assert SignOff.objects.count() == 1
    signed = Event.objects.get(kind="record.signed")
    assert json.loads(signed.refs)["sha256"] == shown
