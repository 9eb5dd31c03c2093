"""Chains of signatures on real records: who is asked when, what is kept, and what a return ends."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casetypes.models import CaseTypeVersion
from casetypes.state import Event as Told
from casetypes.state import State, evolve
from casework.accounts.models import User
from casework.cases.access import may, why_not
from casework.cases.actions.records import save_page
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.actions.upgrading import upgrade_case
from casework.cases.models import Record, SignOff, Snapshot, Status
from casework.cases.running.loading import state_of
from casework.cases.unmasked import decision_on, signatures_on
from casework.cases.waiting import awaited
from casework.ledger.append import content_of
from casework.ledger.models import Event
from casework.refusals import NotAllowed, NotNow, Stale
from tests.cast import AT, publish_case_types
from tests.chained import make_chained

pytestmark = pytest.mark.django_db
CHEAP = {"needs": [{"_id": "rowaaaaa", "need": "A bed", "cost": 60}]}


def hours(count: int) -> datetime:
    """So many hours after the cast came to be."""
    return AT + timedelta(hours=count)


@pytest.fixture
def chained(cast: Any) -> Any:
    return make_chained(cast)


def submitted(it: Any, at: datetime) -> Snapshot:
    return submit(it.id, seen=None, by=it.wanda, at=at)


def signs(it: Any, who: User, at: datetime, **more: Any) -> SignOff:
    """They sign what was submitted last."""
    shown = Snapshot.objects.filter(record=it.id).latest("revision", "attempt")
    return sign(it.id, seen_sha256=shown.sha256, by=who, at=at, **more)


def record(it: Any) -> Record:
    return Record.objects.select_related("case", "form_version").get(pk=it.id)


def waits(it: Any) -> tuple[int, int, str] | None:
    found = awaited(record(it))
    return (found.number, found.of, found.title) if found else None


def test_the_record_waits_until_the_last_of_the_chain_has_signed(chained: Any) -> None:
    snapshot = submitted(chained, hours(1))
    assert waits(chained) == (1, 2, "")
    command = uuid4()
    for _ in range(2):  # the same command twice
        first = signs(chained, chained.max, hours(2), comment="It is right.", command_id=command)
    assert (first.step, first.last, first.sha256) == (0, False, snapshot.sha256)
    assert record(chained).status == Status.SUBMITTED
    assert waits(chained) == (2, 2, "Head of service")
    assert decision_on(snapshot) == ""
    last = signs(chained, chained.mia, hours(3), comment="Pay it.")
    assert (last.step, last.last, last.title, last.sha256) == (
        1, True, "Head of service", snapshot.sha256,
    )  # fmt: skip
    assert (record(chained).status, record(chained).waits_for) == (Status.SIGNED, "")
    assert [(one.sign_off.signer, one.comment) for one in signatures_on(snapshot)] == [
        (chained.max, "It is right."), (chained.mia, "Pay it."),
    ]  # fmt: skip
    assert decision_on(snapshot) == "Pay it."
    events = Event.objects.filter(stream=chained.case.pk, kind__contains="signed").order_by("seq")
    assert [event.kind for event in events] == ["record.step_signed", "record.signed"]
    assert content_of(events[0]) == {"comment": "It is right."}


def test_what_costs_little_needs_one_signature(chained: Any) -> None:
    save_page(chained.id, "plan", CHEAP, seen_version=1, by=chained.wanda, at=AT)
    submitted(chained, hours(1))
    assert signs(chained, chained.max, hours(2)).last
    assert record(chained).status == Status.SIGNED


def test_nobody_signs_out_of_turn_twice_or_their_own(chained: Any) -> None:
    submitted(chained, hours(1))
    for who in (chained.wanda, chained.wilf, chained.rita):
        assert not may(who, "record.sign", record(chained), hours(1))
        with pytest.raises(NotAllowed):
            signs(chained, who, hours(2))
    signs(chained, chained.max, hours(2))
    for verb, right in (("record.sign", False), ("record.return", True)):
        assert may(chained.max, verb, record(chained), hours(3)) is right
    says = why_not(chained.max, "record.sign", record(chained), frozenset({"manager"}))
    assert "another manager" in says
    with pytest.raises(NotAllowed, match="another manager"):
        signs(chained, chained.max, hours(3))
    assert may(chained.mia, "record.sign", record(chained), hours(3))
    assert SignOff.objects.count() == 1


def test_a_worker_signs_where_the_chain_asks_for_one(cast: Any) -> None:
    chained = make_chained(cast, [{"role": "worker", "not": ["author"]}])
    submitted(chained, hours(1))
    for who, right in ((chained.wanda, False), (chained.wilf, True), (chained.max, False)):
        assert may(who, "record.sign", record(chained), hours(1)) is right
    with pytest.raises(NotAllowed, match="Only workers"):
        signs(chained, chained.max, hours(2))
    assert signs(chained, chained.wilf, hours(2)).role == "worker"


def test_a_return_keeps_earlier_signatures_and_asks_for_all_again(chained: Any) -> None:
    first = submitted(chained, hours(1))
    signs(chained, chained.max, hours(2))
    shown = {"seen_sha256": first.sha256, "by": chained.mia}
    return_record(chained.id, comment="Which bed?", at=hours(3), **shown)
    assert (record(chained).status, waits(chained)) == (Status.RETURNED, None)
    assert [one.sign_off.signer for one in signatures_on(first)] == [chained.max]
    second = submitted(chained, hours(4))
    assert waits(chained) == (1, 2, "")
    assert signatures_on(second) == ()
    with pytest.raises(Stale):
        sign(chained.id, seen_sha256=first.sha256, by=chained.max, at=hours(5))
    signs(chained, chained.max, hours(5))
    signs(chained, chained.mia, hours(6))
    assert record(chained).status == Status.SIGNED
    assert SignOff.objects.filter(snapshot=first).count() == 1


def test_a_reopened_record_is_signed_by_the_whole_chain_again(chained: Any) -> None:
    submitted(chained, hours(1))
    signs(chained, chained.max, hours(2))
    signs(chained, chained.mia, hours(3))
    reopen(chained.id, why="The bed broke", by=chained.wanda, at=hours(4))
    with pytest.raises(NotNow):
        signs(chained, chained.max, hours(5))
    submitted(chained, hours(5))
    assert waits(chained) == (1, 2, "")
    assert state_of(chained.case).records[str(chained.id)].steps == ()


def test_a_case_on_another_version_of_its_type_waits_for_who_that_asks(chained: Any) -> None:
    submitted(chained, hours(1))
    signs(chained, chained.max, hours(2))
    newest = CaseTypeVersion.objects.latest("number")
    written = json.loads(newest.document)
    written["sign_offs"][-1]["steps"][1] = {"role": "worker", "not": ["author"]}
    publish_case_types({**written, "upgrade": [{"from": newest.number, "clocks": "keep"}]})
    to = CaseTypeVersion.objects.latest("number").pk
    upgrade_case(chained.case.pk, to_version=to, why="Newer", by=chained.max, at=hours(3))
    assert may(chained.wilf, "record.sign", record(chained), hours(4))
    assert not may(chained.mia, "record.sign", record(chained), hours(4))
    assert signs(chained, chained.wilf, hours(4)).last


def folded(it: Any) -> State:
    """The events of the case about its record, as the engine would fold them."""
    state = state_of(it.case)
    found = State(subjects=state.subjects, open=state.open)
    uids = {user.pk: str(user.uid) for user in User.objects.all()}
    for event in Event.objects.filter(stream=it.case.pk, kind__startswith="record.").order_by(
        "seq"
    ):
        if event.kind == "record.page_saved":
            continue
        refs = json.loads(event.refs)
        data = {"form": "small", **refs, "by": uids[event.actor_id]}
        found = evolve(found, Told(event.kind, tuple(state.subjects), data, {"answers": {}}))
    return found


def test_the_tables_say_what_the_events_say(chained: Any) -> None:
    steps = (
        lambda: submitted(chained, hours(1)),
        lambda: signs(chained, chained.max, hours(2)),
        lambda: return_record(
            chained.id, comment="Why?", by=chained.mia, at=hours(3),
            seen_sha256=Snapshot.objects.latest("submitted_at").sha256,
        ),
        lambda: submitted(chained, hours(4)),
        lambda: signs(chained, chained.max, hours(5)),
        lambda: signs(chained, chained.mia, hours(6)),
        lambda: reopen(chained.id, why="Again", by=chained.wanda, at=hours(7)),
        lambda: submitted(chained, hours(8)),
    )  # fmt: skip
    for step in steps:
        step()
        stored = state_of(chained.case).records[str(chained.id)]
        told = folded(chained).records[str(chained.id)]
        for name in ("status", "revision", "author", "asked", "steps", "decided"):
            assert getattr(stored, name) == getattr(told, name), name
