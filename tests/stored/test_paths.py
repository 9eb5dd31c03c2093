"""Two kinds of case through the actions and the tables: a family's reviews, a complaint's pause."""

from datetime import timedelta
from typing import Any

import pytest

from casetypes.publish import publish_shipped
from casework.cases.actions.cases import open_case
from casework.cases.actions.working import change_task
from casework.cases.models import Case, Clock, Task
from casework.cases.work import clocks_of, standings
from casework.ledger.models import Event
from tests.cast import AT, Cast, make_case, make_person, sample_answers
from tests.written import sent, signed, write

pytestmark = pytest.mark.django_db
CFA, PLAN = "child_family_assessment", "child_in_need_plan"
NOW = AT + timedelta(days=24)  # after every day in the sample answers


def rows(case: Case, form: str, *changed: dict[str, Any]) -> list[dict[str, Any]]:
    """A row of the sample for each child whose part goes on, in the order they joined."""
    first = sample_answers(form)["children"][0]
    people = [part.person for part in case.subjects.filter(to_on=None).order_by("id")]
    return [
        {**first, "_id": f"row{place}{person.pk.hex[:8]}", **more,
         "child": {"id": str(person.pk), "name": person.name}}
        for place, (person, more) in enumerate(zip(people, changed, strict=False))
    ]  # fmt: skip


def stages(case: Case) -> list[str]:
    return list(case.subjects.order_by("id").values_list("stage", flat=True))


def test_each_child_goes_where_their_own_row_of_the_review_says(library: Cast) -> None:
    people = [make_person(library.wanda, given).pk for given in ("Ann", "Ben", "Cat")]
    case = make_case(library.wanda, library.north, *people)
    people = list(case.subjects.order_by("id").values_list("person_id", flat=True))
    hands: dict[str, Any] = {"by": library.wanda, "manager": library.max, "at": NOW}
    for place, (form, about) in enumerate(
        [("referral", people), *((CFA, [person]) for person in people), (PLAN, people)]
    ):
        hands["at"] = NOW + timedelta(minutes=place)
        signed(case, form, *about, **hands)
    hands["at"] = NOW + timedelta(hours=1)
    judged = [
        {"_id": task.row, "became": "on_track", "action": "x"}
        for task in Task.objects.filter(case=case, template="plan_action")
    ]
    children = rows(
        case, "cin_review", {"decision": "continue"},
        {"decision": "step_down", "support_after": "School"},
        {"decision": "step_up"},
    )  # fmt: skip
    signed(case, "cin_review", **hands, children=children, plan_actions=judged)
    assert stages(case) == ["plan", "family_help", "stepped_up"]
    told = Task.objects.filter(case=case, template="plan_action")
    assert set(told.values_list("stated", flat=True)) == {"on_track"}
    running = Clock.objects.filter(case=case, key="plan_review", status="running")
    assert set(running.values_list("subject_id", flat=True)) == set(people[:2])


def test_an_outcome_that_is_an_answer_reads_as_the_answer(library: Cast) -> None:
    case = make_case(library.wanda, library.north, make_person(library.wanda, "Ann").pk)
    hands: dict[str, Any] = {"by": library.wanda, "manager": library.max}
    for place, form in enumerate(("referral", CFA, PLAN)):
        signed(case, form, **hands, at=NOW + timedelta(minutes=place))
    went = rows(
        case, "closure", {"outcome": "family_help"}
    )  # also what a move to “closed” is called by
    signed(case, "closure", **hands, at=NOW + timedelta(hours=1), children=went)
    assert [one.outcome for one in standings(case)] == ["Family help or early help goes on"]


def test_a_complaint_waits_while_the_complainant_is_asked_and_is_answered_twice(
    library: Cast,
) -> None:
    list(publish_shipped(by=None, at=AT, reason="The case types that ship"))
    person = make_person(library.wanda, "Percy")
    case = open_case(
        case_type="complaint", team=library.north, subjects=[person.pk], by=library.wanda, at=AT
    )
    hands: dict[str, Any] = {"by": library.wanda, "manager": library.max}
    signed(case, "complaint", **hands, at=NOW)
    task = Task.objects.get(case=case, template="acknowledgement")
    change_task(task.pk, status="done", outcome="Letter", by=library.wanda, at=NOW)
    later = NOW + timedelta(hours=3)
    asking = {"happened_at": (NOW + timedelta(hours=1)).isoformat(), "answer_by": "2026-12-01"}
    asked = write(case, "clarification", by=library.wanda, at=later, **asking)
    sent(asked, library.wanda, later)
    assert Clock.objects.get(case=case, key="stage_one").status == "paused"
    told = {
        "what": "answered",
        "happened_at": (NOW + timedelta(hours=2)).isoformat(),
        "answer": "On Monday.",
    }
    answer = write(
        case, "clarification", by=library.wanda, at=later, **told, question=None, answer_by=None
    )
    sent(answer, library.wanda, later)
    assert Clock.objects.get(case=case, key="stage_one").status == "running"
    signed(case, "complaint_response_one", **hands, at=later)
    sent(write(case, "escalation", by=library.wanda, at=later), library.wanda, later)
    assert stages(case) == ["stage_two"]
    signed(case, "complaint_response_two", **hands, at=later)
    case.refresh_from_db()
    assert (stages(case), case.close_reason) == (["closed"], "upheld")
    assert [one.outcome for one in standings(case)] == ["Upheld"]
    kinds = Event.objects.filter(stream=case.pk).values_list("kind", flat=True)
    assert "clock.changed" in kinds
    assert {one.kind.key for one in clocks_of(case, later)} >= {"acknowledge", "stage_one"}
