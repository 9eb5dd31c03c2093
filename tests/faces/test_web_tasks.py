"""The work of a case on the pages and through the API: stages, clocks, actions; read and acted on."""

from typing import Any
from uuid import uuid4

import pytest

from casework import clock
from casework.cases.models import Case, CaseSubject, Record, Task
from tests.cast import Cast
from tests.faces.api_client import Api, problem
from tests.faces.web_pages import browser, errors, words
from tests.stored.test_working import LATER, planned

__all__ = ["planned"]
pytestmark = pytest.mark.django_db
World = tuple[Cast, Case, Record]


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: LATER)


def sent(**more: str) -> dict[str, str]:
    return {"command_id": str(uuid4()), **more}


def test_the_case_tells_where_each_child_stands_and_what_is_late(planned: World) -> None:
    cast, case, _plan = planned
    page = words(browser(cast.wanda).get(f"/cases/{case.pk}/"))
    assert "Referral: not started yet" in page
    assert "Decide on the referral Overdue by 17 working days, due on 3 November 2026" in page
    assert "Limit 1 working day" in page
    assert all(task.title in page for task in Task.objects.filter(case=case))
    assert "Move on" in page


def test_an_action_is_done_on_its_page_and_tells_its_story(planned: World) -> None:
    cast, case, plan = planned
    client = browser(cast.wanda)
    task = Task.objects.filter(case=case).first()
    assert task
    url = f"/actions/{task.pk}/"
    page = client.get(url)
    assert f"/records/{plan.pk}/" in page.content.decode()
    refused = client.post(url, sent(status="done"))
    assert errors(refused) == [("Enter what came of it", "id_outcome")]
    form = sent(status="done", outcome="He goes twice a week.")
    for _ in range(2):
        assert client.post(url, form).status_code == 302
    page = words(client.get(url))
    assert "Wanda Worker said that it is done He goes twice a week." in page
    assert "Change it" not in page
    assert browser(cast.rita).post(url, form).status_code == 403


def test_my_actions_and_my_teams_overdue(planned: World) -> None:
    cast, case, _plan = planned
    Task.objects.filter(case=case).update(owner=cast.wanda, due_on=LATER.date())
    late = Task.objects.filter(case=case).first()
    assert late
    Task.objects.filter(pk=late.pk).update(due_on="2026-11-03", title="Ring the school")
    for url in ("/", "/?kind=action", "/?view=person"):
        page = words(browser(cast.wanda).get(url))
        assert page.index("Overdue by 23 days, 3 November 2026") < page.index("Today, 26 November")
    tray = f"/teams/{cast.north.pk}/?show=overdue"
    assert "Ring the school" in words(browser(cast.max).get(tray))
    for other in (cast.olive, cast.omar):
        for url in ("/", "/?view=person", tray):
            assert "Ring the school" not in words(browser(other).get(url))


def test_moving_the_last_child_asks_for_every_open_action(planned: World) -> None:
    cast, case, _plan = planned
    client = browser(cast.max)
    first, last = CaseSubject.objects.filter(case=case)
    form = sent(move="close_early", why="They moved away")
    assert (
        client.post(f"/cases/{case.pk}/subjects/{first.person_id}/move/", form).status_code == 302
    )
    url = f"/cases/{case.pk}/subjects/{last.person_id}/move/"
    tasks = list(Task.objects.filter(case=case))
    refused = client.post(url, sent(move="close_early", why="They moved away"))
    assert len(errors(refused)) == len(tasks)
    ends = {f"end-{task.pk}": "close" for task in tasks}
    refused = client.post(url, sent(move="close_early", why="They moved away", **ends))
    assert {text for text, _id in errors(refused)} == {"Enter why this action is closed"}
    whys = {f"why-{task.pk}": "Another council" for task in tasks}
    done = client.post(url, sent(move="close_early", why="They moved away", **ends, **whys))
    assert done.status_code == 302
    assert "Their part is over. Close early." in words(client.get(f"/cases/{case.pk}/"))
    reopened = client.post(
        f"/cases/{case.pk}/subjects/{last.person_id}/reopen/", sent(stage="plan", why="Back")
    )
    assert reopened.status_code == 302
    assert Case.objects.get(pk=case.pk).closed_at is None
    by_worker = browser(cast.wanda).post(url, sent(move="end_plan", why="x"))
    assert "Only a manager may do this" in words(by_worker)


def test_closing_the_case_shows_the_open_actions_and_asks(planned: World) -> None:
    cast, case, _plan = planned
    client = browser(cast.max)
    page = words(client.get(f"/cases/{case.pk}/close/"))
    assert all(task.title in page for task in Task.objects.filter(case=case))
    refused = client.post(f"/cases/{case.pk}/close/", sent(reason_code="RC1"))
    assert "Select whether this action is carried on or closed" in words(refused)
    ends = {f"end-{task.pk}": "carry" for task in Task.objects.filter(case=case)}
    done = client.post(f"/cases/{case.pk}/close/", sent(reason_code="RC1", **ends))
    assert done.status_code == 302
    assert Task.objects.filter(case=case, status="open").count() == len(ends)


def test_programs_read_clocks_and_actions_and_act(planned: World) -> None:
    cast, case, _plan = planned
    api = Api(cast.max)
    (late, *_others) = api.get(f"/cases/{case.pk}/clocks").json()["items"]
    assert (late["standing"], late["left"], late["unit"]) == ("overdue", -17, "working_days")
    assert late["runs"][0]["due"] == "2026-11-03"
    items: list[Any] = api.get(f"/cases/{case.pk}/tasks").json()["items"]
    first = items[0]["id"]
    owner = {"owner": str(cast.max.uid), "why": "Mine now"}
    assert api.post(f"/tasks/{first}", owner).json()["owner"]["name"] == "Max Manager"
    assert [one["id"] for one in api.get("/tasks?owner=me").json()["items"]] == [first]
    seen, following = [], "/tasks?limit=1"
    while following:
        page = api.get(following).json()
        seen += [one["id"] for one in page["items"]]
        following = (page["next"] or "").removeprefix("/api/v1")
    assert seen == [one["id"] for one in items]
    refused = problem(api.post(f"/tasks/{first}", {"status": "done"}), 422, "refused")
    assert refused["problems"][0]["path"] == "outcome"
    done = {"status": "done", "outcome": "Rung"}
    twice = [api.post(f"/tasks/{first}", done, Idempotency_Key="1").json() for _ in range(2)]
    assert twice[0] == twice[1]
    problem(api.post(f"/tasks/{first}", done), 409, "not_now")
    for subject in CaseSubject.objects.filter(case=case):
        url = f"/cases/{case.pk}/subjects/{subject.person_id}/move"
        answer = api.post(url, {"move": "close_early", "why": "Gone"})
    assert problem(answer, 422, "refused")["problems"][0]["code"] == "open_tasks"
    ends = {one["key"]: {"end": "carry"} for one in items[1:]}
    assert api.post(url, {"move": "close_early", "why": "Gone", "tasks": ends}).json()["closed_at"]
    problem(Api(cast.olive).get(f"/tasks/{first}"), 404, "absent")
