"""A review of actions on the pages and through the API: its rows, its refusal, and the thread back."""

from typing import Any
from uuid import uuid4

import pytest

from casework import clock
from casework.cases.models import Record, Task
from tests.faces.api_client import Api
from tests.faces.web_pages import browser, errors, words
from tests.reviewing import make_planned, signed, start_review
from tests.stored.test_reviews import LATER, judged

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(library: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    return make_planned(library)


def test_the_reviews_page_shows_how_each_action_stands_and_no_row_is_added(world: Any) -> None:
    record = start_review(world)
    client = browser(world.wanda)
    url = f"/records/{record.pk}/pages/actions_page/"
    page = client.get(url)
    html, said = page.content.decode(), words(page)
    assert all(title in said for title in ("Ring school", "Find a bed", "Visit Gran"))
    assert "Now: No day set" in said or "Now:" in said
    assert "data-add-row" not in html
    assert "data-remove-row" not in html
    task = Task.objects.get(case=world.case, row="action02")
    assert f"/actions/{task.pk}/" in html


def test_check_your_answers_names_each_action_left_and_leads_to_its_row(world: Any) -> None:
    record = start_review(world)
    judged(world, record, action01={"status": "done", "words": "Rung"})
    client = browser(world.wanda)
    page = client.get(f"/records/{record.pk}/check/")
    told = words(page)
    assert "Say how “Find a bed” stands" in told
    assert "Say how “Visit Gran” stands" in told
    assert "Say how “Ring school”" not in told
    assert f"/records/{record.pk}/pages/actions_page/?problems#actions.action02.status" in (
        page.content.decode()
    )


def test_the_thread_leads_from_the_plans_row_to_the_review_and_back(world: Any) -> None:
    record = start_review(world)
    said = {f"action{n:02d}": {"status": "progressing", "words": f"Step {n}"} for n in (1, 2, 3)}
    judged(world, record, **said)
    signed(record, world.wanda, world.max, LATER)
    client = browser(world.wanda)
    task = Task.objects.get(case=world.case, row="action02")
    plan = client.get(f"/records/{world.plan.pk}/").content.decode()
    assert f'href="/actions/{task.pk}/"' in plan
    action = client.get(f"/actions/{task.pk}/")
    html = action.content.decode()
    assert f'href="/records/{record.pk}/#actions.action02"' in html
    assert f'href="/records/{world.plan.pk}/#needs.needaaaa.actions.action02"' in html
    assert "In progress Step 2" in words(action).replace(": ", " ")
    review = client.get(f"/records/{record.pk}/").content.decode()
    assert 'id="actions.action02"' in review
    assert f'href="/actions/{task.pk}/"' in review


def test_points_are_ticked_and_the_priority_is_set_on_the_page(world: Any) -> None:
    client = browser(world.wanda)
    task = Task.objects.get(case=world.case, row="action01")
    url = f"/actions/{task.pk}/"
    assert "Ring first" in words(client.get(url))
    sent = {"command_id": str(uuid4()), "status": "open", "ticked": ["0"], "priority": "low"}
    assert client.post(url, sent).status_code == 302
    task.refresh_from_db()
    assert (task.ticked, task.priority) == ("[0]", "low")
    refused = client.post(url, {**sent, "command_id": str(uuid4()), "ticked": ["7"]})
    assert errors(refused)


def test_programs_read_rows_reviews_and_checklists_and_are_refused_alike(world: Any) -> None:
    record = start_review(world)
    api = Api(world.wanda)
    url = f"/records/{record.pk}"
    answers = api.get(url).json()["answers"]
    assert [row["_id"] for row in answers["actions"]] == ["action01", "action02", "action03"]
    refused = api.post(f"{url}/submit", {}).json()
    assert [one["path"] for one in refused["problems"]] == [
        f"actions.action{n:02d}.status" for n in (1, 2, 3)
    ]
    judged(world, record, **{f"action{n:02d}": {"status": "done"} for n in (1, 2, 3)})
    signed(Record.objects.get(pk=record.pk), world.wanda, world.max, LATER)
    task = Task.objects.get(case=world.case, row="action01")
    said = api.get(f"/tasks/{task.pk}/reviews").json()["items"]
    assert [(one["record"], one["row"], one["status"]) for one in said] == [
        (str(record.pk), "actions.action01", "done")
    ]
    read = api.get(f"/tasks/{task.pk}").json()
    assert (read["priority"], read["stated"]) == ("high", "done")
    assert read["checklist"] == [
        {"text": "Ring first", "ticked": False},
        {"text": "Write it down", "ticked": False},
    ]
    assert Api(world.olive).get(f"/tasks/{task.pk}/reviews").status_code == 404
