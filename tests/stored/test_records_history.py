"""Histories: who changed what of a record, a question, a person and a case, when and why."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.cases.actions.allocating import allocate
from casework.cases.actions.cases import add_subject, close_case, end_subject
from casework.cases.actions.records import abandon, save_page
from casework.cases.actions.sharing import end_access, grant_access
from casework.cases.history import case_changes, changes_of, person_changes, question_history
from casework.people.actions import change_person
from tests.cast import AT, make_case, make_person, make_record
from tests.masks import all_of
from tests.stored.small_form import publish_small

pytestmark = pytest.mark.django_db


def hours(count: int) -> Any:
    """So many hours after the cast came to be."""
    return AT + timedelta(hours=count)


@pytest.fixture
def record(cast: Any) -> Any:
    """A record saved by two people."""
    publish_small(cast.ada)
    made = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    need = {"_id": "aaaaaaaa", "need": "Food", "actions": [{"_id": "bbbbbbbb", "what": "Shop"}]}
    other = {"_id": "cccccccc", "need": "Sleep"}
    for seen, needs, by in (
        (0, [need], cast.wanda),
        (1, [other, {**need, "actions": [{"_id": "bbbbbbbb", "what": "Cook"}]}], cast.wilf),
        (2, [other], cast.wanda),
    ):
        save_page(made.id, "plan", {"needs": needs}, seen_version=seen, by=by, at=hours(seen + 1))
    save_page(made.id, "visit", {"seen": True}, seen_version=0, by=cast.wilf, at=hours(4))
    return made


def told(changes: Any) -> list[tuple[Any, ...]]:
    """Who changed what from what to what, without the page and the reason."""
    return [(c.who.split()[0], ".".join(c.path), c.before, c.after) for c in changes]


def test_every_change_of_a_record_is_told_in_order(record: Any) -> None:
    assert told(changes_of(record, all_of(record))) == [
        ("Wanda", "status", None, "draft"),
        ("Wanda", "revision", None, 1),
        ("Wanda", "needs.aaaaaaaa.need", None, "Food"),
        ("Wanda", "needs.aaaaaaaa.actions.bbbbbbbb.what", None, "Shop"),
        ("Wilf", "needs.aaaaaaaa.actions.bbbbbbbb.what", "Shop", "Cook"),
        ("Wilf", "needs.cccccccc.need", None, "Sleep"),
        ("Wanda", "needs.aaaaaaaa.need", "Food", None),
        ("Wanda", "needs.aaaaaaaa.actions.bbbbbbbb.what", "Cook", None),
        ("Wilf", "seen", None, True),
    ]


def test_a_change_names_its_page_and_question_by_their_permanent_ids(record: Any) -> None:
    change = next(c for c in changes_of(record, all_of(record)) if c.path[-1] == "what")
    assert (change.page, change.question, change.why) == ("page2", "qwhat", "Saved “The plan”")
    assert change.when == hours(1)


def test_the_history_of_one_question_follows_its_row(record: Any) -> None:
    path = ("needs", "aaaaaaaa", "actions", "bbbbbbbb", "what")
    assert [(c.before, c.after) for c in question_history(record, all_of(record), path)] == [
        (None, "Shop"), ("Shop", "Cook"), ("Cook", None),
    ]  # fmt: skip
    assert len(question_history(record, all_of(record), ("needs",))) == 6
    assert len(question_history(record, all_of(record), ("needs", "cccccccc"))) == 1
    assert question_history(record, all_of(record), ("nothing",)) == []


def test_giving_up_tells_why(record: Any, cast: Any) -> None:
    abandon(record.id, why="Wrong child", by=cast.wanda, at=hours(5))
    last = changes_of(record, all_of(record))[-1]
    assert (last.path, last.before, last.after, last.why) == (
        ("status",), "draft", "abandoned", "Wrong child",
    )  # fmt: skip


def test_the_changes_of_a_person(cast: Any) -> None:
    person = make_person(cast.wanda, "Ann", "Example")
    change_person(
        person.id, by=cast.wilf, at=hours(1), why="Married", seen_version=1, family_name="Other"
    )
    changes = person_changes(person)
    assert told(changes)[-1] == ("Wilf", "family_name", "Example", "Other")
    assert changes[-1].why == "Married"
    assert told(changes)[:2] == [
        ("Wanda", "given_names", None, "Ann"),
        ("Wanda", "family_name", None, "Example"),
    ]


def test_the_changes_of_a_case_name_users_teams_and_persons(library: Any) -> None:
    case, late = make_case(library.wanda, library.north), make_person(library.wanda, "Late")
    add_subject(case.id, late.id, by=library.wanda, at=hours(1))
    allocate(case.id, library.wilf, why="Knows them", by=library.max, at=hours(2))
    grant_access(case.id, library.olive, "allow", why="Covers", by=library.max, at=hours(3))
    end_access(case.id, library.olive, "allow", why="Back", by=library.max, at=hours(4))
    end_subject(case.id, late.id, on=AT.date(), why="Moved", by=library.wanda, at=hours(5))
    close_case(case.id, "RC7", why="Well", by=library.max, at=hours(6))
    assert told(case_changes(case)) == [
        ("Wanda", "team", None, "North"),
        ("Wanda", "subjects", None, late.name),
        ("Max", "worker", None, library.wilf.name),
        ("Max", "let in", None, library.olive.name),
        ("Max", "let in", library.olive.name, None),
        ("Wanda", "subjects", late.name, None),
        ("Max", "closed_at", None, hours(6)),
        ("Max", "close_reason", None, "RC7"),
    ]
    assert case_changes(case)[2].why == "Knows them"


def test_histories_cost_the_same_queries_whatever_their_length(record: Any, cast: Any) -> None:
    def queries() -> list[int]:
        counts = []
        for read in (
            lambda: changes_of(record, all_of(record)),
            lambda: question_history(record, all_of(record), ("seen",)),
            lambda: case_changes(record.case),
        ):
            with CaptureQueriesContext(connection) as captured:
                read()
            counts.append(len(captured))
        return counts

    add_subject(record.case_id, make_person(cast.wanda).id, by=cast.wanda, at=AT)
    few = queries()
    for seen in range(1, 8):
        save_page(
            record.id, "visit", {"seen": seen % 2 == 0}, seen_version=seen, by=cast.wilf, at=AT
        )
        add_subject(record.case_id, make_person(cast.wanda).id, by=cast.wanda, at=AT)
    assert queries() == few
