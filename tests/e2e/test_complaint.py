"""A complaint from its receipt through a pause to its second stage, in a browser.

The worker writes and the manager signs. At each step the case's page says where it stands, what is due,
and what is to be done.
"""

from typing import Any

from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.walking import (
    add_person,
    clock,
    day,
    do_action,
    new_name,
    open_case,
    required,
    sign,
    soon,
    stage,
    write,
)


def test_a_complaint_from_its_receipt_through_a_pause_to_its_second_stage(open_as: Opener) -> None:
    corin, carla = open_as("corin"), open_as("carla")
    family = new_name()
    add_person(corin, "Perry", family)
    case, about = open_case(corin, "Corporate complaint", family), [f"Perry {family}"]
    sign(carla, write(corin, case, "complaint", about, required("complaint")))
    assert stage(corin, case, about[0]) == "Stage one"
    do_action(corin, case, "Acknowledge the complaint", "Letter sent.")
    assert clock(corin, case, "Acknowledge the complaint").startswith("Done")

    asked = {"what": "asked", "happened_at": soon(1), "how": "phone", "question": "When?"}
    write(corin, case, "clarification", about, {**asked, "answer_by": day(7)})
    assert clock(corin, case, "Answer at stage one").startswith("Paused since")
    answered = {"what": "answered", "happened_at": soon(2), "how": "phone", "answer": "On Monday."}
    write(corin, case, "clarification", about, answered)
    assert "due" in clock(corin, case, "Answer at stage one").lower()

    sign(carla, write(corin, case, "complaint_response_one", about, response("one")))
    assert stage(corin, case, about[0]) == "Answered at stage one"
    expect(corin.get_by_role("link", name="Ring Perry")).to_be_visible()
    escalation = required("escalation", requested_on=day(0))
    write(corin, case, "escalation", about, escalation)
    assert stage(corin, case, about[0]) == "Stage two"
    assert "due" in clock(corin, case, "Answer at stage two").lower()

    sign(carla, write(corin, case, "complaint_response_two", about, response("two")))
    assert stage(corin, case, about[0]) == "Closed"
    expect(corin.locator("main")).to_contain_text("Partly upheld")
    expect(corin.get_by_role("link", name="Ring Perry")).to_have_count(2)


def response(stage: str) -> dict[str, Any]:
    """A response with one action."""
    action = {"what": "Ring Perry", "who_else": "The depot", "by_when": day(7), "evidence": "Note"}
    return required(f"complaint_response_{stage}", actions=[action], outcome="partly")
