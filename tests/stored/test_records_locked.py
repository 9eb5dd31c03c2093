"""Read-only answers stay as they were, whatever is sent for them and by which way in."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.cases.actions.records import save_page
from casework.cases.models import RecordPage
from casework.cases.unmasked import answers_of
from casework.refusals import Refused
from formdefs.publish import publish
from tests.cast import AT, make_case, make_record
from tests.faces.api_client import Api
from tests.faces.test_record_filling import inputs
from tests.stored.small_form import FORM, without

pytestmark = pytest.mark.django_db
LOCKED = {"==": [{"var": "final"}, True]}


def ask(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A question whose id is made of its key."""
    return {"id": f"q{key}1", "kind": "question", "key": key, "type": kind, "label": key} | more


ROWS = {
    "id": "rrow1", "kind": "repeat", "key": "rows", "label": "Rows",
    "items": [ask("fixed", readonly=True, default="new"), ask("free"), ask("late", readonly=LOCKED)],
}  # fmt: skip
PAGES = [
    {"id": "page1", "key": "first", "title": "First", "items": [
        ask("number", readonly=True, default={"cat": ["R-", {"var": "word"}]}),
        ask("word"), ask("final", "yes_no"), ask("outcome", readonly=LOCKED), ROWS,
    ]},
    {"id": "page2", "key": "second", "title": "Second", "items": [
        ask("note", readonly=LOCKED), ask("inner", readonly={"==": [{"var": "number"}, "open"]}),
    ]},
    {"id": "page3", "key": "third", "title": "Third", "items": [ask("story")]},
]  # fmt: skip


@pytest.fixture
def locked(cast: Any) -> SimpleNamespace:
    """The cast, and a draft by Wanda of a form that locks some of its answers."""
    publish_form(cast.ada, PAGES)
    case = make_case(cast.wanda, cast.north)
    record = make_record(case, cast.wanda, "small")
    return SimpleNamespace(**vars(cast), case=case, record=record, id=record.id)


def publish_form(by: Any, pages: list[dict[str, Any]]) -> None:
    """Publish a form of these pages."""
    publish({**without(FORM, "occurred"), "pages": pages}, by=by, at=AT, reason="For a test")


def save(locked: Any, page: str, answers: dict[str, Any], seen: int = 0, **more: Any) -> Any:
    """What is kept of a page sent by Wanda."""
    sent = {"seen_version": seen, "by": locked.wanda, "at": AT} | more
    return save_page(locked.id, page, answers, **sent).answers


def test_what_is_read_only_begins_with_its_default_and_is_never_taken(locked: Any) -> None:
    sent = {"number": "mine", "word": "7", "rows": [{"_id": "aaaaaaaa", "fixed": "mine"}]}
    kept = {"number": "R-7", "word": "7", "rows": [{"_id": "aaaaaaaa", "fixed": "new"}]}
    assert save(locked, "first", sent) == kept
    again = {"word": "8", "rows": [{"_id": "aaaaaaaa", "free": "x"}, {"_id": "bbbbbbbb"}]}
    assert save(locked, "first", again, 1) == {
        "number": "R-7",
        "word": "8",
        "rows": [
            {"_id": "aaaaaaaa", "free": "x", "fixed": "new"},
            {"_id": "bbbbbbbb", "fixed": "new"},
        ],
    }
    assert save(locked, "first", {"number": {"not": "even text"}}, 2)["number"] == "R-7"


def test_what_the_answers_lock_is_locked_with_the_answers_that_lock_it(locked: Any) -> None:
    first = {"outcome": "ok", "rows": [{"_id": "aaaaaaaa", "late": "ok"}]}
    assert save(locked, "first", {**first, "final": False})["outcome"] == "ok"
    sent = {"final": True, "outcome": "no", "rows": [{"_id": "aaaaaaaa", "late": "no"}]}
    kept = save(locked, "first", sent, 1)
    assert (kept["outcome"], kept["rows"][0]["late"]) == ("ok", "ok")
    opened = save(locked, "first", {**sent, "final": False}, 2)
    assert (opened["outcome"], opened["rows"][0]["late"]) == ("no", "no")


def test_a_lock_may_stand_on_another_page(locked: Any) -> None:
    assert save(locked, "second", {"note": "one"}) == {"note": "one"}
    save(locked, "first", {"final": True})
    assert save(locked, "second", {"note": "two"}, 1) == {"note": "one"}


def test_nobody_opens_a_lock_by_sending_something_else_for_a_lock(cast: Any) -> None:
    unlocks = {"!=": [{"var": "level"}, "open"]}
    pages = [
        {"id": "page1", "key": "first", "title": "First", "items": [
            ask("level", readonly=True, default="shut"), ask("secret", readonly=unlocks),
        ]},
    ]  # fmt: skip
    publish_form(cast.ada, pages)
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "small")
    sent = {"level": "open", "secret": "mine"}
    saved = save_page(record.id, "first", sent, seen_version=0, by=cast.wanda, at=AT)
    assert saved.answers == {"level": "shut"}


def test_what_others_saved_meanwhile_is_merged_beside_what_is_locked(locked: Any) -> None:
    row = {"_id": "aaaaaaaa"}
    save(locked, "first", {"outcome": "ok", "final": True, "rows": [row]})
    save(locked, "first", {"outcome": "ok", "final": True, "word": "hers"}, 1, by=locked.wilf)
    mine = {"outcome": "no", "final": True, "rows": [{**row, "fixed": "no"}], "number": "no"}
    assert save(locked, "first", mine, 1) == {
        "final": True,
        "word": "hers",
        "number": "R-",
    }


def test_a_record_starts_with_its_locks_and_refuses_what_is_sent_for_them(locked: Any) -> None:
    row = {"_id": "aaaaaaaa", "fixed": "mine"}
    first = {"number": "mine", "final": True, "outcome": "x", "rows": [row]}
    with pytest.raises(Refused) as refusal:
        make_record(locked.case, locked.wanda, "small", pages={"first": first})
    assert {(found.path, found.code) for found in refusal.value.problems} == {
        (("number",), "readonly"),
        (("outcome",), "readonly"),
        (("rows", "aaaaaaaa", "fixed"), "readonly"),
    }
    begun = {"number": "R-", "final": True, "rows": [{"_id": "aaaaaaaa", "fixed": "new"}]}
    record = make_record(locked.case, locked.wanda, "small", pages={"first": begun})
    assert answers_of(record) == begun


def test_a_page_that_is_started_with_no_answer_begins_with_no_default(cast: Any) -> None:
    asked = [ask("price", "integer", default=50), ask("word")]
    publish_form(cast.ada, [{"id": "page1", "key": "first", "title": "First", "items": asked}])
    case = make_case(cast.wanda, cast.north)
    told = make_record(case, cast.wanda, "small", pages={"first": {"price": None}})
    assert [(row.page, row.version) for row in RecordPage.objects.filter(record=told)] == [
        ("page1", 1)
    ]
    untold = make_record(case, cast.wanda, "small", pages={"first": {}})
    assert not RecordPage.objects.filter(record=untold).exists()


def test_the_api_and_the_pages_take_no_locked_answer(locked: Any, client: Client) -> None:
    api, address = Api(locked.wanda), f"/records/{locked.id}/pages/first"
    sent = {"number": "mine", "final": True, "outcome": "mine"}
    saved = api.put(address, {"answers": sent}, If_Match='"0"').json()
    assert saved["answers"] == {"number": "R-", "final": True}
    client.force_login(locked.wanda)
    url = reverse("web:record-page", kwargs={"record_id": locked.id, "page": "first"})
    forged = {
        **inputs(client.get(url).content.decode()), "_save": "stay", "word": "typed",
        "number": "mine", "outcome": "mine", "_editable": ["number", "outcome"],
    }  # fmt: skip
    assert client.post(url, forged).status_code == 302
    assert answers_of(locked.record) == {"number": "R-", "final": True, "word": "typed"}


def test_a_page_that_locks_nothing_pays_nothing(locked: Any) -> None:
    with CaptureQueriesContext(connection) as plain:
        save(locked, "third", {"story": "x"})
    with CaptureQueriesContext(connection) as locking:
        save(locked, "second", {"note": "x"})
    assert len(locking) == len(plain) + 1  # the other pages
