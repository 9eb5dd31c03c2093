"""Copying between the records of two children: permitted sections, nothing marked, nothing overwritten."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from casetypes.models import CaseTypeVersion
from casetypes.shipped import documents
from casework.accounts.marks import load_marks
from casework.accounts.models import MarkSight, Role
from casework.canonical import canonical, sha256
from casework.cases.actions.copying import copy_to, versions_of
from casework.cases.actions.marking import mark_answer
from casework.cases.actions.records import abandon, save_page, start_record
from casework.cases.actions.signing import submit
from casework.cases.copying import sections_of
from casework.cases.models import Autosave, Case, Prefill, Record
from casework.cases.prefilled import copied, prefills_of
from casework.cases.unmasked import answers_of, form
from casework.ledger.models import Event
from casework.people.models import Person
from casework.refusals import Absent, NotNow, Refused, Stale
from formdefs.publish import publish
from tests.cast import AT, Cast, make_case, make_person

pytestmark = pytest.mark.django_db


def question(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {
        "id": f"q{name.replace('_', '')}",
        "kind": "question",
        "key": name,
        "type": kind,
        "label": name,
        **more,
    }


TWIN: dict[str, Any] = {
    "formdef": 1,
    "key": "twin",
    "title": "Twin",
    "kind": "assessment",
    "language": "en",
    "per": "subject",
    "pages": [
        {"id": "pone", "key": "page_one", "title": "One", "items": [
            question("about_them"),
            {"id": "shome", "kind": "section", "key": "home", "title": "Home", "items": [
                question("house"), question("street"), question("told", mark="police"),
                question("born", "date", prefill=[{"person": "born_on"}]),
                {"id": "rhelp", "kind": "repeat", "key": "helpers", "label": "Helpers", "items": [
                    question("helper"), question("secret", mark="police"),
                    {"id": "rdays", "kind": "repeat", "key": "days", "label": "Days",
                     "items": [question("weekday")]},
                ]},
            ]},
        ]},
    ],
}  # fmt: skip
HELPERS = [
    {"_id": "helper001", "helper": "Gran", "days": [{"_id": "day00001", "weekday": "Monday"}]},
    {"_id": "helper002", "helper": "Sam"},
]
ANSWERS = {
    "about_them": "Likes boats",
    "house": "Warm",
    "street": "Quiet",
    "told": "A raid",
    "born": "2015-01-02",
    "helpers": HELPERS,
}


@dataclass
class World:
    """A case about three, of whom the first has a record."""

    cast: Cast
    case: Case
    one: Person
    two: Person
    source: Record

    def copy(self, sections: Any = ("home",), **more: Any) -> Record:
        """Copy to the second child, as wanda."""
        sent = {"seen": {}, "over": (), "by": self.cast.wanda, "at": AT, **more}
        return copy_to(self.source.pk, sent.pop("person", self.two.pk), sections, **sent)

    def begin(self, **answers: Any) -> Record:
        """A draft about the second child."""
        return start_record(
            self.case.pk,
            form_key="twin",
            subjects=[self.two.pk],
            pages={"page_one": answers} if answers else {},
            by=self.cast.wanda,
            at=AT,
        )


@pytest.fixture
def world(cast: Cast) -> World:
    load_marks([{"key": "police", "title": "Police information", "roles": ["manager"]}], at=AT)
    MarkSight.objects.create(mark_id="police", role=Role.WORKER, given_at=AT)
    publish(TWIN, by=cast.ada, at=AT, reason="For a test")
    document = next(one for one in documents() if one["key"] == "child_in_need")
    uses = [
        *document["forms"],
        {
            "id": "f_twin",
            "form": "twin",
            "per": "subject",
            "sign_off": "decision",
            "copy": ["home"],
        },
    ]
    text = canonical({**document, "forms": uses})
    CaseTypeVersion.objects.create(
        case_type_id="child_in_need", number=2, title=document["title"], document=text, forms="{}",
        sha256=sha256(text), published_at=AT, reason="test",
    )  # fmt: skip
    one, two = make_person(cast.wanda, "Tia"), make_person(cast.wanda, "Tom")
    case = make_case(cast.wanda, cast.north, one.pk, two.pk)
    source = start_record(
        case.pk, form_key="twin", subjects=[one.pk], pages={"page_one": ANSWERS},
        by=cast.wanda, at=AT,
    )  # fmt: skip
    submit(source.pk, seen=None, by=cast.wanda, at=AT)
    return World(cast, case, one, two, source)


def test_permitted_sections_are_copied_into_a_new_record_and_say_where_from(world: World) -> None:
    assert [part.key for part in sections_of(world.source, form(world.source))] == ["home"]
    target = world.copy()
    answers = answers_of(target)
    assert (answers["house"], answers["street"]) == ("Warm", "Quiet")
    # Neither outside the section, nor marked, nor the person's own, nor a row in which a mark lies.
    assert not {"about_them", "told", "born"} & answers.keys()
    assert "helpers" not in answers
    assert [one.person_id for one in target.covers.all()] == [world.two.pk]
    row = Prefill.objects.get(record=target, question="qhouse")
    assert (row.snapshot.record, row.source_question, row.by) == (
        world.source,
        "qhouse",
        world.cast.wanda,
    )
    told = copied(form(target), answers, prefills_of(target))
    assert [(one.path, one.changed) for one in told] == [(("house",), False), (("street",), False)]
    event = Event.objects.get(kind="record.copied")
    assert json.loads(event.refs)["source"] == str(world.source.pk)
    assert "Warm" not in event.refs


def test_a_mark_put_by_hand_keeps_an_answer_back(world: World) -> None:
    mark_answer(world.source.pk, ("house",), "police", by=world.cast.wanda, at=AT)
    assert "house" not in answers_of(world.copy())


def test_a_mark_in_the_other_record_keeps_its_place_free(world: World) -> None:
    target = world.begin(house="Damp")
    mark_answer(target.pk, ("house",), "police", by=world.cast.wanda, at=AT)
    world.copy(seen=versions_of(target), over=["house"])
    assert answers_of(target)["house"] == "Damp"


def test_what_is_there_stays_unless_it_was_said_of_it(world: World) -> None:
    target = world.begin(house="Damp", about_them="Likes trains")
    assert world.copy(seen=versions_of(target)) == target
    assert answers_of(target) == {"house": "Damp", "street": "Quiet", "about_them": "Likes trains"}
    world.copy(seen=versions_of(target), over=["house"])
    assert answers_of(target)["house"] == "Warm"
    with pytest.raises(Refused, match="nothing to copy"):
        world.copy(seen=versions_of(target), over=["house"])


def test_who_saw_another_state_of_the_other_record_is_told(world: World) -> None:
    target = world.begin(house="Damp")
    seen = versions_of(target)
    with pytest.raises(Stale):
        world.copy(seen={})
    save_page(
        target.pk, "page_one", {"house": "Dry"}, seen_version=1, by=world.cast.wilf, at=AT
    )  # fmt: skip
    with pytest.raises(Stale):
        world.copy(seen=seen, over=["house"])
    abandon(target.pk, why="Twice", by=world.cast.wanda, at=AT)
    with pytest.raises(Stale):
        world.copy(seen=versions_of(target))
    assert "house" in answers_of(world.copy())


def test_typing_that_is_not_saved_is_not_lost(world: World) -> None:
    target = world.begin()
    Autosave.objects.create(
        record=target,
        page="pone",
        user=world.cast.wanda,
        base_version=0,
        answers="{}",
        saved_at=AT,
    )
    with pytest.raises(NotNow, match="not saved"):
        world.copy(seen=versions_of(target))
    assert Autosave.objects.filter(record=target).exists()


def test_what_may_not_be_copied_is_refused(world: World) -> None:
    stranger = make_person(world.cast.wanda, "Someone")
    for sections, person, at in (
        (["page_one"], world.two, "sections"),
        (["nothing"], world.two, "sections"),
        ([], world.two, "sections"),
        (["home"], world.one, "person"),
        (["home"], stranger, "person"),
    ):
        with pytest.raises(Refused) as refusal:
            world.copy(sections, person=person.pk)
        assert refusal.value.problems[0].path == (at,)
    with pytest.raises(Absent):
        world.copy(by=world.cast.olive)
    draft = world.begin(house="Damp")
    with pytest.raises(NotNow, match="submitted"):
        copy_to(draft.pk, world.one.pk, ["home"], seen={}, over=(), by=world.cast.wanda, at=AT)


def test_a_copy_sent_twice_is_made_once(world: World) -> None:
    command = uuid4()
    first, second = world.copy(command_id=command), world.copy(command_id=command)
    assert first == second
    assert Record.objects.filter(case=world.case).count() == 2


def test_rows_without_a_mark_get_ids_of_their_own(cast: Cast, world: World) -> None:
    definition = json.loads(json.dumps(TWIN))
    repeat = definition["pages"][0]["items"][1]["items"][-1]
    repeat["items"] = [one for one in repeat["items"] if one["key"] != "secret"]
    publish(definition, by=cast.ada, at=AT, reason="No secrets")
    source = start_record(
        world.case.pk, form_key="twin", subjects=[world.one.pk], pages={"page_one": ANSWERS},
        by=cast.wanda, at=AT,
    )  # fmt: skip
    submit(source.pk, seen=None, by=cast.wanda, at=AT)
    sent = {"seen": {}, "over": (), "by": cast.wanda, "at": AT}
    target = copy_to(source.pk, world.two.pk, ["home"], **sent)
    helpers = answers_of(target)["helpers"]
    assert [row["helper"] for row in helpers] == ["Gran", "Sam"]
    assert helpers[0]["days"][0]["weekday"] == "Monday"
    ids = {row["_id"] for row in helpers} | {helpers[0]["days"][0]["_id"]}
    assert not ids & {"helper001", "helper002", "day00001"}
    assert prefills_of(target)["rhelp", helpers[0]["_id"]].source_row == "helper001"
    with pytest.raises(Refused, match="nothing to copy"):
        copy_to(source.pk, world.two.pk, ["home"], **{**sent, "seen": versions_of(target)})
