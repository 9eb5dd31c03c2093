"""Work in lists through the API: cases between teams, trays, My work, notices, the story of a clock."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.accounts.tokens import SCOPES
from casework.cases.actions.allocating import take
from casework.cases.actions.records import start_record
from casework.cases.actions.transferring import propose_transfer
from casework.cases.models import Case, Clock, Task, Transfer
from casework.clock import now
from casework.notices.models import Notice
from casework.notices.telling import tell_events
from tests.cast import Cast
from tests.faces.api_client import BASE, Api, problem
from tests.faces.test_web_cases import case as open_case
from tests.faces.test_web_cases import early, person
from tests.stored.test_transfers import ends

__all__ = ["early"]
WHY = "The family has moved south"


@pytest.fixture
def case(early: Cast) -> Case:
    """A case with an open action, due long ago."""
    this = open_case(early)
    Task.objects.create(
        case=this, key="plan_action.row", template="plan_action", title="Ring the school",
        created_at=now(), changed_at=now(), due_on=now().date() - timedelta(days=9),
    )  # fmt: skip
    return this


def pages(api: Api, path: str) -> Iterator[dict[str, Any]]:
    """Every item of a list, two a page, as who follows `next` finds them."""
    following = f"{path}{'&' if '?' in path else '?'}limit=2"
    while following:
        found = api.get(following)
        assert found.status_code == 200, found.content
        assert len(found.json()["items"]) <= 2
        yield from found.json()["items"]
        following = (found.json()["next"] or "").removeprefix(BASE)


def test_a_case_goes_to_another_team(early: Cast, case: Case) -> None:
    max_, omar, here = Api(early.max), Api(early.omar), f"/cases/{case.pk}/transfers"
    teams = {one["name"]: one["id"] for one in pages(max_, "/teams")}
    sent = {"to_team": teams["South"], "why": WHY}
    asked = problem(max_.post(here, sent), 422, "refused")
    assert [one["code"] for one in asked["problems"]] == ["open_tasks"]
    problem(max_.post(here, {**sent, "to_team": str(uuid4())}), 422, "refused")
    problem(Api(early.wanda).post(here, sent), 403, "not_allowed")
    problem(omar.post(here, sent), 404, "absent")
    whole = {**sent, "tasks": {"plan_action.row": {"end": "carry"}}}
    made = [max_.post(here, whole, Idempotency_Key="one") for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json() == made[1].json()
    assert Transfer.objects.count() == 1
    problem(max_.post(here, whole), 409, "not_now")
    address = made[0]["Location"].removeprefix(BASE)
    told = omar.get(address).json()
    assert (told["status"], told["about"], told["may_answer"]) == ("proposed", ["Noah Marsh"], True)
    problem(omar.get(f"/cases/{case.pk}"), 404, "absent")
    (waiting,) = pages(omar, f"/transfers?status=proposed&to_team={teams['South']}")
    assert waiting == told
    problem(max_.post(f"{address}/accept"), 403, "not_allowed")
    problem(Api(early.olive).post(f"{address}/accept"), 404, "absent")
    problem(omar.post(f"{address}/refuse", {"why": " "}), 422, "refused")
    wrong = problem(
        omar.post(f"{address}/accept", {"worker": str(early.wanda.uid)}), 422, "refused"
    )
    assert wrong["problems"][0]["path"] == "worker"
    taken = {"worker": str(early.olive.uid)}
    for _ in range(2):
        done = omar.post(f"{address}/accept", taken, Idempotency_Key="two")
        assert done.status_code == 200, done.content
    assert (done.json()["status"], done.json()["answered_by"]["name"]) == (
        "accepted",
        "Omar Manager",
    )
    assert omar.get(f"/cases/{case.pk}").json()["worker"]["name"] == "Olive Worker"
    problem(max_.get(f"/cases/{case.pk}"), 404, "absent")
    assert max_.get(address).json()["about"] == []  # theirs still, and no more of the case
    problem(omar.post(f"{address}/refuse", {"why": "x"}), 409, "not_now")


def test_a_proposal_is_refused_and_another_taken_back(early: Cast, case: Case) -> None:
    max_, omar = Api(early.max), Api(early.omar)
    row = propose_transfer(case.pk, early.south, why=WHY, tasks=ends(case), by=early.max, at=now())
    refuse = f"/transfers/{row.pk}/refuse"
    for _ in range(2):  # the same again, though they see it no more
        told = omar.post(refuse, {"why": "No room"}, Idempotency_Key="x")
        assert (told.status_code, told.json()["answer"]) == (200, "No room")
    problem(omar.get(f"/transfers/{row.pk}"), 404, "absent")
    again = propose_transfer(
        case.pk, early.south, why=WHY, tasks=ends(case), by=early.max, at=now()
    )
    back = f"/transfers/{again.pk}/withdraw"
    problem(omar.post(back), 404, "absent")
    problem(Api(early.wanda).post(back), 403, "not_allowed")
    assert max_.post(back, {"why": "They stay"}).json()["status"] == "withdrawn"
    problem(max_.post(back), 409, "not_now")
    found = [one["status"] for one in pages(Api(early.wanda), f"/cases/{case.pk}/transfers")]
    assert found == ["withdrawn", "refused"]


def test_trays_are_of_ones_own_teams_and_as_the_page_counts_them(early: Cast, case: Case) -> None:
    others = [open_case(early, person(early, f"P{n}")) for n in range(4)]
    wanda, max_ = Api(early.wanda), Api(early.max)
    (board,) = pages(max_, "/team-trays")
    assert (board["team"]["name"], board["unallocated"], board["overdue"]) == ("North", 5, 1)
    (board,) = pages(wanda, "/team-trays")
    assert (board["unallocated"], board["overdue"], board["proposed"]) == (5, None, None)
    tray = f"/team-trays/{early.north.pk}"
    oldest = [one["id"] for one in pages(wanda, f"{tray}/unallocated")]
    assert oldest == [str(one.pk) for one in (case, *others)]
    assert len(list(pages(wanda, f"{tray}/unallocated?stage=referral"))) == 5
    assert not list(pages(wanda, f"{tray}/unallocated?stage=nowhere"))
    (late,) = pages(max_, f"{tray}/due?when=overdue")
    assert (late["kind"], late["task"]["title"]) == ("action", "Ring the school")
    assert all(one["due"] >= now().date().isoformat() for one in pages(max_, f"{tray}/due"))
    assert not list(pages(max_, f"{tray}/waiting"))
    for path in ("unallocated", "due", "waiting"):
        problem(Api(early.omar).get(f"{tray}/{path}"), 404, "absent")
        problem(max_.get(f"{tray}/{path}?cursor=x"), 400, "query")
    problem(max_.get(f"{tray}/due?when=never"), 400, "query")


def test_my_work_is_the_same_list_whatever_its_pages(early: Cast, case: Case) -> None:
    take(case.pk, by=early.wanda, at=now())
    subjects = list(case.subjects.values_list("person_id", flat=True))
    record = start_record(case.pk, form_key="referral", subjects=subjects, by=early.wanda, at=now())
    api = Api(early.wanda)
    whole = api.get("/my-work").json()
    assert whole["next"] is None
    assert list(pages(api, "/my-work")) == whole["items"]
    assert {one["kind"] for one in whole["items"]} >= {"action", "clock", "draft"}
    (draft,) = pages(api, "/my-work?kind=writing")
    assert (draft["record"]["id"], draft["record"]["status"]) == (str(record.pk), "draft")
    less = Api(early.wanda, [one for one in SCOPES if not one.startswith("records:")])
    (draft,) = pages(less, "/my-work?kind=writing")
    assert (draft["kind"], draft["record"]) == ("draft", None)
    problem(api.get("/my-work?kind=idle"), 400, "query")
    problem(api.get("/my-work?cursor=W10"), 400, "query")
    problem(Api(early.wanda, ["forms:read"]).get("/my-work"), 403, "scope")
    assert not list(pages(Api(early.olive), "/my-work"))


def test_notices_are_ones_own_read_one_by_one_or_all(early: Cast, case: Case) -> None:
    for n in range(5):
        Notice.objects.create(
            user=early.wanda, kind="clock.overdue", key=f"k{n}", case=case,
            at=now() - timedelta(minutes=n),
        )  # fmt: skip
    api = Api(early.wanda)
    found = list(pages(api, "/notices"))
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)
    assert found[0]["says"] == f"A clock in {case.reference} is overdue"
    read = f"/notices/{found[0]['id']}/read"
    first = api.post(read).json()["read_at"]
    assert first
    assert api.post(read).json()["read_at"] == first
    assert len(list(pages(api, "/notices?read=no"))) == 4
    assert [one["id"] for one in pages(api, "/notices?read=yes")] == [found[0]["id"]]
    for stranger in (early.max, early.olive):
        problem(Api(stranger).post(read), 404, "absent")
        assert not list(pages(Api(stranger), "/notices"))
    assert [api.post("/notices/read").json() for _ in range(2)] == [{"read": 4}, {"read": 0}]
    problem(Api(early.wanda, ["cases:read"]).post("/notices/read"), 403, "scope")


def test_a_proposal_is_among_the_notices_of_who_answers_it(early: Cast, case: Case) -> None:
    row = propose_transfer(case.pk, early.south, why=WHY, tasks=ends(case), by=early.max, at=now())
    tell_events(now())
    (told,) = pages(Api(early.omar), "/notices")
    assert (told["kind"], told["transfer"]) == ("transfer.proposed", str(row.pk))


def test_the_story_of_a_clock_by_pages(early: Cast, case: Case) -> None:
    from casework.cases.actions.clocks import hold_clock

    clock = Clock.objects.filter(case=case).earliest("key")
    api, address = Api(early.wanda), f"/clocks/{clock.pk}"
    whole = api.get(address).json()
    assert (whole["id"], len(whole["runs"])) == (str(clock.pk), 1)
    (only,) = pages(api, f"{address}/story")
    assert only["runs"] == whole["runs"]
    assert [one["kind"] for one in only["happened"]] == ["start"]
    assert {one["what"] for one in only["changed"]} == {"begun", "due"}
    free = [
        one for one in api.get(f"/cases/{case.pk}/clocks").json()["items"] if not one["statutory"]
    ]
    for one in free[:1]:
        hold_clock(one["id"], "pause", why="Away", by=early.max, at=now())
        hold_clock(one["id"], "resume", why="Back", by=early.max, at=now())
        story = list(pages(api, f"/clocks/{one['id']}/story"))
        assert [part["why"] for part in story] == ["Back", "Away", ""]
        assert story[1]["runs"][0]["status"] == "paused"
    for path in (address, f"{address}/story"):
        problem(Api(early.olive).get(path), 404, "absent")
    problem(api.get(f"{address}/story?cursor=x"), 400, "query")
