"""Importing a form that another tool made, in the configuration: the report first, then the draft."""

import json
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from casework.accounts.models import User
from cms.models import FormDraft
from tests.faces.cms_pages import administrator, form_draft, signed_in
from tests.faces.record_pages import inputs
from tests.questionnaires import HEALTH
from tests.xlsforms import HOUSEHOLD

pytestmark = pytest.mark.django_db

ADDRESS = "/configure/forms/import/"
SCHEMA: dict[str, Any] = {
    "title": "A visit",
    "type": "object",
    "properties": {"name": {"type": "string"}, "odd": {"type": "string", "format": "uri"}},
}


@pytest.fixture
def ada(db: None) -> User:
    return administrator("ada")


def _file(content: Any, name: str = "form.json") -> SimpleUploadedFile:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return SimpleUploadedFile(name, body)


def _kept(client: Client, shown: Any, **more: str) -> Any:
    """Send the second step as the browser would."""
    sent = {name: values[-1] for name, values in inputs(shown.content.decode()).items()}
    wanted = {name: sent[name] for name in ("definition", "key", "title")}
    return client.post(ADDRESS, {**wanted, **more})


@pytest.mark.parametrize(
    ("content", "name", "title"),
    [
        (SCHEMA, "JSONForms", "A visit"),
        (HEALTH, "FHIR R4", "Health questions"),
        (HOUSEHOLD, "XLSForm", "Household survey"),
    ],
)
def test_the_report_is_shown_and_then_the_draft_is_kept(
    ada: User, content: Any, name: str, title: str
) -> None:
    client = signed_in(ada)
    shown = client.post(ADDRESS, {"file": _file(content)})
    assert shown.status_code == 200
    assert name in shown.text
    assert "Nothing is kept yet" in shown.text
    assert not FormDraft.objects.exists()
    answer = _kept(client, shown)
    assert answer.status_code == 302
    draft = FormDraft.objects.get()
    assert draft.title == title
    assert answer["Location"] == f"/configure/forms/edit/{draft.pk}/"


def test_the_key_and_the_title_can_be_changed(ada: User) -> None:
    client = signed_in(ada)
    form_draft(ada)
    shown = client.post(ADDRESS, {"file": _file(SCHEMA)})
    assert "uri" in unescape(shown.text)
    assert _kept(client, shown, key="Not a key").status_code == 422
    assert _kept(client, shown, key="visit_2", title="Visits").status_code == 302
    draft = FormDraft.objects.get(key="visit_2")
    assert draft.title == "Visits"
    assert json.loads(draft.get_latest_revision_as_object().definition)["key"] == "visit_2"


def test_a_key_that_is_taken_is_told(ada: User) -> None:
    client = signed_in(ada)
    form_draft(ada)
    shown = client.post(ADDRESS, {"file": _file({**SCHEMA, "title": "Pet"})})
    assert "There is a draft with this key already: “Pet”" in shown.text


def test_a_ui_schema_goes_with_a_schema(ada: User) -> None:
    layout = {"type": "Group", "label": "Mine", "elements": [
        {"type": "Control", "scope": "#/properties/name", "label": "Whose?"}]}  # fmt: skip
    files = {"file": _file(SCHEMA), "uischema": _file(layout)}
    shown = signed_in(ada).post(ADDRESS, {**files, "source": "jsonforms"})
    assert "Whose?" in unescape(shown.text)


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (b"PK\x03\x04 broken", ""),
        (b"\xd0\xcf\x11\xe0 old", ""),
        (b"{", "jsonforms"),
        (b"[]", "fhir"),
        (b'{"resourceType": "Patient"}', ""),
        (b'{"properties": {}}', ""),
        (b"\xff\xfe", "xlsform"),
        (b"{}", "nonsense"),
        (b"[" * 10000, "jsonforms"),
        (b"x" * 3_000_000, "xlsform"),
    ],
)
def test_a_file_that_is_no_form_says_why(ada: User, content: bytes, source: str) -> None:
    answer = signed_in(ada).post(ADDRESS, {"file": _file(content), "source": source})
    assert answer.status_code == 422
    assert "cms-field__error" in answer.text or "cms-findings__says" in answer.text
    assert not FormDraft.objects.exists()


@pytest.mark.parametrize("definition", ["", "{", "[]", "null", "{}", '{"a": 1, "a": 2}'])
def test_a_second_step_that_is_broken_says_why(ada: User, definition: str) -> None:
    sent = {"definition": definition, "key": "a_key", "title": "T"}
    assert signed_in(ada).post(ADDRESS, sent).status_code == 422
    assert not FormDraft.objects.exists()


def test_the_form_is_made_wide_enough_for_data_and_further_names(ada: User) -> None:
    client = signed_in(ada)
    data = _file({"name": "Ann", "age": 4}, "data.json")
    shown = client.post(ADDRESS, {"file": _file(SCHEMA), "samples": data, "others": "on"})
    assert shown.status_code == 200
    sent = {name: values[-1] for name, values in inputs(shown.content.decode()).items()}
    items = json.loads(sent["definition"])["pages"][0]["items"]
    assert [item["key"] for item in items] == ["name", "odd", "age", "others"]
    bad = client.post(ADDRESS, {"file": _file(SCHEMA), "samples": _file(b"{", "data.json")})
    assert bad.status_code == 422
    assert "The data cannot be read as JSON" in bad.text
