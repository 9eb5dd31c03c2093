"""A record's life: started, filled page by page by several people, and given up."""

import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases.actions.autosaving import autosave, autosaved, drop_autosave
from casework.cases.actions.cases import end_subject
from casework.cases.actions.records import abandon, save_page, start_record
from casework.cases.models import Autosave, Record, RecordPage, Status
from casework.cases.unmasked import answers_of, effective_answers
from casework.ledger.append import content_of
from casework.ledger.models import Content, Event
from casework.ledger.verify import broken_places
from casework.refusals import Absent, Clash, NotAllowed, NotNow, Refused
from tests.cast import AT, make_case, make_person, make_record
from tests.stored.small_form import publish_small, publish_wide

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
SEEN_ON = (AT.date() - timedelta(days=4)).isoformat()
NEED = {"_id": "aaaaaaaa", "need": "Food", "cost": 3}


@pytest.fixture
def draft(cast: Any) -> SimpleNamespace:
    """The cast, and a draft of the small form in a case of the North team, by Wanda."""
    publish_small(cast.ada)
    case = make_case(cast.wanda, cast.north)
    record = make_record(case, cast.wanda, "small")
    return SimpleNamespace(**vars(cast), case=case, record=record, id=record.id)


def save(draft: Any, page: str, answers: Any, seen: int = 0, **more: Any) -> Any:
    """Save a page of the draft, by Wanda unless told otherwise."""
    return save_page(
        draft.id, page, answers, **{"seen_version": seen, "by": draft.wanda, "at": AT} | more
    )


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    """The path and code of each problem of a refusal."""
    return [(".".join(problem.path), problem.code) for problem in refusal.value.problems]


def written() -> tuple[int, ...]:
    """How many rows there are of everything that a save may write."""
    tables = (Event, Content, RecordPage, RecordPage.history, Record.history, Autosave)
    return tuple((t if hasattr(t, "count") else t.objects).count() for t in tables)


@pytest.fixture(autouse=True)
def _chains_hold(db: None) -> Iterator[None]:
    yield
    assert list(broken_places()) == []


# Saving a page ----------------------------------------------------------------------------------


def test_a_saved_page_reads_back_as_it_was(draft: Any) -> None:
    answers = {"seen": True, "seen_on": SEEN_ON, "story": "Two lines\nand “quotes”"}
    assert save(draft, "visit", answers).version == 1
    assert answers_of(draft.record) == answers


def test_a_page_is_known_by_its_id_and_by_its_key(draft: Any) -> None:
    save(draft, "page1", {"seen": True})
    assert save(draft, "visit", {"seen": False}, seen=1).version == 2
    with pytest.raises(Absent):
        save(draft, "elsewhere", {})


def test_a_save_tells_the_ledger_what_changed_and_the_history_who(draft: Any) -> None:
    save(draft, "visit", {"seen": True, "story": "One"})
    save(draft, "visit", {"seen": True, "story": "Two"}, seen=1, by=draft.wilf, at=LATER)
    event = Event.objects.filter(stream=draft.case.id).latest("seq")
    assert event.kind == "record.page_saved"
    assert "Two" not in event.refs
    assert content_of(event) == {"changes": {"story": {"before": "One", "after": "Two"}}}
    row = RecordPage.history.latest("history_id")
    assert (row.history_user, row.history_date, row.version) == (draft.wilf, LATER, 2)
    assert "The visit" in row.history_change_reason


def test_an_unchanged_save_writes_nothing(draft: Any) -> None:
    save(draft, "visit", {"seen": True, "story": "  "})
    before = written()
    assert save(draft, "visit", {"story": None, "seen": True}, seen=1).version == 1
    assert written() == before


def test_an_empty_page_never_saved_writes_nothing(draft: Any) -> None:
    before = written()
    assert save(draft, "visit", {}).version == 0
    assert written() == before


def test_the_same_command_twice_acts_once_and_answers_the_same(draft: Any) -> None:
    command = uuid4()
    first = save(draft, "visit", {"seen": True}, command_id=command)
    save(draft, "visit", {"seen": False}, seen=1)
    before = written()
    again = save(draft, "visit", {"seen": True}, command_id=command)
    assert (again.version, again.answers) == (first.version, first.answers)
    assert written() == before


def test_a_command_id_of_another_command_is_refused(draft: Any) -> None:
    command = uuid4()
    save(draft, "visit", {"seen": True}, command_id=command)
    for page, by in (("plan", draft.wanda), ("visit", draft.wilf)):
        with pytest.raises(Refused) as refusal:
            save(draft, page, {}, by=by, command_id=command)
        assert codes(refusal) == [("command_id", "used")]


def test_types_and_limits_are_refused_all_at_once_and_nothing_is_written(draft: Any) -> None:
    before = written()
    with pytest.raises(Refused) as refusal:
        save(draft, "visit", {"seen": "yes", "why_not": "x" * 51, "needs": [NEED], "what": 1})
    assert codes(refusal)[:2] == [("seen", "type"), ("why_not", "max_length")]
    assert {("needs", "unknown_question"), ("what", "unknown_question")} <= set(codes(refusal))
    assert written() == before


@pytest.mark.parametrize("answers", [None, [], "text", 1])
def test_what_is_no_object_is_refused(draft: Any, answers: Any) -> None:
    with pytest.raises(Refused):
        save(draft, "visit", answers)


def test_a_draft_may_miss_anything_and_keep_a_day_that_is_wrong_only_today(draft: Any) -> None:
    saved = save(draft, "visit", {"seen_on": (AT.date() + timedelta(days=30)).isoformat()})
    assert [problem.code for problem in saved.problems] == ["not_after"]
    assert saved.version == 1


def test_calculated_answers_are_never_stored_from_input(draft: Any) -> None:
    save(draft, "plan", {"needs": [{**NEED, "twice": 99}], "total": 99})
    assert answers_of(draft.record) == {"needs": [NEED]}
    effective = effective_answers(draft.record, AT)
    assert (effective["total"], effective["needs"][0]["twice"]) == (3, 6)


def test_rows_keep_their_ids_and_new_rows_get_one(draft: Any) -> None:
    saved = save(draft, "plan", {"needs": [NEED, {"need": "Sleep", "actions": [{"what": "Bed"}]}]})
    first, second = saved.answers["needs"]
    assert first["_id"] == "aaaaaaaa"
    assert len({second["_id"], second["actions"][0]["_id"], "aaaaaaaa"}) == 3
    again = save(draft, "plan", {"needs": [second, first]}, seen=1)
    assert again.answers["needs"] == [second, first]


def test_two_rows_of_one_id_are_refused(draft: Any) -> None:
    with pytest.raises(Refused) as refusal:
        save(draft, "plan", {"needs": [NEED, NEED]})
    assert "row_id" in {code for _path, code in codes(refusal)}


def test_a_version_that_never_was_is_refused(draft: Any) -> None:
    for seen in (1, -1):
        with pytest.raises(Refused) as refusal:
            save(draft, "visit", {"seen": True}, seen=seen)
        assert codes(refusal) == [("seen_version", "unknown_version")]


def test_only_what_may_be_edited_is_saved(draft: Any) -> None:
    abandon(draft.id, why="Wrong child", by=draft.wanda, at=AT)
    with pytest.raises(NotNow, match="abandoned"):
        save(draft, "visit", {"seen": True})


def test_a_save_costs_the_same_few_queries_for_one_answer_and_for_forty(cast: Any) -> None:
    publish_wide(cast.ada, 40)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "wide")
    counts = []
    for seen, answers in enumerate(({"q0": "a"}, {f"q{n}": "b" for n in range(40)})):
        with CaptureQueriesContext(connection) as captured:
            save_page(
                record.id, "wide", answers, seen_version=seen, by=cast.wanda, at=AT, command_id=uuid4()
            )  # fmt: skip
        counts.append(len([q for q in captured if "SAVEPOINT" not in q["sql"]]))
    assert counts == [13, 13]  # one of them for the marks that lie on the record


# Two people on one page -------------------------------------------------------------------------


def test_different_questions_of_one_page_merge(draft: Any) -> None:
    save(draft, "visit", {"seen": True})
    save(draft, "visit", {"seen": True, "story": "Hers"}, seen=1)
    saved = save(draft, "visit", {"seen": True, "seen_on": SEEN_ON}, seen=1, by=draft.wilf)
    assert saved.merged
    assert saved.version == 3
    assert saved.answers == {"seen": True, "story": "Hers", "seen_on": SEEN_ON}
    event = Event.objects.filter(stream=draft.case.id).latest("seq")
    assert content_of(event) == {"changes": {"seen_on": {"after": SEEN_ON}}}


def test_the_same_question_asks_and_writes_nothing(draft: Any) -> None:
    save(draft, "visit", {"story": "Base"})
    save(draft, "visit", {"story": "Hers", "seen": True}, seen=1, at=LATER)
    before = written()
    with pytest.raises(Clash) as clash:
        save(draft, "visit", {"story": "His"}, seen=1, by=draft.wilf)
    (conflict,) = clash.value.conflicts
    assert (conflict.path, conflict.base, conflict.theirs, conflict.mine) == (
        ("story",), "Base", "Hers", "His",
    )  # fmt: skip
    assert (conflict.who, conflict.when) == (draft.wanda.name, LATER)
    assert clash.value.merged_answers == {"story": "Hers", "seen": True}
    assert clash.value.version == 2
    assert written() == before


@pytest.mark.parametrize(("side", "story"), [("mine", "His"), ("theirs", "Hers")])
def test_a_decision_settles_a_clash(draft: Any, side: str, story: str) -> None:
    save(draft, "visit", {"story": "Base"})
    save(draft, "visit", {"story": "Hers", "seen": True}, seen=1)
    mine = {"seen": 1, "resolutions": {"story": side}, "decided_on": 2, "by": draft.wilf}
    assert save(draft, "visit", {"story": "His"}, **mine).answers == {"story": story, "seen": True}


def test_a_decision_against_what_was_changed_again_is_asked_again(draft: Any) -> None:
    save(draft, "visit", {"story": "Base"})
    save(draft, "visit", {"story": "Hers"}, seen=1)
    save(draft, "visit", {"story": "Hers, again", "seen": True}, seen=2)
    with pytest.raises(Clash) as clash:
        save(draft, "visit", {"story": "His"}, seen=1, resolutions={"story": "mine"}, decided_on=2)
    assert clash.value.conflicts[0].theirs == "Hers, again"
    saved = save(
        draft, "visit", {"story": "His"}, seen=1, resolutions={"story": "mine"}, decided_on=3
    )
    assert saved.answers == {"story": "His", "seen": True}


def test_who_is_named_in_a_clash_changed_that_very_answer(draft: Any) -> None:
    save(draft, "visit", {"story": "Base"})
    save(draft, "visit", {"story": "Hers"}, seen=1)
    save(draft, "visit", {"story": "Hers", "seen": True}, seen=2, by=draft.wilf, at=LATER)
    with pytest.raises(Clash) as clash:
        save(draft, "visit", {"story": "Mine"}, seen=1, by=draft.max)
    assert clash.value.conflicts[0].who == draft.wanda.name


def test_a_row_deleted_by_one_and_edited_by_the_other_asks(draft: Any) -> None:
    save(draft, "plan", {"needs": [NEED]})
    save(draft, "plan", {}, seen=1)
    edited = {"needs": [{**NEED, "need": "Meals"}]}
    with pytest.raises(Clash) as clash:
        save(draft, "plan", edited, seen=1, by=draft.wilf)
    assert clash.value.conflicts[0].path == ("needs", "aaaaaaaa")
    mine = {"resolutions": {"needs.aaaaaaaa": "mine"}, "decided_on": 2}
    assert save(draft, "plan", edited, seen=1, by=draft.wilf, **mine).answers == edited


def test_two_pages_within_a_limit_that_merge_beyond_it_are_refused(draft: Any) -> None:
    row = {"need": "x"}
    save(draft, "plan", {"needs": [NEED]})
    save(draft, "plan", {"needs": [NEED, row]}, seen=1)
    with pytest.raises(Refused) as refusal:
        save(draft, "plan", {"needs": [NEED, row, row]}, seen=1, by=draft.wilf)
    assert codes(refusal) == [("needs", "max_rows")]


# Autosave -------------------------------------------------------------------------------------------


def test_an_autosave_keeps_whatever_is_typed_for_its_user_alone(draft: Any) -> None:
    typed = {"seen_on": "31/02/20", "story": "Half a sen"}
    assert autosave(draft.id, "visit", typed, base_version=0, by=draft.wanda, at=AT) == AT
    kept = autosaved(draft.id, "page1", draft.wanda)
    assert kept is not None
    assert json.loads(kept.answers) == typed
    assert autosaved(draft.id, "page1", draft.wilf) is None


def test_an_autosave_never_raises_its_base(draft: Any) -> None:
    save(draft, "visit", {"seen": True})
    autosave(draft.id, "visit", {"story": "a"}, base_version=1, by=draft.wilf, at=AT)
    save(draft, "visit", {"seen": False}, seen=1)
    autosave(draft.id, "visit", {"story": "ab"}, base_version=2, by=draft.wilf, at=LATER)
    assert autosaved(draft.id, "page1", draft.wilf).base_version == 1


def test_a_save_drops_its_users_autosave_of_that_page_only(draft: Any) -> None:
    for page, by in (("visit", draft.wanda), ("visit", draft.wilf), ("plan", draft.wanda)):
        autosave(draft.id, page, {}, base_version=0, by=by, at=AT)
    save(draft, "visit", {"seen": True})
    assert set(Autosave.objects.values_list("page", "user__username")) == {
        ("page1", "wilf"),
        ("page2", "wanda"),
    }


def test_a_refused_save_leaves_the_autosave(draft: Any) -> None:
    autosave(draft.id, "visit", {"seen": "yes"}, base_version=0, by=draft.wanda, at=AT)
    with pytest.raises(Refused):
        save(draft, "visit", {"seen": "yes"})
    assert autosaved(draft.id, "page1", draft.wanda) is not None
    drop_autosave(draft.id, "page1", draft.wanda)
    assert autosaved(draft.id, "page1", draft.wanda) is None


def test_an_autosave_has_limits(draft: Any) -> None:
    for answers, base in (
        ({"story": "x" * 1_100_000}, 0),
        ([], 0),
        ({"a": float("nan")}, 0),
        ({}, 1),
    ):
        with pytest.raises(Refused):
            autosave(draft.id, "visit", answers, base_version=base, by=draft.wanda, at=AT)


# Starting and giving up -----------------------------------------------------------------------------


def test_a_record_can_be_started_with_its_pages_filled(draft: Any) -> None:
    pages = {"visit": {"seen": True}, "page2": {"needs": [NEED], "total": 1}}
    record = make_record(draft.case, draft.wanda, "small", pages=pages)
    assert answers_of(record) == {"seen": True, "needs": [NEED]}
    event = Event.objects.filter(stream=draft.case.id).latest("seq")
    assert json.loads(event.refs)["pages"] == {"page1": 1, "page2": 1}
    assert content_of(event)["changes"]["page1"] == {"seen": {"after": True}}


def test_a_record_with_a_page_that_cannot_be_kept_is_not_started(draft: Any) -> None:
    before = written()
    with pytest.raises(Refused):
        make_record(draft.case, draft.wanda, "small", pages={"visit": {"seen": "yes"}})
    assert written() == before


def test_starting_twice_by_one_command_starts_once(draft: Any) -> None:
    command = uuid4()
    first = make_record(draft.case, draft.wanda, "small", command_id=command)
    assert make_record(draft.case, draft.wanda, "small", command_id=command) == first


def test_a_record_stays_on_its_version_when_another_is_published(draft: Any) -> None:
    second = publish_small(draft.ada, title="Small form, changed")
    newer = make_record(draft.case, draft.wanda, "small")
    assert draft.record.form_version.number == 1
    assert newer.form_version_id == second.pk


def test_a_record_covers_subjects_of_its_case_only(draft: Any) -> None:
    stranger = make_person(draft.wanda)
    past = draft.case.subjects.get().person_id
    for subjects in ([], [stranger.id], [past, stranger.id]):
        with pytest.raises(Refused) as refusal:
            start_record(draft.case.id, form_key="small", subjects=subjects, by=draft.wanda, at=AT)
        assert codes(refusal)[0][0] == "subjects"
    end_subject(draft.case.id, past, on=AT.date(), why="Moved", by=draft.wanda, at=AT)
    with pytest.raises(Refused):
        start_record(draft.case.id, form_key="small", subjects=[past], by=draft.wanda, at=AT)


def test_a_form_per_subject_covers_exactly_one(cast: Any) -> None:
    publish_small(cast.ada, per="subject")
    people = [make_person(cast.wanda).id for _ in range(2)]
    case = make_case(cast.wanda, cast.north, *people)
    with pytest.raises(Refused):
        make_record(case, cast.wanda, "small")
    record = start_record(case.id, form_key="small", subjects=people[:1], by=cast.wanda, at=AT)
    assert [row.person_id for row in record.covers.all()] == people[:1]


def test_no_record_starts_on_a_form_that_is_not_there(draft: Any) -> None:
    with pytest.raises(Refused) as refusal:
        make_record(draft.case, draft.wanda, "nowhere")
    assert codes(refusal) == [("form_key", "unknown_code")]


def test_a_draft_is_abandoned_with_a_reason(draft: Any) -> None:
    with pytest.raises(Refused):
        abandon(draft.id, why=" ", by=draft.wanda, at=AT)
    record = abandon(draft.id, why="Wrong child", by=draft.wanda, at=LATER)
    assert (record.status, record.changed_at) == (Status.ABANDONED, LATER)
    assert Record.history.latest("history_id").history_change_reason == "Wrong child"
    with pytest.raises(NotNow):
        abandon(draft.id, why="Again", by=draft.wanda, at=LATER)


def test_who_may_write_in_a_record(draft: Any) -> None:
    for user, error in ((draft.olive, Absent), (draft.rita, NotAllowed), (draft.ada, Absent)):
        for act in (
            lambda by: save(draft, "visit", {"seen": True}, by=by),
            lambda by: autosave(draft.id, "visit", {}, base_version=0, by=by, at=AT),
            lambda by: abandon(draft.id, why="x", by=by, at=AT),
            lambda by: make_record(draft.case, by, "small"),
        ):
            with pytest.raises(error):
                act(user)
    with pytest.raises(Absent):
        save_page(uuid4(), "visit", {}, seen_version=0, by=draft.wanda, at=AT)


@pytest.mark.parametrize(
    "answers",
    [
        {"story": "\ud800"},
        {"story": "nul \x00"},
        {"place": {"line1": "\udfff"}},
        {"story": float("nan")},
        {"story": [[["x"]]]},
        {"story": {"a": {"b": 1}}},
        {"\ud800": "x"},
    ],
)
def test_what_no_database_could_hold_is_refused(draft: Any, answers: Any) -> None:
    with pytest.raises(Refused):
        save(draft, "visit", answers)
    for rows in (
        [{"cost": 2**60}],
        [{"cost": True}],
        [1],
        [{"_id": 5}],
        [{"_id": "../x"}],
        "x",
        {},
    ):
        with pytest.raises(Refused):
            save(draft, "plan", {"needs": rows or "y"})
