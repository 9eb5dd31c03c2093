"""Clocks on the pages and through the API: why one is late, holding one, and how one came about."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from casework import clock
from casework.cases.models import Case, Clock
from tests.cast import AT, Cast, make_case, make_person
from tests.faces.api_client import Api, problem
from tests.faces.web_pages import browser, errors, words
from tests.written import signed

pytestmark = pytest.mark.django_db
LATE = AT + timedelta(days=10)


@pytest.fixture
def case(library: Cast, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case in which nothing was done for ten days."""
    found = make_case(library.wanda, library.north)
    monkeypatch.setattr(clock, "now", lambda: LATE)
    return found


def row(case: Case, key: str) -> Clock:
    return Clock.objects.get(case=case, key=key)


def sent(**more: str) -> dict[str, str]:
    return {"command_id": str(uuid4()), **more}


def test_from_the_case_to_the_reason_and_to_a_hold(library: Cast, case: Case) -> None:
    worker, manager = browser(library.wanda), browser(library.max)
    late, free = row(case, "referral_decision"), row(case, "contact_triage")
    page = f"/cases/{case.pk}/"
    url = f"/clocks/{late.pk}/why/1/"
    shown = worker.get(page).content.decode()
    assert url in shown
    assert f"/clocks/{free.pk}/hold/" not in shown
    assert [one for one, _id in errors(worker.post(url, sent()))] == [
        "Select a reason from the list", "Enter in words why it is late",
    ]  # fmt: skip
    assert worker.post(url, sent(code="worker", words="Ill for a week")).status_code == 302
    assert "Why: The worker was absent or had changed. Ill for a week" in words(worker.get(page))
    assert "This was said already" in words(worker.get(url))
    assert "set by statute" in words(manager.get(f"/clocks/{late.pk}/hold/"))
    url = f"/clocks/{free.pk}/hold/"
    assert url in manager.get(page).content.decode()
    day = {"on-day": "30", "on-month": "10", "on-year": "2026"}
    refused = manager.post(url, sent(what="pause", why="Asked them", **day))
    assert "does not run then" in words(refused)
    assert manager.post(url, sent(what="pause", why="Asked them")).status_code == 302
    story = words(worker.get(f"/clocks/{free.pk}/"))
    assert "Asked them" in story
    assert "Before, it was running; now it is paused." in story
    asked = "?on-day={0.day}&on-month={0.month}&on-year={0.year}"
    then = words(worker.get(f"/clocks/{free.pk}/" + asked.format(AT + timedelta(1))))
    assert f"At the end of {(AT + timedelta(1)).day} November 2026 it read: Due" in then
    before = words(worker.get(f"/clocks/{free.pk}/" + asked.format(AT - timedelta(9))))
    assert "had not been worked out yet" in before
    person = case.subjects.get().person_id
    due = words(worker.get(f"/people/{person}/"))
    assert "What is due Decide on the referral Overdue by" in due
    assert "After that about" in due
    assert "What is due" not in words(browser(library.ada).get(f"/people/{person}/"))
    out = StringIO()
    call_command("recompute_clocks", "--dry-run", stdout=out)
    assert out.getvalue() == "0 clocks would change\n"


def test_programs_say_why_and_hold(library: Cast, case: Case) -> None:
    worker, manager = Api(library.wanda), Api(library.max)
    clocks: dict[str, Any] = {
        one["key"]: one for one in worker.get(f"/cases/{case.pk}/clocks").json()["items"]
    }
    late, free = clocks["referral_decision"]["id"], clocks["contact_triage"]["id"]
    assert clocks["referral_decision"]["runs"][0]["late"]
    said = {"run": 1, "code": "worker", "words": "Ill"}
    once = [worker.post(f"/clocks/{late}/reasons", said, Idempotency_Key="1").json() for _ in "ab"]
    assert once[0] == once[1]
    (reason,) = once[0]["runs"][0]["reasons"]
    assert (reason["code"], reason["words"], reason["who"]) == ("worker", "Ill", "Wanda Worker")
    wrong = worker.post(f"/clocks/{late}/reasons", {**said, "code": "weather"})
    assert problem(wrong, 422, "refused")["problems"][0]["path"] == "code"
    hold = {"what": "pause", "why": "Asked them"}
    problem(manager.post(f"/clocks/{late}/hold", hold), 409, "not_now")
    assert worker.post(f"/clocks/{free}/hold", hold).status_code == 403
    assert manager.post(f"/clocks/{free}/hold", hold).json()["standing"] == "paused"
    problem(Api(library.olive).post(f"/clocks/{late}/reasons", said), 404, "absent")


def test_clocks_that_stand_alike_stand_together_and_those_over_are_folded(library: Cast) -> None:
    case = make_case(
        library.wanda,
        library.north,
        *(make_person(library.wanda, name).pk for name in ("Ann", "Ben")),
    )
    page = browser(library.wanda).get(f"/cases/{case.pk}/")
    assert "Complete the assessment: Ann Example, Ben Example Due" in words(page)
    assert "Clocks that are over" not in words(page)
    signed(case, "referral", by=library.wanda, manager=library.max, at=AT + timedelta(hours=1))
    page = browser(library.wanda).get(f"/cases/{case.pk}/")
    assert "Clocks that are over (2)" in words(page)
    assert "moved Ann Example to “Assessment”" in words(page)


def test_the_case_says_which_clock_is_overdue(library: Cast, case: Case) -> None:
    call_command("tell_overdue", stdout=StringIO())
    assert "noted that 2 clocks are overdue" in words(
        browser(library.wanda).get(f"/cases/{case.pk}/")
    )
    story = words(browser(library.wanda).get(f"/cases/{case.pk}/history/"))
    assert "noted that “Decide on the referral” is overdue" in story
