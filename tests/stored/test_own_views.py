"""One child's copy of a record that covers several: the shared parts and their own row, with its digest."""

from typing import Any

import pytest

from casework import clock
from casework.canonical import canonical, sha256
from tests.faces.api_client import Api
from tests.faces.web_pages import browser, words
from tests.reviewing import make_planned, signed, start_review
from tests.stored.test_reviews import LATER, judged, read, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(library: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The planned world with a signed review in which each child has a wish."""
    monkeypatch.setattr(clock, "now", lambda: LATER)
    world = make_planned(library)
    world.record = start_review(world)
    rows = read(world, world.record).answers["children"]
    wishes = [{**row, "wish": wish} for row, wish in zip(rows, ("A dog", "A boat"), strict=True)]
    save(world, world.record, "child_by_child", {"children": wishes})
    save(world, world.record, "shared", {"summary": "We met at school."})
    judged(world, world.record, **{f"action{n:02d}": {"status": "progressing"} for n in (1, 2, 3)})
    signed(world.record, world.wanda, world.max, LATER)
    return world


def test_a_childs_view_holds_what_is_shared_and_their_own_row(reviewed: Any) -> None:
    url = f"/records/{reviewed.record.pk}/subjects"
    answer = Api(reviewed.wanda).get(f"{url}/{reviewed.noah.pk}").json()
    assert answer["view"]["answers"]["summary"] == "We met at school."
    assert [row["wish"] for row in answer["view"]["answers"]["children"]] == ["A dog"]
    assert len(answer["view"]["answers"]["actions"]) == 3
    assert answer["sha256"] == sha256(canonical(answer["view"]))
    other = Api(reviewed.wanda).get(f"{url}/{reviewed.poppy.pk}").json()
    assert other["sha256"] != answer["sha256"]
    assert "A dog" not in str(other)
    assert Api(reviewed.olive).get(f"{url}/{reviewed.noah.pk}").status_code == 404
    assert Api(reviewed.wanda).get(f"{url}/{reviewed.case.pk}").status_code == 404


def test_a_childs_print_tells_nothing_of_the_sibling_and_names_its_digest(reviewed: Any) -> None:
    client, url = browser(reviewed.wanda), f"/records/{reviewed.record.pk}/print/"
    page = words(client.get(f"{url}?about={reviewed.noah.pk}"))
    assert "A dog" in page
    assert "A boat" not in page
    assert "Poppy" not in page
    api = Api(reviewed.wanda).get(f"/records/{reviewed.record.pk}/subjects/{reviewed.noah.pk}")
    assert api.json()["sha256"] in page
    assert client.get(f"{url}?about={reviewed.case.pk}").status_code == 404
    whole = client.get(f"/records/{reviewed.record.pk}/").content.decode()
    assert f"?about={reviewed.noah.pk}" in whole
