"""Moving drafts to a newer version of their form, as workers and managers do it on pages."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from casework.cases.actions.records import save_page
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.models import Autosave, Record, RecordMove
from tests.cast import AT, Cast, make_case, make_record
from tests.faces.api_client import Api
from tests.faces.record_pages import inputs, page_url
from tests.faces.web_pages import browser, words
from tests.stored.small_form import publish_small
from tests.stored.test_records_moved import NEED, changed, complete, hours, newer, node

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.clock.now", lambda: AT + timedelta(hours=8))


@pytest.fixture
def record(cast: Cast) -> Record:
    publish_small(cast.ada)
    made = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    visit = {
        "seen": False,
        "why_not": "Away",
        "story": "Nobody\nopened.",
        "place": {"line1": "1 Road"},
    }
    save_page(made.id, "visit", visit, seen_version=0, by=cast.wanda, at=hours(1))
    save_page(made.id, "plan", {"needs": [NEED]}, seen_version=0, by=cast.wilf, at=hours(2))
    return made


def url(name: str, record: Record) -> str:
    return reverse(f"web:{name}", args=[record.pk])


def send(client: Client, address: str) -> Any:
    """Open a page and send its form as it is."""
    return client.post(address, inputs(client.get(address).content.decode()), follow=True)


def test_a_worker_sees_what_would_change_moves_and_moves_back(record: Record, cast: Cast) -> None:
    wanda = browser(cast.wanda)
    assert "newer version" not in words(wanda.get(url("record", record)))
    newer(changed, cast.ada)
    assert "A newer version of this form is there" in words(wanda.get(url("record", record)))
    preview = words(wanda.get(url("record-move", record)))
    assert "No longer asked (1)" in preview
    assert "What happened? Nobody opened. The new version does not ask this any more." in preview
    assert "Cost Needs 12 £12.00 The number becomes whole pounds." in preview
    assert "Why not? from “The visit” to “The plan” Away" in preview
    after = send(wanda, url("record-move", record))
    assert "The record is on version 2 of its form now." in words(after)
    assert "Answers that the new version no longer asks" in words(after)
    assert "Nobody opened." in words(after)
    assert "Nobody opened." in words(wanda.get(url("record-print", record)))
    history = words(wanda.get(url("record-history", record)))
    assert "Version of the form 1 2" in history
    assert "Cost Needs: row 1 12 £12.00" in history
    back = send(wanda, url("record-move-undo", record))
    assert "The record is back on the version that it came from." in words(back)
    assert "no longer asks" not in words(back)
    assert Record.objects.get().form_version.number == 1


def test_what_would_have_to_be_mended_is_told_before(record: Record, cast: Cast) -> None:
    newer(lambda form: node(form, "qwhy1").update(max_length=3), cast.ada)
    preview = words(browser(cast.wanda).get(url("record-move", record)))
    assert "To mend: “Why not?” must be 3 characters or fewer" in preview


def test_a_page_that_is_open_meanwhile_keeps_what_is_typed(record: Record, cast: Cast) -> None:
    wilf = browser(cast.wilf)
    here = page_url(record, "visit")
    page = inputs(wilf.get(here).content.decode())
    newer(changed, cast.ada)
    send(browser(cast.wanda), url("record-move", record))
    response = wilf.post(here, {**page, "why_not": "Typed meanwhile", "_save": "stay"}, follow=True)
    assert "moved to another version of its form while you had the page open" in words(response)
    plan = wilf.get(page_url(record, "plan")).content.decode()
    assert inputs(plan)["reason"] == ["Typed meanwhile"]
    assert "have not saved it yet" in plan
    kept = wilf.post(f"{here}autosave/", {**page, "story": "And this"})
    assert kept.status_code == 409
    assert "And this" in words(wilf.get(url("record", record)))
    assert Autosave.objects.filter(user=cast.wilf).exists()


def test_a_page_sent_after_the_session_ended_is_carried_to_the_new_version(
    record: Record, cast: Cast
) -> None:
    wilf = browser(cast.wilf)
    here = page_url(record, "visit")
    typed = {
        **inputs(wilf.get(here).content.decode()),
        "why_not": "Typed late",
        "story": "And this",
    }
    wilf.logout()
    signing_in = wilf.post(here, typed)["Location"]
    newer(changed, cast.ada)
    send(browser(cast.wanda), url("record-move", record))
    wilf.force_login(cast.wilf)
    back = wilf.get(parse_qs(urlsplit(signing_in).query)["next"][0], follow=True)
    assert "moved to another version of its form after your session ended" in words(back)
    plan = wilf.get(page_url(record, "plan")).content.decode()
    assert inputs(plan)["reason"] == ["Typed late"]
    assert "And this" in words(wilf.get(url("record", record)))


def test_a_page_sent_late_is_carried_where_its_page_is_gone(record: Record, cast: Cast) -> None:
    def other_page(form: dict[str, Any]) -> None:
        node(form, "page1")["key"] = "call"

    wilf = browser(cast.wilf)
    here = page_url(record, "visit")
    typed = {**inputs(wilf.get(here).content.decode()), "why_not": "Typed late"}
    wilf.logout()
    signing_in = wilf.post(here, typed)["Location"]
    newer(other_page, cast.ada)
    send(browser(cast.wanda), url("record-move", record))
    wilf.force_login(cast.wilf)
    wilf.get(parse_qs(urlsplit(signing_in).query)["next"][0], follow=True)
    call = wilf.get(page_url(record, "call")).content.decode()
    assert inputs(call)["why_not"] == ["Typed late"]


def test_a_revision_that_was_signed_is_read_on_its_own_version(record: Record, cast: Cast) -> None:
    complete(record, cast.wanda, 1)
    save_page(record.id, "plan", {"needs": [NEED]}, seen_version=1, by=cast.wanda, at=hours(4))
    snapshot = submit(record.id, seen=None, by=cast.wanda, at=hours(5))
    sign(record.id, seen_sha256=snapshot.sha256, by=cast.max, at=hours(6))
    newer(changed, cast.ada)
    reopen(record.id, why="More", by=cast.wanda, at=hours(7))
    wanda = browser(cast.wanda)
    send(wanda, url("record-move", record))
    read = words(wanda.get(reverse("web:record-revision", args=[record.pk, 1])))
    assert "Small form, version 1" in read
    assert "Twice 24" in read
    assert words(wanda.get(url("record-history", record)))


def test_a_manager_moves_all_drafts_of_a_form(record: Record, cast: Cast) -> None:
    others = [make_record(make_case(cast.wanda, cast.north), cast.wanda, "small") for _ in range(3)]
    several = make_record(make_case(cast.wanda, cast.north, *_people(cast)), cast.wanda, "small")
    theirs = make_record(make_case(cast.olive, cast.south), cast.olive, "small")

    def each(form: dict[str, Any]) -> None:
        changed(form)

    publish = newer(each, cast.ada)
    publish_small(cast.ada, per="subject", pages=_pages(each))
    max_ = browser(cast.max)
    assert "Small form 3 5" in words(max_.get(reverse("web:older-drafts")))
    here = reverse("web:older-drafts-form", args=["small"])
    listed = words(max_.get(here))
    assert "5 open records of your teams are on a version before 3" in listed
    with_pages = max_.get(here)
    done = max_.post(here, inputs(with_pages.content.decode()))
    said = words(done)
    assert "4 of 5 records moved; 1 could not be." in said
    assert "about several people" in said
    moved = {record.pk, *(one.pk for one in others)}
    assert {move.record_id for move in RecordMove.objects.all()} == moved
    assert Record.objects.get(pk=theirs.pk).form_version.number == 1
    assert Record.objects.get(pk=several.pk).form_version.number == 1
    again = words(max_.post(here, inputs(max_.get(here).content.decode())))
    assert "0 of 1 record moved; 1 could not be." in again
    assert publish.number == 2


def test_moving_many_goes_on_from_batch_to_batch(
    record: Record, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.web.batches.BATCH", 2)
    for _ in range(4):
        make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    newer(changed, cast.ada)
    max_ = browser(cast.max)
    here = reverse("web:older-drafts-form", args=["small"])
    page = max_.post(here, inputs(max_.get(here).content.decode()))
    assert "2 of 5 records moved." in words(page)
    left = inputs(page.content.decode())
    second = max_.post(here, left)
    assert "4 of 5 records moved." in words(second)
    assert max_.post(here, left).status_code == 200, "pressed twice"
    last = max_.post(here, inputs(second.content.decode()))
    assert "Go on" not in words(last)
    assert RecordMove.objects.count() == 5
    assert "newest" in words(max_.get(here))


def test_the_list_of_drafts_costs_the_same_however_many(
    record: Record, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    newer(changed, cast.ada)
    max_ = browser(cast.max)
    here = reverse("web:older-drafts-form", args=["small"])
    max_.get(here)
    with django_assert_max_num_queries(14):
        max_.get(here)


def _people(cast: Cast) -> list[Any]:
    from tests.cast import make_person

    return [make_person(cast.wanda, name).id for name in ("Anna", "Ben")]


def _pages(change: Any) -> Any:
    from copy import deepcopy

    from tests.stored.small_form import FORM

    form = deepcopy(FORM)
    change(form)
    return form["pages"]


def test_a_program_reads_the_difference_and_what_is_left_over(record: Record, cast: Cast) -> None:
    newer(changed, cast.ada)
    api = Api(cast.wanda)
    found = api.get("/forms/small/versions/1/diff/2")
    assert found.json()["verdict"] == "breaking"
    renamed = next(c for c in found.json()["changes"] if c["kind"] == "renamed")
    assert (renamed["id"], renamed["class"]) == ("qwhy1", "needs mapping")
    assert renamed["old"]["path"] == "why_not"
    again = api.get("/forms/small/versions/1/diff/2", If_None_Match=found["ETag"])
    assert again.status_code == 304
    assert api.get("/forms/small/versions/1/diff/9").status_code == 404
    assert api.get(f"/records/{record.pk}").json()["left_over"] == []
    send(browser(cast.wanda), url("record-move", record))
    (left,) = api.get(f"/records/{record.pk}").json()["left_over"]
    assert (left["label"], left["value"], left["number"]) == (
        "What happened?",
        "Nobody\nopened.",
        1,
    )
    assert api.get(f"/records/{record.pk}/history").status_code == 200
