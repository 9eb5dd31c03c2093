"""Translating a form in the configuration: the table, the file, what is stale, how far it is."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.drafts import import_definition, latest
from cms.jsontext import read
from formdefs import translations
from tests.cast import Cast
from tests.pure.test_translations import bilingual

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> Any:
    return import_definition(bilingual(), cast.ada)


@pytest.fixture
def ada(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ada)
    return client


def address(draft: Any) -> str:
    return f"/configure/forms/{draft.pk}/translations/"


def said(draft: Any) -> dict[str, Any]:
    draft.refresh_from_db()
    return read(latest(draft).definition).value


def test_a_text_is_translated_in_the_table(ada: Client, draft: Any) -> None:
    shown = ada.get(address(draft), {"language": "cy"}).content.decode()
    assert "14 % translated" in shown
    assert 'name="text.qtext00.hint"' in shown
    sent = {"language": "cy", "seen": draft.latest_revision_id, "text.qtext00.hint": "Yn llawn"}
    answer = ada.post(address(draft), sent)
    assert answer.status_code == 302
    assert said(draft)["translations"]["cy"] == {"qtext00.label": "Enw", "qtext00.hint": "Yn llawn"}


def test_the_file_goes_out_and_comes_back(ada: Client, draft: Any) -> None:
    sent = ada.get(address(draft), {"language": "cy", "csv": ""})
    assert sent["Content-Type"].startswith("text/csv")
    changed = sent.content.decode().replace("In full,", "In full,Yn llawn")
    file = SimpleUploadedFile("cy.csv", changed.encode())
    ada.post(address(draft), {"language": "cy", "seen": draft.latest_revision_id, "file": file})
    assert said(draft)["translations"]["cy"]["qtext00.hint"] == "Yn llawn"


def test_what_somebody_else_saved_meanwhile_stays(ada: Client, draft: Any, cast: Cast) -> None:
    seen = draft.latest_revision_id
    other = translations.with_translations(bilingual(), "cy", {"form.title": "Ffurflen"})
    import_definition(other, cast.ada)
    sent = {"language": "cy", "seen": seen, "text.qtext00.hint": "Yn llawn"}
    answer = ada.post(address(draft), sent)
    assert answer.status_code == 409
    assert "Yn llawn" in answer.content.decode()
    assert "qtext00.hint" not in said(draft)["translations"]["cy"]


def test_publishing_tells_how_far_it_is(ada: Client, draft: Any) -> None:
    shown = ada.get(f"/configure/forms/{draft.pk}/publish/").content.decode()
    assert "cy: 14 %" in shown


def test_workers_do_not_translate_forms(client: Client, draft: Any, cast: Cast) -> None:
    client.force_login(cast.wanda)
    assert client.get(address(draft)).status_code == 403
