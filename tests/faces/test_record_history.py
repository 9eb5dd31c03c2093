"""The history names rows as people know them: by title, by number, and those taken out by what they were called."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from casework.cases.actions.records import save_page
from formdefs.publish import publish
from tests.cast import AT, Cast, make_case, make_record
from tests.faces.record_pages import text
from tests.forms import a_form, question, repeat

pytestmark = pytest.mark.django_db


def test_rows_are_named_and_not_told_by_their_ids(cast: Cast, client: Client) -> None:
    form = a_form(
        repeat(
            "needs",
            question("text", "need"),
            repeat("actions", question("text", "what")),
            row_title={"var": "need"},
        ),
        key="history",
        translations={"cy": {"rneeds00.label": "Anghenion"}},
    )
    publish(json.loads(json.dumps(form)), by=cast.ada, at=AT, reason="For a test")
    record = make_record(make_case(cast.wanda, cast.north), cast.wanda, "history")
    first = [
        {"_id": "aaaaaaaa", "need": "A bed", "actions": [
            {"_id": "bbbbbbbb", "what": "Buy it"}, {"_id": "cccccccc", "what": "Carry it"},
        ]},
        {"_id": "dddddddd", "need": "A school", "actions": [{"_id": "eeeeeeee", "what": "Ask"}]},
        {"_id": "ffffffff", "actions": [{"_id": "gggggggg", "what": "Wait"}]},
    ]  # fmt: skip
    left = [{**first[0], "actions": [{"_id": "cccccccc", "what": "Carry it up"}]}]
    for seen, needs in enumerate((first, left)):
        save_page(record.pk, "page_1", {"needs": needs}, seen_version=seen, by=cast.wanda, at=AT)
    client.force_login(cast.wanda)
    address = reverse("web:record-history", kwargs={"record_id": record.pk})
    shown = text(client.get(address))
    assert "Needs: A bed, Actions: row 1" in shown
    assert "Needs: A bed, Actions: a row since taken out" in shown
    assert "Needs: A school, Actions: a row since taken out" in shown
    assert "Needs: a row since taken out" in shown
    assert not any(row_id in shown for row_id in ("aaaaaaaa", "bbbbbbbb", "dddddddd", "gggggggg"))
