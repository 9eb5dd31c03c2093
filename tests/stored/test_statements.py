"""The statements of the hot path write and read exactly what Django's ORM and simple-history do."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework import statements
from casework.cases.models import Autosave, Case, Record, RecordPage
from casework.people.keeping import keep
from casework.people.models import Person
from tests.cast import AT, make_case, make_person, make_record
from tests.stored.small_form import publish_small

pytestmark = pytest.mark.django_db


def fields(row: Any) -> dict[str, Any]:
    """Every column of a row, by attribute name."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def person(by: Any, **more: Any) -> Person:
    """A new person with something in every kind of column."""
    return Person(
        given_names="Zoë", family_name="100 %s", born_on=AT.date(), identifiers={"upn": None},
        search_key=" zoe", added_by=by, added_at=AT + timedelta(microseconds=7), **more,
    )  # fmt: skip


def test_what_is_kept_is_what_the_orm_and_simple_history_would_have_written(cast: Any) -> None:
    ours, theirs = person(cast.wanda), person(cast.wanda)
    keep(ours, by=cast.wanda, at=AT, why="Added")
    vars(theirs).update(_history_user=cast.wanda, _history_date=AT, _change_reason="Added")
    theirs.save()
    ours.known_as = theirs.known_as = "Z"
    keep(ours, by=cast.wilf, at=AT, why="")
    vars(theirs).update(_history_user=cast.wilf, _change_reason=None)
    theirs.save()
    here, there = Person.objects.get(pk=ours.pk), Person.objects.get(pk=theirs.pk)
    assert fields(here) == {**fields(there), "id": ours.pk}
    for one, other in zip(
        ours.history.order_by("history_id"), theirs.history.order_by("history_id"), strict=True
    ):
        assert {**fields(one), "id": 0, "history_id": 0} == {
            **fields(other),
            "id": 0,
            "history_id": 0,
        }


def test_rows_are_read_as_the_orm_reads_them(cast: Any) -> None:
    publish_small(cast.ada)
    made = make_person(cast.wanda, born_on=AT.date(), identifiers={"nhs_number": "9434765919"})
    case = make_case(cast.wanda, cast.north, made.id)
    record = make_record(case, cast.wanda, "small", pages={"visit": {"story": "“é” %s"}})
    for model, where in (
        (Person, {"id": made.id}),
        (Case, {"id": case.id, "closed_at": None}),
        (Record, {"id": record.id, "occurred_on": None}),
        (RecordPage, {"record_id": record.id, "page": "page1"}),
    ):
        expected = fields(model.objects.get(**where))
        for lock in (False, True):
            found = statements.first(model, where, lock=lock)
            assert found is not None
            assert fields(found) == expected
            assert not found._state.adding
    assert statements.rows(Record, {"id": uuid4()}) == []


def test_the_newest_row_is_read_with_only_what_is_asked_for(cast: Any) -> None:
    publish_small(cast.ada)
    version = publish_small(cast.ada)
    found = statements.first(
        type(version), {"form_id": "small"}, newest="number", only=("id", "number")
    )
    assert found is not None
    assert (found.pk, found.number) == (version.pk, 2)
    assert "definition" in found.get_deferred_fields()


def test_updating_or_deleting_touches_the_named_row_alone(cast: Any) -> None:
    first, second = make_person(cast.wanda, "Ann"), make_person(cast.wanda, "Ben")
    first.phone = "01632 960001"
    statements.update(first)
    assert Person.objects.get(pk=second.pk).phone == ""
    assert Person.objects.get(pk=first.pk).phone == "01632 960001"
    first.pk = uuid4()
    with pytest.raises(Person.DoesNotExist):
        statements.update(first)
    publish_small(cast.ada)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    for page in ("page1", "page2"):
        Autosave.objects.create(
            record=record, page=page, user=cast.wanda, base_version=0, answers="{}", saved_at=AT
        )
    statements.delete(Autosave, {"record_id": record.pk, "page": "page1"})
    assert Autosave.objects.get().page == "page2"


def test_a_row_comes_with_what_it_refers_to_as_the_orm_joins_them(
    cast: Any, django_assert_num_queries: Any
) -> None:
    publish_small(cast.ada)
    case = make_case(cast.wanda, cast.north)
    record = make_record(case, cast.wanda, "small", pages={"visit": {"story": "x"}})
    follow = ("case", "case__team", "case__worker", "author", "form_version")
    ours = statements.first_with(Record, {"id": record.id}, follow, leave_out=("definition",))
    theirs = Record.objects.select_related(*follow).get(pk=record.id)
    assert ours is not None
    with django_assert_num_queries(0):
        assert fields(ours) == fields(theirs)
        assert fields(ours.case) == fields(theirs.case)
        assert fields(ours.case.team) == fields(theirs.case.team)
        assert fields(ours.author) == fields(theirs.author)
        assert ours.case.worker == theirs.case.worker
        assert ours.form_version.title == theirs.form_version.title
    with django_assert_num_queries(1):  # what was left out is read when it is asked for
        assert ours.form_version.definition == theirs.form_version.definition
    assert statements.first_with(Record, {"id": uuid4()}, follow) is None
