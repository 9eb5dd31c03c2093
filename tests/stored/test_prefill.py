"""First values from an earlier record, the person and the case: where from, how fresh, for whom."""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.accounts.marks import load_marks
from casework.accounts.models import MarkSight, Role
from casework.cases.access import may
from casework.cases.actions.marking import mark_answer
from casework.cases.actions.prefilling import offered, refresh
from casework.cases.actions.records import save_page, start_record
from casework.cases.actions.sharing import end_access, grant_access
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.history import changes_of
from casework.cases.marks import marks_of
from casework.cases.models import Prefill, Record, RecordPage
from casework.cases.prefilled import copied, prefills_of
from casework.cases.unmasked import answers_of, document_of, form
from casework.ledger.models import Event
from casework.people.actions import change_person
from casework.refusals import NotAllowed, Stale
from formdefs.publish import NotPublishable, publish
from tests.casetypes import document
from tests.cast import AT, make_case, make_person, publish_case_types
from tests.forms import a_form, page, question, repeat
from tests.masks import all_of
from tests.stored.small_form import without

pytestmark = pytest.mark.django_db


def hours(count: int) -> datetime:
    """So many hours after the cast came to be."""
    return AT + timedelta(hours=count)


FIRST = a_form(
    key="first",
    title="First form",
    kind="referral",
    pages=[
        page(
            question("long_text", "reason"),
            question("integer", "count"),
            repeat(
                "children",
                question("person", "who"),
                question("text", "school"),
            ),
            repeat(
                "helpers",
                question("text", "first_name"),
                question("text", "last_name"),
                question("phone"),
            ),
        )
    ],
)


def from_first(key: str, **more: Any) -> list[dict[str, Any]]:
    """One source: a question of the first form."""
    return [{"record": "first", "question": key, **more}]


SECOND = a_form(
    key="second",
    title="Second form",
    per="subject",
    pages=[
        page(
            question("long_text", "why", prefill=from_first("reason", across=True)),
            question("decimal", "count", prefill=from_first("count"), default="7"),
            question("text", "school", prefill=from_first("children.school", row_of="who")),
            question("date", "born_on", prefill=[{"person": "born_on"}]),
            question("text", "case_number", prefill=[{"case": "reference"}]),
            question("text", "begun", default="by default"),
            repeat(
                "people",
                question("text", "name"),
                question("phone"),
                prefill=from_first("helpers", map={"name": ["first_name", "last_name"]}),
            ),
        ),
        page(question("text", "untouched"), key="page_2"),
    ],
)
HELPERS = [
    {"_id": "helper01", "first_name": "Ann", "last_name": "Example", "phone": "01632 960001"},
    {"_id": "helper02", "first_name": "Bo"},
]


@pytest.fixture
def world(cast: Any) -> SimpleNamespace:
    """A child's case with a signed first record; the second form is published."""
    publish(FIRST, by=cast.ada, at=AT, reason="For a test")
    publish(SECOND, by=cast.ada, at=AT, reason="For a test")
    child = make_person(cast.wanda, "Robin", "Example", born_on=AT.date().replace(year=2015))
    sibling = make_person(cast.wanda, "Kit", "Example")
    case = make_case(cast.wanda, cast.north, child.id, sibling.id)
    made = SimpleNamespace(**vars(cast), case=case, child=child, sibling=sibling)
    answers = {
        "reason": "They asked for help",
        "count": 3,
        "helpers": HELPERS,
        "children": [
            {"_id": "childrow1", "who": who(sibling), "school": "Other school"},
            {"_id": "childrow2", "who": who(child), "school": "Example school"},
        ],
    }
    made.first = signed(made, answers)
    return made


def who(person: Any) -> dict[str, str]:
    return {"id": str(person.id), "name": person.name}


def signed(world: Any, answers: dict[str, Any], case: Any = None, at: int = 1) -> Record:
    """A first record, about both children, submitted and signed."""
    record = draft(world, answers, case)
    snapshot = submit(record.id, seen=None, by=world.wanda, at=hours(at))
    sign(record.id, seen_sha256=snapshot.sha256, by=world.max, at=hours(at))
    return record


def draft(world: Any, answers: dict[str, Any], case: Any = None) -> Record:
    case = case or world.case
    subjects = [part.person_id for part in case.subjects.all()]
    pages = {"page_1": answers}
    return start_record(
        case.id, form_key="first", subjects=subjects, by=world.wanda, at=AT, pages=pages
    )


def second(world: Any, by: Any = None, at: int = 2, **more: Any) -> Record:
    """A record of the second form about the child."""
    by = by or world.wanda
    return start_record(
        world.case.id, form_key="second", subjects=[world.child.id], by=by, at=hours(at), **more
    )


def told(record: Record) -> dict[str, Any]:
    """What is told of each copied answer, by path."""
    record = Record.objects.get(pk=record.pk)
    return {
        ".".join(one.path): one
        for one in copied(form(record), answers_of(record), prefills_of(record))
    }


def offers_for(world: Any, record: Record) -> dict[str, Any]:
    """What is offered, by path."""
    record = Record.objects.select_related("case").get(pk=record.pk)
    found = offered(record, form(record), by=world.wanda, at=hours(9))
    return {".".join(offer.path): offer.given.value for offer in found}


def test_a_record_begins_with_what_is_known_already(world: Any) -> None:
    answers = answers_of(second(world))
    people = answers.pop("people")
    assert answers == {
        "why": "They asked for help",
        "count": "3",
        "school": "Example school",
        "born_on": "2015-11-02",
        "case_number": world.case.reference,
        "begun": "by default",
    }
    assert [without(row, "_id") for row in people] == [
        {"name": "Ann Example", "phone": "01632 960001"},
        {"name": "Bo"},
    ]
    assert {row["_id"] for row in people}.isdisjoint({"helper01", "helper02"})


def test_each_value_says_where_it_came_from_and_when(world: Any) -> None:
    record = second(world)
    rows = {row.question: row for row in Prefill.objects.filter(record=record, rows="")}
    why = rows["qwhy00"]
    assert (why.source, why.snapshot.record_id, why.signed) == ("record", world.first.id, True)
    assert (why.source_at, why.source_question, why.by) == (hours(1), "qreason00", world.wanda)
    assert rows["qschool00"].source_row == "childrow2"
    assert (rows["qbornon00"].source, rows["qbornon00"].person_id) == ("person", world.child.id)
    assert rows["qcasenumber00"].source == "case"
    people = Prefill.objects.filter(record=record, question="rpeople00").order_by("id")
    assert [row.source_row for row in people] == ["helper01", "helper02"]
    event = Event.objects.filter(stream=world.case.id, kind="record.started").latest("seq")
    assert "They asked" not in event.refs


def test_only_the_page_that_asks_is_begun_and_history_says_why(world: Any) -> None:
    record = second(world)
    assert [(row.page, row.version) for row in RecordPage.objects.filter(record=record)] == [
        ("ppage100", 1)
    ]
    assert "Prefilled when the record was started" in {
        change.why for change in changes_of(record, all_of(record))
    }


def test_a_page_that_was_sent_is_taken_as_sent(world: Any) -> None:
    record = second(world, pages={"page_1": {"why": "My own words"}})
    assert answers_of(record) == {"why": "My own words"}
    assert not Prefill.objects.filter(record=record).exists()


def test_drafts_and_abandoned_records_give_nothing_and_the_newest_signed_wins(world: Any) -> None:
    signed(world, {"reason": "Newer"}, at=3)
    draft(world, {"reason": "Only a draft"})
    waiting = draft(world, {"reason": "Waiting"})
    submit(waiting.id, seen=None, by=world.wanda, at=hours(4))
    assert answers_of(second(world))["why"] == "Newer"


def second_case(by: Any, team: Any, person: Any) -> Any:
    """Another open case of a person, of a type that lets them have several."""
    loose = document("child_in_need")
    del loose["subjects"]["group"]
    publish_case_types(loose)
    return make_case(by, team, person.id)


def test_what_waits_for_its_signature_serves_where_nothing_is_signed(world: Any) -> None:
    other = second_case(world.wanda, world.north, world.child)
    record = draft(world, {"reason": "Waiting"}, case=other)
    submit(record.id, seen=None, by=world.wanda, at=hours(2))
    made = start_record(
        other.id, form_key="second", subjects=[world.child.id], by=world.wanda, at=hours(3)
    )
    assert answers_of(made)["why"] == "Waiting"
    assert not Prefill.objects.get(record=made, question="qwhy00").signed


def test_a_record_about_another_child_is_no_source(world: Any) -> None:
    other = make_person(world.wanda, "Sam", "Specimen")
    case = make_case(world.wanda, world.north, other.id)
    made = start_record(
        case.id, form_key="second", subjects=[other.id], by=world.wanda, at=hours(3)
    )
    assert answers_of(made) == {"case_number": case.reference, "count": "7", "begun": "by default"}


def test_another_case_is_a_source_only_where_the_form_says_so_and_the_user_sees_it(
    world: Any,
) -> None:
    let_in = {"by": world.max, "why": "helps"}
    grant_access(world.case.id, world.olive, "allow", at=AT, **let_in)
    case = second_case(world.olive, world.south, world.child)
    answers = answers_of(_started(world, case, world.olive, 3))
    assert answers["why"] == "They asked for help"
    assert answers["count"] == "7", "only “why” says that it is taken across cases"
    end_access(world.case.id, world.olive, "allow", at=hours(4), **let_in)
    assert "why" not in answers_of(_started(world, case, world.olive, 5))


def _started(world: Any, case: Any, by: Any, at: int) -> Record:
    subjects = [world.child.id]
    return start_record(case.id, form_key="second", subjects=subjects, by=by, at=hours(at))


def test_the_source_stays_and_is_offered_again_when_it_changes(world: Any) -> None:
    before = document_of(world.first.snapshots.get())
    record = second(world)
    assert offers_for(world, record) == {}
    reopen(world.first.id, why="more", by=world.wanda, at=hours(3))
    changed = {
        "reason": "They asked again",
        "helpers": [
            {**HELPERS[0], "phone": "01632 960002"},
            {"_id": "helper03", "first_name": "Cy"},
        ],
    }
    page_of_first = RecordPage.objects.get(record=world.first)
    save_page(
        world.first.id,
        "page_1",
        changed,
        seen_version=page_of_first.version,
        by=world.wanda,
        at=hours(3),
    )
    assert offers_for(world, record) == {}, "what is not signed again offers nothing"
    snapshot = submit(world.first.id, seen=None, by=world.wanda, at=hours(4))
    sign(world.first.id, seen_sha256=snapshot.sha256, by=world.max, at=hours(5))
    ann = answers_of(record)["people"][0]["_id"]
    assert offers_for(world, record) == {
        "why": "They asked again",
        f"people.{ann}": {"name": "Ann Example", "phone": "01632 960002"},
        "people": {"name": "Cy"},
    }
    version = refresh(
        record.id, "page_1", paths={"why"}, seen_version=1, by=world.wanda, at=hours(6)
    )
    assert (version, answers_of(record)["why"]) == (2, "They asked again")
    assert told(record)["why"].row.source_at == hours(5)
    refresh(record.id, "page_1", paths=None, seen_version=2, by=world.wanda, at=hours(7))
    people = answers_of(record)["people"]
    assert [(row["name"], row.get("phone")) for row in people] == [
        ("Ann Example", "01632 960002"), ("Bo", None), ("Cy", None),
    ]  # fmt: skip
    assert offers_for(world, record) == {}
    assert document_of(world.first.snapshots.first()) == before
    assert "Taken again from where it was prefilled" in {
        change.why for change in changes_of(record, all_of(record))
    }


def test_what_the_worker_changed_is_told_and_never_overwritten(world: Any) -> None:
    record = second(world)
    answers = {**answers_of(record), "why": "My own words"}
    answers.pop("school")
    save_page(record.id, "page_1", answers, seen_version=1, by=world.wanda, at=hours(3))
    changed = {path: one.changed for path, one in told(record).items()}
    assert changed["why"]
    assert changed["school"]
    assert not changed["count"]
    assert offers_for(world, record) == {}
    assert answers_of(record)["why"] == "My own words"


def test_a_changed_person_is_offered(world: Any) -> None:
    record = second(world)
    new = AT.date().replace(year=2014)
    change_person(
        world.child.id, by=world.wanda, at=hours(3), why="mistake", seen_version=1, born_on=new
    )
    assert offers_for(world, record) == {"born_on": new.isoformat()}


def test_a_source_that_comes_later_is_offered_for_what_is_still_empty(world: Any) -> None:
    case = second_case(world.wanda, world.north, world.child)
    record = start_record(
        case.id, form_key="second", subjects=[world.child.id], by=world.wanda, at=hours(2)
    )
    record.case = case
    first = signed(world, {"count": 9, "helpers": HELPERS[:1]}, case=case, at=3)
    assert first.case_id == case.id
    assert offers_for(world, record)["people"] == {"name": "Ann Example", "phone": "01632 960001"}


def test_refresh_asks_for_the_version_that_was_seen_and_acts_once(world: Any) -> None:
    record = second(world)
    command = uuid4()
    new = AT.date().replace(year=2014)
    change_person(
        world.child.id, by=world.wanda, at=hours(3), why="mistake", seen_version=1, born_on=new
    )
    with pytest.raises(Stale):
        refresh(record.id, "page_1", paths=None, seen_version=0, by=world.wanda, at=hours(4))
    with pytest.raises(NotAllowed):
        refresh(record.id, "page_1", paths=None, seen_version=1, by=world.rita, at=hours(4))
    for _ in range(2):
        version = refresh(
            record.id, "page_1", paths=None, seen_version=1, by=world.wanda, at=hours(4),
            command_id=command,
        )  # fmt: skip
        assert version == 2
    assert Event.objects.filter(stream=world.case.id, kind="record.refreshed").count() == 1


def test_what_is_signed_says_what_was_copied(world: Any) -> None:
    record = second(world)
    answers = {**answers_of(record), "why": "My own words"}
    save_page(record.id, "page_1", answers, seen_version=1, by=world.wanda, at=hours(3))
    document = document_of(submit(record.id, seen=None, by=world.wanda, at=hours(4)))
    said = {one["path"]: one for one in document["prefilled"]}
    assert said["why"]["record"] == str(world.first.id)
    assert said["why"]["changed"]
    assert not said["born_on"]["changed"]


def test_who_only_started_a_prefilled_record_may_sign_it(world: Any) -> None:
    record = second(world, by=world.max)
    submit(record.id, seen=None, by=world.wanda, at=hours(4))
    record = Record.objects.select_related("case").get(pk=record.pk)
    assert may(world.max, "record.sign", record, hours(5))


def test_a_question_that_was_renamed_in_the_source_is_found_by_its_id(world: Any) -> None:
    renamed = json.loads(
        json.dumps(FIRST).replace('"reason"', '"ground"').replace('"phone"', '"telephone"')
    )
    renamed["pages"][0]["items"][3]["items"][2]["type"] = "phone"
    publish(renamed, by=world.ada, at=hours(2), reason="Other names")
    signed(
        world,
        {
            "ground": "Renamed",
            "helpers": [{"_id": "helper04", "first_name": "Di", "telephone": "01632 960004"}],
        },
        at=3,
    )
    answers = answers_of(second(world, at=4))
    assert answers["why"] == "Renamed"
    assert answers["people"][0]["phone"] == "01632 960004"


def test_a_value_that_does_not_fit_is_left_out(world: Any) -> None:
    definition = a_form(
        question("long_text", "reason", max_length=5, prefill=from_first("reason")),
        question("text", "reason_2", prefill=from_first("reason")),
        key="narrow",
    )
    publish(definition, by=world.ada, at=AT, reason="For a test")
    record = start_record(
        world.case.id, form_key="narrow", subjects=[world.child.id], by=world.wanda, at=hours(2)
    )
    assert answers_of(record) == {"reason_2": "They asked for help"}
    assert [row.question for row in Prefill.objects.filter(record=record)] == ["qreason200"]


def test_each_person_covered_becomes_a_row(world: Any) -> None:
    definition = a_form(
        repeat(
            "children", question("person", "who"), question("date", "born"),
            prefill=[{"person": "each", "map": {"who": "person", "born": "born_on"}}],
        ),
        key="everybody",
    )  # fmt: skip
    publish(definition, by=world.ada, at=AT, reason="For a test")
    record = start_record(
        world.case.id, form_key="everybody", subjects=[world.child.id, world.sibling.id],
        by=world.wanda, at=hours(2),
    )  # fmt: skip
    rows = [without(row, "_id") for row in answers_of(record)["children"]]
    assert rows == [{"who": who(world.child), "born": "2015-11-02"}, {"who": who(world.sibling)}]


def test_a_form_may_name_one_that_is_not_published_but_no_question_that_is_not_there(
    world: Any,
) -> None:
    later = [{"record": "not_yet", "question": "anything"}]
    publish(a_form(question("text", prefill=later), key="early"), by=world.ada, at=AT, reason="x")
    wrong = a_form(question("text", prefill=from_first("nothing")), key="wrong")
    with pytest.raises(NotPublishable, match="asks no “nothing”"):
        publish(wrong, by=world.ada, at=AT, reason="x")


def test_starting_costs_no_query_per_question(world: Any) -> None:
    plain = a_form(key="plain", pages=[page(question("text"))])
    publish(plain, by=world.ada, at=AT, reason="For a test")

    def queries(key: str) -> int:
        start_record(
            world.case.id, form_key=key, subjects=[world.child.id], by=world.wanda, at=hours(2)
        )
        with CaptureQueriesContext(connection) as captured:
            start_record(
                world.case.id, form_key=key, subjects=[world.child.id], by=world.wanda, at=hours(3)
            )
        return sum(sql["sql"].startswith("SELECT") for sql in captured.captured_queries)

    assert queries("second") - queries("plain") <= 6


def test_a_mark_goes_with_the_copy_and_what_is_withheld_is_not_copied(world: Any) -> None:
    row = answers_of(world.first)["helpers"][0]["_id"]
    police = {"key": "police", "title": "Police information", "roles": ["manager"]}
    load_marks([police], at=AT)
    by = {"by": world.max, "at": hours(1), "why": "from the police"}
    mark_answer(world.first.id, ("reason",), "police", **by)
    mark_answer(world.first.id, ("helpers", row, "phone"), "police", **by)
    withheld = answers_of(second(world))
    assert "why" not in withheld
    assert withheld["people"][0].keys() == {"_id", "name"}
    MarkSight.objects.create(mark_id="police", role=Role.WORKER, given_at=AT)
    record = second(world, at=3)
    answers = answers_of(record)
    assert answers["why"] == "They asked for help"
    assert marks_of(record, ("why",)) == ("police",)
    ann = answers["people"][0]["_id"]
    assert marks_of(record, ("people", ann, "phone")) == ("police",)
    assert marks_of(record, ("people", ann, "name")) == ()
