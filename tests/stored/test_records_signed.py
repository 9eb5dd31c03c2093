"""A record from its submission on: what is signed, by whom, and what happens after."""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from casework.accounts.models import Role, RoleGrant
from casework.cases.access import may
from casework.cases.actions.records import abandon, save_page
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import record_agreement, reopen, sign, submit
from casework.cases.history import changes_of
from casework.cases.models import Agreement, Record, SignOff, Snapshot, Status
from casework.cases.unmasked import Altered, answers_of, decision_on, document_of, revision
from casework.clock import london_day
from casework.ledger import triggers
from casework.ledger.append import content_of
from casework.ledger.chain import digest
from casework.ledger.models import Content, Event
from casework.people.actions import change_person
from casework.refusals import Absent, Incomplete, NotAllowed, NotNow, Refused, Stale
from tests.cast import AT, make_case, make_person, make_record
from tests.masks import all_of
from tests.stored.small_form import publish_small

pytestmark = pytest.mark.django_db
SEEN_ON = AT.date() - timedelta(days=4)
BORN_ON = AT.date().replace(year=2015)
VISIT = {"seen": True, "seen_on": SEEN_ON.isoformat(), "why_not": "typed, then hidden"}
PLAN = {"needs": [{"_id": "aaaaaaaa", "need": "Food", "cost": 3}]}


def hours(count: int) -> datetime:
    """So many hours after the cast came to be."""
    return AT + timedelta(hours=count)


@pytest.fixture
def filled(cast: Any) -> SimpleNamespace:
    """The cast, with a second manager Mia, and a filled draft by Wanda in the North team."""
    mia = type(cast.max).objects.create(username="mia", first_name="Mia", last_name="Manager")
    RoleGrant.objects.create(user=mia, role=Role.MANAGER, team=cast.north, granted_at=AT)
    publish_small(cast.ada)
    child = make_person(cast.wanda, "Robin", "Example", born_on=BORN_ON)
    case = make_case(cast.wanda, cast.north, child.id)
    record = make_record(case, cast.wanda, "small")
    save_page(record.id, "visit", VISIT, seen_version=0, by=cast.wanda, at=AT)
    save_page(record.id, "plan", PLAN, seen_version=0, by=cast.wanda, at=AT)
    return SimpleNamespace(
        **vars(cast), mia=mia, case=case, child=child, record=record, id=record.id
    )


def submitted(filled: Any, by: str = "wanda", at: datetime = AT) -> Snapshot:
    """Submit the record."""
    return submit(filled.id, seen=None, by=getattr(filled, by), at=at)


def signed(filled: Any) -> SignOff:
    """Submit and sign the record."""
    return sign(filled.id, seen_sha256=submitted(filled).sha256, by=filled.max, at=hours(1))


def status(filled: Any) -> tuple[str, int]:
    """The record's status and revision as stored."""
    record = Record.objects.get(pk=filled.id)
    return record.status, record.revision


# Submitting -------------------------------------------------------------------------------------


def test_what_is_submitted_is_written_whole_and_bound_by_its_digest(filled: Any) -> None:
    snapshot = submitted(filled)
    document = document_of(snapshot)
    assert document["answers"] == {
        "seen": True,
        "seen_on": SEEN_ON.isoformat(),
        "needs": [{"_id": "aaaaaaaa", "need": "Food", "cost": 3, "twice": 6}],
        "total": 3,
    }
    assert document["subjects"] == [
        {"id": str(filled.child.id), "name": "Robin Example", "born_on": BORN_ON.isoformat()}
    ]
    assert (document["form"], document["number"], document["revision"]) == ("small", 1, 1)
    assert document["pages"] == {"page1": 1, "page2": 1}
    assert document["submitted_by"] == str(filled.wanda.uid)
    content = Content.objects.get(pk=snapshot.content)
    assert snapshot.sha256 == digest(content.salt, content.body)
    assert Event.objects.get(content=snapshot.content).digest == snapshot.sha256


def test_a_submission_is_dated_by_the_forms_own_question(filled: Any) -> None:
    submitted(filled)
    event = Event.objects.get(kind="record.submitted")
    assert london_day(event.occurred_at) == SEEN_ON
    assert event.recorded_at == AT
    assert Record.objects.get(pk=filled.id).occurred_on == SEEN_ON


def test_everything_that_is_missing_is_told_in_document_order(filled: Any) -> None:
    save_page(
        filled.id, "visit", {"seen": False, "seen_on": (AT.date() + timedelta(days=30)).isoformat()}, seen_version=1, by=filled.wanda, at=AT
    )  # fmt: skip
    with pytest.raises(Incomplete) as incomplete:
        submitted(filled)
    found = [(problem.path[0], problem.code) for problem in incomplete.value.problems]
    assert found == [("seen_on", "not_after"), ("why_not", "required")]
    assert status(filled) == (Status.DRAFT, 1)


def test_warnings_do_not_stop_a_submission(cast: Any) -> None:
    warning = {
        "id": "chck1", "when": True, "at": "seen", "message": "Look again", "severity": "warning",
    }  # fmt: skip
    publish_small(cast.ada, checks=[warning])
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    save_page(record.id, "visit", {"seen": True}, seen_version=0, by=cast.wanda, at=AT)
    assert submit(record.id, seen=None, by=cast.wanda, at=AT).attempt == 1


def test_what_was_checked_must_be_what_is_submitted(filled: Any) -> None:
    seen = {"page1": 1, "page2": 1}
    save_page(filled.id, "visit", {"seen": True}, seen_version=1, by=filled.wilf, at=AT)
    with pytest.raises(Stale):
        submit(filled.id, seen=seen, by=filled.wanda, at=AT)
    submit(filled.id, seen={**seen, "page1": 2}, by=filled.wanda, at=AT)


def test_submitting_twice_by_one_command_submits_once(filled: Any) -> None:
    command = uuid4()
    first = submit(filled.id, seen=None, by=filled.wanda, at=AT, command_id=command)
    assert submit(filled.id, seen=None, by=filled.wanda, at=AT, command_id=command) == first
    with pytest.raises(NotNow):
        submitted(filled)


def test_who_submits_is_the_author(filled: Any) -> None:
    submitted(filled, "wilf")
    assert Record.objects.get(pk=filled.id).author == filled.wilf


# Signing ------------------------------------------------------------------------------------------


def test_a_signature_is_bound_to_what_was_shown(filled: Any) -> None:
    first = submitted(filled)
    return_record(filled.id, comment="More", seen_sha256=first.sha256, by=filled.max, at=AT)
    second = submitted(filled)
    assert (second.revision, second.attempt) == (1, 2)
    with pytest.raises(Stale):
        sign(filled.id, seen_sha256=first.sha256, by=filled.max, at=AT)
    sign_off = sign(filled.id, seen_sha256=second.sha256, by=filled.max, at=AT)
    assert (sign_off.sha256, sign_off.snapshot_id) == (second.sha256, second.pk)
    assert status(filled) == (Status.SIGNED, 1)


def test_two_submissions_of_the_same_answers_have_different_digests(filled: Any) -> None:
    first = submitted(filled)
    return_record(filled.id, comment="More", seen_sha256=first.sha256, by=filled.max, at=AT)
    assert submitted(filled).sha256 != first.sha256


def test_nothing_is_signed_on_a_text_that_was_altered(filled: Any) -> None:
    snapshot = submitted(filled)
    triggers.remove(connection)
    Content.objects.filter(pk=snapshot.content).update(body="{}")
    triggers.install(connection)
    with pytest.raises(Altered):
        sign(filled.id, seen_sha256=snapshot.sha256, by=filled.max, at=AT)
    assert status(filled)[0] == Status.SUBMITTED


def test_who_wrote_some_of_it_may_not_sign_where_another_must(filled: Any) -> None:
    save_page(filled.id, "visit", {"seen": True}, seen_version=1, by=filled.max, at=AT)
    digest_shown = submitted(filled).sha256
    with pytest.raises(NotAllowed, match="another manager"):
        sign(filled.id, seen_sha256=digest_shown, by=filled.max, at=AT)
    record = Record.objects.select_related("case").get(pk=filled.id)
    assert not may(filled.max, "record.sign", record, AT)
    assert may(filled.mia, "record.sign", record, AT)
    assert sign(filled.id, seen_sha256=digest_shown, by=filled.mia, at=AT)


def test_a_manager_who_submitted_may_not_sign_where_another_must(filled: Any) -> None:
    with pytest.raises(NotAllowed):
        sign(filled.id, seen_sha256=submitted(filled, "max").sha256, by=filled.max, at=AT)


def test_an_author_in_role_may_sign_their_own(cast: Any) -> None:
    publish_small(cast.ada, authority="in_role")
    record = make_record(make_case(cast.max, cast.north), cast.max, "small")
    save_page(record.id, "visit", {"seen": True}, seen_version=0, by=cast.max, at=AT)
    snapshot = submit(record.id, seen=None, by=cast.max, at=AT)
    assert sign(record.id, seen_sha256=snapshot.sha256, by=cast.max, at=AT)


def test_what_was_written_before_the_last_signature_keeps_nobody_from_the_next(filled: Any) -> None:
    save_page(filled.id, "visit", {"seen": True}, seen_version=1, by=filled.max, at=AT)
    sign(filled.id, seen_sha256=submitted(filled).sha256, by=filled.mia, at=hours(1))
    reopen(filled.id, why="A date", by=filled.wilf, at=hours(2))
    again = submitted(filled, "wilf", hours(3))
    assert sign(filled.id, seen_sha256=again.sha256, by=filled.max, at=hours(4))


def test_only_managers_of_the_team_sign_and_return(filled: Any) -> None:
    shown = {"seen_sha256": submitted(filled).sha256, "at": AT}
    for user, error in (
        (filled.wilf, NotAllowed),
        (filled.rita, NotAllowed),
        (filled.omar, Absent),
    ):
        with pytest.raises(error):
            sign(filled.id, by=user, **shown)
        with pytest.raises(error):
            return_record(filled.id, comment="x", by=user, **shown)


def test_signing_twice_by_one_command_signs_once(filled: Any) -> None:
    shown = {"seen_sha256": submitted(filled).sha256, "by": filled.max, "at": AT}
    command = uuid4()
    assert sign(filled.id, command_id=command, **shown) == sign(
        filled.id, command_id=command, **shown
    )
    with pytest.raises(NotNow):
        sign(filled.id, **shown)


def test_a_decision_may_be_written_with_the_signature_and_the_ledger_holds_it_apart(
    filled: Any,
) -> None:
    snapshot = submitted(filled)
    said = " Agreed.\nSee them again in June. "
    sign(filled.id, seen_sha256=snapshot.sha256, by=filled.max, at=hours(1), comment=said)
    event = Event.objects.get(kind="record.signed")
    assert content_of(event) == {"comment": "Agreed.\nSee them again in June."}
    assert event.digest
    assert "June" not in event.refs
    assert revision(filled.record, 1).decision == "Agreed.\nSee them again in June."
    assert (
        changes_of(filled.record, all_of(filled.record))[-1].why
        == "Agreed.\nSee them again in June."
    )


def test_each_signature_has_its_own_decision_and_none_is_asked_for(filled: Any) -> None:
    first = signed(filled).snapshot
    assert Event.objects.get(kind="record.signed").content is None
    reopen(filled.id, why="A wrong date", by=filled.wanda, at=hours(2))
    second = submitted(filled, at=hours(3))
    sign(filled.id, seen_sha256=second.sha256, by=filled.max, at=hours(4), comment="Now right")
    assert (decision_on(first), decision_on(second)) == ("", "Now right")
    assert changes_of(filled.record, all_of(filled.record))[-1].why == "Now right"


def test_what_was_submitted_signed_or_agreed_cannot_be_changed_in_the_database(filled: Any) -> None:
    sign_off = signed(filled)
    for row in (sign_off, sign_off.snapshot):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(sha256="0" * 64)
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk)._raw_delete("default")


# Returning, reopening, giving up ------------------------------------------------------------------


def test_a_return_needs_a_comment_which_the_ledger_holds_apart(filled: Any) -> None:
    shown = {"seen_sha256": submitted(filled).sha256, "by": filled.max, "at": AT}
    with pytest.raises(Refused):
        return_record(filled.id, comment=" ", **shown)
    return_record(filled.id, comment="Say when", **shown)
    assert status(filled) == (Status.RETURNED, 1)
    event = Event.objects.get(kind="record.returned")
    assert content_of(event) == {"comment": "Say when"}
    assert "Say when" not in event.refs
    save_page(filled.id, "visit", {"seen": True}, seen_version=1, by=filled.wanda, at=AT)


def test_reopening_makes_the_next_revision_and_keeps_what_was_signed(filled: Any) -> None:
    sign_off = signed(filled)
    reopen(filled.id, why="A wrong date", by=filled.wanda, at=hours(2))
    assert status(filled) == (Status.DRAFT, 2)
    assert answers_of(filled.record)["needs"] == PLAN["needs"]
    changed = {"needs": [{**PLAN["needs"][0], "need": "Meals"}]}
    save_page(filled.id, "plan", changed, seen_version=1, by=filled.wanda, at=hours(3))
    again = submitted(filled, at=hours(4))
    assert (again.revision, again.attempt) == (2, 1)
    first = revision(filled.record, 1)
    assert first.sign_off == sign_off
    assert first.document["answers"]["needs"][0]["need"] == "Food"
    assert revision(filled.record, 2).document["answers"]["needs"][0]["need"] == "Meals"
    with pytest.raises(Absent):
        revision(filled.record, 3)


def test_a_snapshot_keeps_the_names_that_people_had(filled: Any) -> None:
    signed(filled)
    change_person(
        filled.child.id, by=filled.wanda, at=AT, why="Adopted", seen_version=1, family_name="Other"
    )
    assert revision(filled.record, 1).document["subjects"][0]["name"] == "Robin Example"


def test_a_reopened_record_given_up_is_what_was_signed_again(filled: Any) -> None:
    signed(filled)
    reopen(filled.id, why="A wrong date", by=filled.wanda, at=hours(2))
    save_page(filled.id, "visit", {"seen": False}, seen_version=1, by=filled.wanda, at=hours(3))
    record = abandon(filled.id, why="It was right", by=filled.wanda, at=hours(4))
    assert (record.status, record.revision) == (Status.SIGNED, 1)
    assert answers_of(record) == {**VISIT, **PLAN}
    assert record.pages.get(page="page1").version == 3
    assert record.pages.get(page="page2").version == 1
    reopen(filled.id, why="No, it was wrong", by=filled.wanda, at=hours(5))
    assert status(filled) == (Status.DRAFT, 2)


def test_the_number_of_a_revision_that_was_submitted_is_not_used_again(filled: Any) -> None:
    signed(filled)
    reopen(filled.id, why="A wrong date", by=filled.wanda, at=hours(2))
    second = submitted(filled, at=hours(3))
    return_record(filled.id, comment="Why?", seen_sha256=second.sha256, by=filled.max, at=hours(4))
    abandon(filled.id, why="It was right", by=filled.wanda, at=hours(5))
    reopen(filled.id, why="No, it was wrong", by=filled.wanda, at=hours(6))
    assert status(filled) == (Status.DRAFT, 3)


def test_only_what_is_signed_is_reopened_and_with_a_reason(filled: Any) -> None:
    with pytest.raises(NotNow):
        reopen(filled.id, why="x", by=filled.wanda, at=AT)
    signed(filled)
    with pytest.raises(Refused):
        reopen(filled.id, why="", by=filled.wanda, at=AT)


# Agreement ----------------------------------------------------------------------------------------


def test_an_agreement_is_bound_to_the_version_shown_and_more_than_one_may_be_given(
    filled: Any,
) -> None:
    snapshot = submitted(filled)
    said = {
        "capacity": "parent",
        "name": "Sam Example",
        "decision": Agreement.Decision.DISSENTS,
        "on": AT.date(),
        "comments": "It was not like that",
        "seen_sha256": snapshot.sha256,
        "by": filled.wanda,
        "at": AT,
    }
    agreement = record_agreement(filled.id, **said)
    assert agreement.snapshot == snapshot
    content = Content.objects.get(pk=agreement.content)
    assert json.loads(content.body)["comments"] == "It was not like that"
    assert agreement.sha256 == digest(content.salt, content.body)
    sign(filled.id, seen_sha256=snapshot.sha256, by=filled.max, at=AT)
    record_agreement(filled.id, **{**said, "decision": Agreement.Decision.AGREES})
    assert snapshot.agreements.count() == 2
    for wrong, value in {
        "capacity": "neighbour",
        "decision": "perhaps",
        "name": " ",
        "on": AT.date() + timedelta(days=1),
    }.items():
        with pytest.raises(Refused) as refusal:
            record_agreement(filled.id, **{**said, wrong: value})
        assert refusal.value.problems[0].path == (wrong,)
    with pytest.raises(Stale):
        record_agreement(filled.id, **{**said, "seen_sha256": "0" * 64})


def test_nobody_agrees_with_a_draft(filled: Any) -> None:
    with pytest.raises(NotNow):
        record_agreement(
            filled.id, capacity="parent", name="Sam", decision="agrees", on=AT.date(),
            comments="", seen_sha256="", by=filled.wanda, at=AT,
        )  # fmt: skip
