"""An open record moves to a newer version of its form, and back: nothing that was typed is lost."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.cases import access
from casework.cases.actions.autosaving import autosave, autosaved
from casework.cases.actions.marking import mark_answer
from casework.cases.actions.migrating import (
    keep_earlier_typing,
    migrate_draft,
    undo_migration,
)
from casework.cases.actions.records import abandon, save_page
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.history import changes_of, question_history
from casework.cases.models import Autosave, Record, RecordMove, RecordPage
from casework.cases.moved import newer_version, orphans_of
from casework.cases.unmasked import answers_of, document_of, revision
from casework.ledger.models import Event
from casework.refusals import Absent, NotAllowed, NotNow, Refused, Stale
from formdefs.models import FormVersion
from tests.cast import AT, Cast, make_case, make_record
from tests.masks import all_of
from tests.stored.small_form import FORM, publish_small

pytestmark = pytest.mark.django_db
NEED = {
    "_id": "aaaaaaaa",
    "need": "Food",
    "cost": 12,
    "actions": [{"_id": "bbbbbbbb", "what": "Shop"}],
}


def hours(count: int) -> Any:
    """So many hours after the cast came to be."""
    return AT + timedelta(hours=count)


def node(form: dict[str, Any], node_id: str) -> dict[str, Any]:
    """A node of the definition."""
    waiting = list(form["pages"])
    while True:
        found = waiting.pop(0)
        if found["id"] == node_id:
            return found
        waiting += found.get("items", [])


def newer(change: Callable[[dict[str, Any]], Any], by: Any) -> FormVersion:
    """The small form published again, changed."""
    form = deepcopy(FORM)
    change(form)
    return publish_small(by, pages=form["pages"])


def changed(form: dict[str, Any]) -> None:
    """Story is gone, “why not” renamed and on the other page, the cost money, a need long."""
    visit, plan = form["pages"]
    visit["items"] = [item for item in visit["items"] if item["id"] not in ("qtext", "qwhy1")]
    why = node(deepcopy(FORM), "qwhy1") | {"key": "reason"}
    plan["items"].insert(0, why)
    node(form, "qcost")["type"] = "money"
    node(form, "qneed")["type"] = "long_text"
    del node(form, "qtwice")["value"]
    node(form, "rneed")["items"] = [i for i in node(form, "rneed")["items"] if i["id"] != "qtwice"]
    plan["items"] = [item for item in plan["items"] if item["id"] != "qtotal"]


@pytest.fixture
def record(cast: Cast) -> Record:
    """A draft with both pages saved, on version 1."""
    publish_small(cast.ada)
    made = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    visit = {
        "seen": False,
        "why_not": "Away",
        "story": "Nobody\nopened.",
        "place": {"line1": "1 Road"},
    }
    save_page(made.id, "visit", visit, seen_version=0, by=cast.wanda, at=hours(1))
    save_page(made.id, "plan", {"needs": [NEED]}, seen_version=0, by=cast.wilf, at=hours(2))
    return made


def move(record: Record, to: FormVersion, by: Any, at: Any = None, **more: Any) -> RecordMove:
    """Move the record."""
    return migrate_draft(record.id, to_version=to.pk, by=by, at=at or hours(5), **more)


def stored(record: Record) -> dict[str, Any]:
    """The answers by page."""
    rows = RecordPage.objects.filter(record=record)
    return {row.page: json.loads(row.answers) for row in rows}


def test_a_draft_moves_with_every_answer_kept_converted_or_told(record: Record, cast: Cast) -> None:
    to = newer(changed, cast.ada)
    moved = move(record, to, cast.max)
    record.refresh_from_db()
    assert record.form_version_id == to.pk
    assert stored(record) == {
        "page1": {"seen": False, "place": {"line1": "1 Road"}},
        "page2": {"reason": "Away", "needs": [{**NEED, "cost": "12.00"}]},
    }
    (orphan,) = orphans_of(record, ())
    assert (orphan.label, orphan.value) == ("What happened?", "Nobody\nopened.")
    assert json.loads(moved.pages) == {"page1": [1, 2], "page2": [1, 2]}
    event = Event.objects.get(kind="record.migrated")
    refs = json.loads(event.refs)
    assert (refs["from"], refs["to"], refs["pages"]) == (1, 2, {"page1": 2, "page2": 2})
    assert "Nobody" not in event.refs
    history = Record.history.filter(id=record.pk).latest("history_id")
    assert (history.history_change_reason, history.history_user) == ("Moved to version 2", cast.max)
    page = RecordPage.objects.get(record=record, page="page1")
    assert (page.saved_by, page.saved_at) == (cast.wanda, hours(1)), "who typed it stays who did"


def test_a_move_sent_twice_happens_once(record: Record, cast: Cast) -> None:
    to, command = newer(changed, cast.ada), uuid4()
    first = move(record, to, cast.wanda, command_id=command)
    assert move(record, to, cast.wanda, command_id=command) == first
    with pytest.raises(Refused, match="on version 2 already"):
        move(record, to, cast.wanda)
    assert RecordMove.objects.count() == 1


def test_undone_at_once_all_is_exactly_as_it_was(record: Record, cast: Cast) -> None:
    before = stored(record)
    move(record, newer(changed, cast.ada), cast.wanda)
    undo_migration(record.id, by=cast.wanda, at=hours(6))
    record.refresh_from_db()
    assert record.form_version.number == 1
    assert stored(record) == before
    assert orphans_of(record, ()) == []
    with pytest.raises(NotNow, match="no move"):
        undo_migration(record.id, by=cast.wanda, at=hours(7))


def test_what_was_changed_since_is_kept_when_a_move_is_undone(record: Record, cast: Cast) -> None:
    def also_new(form: dict[str, Any]) -> None:
        changed(form)
        form["pages"][1]["items"].append(
            {"id": "qnew1", "kind": "question", "key": "more", "type": "text", "label": "More?"}
        )

    move(record, newer(also_new, cast.ada), cast.wanda)
    plan = {
        "reason": "At school",
        "more": "Only asked now",
        "needs": [{**NEED, "cost": "12.00", "need": "Food and drink"}],
    }
    save_page(record.id, "plan", plan, seen_version=2, by=cast.wilf, at=hours(6))
    undo_migration(record.id, by=cast.wanda, at=hours(7))
    assert stored(record) == {
        "page1": {
            "seen": False,
            "why_not": "At school",
            "story": "Nobody\nopened.",
            "place": {"line1": "1 Road"},
        },
        "page2": {"needs": [{**NEED, "need": "Food and drink"}]},
    }
    record.refresh_from_db()
    assert [(o.label, o.value) for o in orphans_of(record, ())] == [("More?", "Only asked now")]


def test_moved_again_after_an_undo(record: Record, cast: Cast) -> None:
    to = newer(changed, cast.ada)
    for at in (5, 7):
        move(record, to, cast.wanda, hours(at))
        record.refresh_from_db()
        assert [o.label for o in orphans_of(record, ())] == ["What happened?"]
        if at == 5:
            undo_migration(record.id, by=cast.wanda, at=hours(6))


def test_only_who_may_fill_it_in_moves_it(record: Record, cast: Cast) -> None:
    to = newer(changed, cast.ada)
    for user, refusal in ((cast.rita, NotAllowed), (cast.olive, Absent), (cast.ada, Absent)):
        with pytest.raises(refusal):
            move(record, to, user)
        with pytest.raises(refusal):
            undo_migration(record.id, by=user, at=hours(5))
    assert access.may(cast.max, "record.migrate", record, hours(5))


def test_another_form_or_an_older_version_is_refused(record: Record, cast: Cast) -> None:
    other = publish_small(cast.ada, key="another")
    with pytest.raises(Refused, match="no such version"):
        move(record, other, cast.wanda)
    with pytest.raises(Refused, match="on version 1 already"):
        move(record, FormVersion.objects.get(form="small"), cast.wanda)
    several = publish_small(cast.ada, per="subject")
    assert newer_version(Record.objects.select_related("form_version").get()) == several


def complete(record: Record, by: Any, seen: int) -> None:
    """Answer what a submission needs."""
    save_page(
        record.id,
        "visit",
        {"seen": True, "seen_on": "2026-11-01"},
        seen_version=seen,
        by=by,
        at=hours(4),
    )


def test_what_is_submitted_or_signed_does_not_move(record: Record, cast: Cast) -> None:
    to = newer(changed, cast.ada)
    complete(record, cast.wanda, 1)
    snapshot = submit(record.id, seen=None, by=cast.wanda, at=hours(5))
    with pytest.raises(NotNow):
        move(record, to, cast.wanda)
    sign(record.id, seen_sha256=snapshot.sha256, by=cast.max, at=hours(6))
    with pytest.raises(NotNow):
        move(record, to, cast.wanda)
    assert Record.objects.get().form_version.number == 1


def test_who_moves_a_record_has_not_written_it(record: Record, cast: Cast) -> None:
    to = newer(lambda form: node(form, "qtext").update(label="The story"), cast.ada)
    complete(record, cast.wanda, 1)
    move(record, to, cast.max)
    snapshot = submit(record.id, seen=None, by=cast.wanda, at=hours(6))
    sign(record.id, seen_sha256=snapshot.sha256, by=cast.max, at=hours(7))


def test_a_returned_record_moves_but_its_move_before_submission_is_not_undone(
    record: Record, cast: Cast
) -> None:
    first, second = newer(changed, cast.ada), newer(changed, cast.ada)
    move(record, first, cast.wanda, hours(3))
    complete(record, cast.wanda, 2)
    snapshot = submit(record.id, seen=None, by=cast.wanda, at=hours(5))
    return_record(record.id, comment="More", seen_sha256=snapshot.sha256, by=cast.max, at=hours(6))
    with pytest.raises(NotNow):
        undo_migration(record.id, by=cast.wanda, at=hours(7))
    move(record, second, cast.wanda, hours(8))
    undo_migration(record.id, by=cast.wanda, at=hours(9))


def test_a_reopened_record_moves_and_what_was_signed_stays_on_its_version(
    record: Record, cast: Cast
) -> None:
    complete(record, cast.wanda, 1)
    snapshot = submit(record.id, seen=None, by=cast.wanda, at=hours(5))
    sign(record.id, seen_sha256=snapshot.sha256, by=cast.max, at=hours(6))
    signed = stored(record)
    to = newer(changed, cast.ada)
    reopen(record.id, why="More came", by=cast.wanda, at=hours(7))
    move(record, to, cast.wanda, hours(8))
    record.refresh_from_db()
    assert document_of(snapshot)["version"] != str(to.pk)
    assert revision(record, 1).document["number"] == 1
    abandon(record.id, why="Not needed", by=cast.wanda, at=hours(9))
    record.refresh_from_db()
    assert (record.status, record.form_version.number) == ("signed", 1)
    assert {p: a for p, a in stored(record).items() if a} == signed
    assert orphans_of(record, ()) == []


def test_a_submission_after_a_page_is_gone_counts_the_pages_that_are_left(
    record: Record, cast: Cast
) -> None:
    def one_page(form: dict[str, Any]) -> None:
        form["pages"][0]["items"] += form["pages"].pop(1)["items"]

    move(record, newer(one_page, cast.ada), cast.wanda)
    assert stored(record)["page2"] == {}
    assert answers_of(record)["needs"] == [NEED]
    typed = {**stored(record)["page1"], "seen": True, "seen_on": "2026-11-01"}
    saved = save_page(record.id, "visit", typed, seen_version=2, by=cast.wanda, at=hours(6))
    submit(record.id, seen={"page1": saved.version}, by=cast.wanda, at=hours(7))


def test_what_others_have_typed_and_not_saved_comes_along(record: Record, cast: Cast) -> None:
    typed = {"seen": False, "why_not": "On holiday", "story": "New story", "place": {"line1": "1 Road"},
             "_typed": {"seen_on.day": ["31"], "why_not": ["x"]}}  # fmt: skip
    autosave(record.id, "page1", typed, base_version=1, by=cast.wilf, at=hours(3))
    autosave(record.id, "page2", {"needs": [NEED]}, base_version=1, by=cast.max, at=hours(3))
    move(record, newer(changed, cast.ada), cast.wanda)
    first, second = (autosaved(record.id, page, cast.wilf) for page in ("page1", "page2"))
    assert first
    assert second
    assert json.loads(first.answers)["_typed"] == {"seen_on.day": ["31"]}
    assert json.loads(second.answers) == {
        "reason": "On holiday",
        "needs": [{**NEED, "cost": "12.00"}],
        "_typed": {"reason": ["x"]},
    }
    assert (second.base_version, second.saved_at) == (2, hours(3))
    assert not Autosave.objects.filter(user=cast.max).exists(), "nothing that differs"
    record.refresh_from_db()
    left = [o for o in orphans_of(record, ()) if o.typed_by]
    assert [(o.value, o.typed_by) for o in left] == [("New story", str(cast.wilf.uid))]
    answers = json.loads(second.answers)
    del answers["_typed"]
    saved = save_page(record.id, "page2", answers, seen_version=2, by=cast.wilf, at=hours(6))
    assert saved.answers["reason"] == "On holiday"


def test_typing_over_an_older_save_is_asked_about_not_laid_over_others(
    record: Record, cast: Cast
) -> None:
    autosave(record.id, "page1", {"why_not": "Mine"}, base_version=1, by=cast.wilf, at=hours(3))
    save_page(record.id, "visit", {"why_not": "Theirs"}, seen_version=1, by=cast.wanda, at=hours(4))
    move(record, newer(changed, cast.ada), cast.wanda)
    kept = autosaved(record.id, "page2", cast.wilf)
    assert kept
    assert kept.base_version == 0
    assert json.loads(kept.answers)["reason"] == "Mine"


def test_a_page_that_was_open_while_the_record_moved_loses_nothing(
    record: Record, cast: Cast
) -> None:
    was = record.form_version_id
    move(record, newer(changed, cast.ada), cast.wanda)
    sent = {"seen": True, "why_not": "Typed meanwhile", "story": "Also this"}
    with pytest.raises(Stale, match="moved to another version"):
        save_page(record.id, "visit", sent, seen_version=1, by=cast.wilf, at=hours(6))
    keep_earlier_typing(
        record.id, "page1", sent, version=was, base_version=1, by=cast.wilf, at=hours(6)
    )
    first, second = (autosaved(record.id, page, cast.wilf) for page in ("page1", "page2"))
    assert first
    assert second
    assert json.loads(first.answers)["seen"] is True
    assert (json.loads(second.answers)["reason"], second.base_version) == ("Typed meanwhile", 2)
    record.refresh_from_db()
    assert "Also this" in [o.value for o in orphans_of(record, ())]
    undo_migration(record.id, by=cast.wanda, at=hours(7))


def test_marks_stay_on_answers_and_on_what_has_no_place(record: Record, cast: Cast) -> None:
    from casework.accounts.marks import load_marks

    load_marks([{"key": "police", "title": "Police", "roles": []}], at=AT)
    for path in (("story",), ("why_not",), ("needs", "aaaaaaaa")):
        mark_answer(record.id, path, "police", by=cast.wanda, at=hours(3))

    def also_moved_out(form: dict[str, Any]) -> None:
        changed(form)
        need = node(form, "rneed")["items"].pop(0)
        form["pages"][1]["items"].append(need)

    move(record, newer(also_moved_out, cast.ada), cast.wanda)
    record.refresh_from_db()
    from casework.cases.marks import marks_of

    assert marks_of(record, ("reason",)) == ("police",)
    assert marks_of(record, ("need",)) == ("police",), "it came out of a marked row"
    (orphan,) = orphans_of(record, ())
    assert (orphan.withheld, orphan.value) == (True, None)
    (orphan,) = orphans_of(record, ("police",))
    assert orphan.value == "Nobody\nopened."


def test_a_mark_of_the_earlier_version_stays_though_the_newer_has_none(
    record: Record, cast: Cast
) -> None:
    from casework.accounts.marks import load_marks
    from casework.cases.marks import marks_of

    load_marks([{"key": "police", "title": "Police", "roles": []}], at=AT)
    marked = newer(lambda form: node(form, "qtext").update(mark="police"), cast.ada)
    plain = newer(lambda form: node(form, "qtext").update(label="Story"), cast.ada)
    move(record, marked, cast.wanda)
    move(record, plain, cast.wanda, hours(6))
    record.refresh_from_db()
    assert marks_of(record, ("story",)) == ("police",)


def test_the_history_tells_each_answer_by_the_version_it_was_given_on(
    record: Record, cast: Cast
) -> None:
    move(record, newer(changed, cast.ada), cast.max)
    typed = {"reason": "At school", "needs": [{**NEED, "cost": "12.00"}]}
    save_page(record.id, "plan", typed, seen_version=2, by=cast.wilf, at=hours(6))
    record.refresh_from_db()
    told = [
        (c.who.split()[0], ".".join(c.path), c.before, c.after)
        for c in changes_of(record, all_of(record))
    ]
    assert told[2:] == [
        ("Wanda", "seen", None, False),
        ("Wanda", "why_not", None, "Away"),
        ("Wanda", "story", None, "Nobody\nopened."),
        ("Wanda", "place", None, {"line1": "1 Road"}),
        ("Wilf", "needs.aaaaaaaa.need", None, "Food"),
        ("Wilf", "needs.aaaaaaaa.cost", None, 12),
        ("Wilf", "needs.aaaaaaaa.actions.bbbbbbbb.what", None, "Shop"),
        ("Max", "version", 1, 2),
        ("Max", "needs.aaaaaaaa.cost", 12, "12.00"),
        ("Max", "story", "Nobody\nopened.", None),
        ("Wilf", "reason", "Away", "At school"),
    ]
    one = question_history(record, all_of(record), ("reason",))
    assert [(".".join(c.path), c.after) for c in one] == [
        ("why_not", "Away"),
        ("reason", "At school"),
    ]
    cost = question_history(record, all_of(record), ("needs", "aaaaaaaa", "cost"))
    assert [(c.before, c.after) for c in cost] == [(None, 12), (12, "12.00")]
