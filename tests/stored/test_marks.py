"""Marks on a record: put, seen by some, taken off by name and reason, carried along."""

import json
from uuid import uuid4

import pytest

from casework.accounts.mark_sights import end_sight, give_sight
from casework.accounts.marks import load_marks, seen_by
from casework.accounts.models import Mark, MarkSight, RoleGrant, User
from casework.accounts.refusals import NotAccepted
from casework.accounts.refusals import NotAllowed as Denied
from casework.cases.actions.marking import carry, mark_answer, release_mark
from casework.cases.actions.records import save_page, start_record
from casework.cases.actions.signing import sign, submit
from casework.cases.marks import marks_of, mask_for
from casework.cases.models import AnswerMark, Record
from casework.cases.unmasked import answers_of, form
from casework.ledger.models import Event
from casework.refusals import Absent, Clash, NotAllowed, Refused
from formdefs.publish import publish
from formdefs.shipped import marks as shipped_marks
from tests.cast import AT, Cast, make_case
from tests.forms import a_form, question, repeat, section

pytestmark = pytest.mark.django_db

PAGE = {
    "open": "o",
    "told": "CANARY",
    "needs": [{"_id": "rowrow01", "need": "n1"}, {"_id": "rowrow02", "need": "n2"}],
}


@pytest.fixture
def record(cast: Cast) -> Record:
    load_marks(shipped_marks(), at=AT)
    definition = a_form(
        question("text", "open"),
        question("date", "seen_on"),
        section("advice", question("text", "told"), mark="legal"),
        repeat("needs", question("text", "need")),
        occurred="seen_on",
    )
    publish(definition, by=cast.ada, at=AT, reason="test")
    case = make_case(cast.wanda, cast.north)
    subjects = [row.person_id for row in case.subjects.all()]
    # Max, who sees what lawyers say, begins it.
    return start_record(
        case.pk, form_key="a_form", subjects=subjects, by=cast.max, at=AT, pages={"page_1": PAGE}
    )


def test_the_marks_that_ship_are_loaded_once_and_decisions_stay(cast: Cast) -> None:
    assert load_marks(shipped_marks(), at=AT) == [row["key"] for row in shipped_marks()]
    MarkSight.objects.filter(mark="police", role="worker").update(ended_at=AT)
    assert load_marks(shipped_marks(), at=AT) == []
    assert seen_by({"worker"}) == {"third_party", "health", "protected_address"}
    assert Mark.objects.count() == 5


def test_a_worker_marks_an_answer_and_only_who_sees_the_mark_sees_it(
    cast: Cast, record: Record
) -> None:
    mark_answer(record.pk, ("open",), "legal", by=cast.wanda, at=AT, why="From the solicitor")
    blind = mask_for(record, form(record), None, cast.wanda, AT)
    assert blind.withheld(("open",)) == ("legal",)
    assert mask_for(record, form(record), None, cast.max, AT).withheld(("open",)) == ()
    assert marks_of(record, ("open",)) == ("legal",)
    event = Event.objects.get(kind="record.marked")
    assert json.loads(event.refs)["path"] == "open"
    assert "solicitor" not in event.refs


def test_what_one_cannot_see_one_can_neither_mark_nor_release(cast: Cast, record: Record) -> None:
    with pytest.raises(Absent):
        mark_answer(record.pk, ("told",), "police", by=cast.wanda, at=AT)
    with pytest.raises(NotAllowed):
        release_mark(record.pk, ("told",), "legal", why="x", by=cast.wanda, at=AT)
    MarkSight.objects.filter(mark="legal").update(ended_at=AT)
    with pytest.raises(NotAllowed):
        release_mark(record.pk, ("told",), "legal", why="x", by=cast.max, at=AT)


def test_a_release_has_a_name_a_reason_and_an_event(cast: Cast, record: Record) -> None:
    mark_answer(record.pk, ("needs", "rowrow01"), "police", by=cast.wanda, at=AT)
    with pytest.raises(Refused):
        release_mark(record.pk, ("needs", "rowrow01"), "police", why=" ", by=cast.max, at=AT)
    release_mark(
        record.pk, ("needs", "rowrow01"), "police", why="Police agreed", by=cast.max, at=AT
    )
    assert marks_of(record, ("needs", "rowrow01")) == ()
    released = AnswerMark.objects.get()
    assert (released.released_by, released.why) == (cast.max, "Police agreed")
    assert Event.objects.filter(kind="record.mark_released").count() == 1
    # It can be put again.
    mark_answer(record.pk, ("needs", "rowrow01"), "police", by=cast.wanda, at=AT)
    assert marks_of(record, ("needs", "rowrow01", "need")) == ("police",)


def test_the_forms_own_mark_is_released_for_one_record(cast: Cast, record: Record) -> None:
    release_mark(record.pk, ("told",), "legal", why="Privilege waived", by=cast.max, at=AT)
    assert marks_of(record, ("told",)) == ()
    assert mask_for(record, form(record), None, cast.wanda, AT).withheld(("told",)) == ()
    with pytest.raises(Refused):
        release_mark(record.pk, ("told",), "legal", why="again", by=cast.max, at=AT)


@pytest.mark.parametrize("path", [("nothing",), ("needs", "norownorow"), ("open", "rowrow01")])
def test_a_place_that_is_not_there_cannot_be_marked(
    cast: Cast, record: Record, path: tuple[str, ...]
) -> None:
    with pytest.raises(Absent):
        mark_answer(record.pk, path, "police", by=cast.wanda, at=AT)


def test_an_unknown_mark_one_that_lies_there_and_the_day_of_occurring_are_refused(
    cast: Cast, record: Record
) -> None:
    mark_answer(record.pk, ("open",), "police", by=cast.wanda, at=AT)
    for path, mark in ((("open",), "no_such"), (("open",), "police"), (("seen_on",), "police")):
        with pytest.raises(Refused):
            mark_answer(record.pk, path, mark, by=cast.wanda, at=AT)


def test_a_command_sent_twice_marks_once(cast: Cast, record: Record) -> None:
    command = uuid4()
    first, again = (
        mark_answer(record.pk, ("open",), "police", by=cast.wanda, at=AT, command_id=command)
        for _ in range(2)
    )
    assert first == again


def test_a_copy_carries_the_marks_of_its_source(cast: Cast, record: Record) -> None:
    carry(record, ("open",), marks_of(record, ("told",)), by=cast.max, at=AT)
    assert marks_of(record, ("open",)) == ("legal",)


def test_who_cannot_see_all_of_it_cannot_sign_and_is_told_who_can(
    cast: Cast, record: Record
) -> None:
    submit(record.pk, seen=None, by=cast.wanda, at=AT)
    shown = record.snapshots.get().sha256
    RoleGrant.objects.create(user=cast.omar, role="manager", team=cast.north, granted_at=AT)
    MarkSight.objects.filter(mark="legal").update(ended_at=AT)
    with pytest.raises(NotAllowed, match=r"Legal advice.*Nobody in the case's team can"):
        sign(record.pk, seen_sha256=shown, by=cast.omar, at=AT)
    # Somebody who reads everything everywhere sees the mark by that role, and signs as a manager.
    MarkSight.objects.create(mark_id="legal", role="read_only", given_at=AT)
    both = User.objects.create(username="both", first_name="Bo", last_name="Both")
    RoleGrant.objects.create(user=both, role="manager", team=cast.north, granted_at=AT)
    RoleGrant.objects.create(user=both, role="read_only", granted_at=AT)
    with pytest.raises(NotAllowed, match="Bo Both can sign it"):
        sign(record.pk, seen_sha256=shown, by=cast.omar, at=AT)
    assert sign(record.pk, seen_sha256=shown, by=both, at=AT)


def test_a_blind_save_keeps_what_is_withheld_and_says_which_rows_stayed(
    cast: Cast, record: Record
) -> None:
    mark_answer(record.pk, ("needs", "rowrow01", "need"), "legal", by=cast.max, at=AT)
    sent = {"open": "new", "needs": [{"_id": "rowrow02", "need": "changed"}]}
    saved = save_page(record.pk, "page_1", sent, seen_version=1, by=cast.wanda, at=AT)
    assert saved.stayed == (("needs", "rowrow01"),)
    assert saved.answers == {"open": "new", "needs": [{"_id": "rowrow01"}, sent["needs"][0]]}
    assert answers_of(record) == {
        "open": "new",
        "told": "CANARY",
        "needs": [{"_id": "rowrow01", "need": "n1"}, {"_id": "rowrow02", "need": "changed"}],
    }


def test_nothing_is_taken_for_what_its_sender_cannot_see(cast: Cast, record: Record) -> None:
    for told in ("mine", "CANARY"):  # also not where it is what stands there: that would tell
        with pytest.raises(Refused, match="withheld from you"):
            save_page(record.pk, "page_1", {"told": told}, seen_version=1, by=cast.wanda, at=AT)


def test_a_clash_shows_its_sides_without_what_is_withheld(cast: Cast, record: Record) -> None:
    mark_answer(record.pk, ("needs", "rowrow01", "need"), "legal", by=cast.max, at=AT)
    mine = {"open": "wanda's", "needs": [{"_id": "rowrow02", "need": "n2"}]}
    theirs = {**PAGE, "open": "max's", "needs": [{"_id": "rowrow01", "need": "CANARY2"}]}
    save_page(record.pk, "page_1", theirs, seen_version=1, by=cast.max, at=AT)
    with pytest.raises(Clash) as clash:
        save_page(record.pk, "page_1", mine, seen_version=1, by=cast.wanda, at=AT)
    assert [conflict.path for conflict in clash.value.conflicts] == [("open",)]
    assert "CANARY" not in str(vars(clash.value))


def test_a_table_is_changed_with_a_reason_and_not_for_ones_own_role(cast: Cast) -> None:
    load_marks(shipped_marks(), at=AT)
    give_sight("police", "read_only", by=cast.axel, at=AT, why="Auditors read it")
    assert "police" in seen_by({"read_only"})
    end_sight("police", "read_only", by=cast.axel, at=AT, why="They are done")
    assert "police" not in seen_by({"read_only"})
    assert Event.objects.filter(kind__startswith="mark.sight").count() == 2
    with pytest.raises(NotAccepted):
        give_sight("police", "administrator", by=cast.axel, at=AT, why="x")
    with pytest.raises(NotAccepted):
        give_sight("police", "read_only", by=cast.axel, at=AT, why=" ")
    with pytest.raises(Denied):
        give_sight("legal", "worker", by=cast.wanda, at=AT, why="x")
    RoleGrant.objects.create(user=cast.axel, role="read_only", granted_at=AT)
    with pytest.raises(Denied):
        give_sight("police", "read_only", by=cast.axel, at=AT, why="x")
