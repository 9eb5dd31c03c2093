"""Typed answers that other answers hid: left out of what is signed, or kept beside it; never lost before."""

from typing import Any

import pytest

from casework.cases.actions.records import save_page
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.history import changes_of, question_history
from casework.cases.models import Record
from casework.cases.unmasked import answers_of, document_of
from casework.refusals import Incomplete, Refused
from tests.cast import AT, make_case, make_person, make_record
from tests.masks import all_of
from tests.stored.small_form import FORM, publish_small

pytestmark = pytest.mark.django_db

HIDDEN = "She would not open the door"


@pytest.fixture
def record(cast: Any) -> Record:
    """A record in which one answer has hidden what was typed before."""
    publish_small(cast.ada)
    case = make_case(cast.wanda, cast.north, make_person(cast.wanda).id)
    made = make_record(case, cast.wanda, "small")
    typed = {"seen": False, "why_not": HIDDEN}
    save_page(made.id, "visit", typed, seen_version=0, by=cast.wanda, at=AT)
    save_page(made.id, "visit", {**typed, "seen": True}, seen_version=1, by=cast.wanda, at=AT)
    return made


def submitted(record: Record, *paths: str, by: Any) -> Any:
    """Submit the record, with some paths set aside."""
    return submit(record.pk, seen=None, set_aside=paths, by=by, at=AT)


def test_what_is_not_chosen_is_left_out_of_what_is_signed(cast: Any, record: Record) -> None:
    document = document_of(submitted(record, by=cast.wanda))
    assert document["answers"] == {"seen": True, "total": 0}
    assert document["set_aside"] == []
    assert HIDDEN not in str(document)


def test_what_is_chosen_is_signed_with_the_record(cast: Any, record: Record) -> None:
    snapshot = submitted(record, "why_not", by=cast.wanda)
    document = document_of(snapshot)
    assert document["answers"] == {"seen": True, "total": 0}
    assert document["set_aside"] == [
        {"question": "qwhy1", "path": "why_not", "label": "Why not?", "where": "The visit", "value": HIDDEN}
    ]  # fmt: skip
    signed = sign(record.pk, seen_sha256=snapshot.sha256, by=cast.max, at=AT)
    assert signed.sha256 == snapshot.sha256


def test_only_what_is_about_to_be_dropped_can_be_set_aside(cast: Any, record: Record) -> None:
    with pytest.raises(Refused, match="“seen” is not an answer that is about to be dropped"):
        submitted(record, "why_not", "seen", by=cast.wanda)
    with pytest.raises(Refused, match="is not an answer that is about"):
        submitted(record, "needs.aaaaaaaa.need", by=cast.wanda)
    assert not record.snapshots.exists()


def test_what_is_missing_is_told_before_what_cannot_be_set_aside(cast: Any, record: Record) -> None:
    save_page(record.pk, "visit", {"why_not": "x"}, seen_version=2, by=cast.wanda, at=AT)
    with pytest.raises(Incomplete):
        submitted(record, "nothing", by=cast.wanda)


def test_a_return_and_a_reopening_bring_the_hidden_answer_back(cast: Any, record: Record) -> None:
    """A mistaken click loses nothing: the page keeps what was typed, whatever was submitted."""
    first = submitted(record, by=cast.wanda)
    return_record(record.pk, comment="More", seen_sha256=first.sha256, by=cast.max, at=AT)
    assert answers_of(record)["why_not"] == HIDDEN
    again = submitted(record, "why_not", by=cast.wanda)
    sign(record.pk, seen_sha256=again.sha256, by=cast.max, at=AT)
    reopen(record.pk, why="A date", by=cast.wanda, at=AT)
    save_page(
        record.pk, "visit", {"seen": False, "why_not": HIDDEN}, seen_version=2, by=cast.wanda, at=AT
    )
    last = document_of(submitted(record, by=cast.wanda))
    assert last["answers"] == {"seen": False, "why_not": HIDDEN, "total": 0}
    assert last["set_aside"] == []


def test_the_history_tells_what_was_set_aside(cast: Any, record: Record) -> None:
    submitted(record, "why_not", by=cast.wanda)
    kept = [
        change
        for change in changes_of(record, all_of(record))
        if change.why.startswith("Set aside")
    ]
    assert [(c.who, c.path, c.question, c.before, c.after) for c in kept] == [
        ("Wanda Worker", ("why_not",), "qwhy1", None, HIDDEN)
    ]
    assert question_history(record, all_of(record), ("why_not",))[-1] == kept[0]
    assert kept[0] not in question_history(record, all_of(record), ("seen",))


def test_a_hidden_answer_in_a_row_says_where_it_stood(cast: Any) -> None:
    pages = [dict(page) for page in FORM["pages"]]
    pages[1] = {**pages[1], "visible": {"==": [{"var": "seen"}, False]}}
    publish_small(cast.ada, pages=pages)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    rows = [
        {"_id": "aaaaaaaa", "need": "Food", "actions": [{"_id": "bbbbbbbb", "what": "Shop"}]},
        {"_id": "cccccccc", "need": "Sleep", "cost": 3},
    ]
    save_page(record.pk, "plan", {"needs": rows}, seen_version=0, by=cast.wanda, at=AT)
    save_page(record.pk, "visit", {"seen": True}, seen_version=0, by=cast.wanda, at=AT)
    paths = ("needs.cccccccc.need", "needs.aaaaaaaa.actions.bbbbbbbb.what")
    kept = document_of(submitted(record, *paths, by=cast.wanda))["set_aside"]
    assert [(one["path"], one["where"], one["value"]) for one in kept] == [
        ("needs.aaaaaaaa.actions.bbbbbbbb.what", "The plan, Needs: 1, Actions: 1", "Shop"),
        ("needs.cccccccc.need", "The plan, Needs: 2", "Sleep"),
    ]
