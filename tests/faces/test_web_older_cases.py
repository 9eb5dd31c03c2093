"""Cases on older versions of their type on the pages of their managers, and by the API."""

from html import unescape
from typing import Any

import pytest

from casetypes.models import CaseTypeVersion
from casetypes.publish import publish_case_type
from casework.cases.models import Case
from casework.clock import now
from tests.casetypes import document
from tests.cast import Cast
from tests.faces.test_web_cases import case, early, person, sent
from tests.faces.web_pages import browser, errors, words

__all__ = ["early"]


@pytest.fixture
def behind(early: Cast) -> tuple[Cast, list[Case], CaseTypeVersion]:
    """Three cases of one team, and a version that is newer than theirs."""
    cases = [case(early, person(early, given)) for given in ("Ida", "Ole", "Una")]
    new = document("child_in_need")
    new["clocks"][1]["limit"] = {"n": 20, "unit": "working_days"}
    new["upgrade"] = [{"from": 1, "clocks": "recompute"}]
    version = publish_case_type(new, by=early.ada, at=now(), reason="Sooner for everybody")
    return early, cases, version


def test_a_manager_sees_what_changes_and_moves_one(behind: Any) -> None:
    cast, cases, version = behind
    client = browser(cast.max)
    here = f"/cases/{cases[0].pk}/upgrade/"
    assert "Move to version 2 of “Child in need”" in words(client.get(f"/cases/{cases[0].pk}/"))
    shown = words(client.get(here))
    assert "Sooner for everybody" in shown
    assert "The clock “Complete the assessment” of Ida Marsh would be due" in shown
    assert errors(client.post(here, sent(why=""))) == [("Enter why the case is moved", "id_why")]
    assert client.post(here, sent(why="Agreed")).status_code == 302
    assert Case.objects.get(pk=cases[0].pk).type_version_id == version.pk
    assert "moved the case to another version" in words(
        client.get(f"/cases/{cases[0].pk}/history/")
    )
    assert client.get(here).status_code == 302


def test_all_are_moved_in_batches_and_it_says_how_far_it_is(
    behind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.web.batches.BATCH", 2)
    cast, cases, version = behind
    client = browser(cast.max)
    assert "Child in need 2 3" in words(client.get("/older-cases/"))
    here = "/older-cases/child_in_need/"
    assert "3 open cases of your teams are on a version before 2" in words(client.get(here))
    assert errors(client.post(here, {"why": ""})) == [("Enter why the case is moved", "id_why")]
    page = client.post(here, {"why": "Agreed"})
    assert "2 of 3 cases moved" in words(page)
    token = unescape(page.content.decode().split('name="progress" value="')[1].split('"')[0])
    assert "3 of 3 cases moved" in words(client.post(here, {"progress": token}))
    moved = Case.objects.filter(pk__in=[one.pk for one in cases], type_version=version)
    assert moved.count() == 3
    assert "All open cases of your teams are on version 2" in words(client.get(here))


def test_what_cannot_be_moved_says_why(early: Cast) -> None:
    this = case(early)
    new = document("child_in_need")
    new["clocks"][1]["limit"] = {"n": 20, "unit": "working_days"}
    publish_case_type(new, by=early.ada, at=now(), reason="Sooner")
    client = browser(early.max)
    says = "The limit of “Complete the assessment” changes."
    assert says in words(client.get("/older-cases/child_in_need/"))
    assert says in words(client.get(f"/cases/{this.pk}/upgrade/"))
    page = words(client.post("/older-cases/child_in_need/", {"why": "Agreed"}))
    assert "0 of 1 case moved; 1 could not be" in page
    assert says in page
