"""Notices on the pages: read, opened, by e-mail or not, and the calendar's address."""

import re
from typing import Any

import pytest

from casework.clock import now
from casework.notices.models import Feed, Notice
from tests.cast import Cast
from tests.faces.test_web_cases import case, early
from tests.faces.web_pages import browser, errors, words

__all__ = ["early"]


@pytest.fixture
def noticed(early: Cast) -> tuple[Cast, list[Notice]]:
    """Two notices of wanda's."""
    this = case(early)
    rows = [
        Notice.objects.create(user=early.wanda, kind=kind, key=kind, case=this, at=now())
        for kind in ("clock.overdue", "record.signed")
    ]
    return early, rows


def test_a_notice_leads_on_and_is_read(noticed: Any) -> None:
    cast, (one, _two) = noticed
    client = browser(cast.wanda)
    page = words(client.get("/notices/"))
    assert "2 notices are new." in page
    assert f"A clock in {one.case.reference} is overdue" in page
    assert client.get(f"/notices/{one.pk}/").headers["Location"] == f"/cases/{one.case_id}/"
    assert "1 notice is new." in words(client.get("/notices/"))
    assert client.post("/notices/read/").status_code == 302
    assert "new." not in words(client.get("/notices/"))
    assert browser(cast.max).get(f"/notices/{one.pk}/").status_code == 404


def test_how_one_is_told_and_the_calendar(noticed: Any) -> None:
    cast, _rows = noticed
    client = browser(cast.wanda)
    here = "/notices/wishes/"
    assert errors(client.post(here, {"mail": "daily"}))[0][0].startswith(
        "You have no e-mail address"
    )
    assert errors(client.post(here, {"mail": "often"}))
    assert client.post(here, {"mail": "none"}).status_code == 302
    made = client.post("/notices/feed/").content.decode()
    path = re.search(r"/calendar/[\w-]+\.ics", made)
    assert path
    feed = browser(None).get(path[0])
    assert feed.headers["Content-Type"].startswith("text/calendar")
    assert feed.content.startswith(b"BEGIN:VCALENDAR")
    assert "It works until" in words(client.get(here))
    assert client.post("/notices/feed/end/").status_code == 302
    assert browser(None).get(path[0]).status_code == 404
    assert Feed.objects.filter(user=cast.wanda).count() == 1
