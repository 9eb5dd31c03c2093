"""Notes and visits in real cases: whose clock a visit stops, what it touched, what is added to it."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from casework.cases import access
from casework.cases.actions.adding import add_to, set_touched
from casework.cases.actions.records import start_record
from casework.cases.actions.signing import submit
from casework.cases.actions.working import change_task
from casework.cases.actions.writing import write_record
from casework.cases.beside import added_to, links_of, touched_by
from casework.cases.history_whole import whole_history
from casework.cases.masking import Mask
from casework.cases.models import Case, Clock, Record, Snapshot, Task, TaskLink
from casework.cases.unmasked import document_of
from casework.cases.uploads import store
from casework.ledger.models import Event
from casework.refusals import Incomplete, NotAllowed, NotNow, Refused, Stale
from formdefs.versions import form_of, newest
from tests.cast import AT, Cast, make_case, make_person, sample_answers
from tests.stored.test_working import decided, signed

pytestmark = pytest.mark.django_db
PLANNED = AT + timedelta(days=24)  # when tests.stored.test_working signs
VISITED = PLANNED + timedelta(days=3)
WRITTEN = VISITED + timedelta(hours=5)
FAMILY_OUTCOME = {"decision": "assessment"}


def in_plan(cast: Cast, *names: str) -> tuple[Case, list[Any]]:
    """A case whose children all have a plan: referred, assessed and planned."""
    people = [make_person(cast.wanda, given) for given in names]
    case = make_case(cast.wanda, cast.north, *(person.pk for person in people))
    signed(case, cast.wanda, cast.max, "referral", **FAMILY_OUTCOME)
    for person in people:
        assessed(case, cast, person)
    signed(case, cast.wanda, cast.max, "child_in_need_plan")
    return case, people


def assessed(case: Case, cast: Cast, person: Any) -> None:
    """A signed assessment of one child, which asks for a plan."""
    answers, loaded = (
        sample_answers("child_family_assessment"),
        form_of(newest("child_family_assessment").pk),
    )
    pages = {
        page.id: {key: answers[key] for key in loaded.keys_of(page.id) & answers.keys()}
        for page in loaded.pages
    }
    record = start_record(
        case.pk, form_key=loaded.key, subjects=[person.pk], pages=pages, by=cast.wanda, at=PLANNED
    )
    decided(record, cast.wanda, cast.max)


def visit(case: Case, by: Any, *seen: Any, at: Any = WRITTEN, **more: Any) -> Record:
    """A finished visit about everybody in the case, at which these persons were seen."""
    answers = {
        "happened_at": VISITED.isoformat(), "kind": "in_need", "mode": "in_person", "place": "home",
        "announced": True, "seen": [{"id": str(one.pk), "name": one.name} for one in seen],
        "not_seen_why": "At school.", "childs_words": "I like it here.", "observations": "Warm and tidy.",
        **more,
    }  # fmt: skip
    (page,) = form_of(newest("visit").pk).pages
    subjects = list(case.subjects.values_list("person_id", flat=True))
    record = start_record(
        case.pk, form_key="visit", subjects=subjects, pages={page.id: answers}, by=by, at=at
    )
    submit(record.pk, seen=None, by=by, at=at)
    record.refresh_from_db()
    return record


def clock(case: Case, person: Any) -> list[dict[str, Any]]:
    """The runs of a child's visiting clock."""
    return json.loads(Clock.objects.get(case=case, key="visit", subject=person).cycles)


def test_a_name_that_is_nobodys_in_the_case_is_told_and_not_taken_for_seen(library: Cast) -> None:
    case = make_case(library.wanda, library.north)
    with pytest.raises(Incomplete) as refused:
        visit(case, library.wanda, seen=[{"id": None, "name": "Tsetina Example"}])
    assert [problem.path for problem in refused.value.problems] == [("seen",)]
    assert "is not one of this case’s people" in refused.value.problems[0].message


def test_a_visit_stops_the_clock_of_the_child_who_was_seen_and_of_no_other(library: Cast) -> None:
    case, (noah, poppy) = in_plan(library, "Noah", "Poppy")
    record = visit(case, library.wanda, noah)
    assert record.status == "finished"
    first, second = clock(case, noah)
    assert (first["status"], first["done_in_time"], second["status"]) == (
        "stopped",
        True,
        "running",
    )
    assert second["begins"][:10] == VISITED.date().isoformat()  # from the day of the visit
    (hers,) = clock(case, poppy)
    assert hers["status"] == "running"
    visit(case, library.wanda, poppy, at=WRITTEN + timedelta(hours=1))
    assert [run["status"] for run in clock(case, poppy)] == ["stopped", "running"]
    assert len(clock(case, noah)) == 2
    assert Snapshot.objects.filter(record=record, finished=True).exists()


def test_a_visit_that_did_not_succeed_stops_nobodys_clock(library: Cast) -> None:
    case, (noah,) = in_plan(library, "Noah")
    visit(case, library.wanda, mode="unsuccessful", seen=None, childs_words=None)
    assert [run["status"] for run in clock(case, noah)] == ["running"]


def a_note(case: Case, by: Any, *tasks: Any, finish: bool = True, **more: Any) -> Record:
    """A case note about everybody in the case, that touches these actions."""
    answers = {
        "type": "phone", "happened_at": VISITED.isoformat(), "text": "She rang.", "significant": False,
    }  # fmt: skip
    (page,) = form_of(newest("case_note").pk).pages
    subjects = list(case.subjects.values_list("person_id", flat=True))
    return write_record(
        case.pk, form_key="case_note", subjects=subjects, pages={page.id: answers},
        touches=[task.pk for task in tasks], finish=finish, by=by, at=WRITTEN, **more,
    )  # fmt: skip


@pytest.fixture
def planned(library: Cast) -> tuple[Cast, Case, list[Task]]:
    """A case with a signed plan and its actions."""
    case = make_case(library.wanda, library.north, make_person(library.wanda, "Noah").pk)
    signed(case, library.wanda, library.max, "child_in_need_plan")
    return library, case, list(Task.objects.filter(case=case).order_by("key"))


def test_a_note_tells_what_it_touched_and_the_action_tells_of_the_note(planned: Any) -> None:
    cast, case, (first, second, *_rest) = planned
    command = uuid4()
    for _ in range(2):  # the same command twice
        note = a_note(case, cast.wanda, first, second, command_id=command)
    assert Record.objects.filter(form_version__form="case_note").get() == note
    assert note.status == "finished"
    touched = {one.task for one in touched_by(note, cast.wilf, WRITTEN)}
    assert touched == {first, second}
    (link,) = links_of(first, cast.wilf, WRITTEN)
    assert (link.link.kind, link.record, link.withheld) == ("touched", note, False)
    document = document_of(note.snapshots.get())
    assert [one["task"] for one in document["touches"]] == [str(first.pk), str(second.pk)]
    with pytest.raises(NotNow):  # what is finished is not changed
        set_touched(note.pk, [first.pk], by=cast.wanda, at=WRITTEN)
    with pytest.raises(access.Absent):
        set_touched(note.pk, [first.pk], by=cast.olive, at=WRITTEN)
    assert links_of(first, cast.olive, WRITTEN) == []


def test_what_a_draft_touches_is_changed_and_every_change_is_kept(planned: Any) -> None:
    cast, case, (first, second, *_rest) = planned
    note = a_note(case, cast.wanda, first, finish=False)
    set_touched(note.pk, [second.pk], by=cast.wilf, at=WRITTEN)
    rows = TaskLink.objects.order_by("made_at", "pk").values_list("task", "ended_by")
    assert set(rows) == {(first.pk, cast.wilf.pk), (second.pk, None)}
    assert Event.objects.filter(stream=case.pk, kind="record.touched").count() == 2
    change_task(first.pk, status="done", outcome="It is.", by=cast.wanda, at=WRITTEN)
    other = make_case(cast.wanda, cast.north, make_person(cast.wanda, "Poppy").pk)
    elsewhere = a_note(other, cast.wanda, finish=False)
    for tasks, record in (([first.pk], note), ([second.pk], elsewhere), ([uuid4()], note)):
        with pytest.raises(Refused):
            set_touched(record.pk, tasks, by=cast.wanda, at=WRITTEN)


def test_a_note_that_lacks_something_leaves_nothing_behind(planned: Any) -> None:
    cast, case, _tasks = planned
    with pytest.raises(Incomplete):
        write_record(
            case.pk, form_key="case_note", subjects=list(case.subjects.values_list("person_id", flat=True)),
            pages={}, finish=True, by=cast.wanda, at=WRITTEN,
        )  # fmt: skip
    assert not Record.objects.filter(form_version__form="case_note").exists()


def test_what_is_finished_is_added_to_and_bound_to_what_stands_there(planned: Any) -> None:
    cast, case, _tasks = planned
    note = a_note(case, cast.wanda)
    stands = note.snapshots.get()
    command = uuid4()
    for _ in range(2):
        added = add_to(
            note.pk, text=" It was Monday. ", seen_sha256=stands.sha256, by=cast.wilf, at=WRITTEN,
            command_id=command,
        )  # fmt: skip
    (seen,) = added_to(note)
    assert (seen.appendment, seen.text, seen.who) == (added, "It was Monday.", cast.wilf.name)
    (change,) = [
        one
        for one in whole_history(note, Mask(form_of(note.form_version_id), (), ()))
        if one.path == ("appendment",)
    ]
    assert (change.who, change.after) == (cast.wilf.name, "It was Monday.")
    event = Event.objects.get(stream=case.pk, kind="record.appended")
    assert (event.digest, "Monday" in event.refs) == (added.sha256, False)
    for by, text, sha256, refusal in (
        (cast.wanda, " ", stands.sha256, Refused), (cast.wanda, "More", "0" * 64, Stale),
        (cast.rita, "More", stands.sha256, NotAllowed), (cast.olive, "More", stands.sha256, access.Absent),
    ):  # fmt: skip
        with pytest.raises(refusal):
            add_to(note.pk, text=text, seen_sha256=sha256, by=by, at=WRITTEN)
    draft = a_note(case, cast.wanda, finish=False)
    with pytest.raises(NotNow):
        add_to(draft.pk, text="More", seen_sha256="", by=cast.wanda, at=WRITTEN)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database refuses too
        added.save()


def test_what_shows_that_an_action_is_done_is_a_written_record_of_the_case(planned: Any) -> None:
    cast, case, (first, second, *_rest) = planned
    note, draft = a_note(case, cast.wanda), a_note(case, cast.wanda, finish=False)
    done = {"status": "done", "outcome": "It is.", "by": cast.wanda, "at": WRITTEN}
    for wrong in (
        {"evidence": draft.pk}, {"evidence": uuid4()}, {"evidence_file": uuid4()},
        {"evidence": note.pk, "status": "cancelled"},
    ):  # fmt: skip
        with pytest.raises(Refused):
            change_task(first.pk, **{**done, **wrong})
    change_task(first.pk, evidence=note.pk, **done)
    (link,) = links_of(first, cast.max, WRITTEN)
    assert (link.link.kind, link.record) == ("evidence", note)
    event = Event.objects.filter(stream=case.pk, kind="task.changed").latest("seq")
    assert json.loads(event.refs)["evidence"] == str(note.pk)
    question = "qn8fil"
    stored = store(
        draft.pk, question, SimpleUploadedFile("rail.txt", b"A photograph of the rail."),
        by=cast.wanda, at=WRITTEN,
    )  # fmt: skip
    submit(draft.pk, seen=None, by=cast.wanda, at=WRITTEN)
    change_task(second.pk, evidence_file=stored.pk, **done)
    (link,) = links_of(second, cast.max, WRITTEN)
    assert link.file == stored
