"""Editing drafts: nothing typed is lost, nobody is overwritten, and every problem is shown."""

import json

import pytest
from django.test import Client

from casework.accounts.models import User
from cms.drafts import import_definition, latest
from cms.jsontext import pretty
from cms.models import CodeListDraft, FormDraft
from cms.publishing import publish_draft
from formdefs import shipped
from formdefs.importing import jsonforms
from tests.cast import AT
from tests.faces.cms_pages import (
    LIST,
    administrator,
    form,
    form_draft,
    list_draft,
    signed_in,
    text,
    typed,
)
from tests.forms import a_form, question

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return administrator("ada")


def _definition():
    return FormDraft.objects.get().get_latest_revision_as_object().definition


def test_a_new_draft_takes_its_key_and_title_from_what_is_typed(ada):
    signed_in(ada).post("/configure/forms/add/", {"definition": text(form()), "sample_answers": ""})
    draft = FormDraft.objects.get()
    assert (draft.key, draft.title, draft.live) == ("pet", "Pet", False)


@pytest.mark.parametrize(
    "typed_text",
    [
        "",
        "  spaces kept \n",
        '{"formdef": 1,',
        "[]",
        '{"title": "\\ud800\\u0000"}',
        "[" * 3000,
        '"é"\n\n',
    ],
)
def test_anything_typed_is_saved_word_for_word(ada, typed_text):
    client = signed_in(ada)
    client.post("/configure/forms/add/", {"definition": typed_text, "sample_answers": ""})
    assert _definition() == typed_text
    draft = FormDraft.objects.get()
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, typed_text + " x"))
    assert _definition() == typed_text + " x"
    for address in ("edit/{}/", "{}/publish/", "history/{}/", "preview/{}/", "{}/export/"):
        assert client.get(f"/configure/forms/{address.format(draft.pk)}").status_code == 200


def test_line_ends_of_the_browser_are_undone(ada):
    client = signed_in(ada)
    client.post("/configure/forms/add/", {"definition": "{\r\n}\r\n", "sample_answers": ""})
    assert _definition() == "{\n}\n"


def test_the_editor_shows_every_problem_with_its_line_and_fix(ada):
    draft, client = form_draft(ada), signed_in(ada)
    broken = form()
    broken["pages"][0]["items"][0]["type"] = "txt"
    broken["pages"][0]["items"][1]["visible"] = {"==": [{"var": "nam"}, "Rex"]}
    answer = client.post(
        f"/configure/forms/edit/{draft.pk}/", typed(draft, text(broken)), follow=True
    )
    assert "2 things to mend" in answer.text
    assert "Line 17" in answer.text
    assert "cms-findings__fix" in answer.text


def test_live_checking_says_the_same(ada):
    client = signed_in(ada)
    answer = client.post("/configure/forms/check/", {"text": '{\n"a": 1,\n}', "key": ""})
    assert answer.json() == {
        "findings": [
            {
                "line": 3,
                "column": 1,
                "at": "",
                "says": "There is a comma after the last value.",
                "fix": "Take away the comma before the closing bracket.",
            }
        ]
    }
    assert client.post("/configure/forms/check/", {"text": text(form())}).json() == {"findings": []}
    found = client.post("/configure/forms/check/", {"text": text(form()), "key": "cat"}).json()
    assert "stays for ever" in found["findings"][0]["says"]
    answer = client.post("/configure/code-lists/check/", {"text": text(LIST)})
    assert answer.json() == {"findings": []}


def test_two_drafts_do_not_share_a_key(ada):
    form_draft(ada)
    answer = signed_in(ada).post(
        "/configure/forms/add/", {"definition": text(form()), "sample_answers": ""}
    )
    assert answer.status_code == 200
    assert "has the key “pet” already" in answer.text
    assert "What is it called?" in answer.text
    assert FormDraft.objects.count() == 1


def test_a_stale_save_overwrites_nothing_and_shows_both(ada):
    bob = administrator("bob")
    draft = form_draft(ada)
    mine = typed(draft, text(form(label="Mine?")))
    theirs = typed(draft, text(form(label="Theirs?")))
    signed_in(bob).post(f"/configure/forms/edit/{draft.pk}/", theirs)
    answer = signed_in(ada).post(f"/configure/forms/edit/{draft.pk}/", mine)
    assert answer.status_code == 200
    assert "Theirs?" in _definition()
    assert "somebody else saved this draft" in answer.text
    assert "What Bob saved at" in answer.text
    assert (
        "data-w-autosave-interval-value" not in answer.text
    )  # it would overwrite before anybody has decided
    shown = answer.context["other"]
    assert [line.text.strip() for line in shown["theirs"] if line.kind == "added"] == [
        '"label": "Theirs?",'
    ]
    assert [line.text.strip() for line in shown["yours"] if line.kind == "added"] == [
        '"label": "Mine?",'
    ]
    assert "Mine?" in answer.context["form"]["definition"].value()
    signed_in(ada).post(
        f"/configure/forms/edit/{draft.pk}/", typed(draft, text(form(label="Both?")))
    )
    assert "Both?" in _definition()


def test_a_stale_publish_or_a_save_without_a_revision_is_refused_too(ada):
    draft, client = form_draft(ada), signed_in(ada)
    stale = typed(draft, text(form(label="Stale?")), **{"action-publish": "1"})
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, text(form(label="New?"))))
    assert client.post(f"/configure/forms/edit/{draft.pk}/", stale).status_code == 200
    blind = {"definition": text(form(label="Blind?")), "sample_answers": ""}
    assert client.post(f"/configure/forms/edit/{draft.pk}/", blind).status_code == 200
    assert "New?" in _definition()


def test_after_wagtail_saved_by_itself_the_button_saves_on(ada):
    draft, client = form_draft(ada), signed_in(ada)
    json_wanted = {"Accept": "application/json"}
    address = f"/configure/forms/edit/{draft.pk}/"
    first = client.post(address, typed(draft, text(form(label="One?"))), headers=json_wanted).json()
    posted = {"definition": text(form(label="Two?")), "sample_answers": ""} | first["field_updates"]
    again = posted | {"overwrite_revision_id": str(first["revision_id"])}
    second = client.post(address, again, headers=json_wanted).json()
    assert second["revision_id"] == first["revision_id"]
    posted |= second["field_updates"] | {"definition": text(form(label="Three?"))}
    assert client.post(address, posted).status_code == 302
    assert "Three?" in _definition()


def test_autosave_of_wagtail_is_refused_when_stale(ada):
    draft, client = form_draft(ada), signed_in(ada)
    stale = typed(draft, text(form(label="Stale?")))
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, text(form(label="New?"))))
    answer = client.post(
        f"/configure/forms/edit/{draft.pk}/", stale, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "invalid_revision"


def test_compare_shows_changed_lines(ada):
    draft, client = form_draft(ada), signed_in(ada)
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, text(form(label="Its name?"))))
    page = client.get(
        f"/configure/forms/history/{draft.pk}/revisions/compare/earliest...latest/"
    ).text
    assert "cms-lines__removed" in page
    assert "What is it called?" in page
    assert "Its name?" in page
    assert "qu02" not in page.split("Its name?")[1]


def test_reverting_brings_an_older_revision_back(ada):
    draft, client = form_draft(ada), signed_in(ada)
    first = draft.latest_revision
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, text(form(label="New?"))))
    address = f"/configure/forms/history/{draft.pk}/revisions/{first.pk}/revert/"
    assert client.get(address).status_code == 200
    client.post(address, typed(draft, first.content["definition"]))
    assert "What is it called?" in _definition()


def test_somebody_elses_lock_holds(ada):
    bob = administrator("bob")
    draft = form_draft(ada)
    signed_in(bob).post(f"/configure/forms/lock/{draft.pk}/")
    answer = signed_in(ada).post(f"/configure/forms/edit/{draft.pk}/", typed(draft, "{}"))
    assert "locked" in answer.text
    assert "What is it called?" in _definition()
    page = signed_in(ada).get(f"/configure/forms/{draft.pk}/publish/").text
    assert "Locked" in page
    assert 'name="reason"' not in page
    file = _file(text(form(label="Imported?")))
    answer = signed_in(ada).post("/configure/forms/import/", {"file": file})
    assert "is locked" in answer.text


def _file(content, name="form.json"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def test_export_and_import_give_back_every_word(ada):
    client = signed_in(ada)
    odd = json.dumps(form(), indent=3).replace('"formdef": 1', '"formdef":    1') + "\n\n"
    client.post("/configure/forms/import/", {"file": _file(odd)})
    draft = FormDraft.objects.get()
    exported = client.get(f"/configure/forms/{draft.pk}/export/")
    assert exported.content.decode() == odd
    assert exported["Content-Disposition"] == 'attachment; filename="pet.json"'
    draft.delete()
    client.post("/configure/forms/import/", {"file": _file(exported.content)})
    assert _definition() == odd


def test_an_import_is_the_next_revision_of_its_draft(ada):
    draft, client = form_draft(ada), signed_in(ada)
    client.post("/configure/forms/import/", {"file": _file(text(form(label="Imported?")))})
    assert FormDraft.objects.get().pk == draft.pk
    assert "Imported?" in _definition()
    assert draft.revisions.count() == 2
    assert "Imported from a file" in client.get(f"/configure/forms/history/{draft.pk}/").text


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"",
        b"{",
        b"[]",
        b'{"key": 7}',
        b'{"a":1,"a":2}',
        b'{"a":"\x00"}',
        b"[" * 10000,
        b"x" * 3_000_000,
    ],
)
def test_a_file_that_cannot_be_read_says_why(ada, content):
    answer = signed_in(ada).post("/configure/forms/import/", {"file": _file(content)})
    assert answer.status_code == 422
    assert "cms-field__error" in answer.text or "cms-findings__says" in answer.text
    assert not FormDraft.objects.exists()


def test_a_file_on_one_line_becomes_a_draft_that_can_be_edited(ada):
    signed_in(ada).post("/configure/code-lists/import/", {"file": _file(json.dumps(LIST).encode())})
    text = latest(CodeListDraft.objects.get()).definition
    assert json.loads(text) == LIST
    assert text == pretty(LIST)


def test_every_version_is_exported(ada):
    draft, client = list_draft(ada), signed_in(ada)
    client.post(
        f"/configure/code-lists/{draft.pk}/publish/",
        {"reason": "x", "when": "now", "seen": CodeListDraft.objects.get().latest_revision_id},
    )
    answer = client.get(f"/configure/code-lists/{draft.pk}/export/?version=1")
    assert json.loads(answer.content) == LIST
    assert client.get(f"/configure/code-lists/{draft.pk}/export/?version=9").status_code == 302


def test_the_preview_shows_the_page_with_sample_answers(ada):
    draft, client = form_draft(ada), signed_in(ada)
    posted = typed(draft, text(form()), sample_answers='{"name": "Rex", "why": "It fits"}')
    assert client.post(f"/configure/forms/preview/{draft.pk}/", posted).json()["is_valid"]
    answer = client.get(f"/configure/forms/preview/{draft.pk}/?mode=pg01&in_preview_panel=true")
    assert 'value="Rex"' in answer.text
    assert "It fits" in answer.text
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    edit = client.get(f"/configure/forms/edit/{draft.pk}/")
    assert edit["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in edit["Content-Security-Policy"]
    assert "frame-src 'self'" in edit["Content-Security-Policy"]
    assert "frame-src" not in client.get("/configure/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    "sample", ["{", "[]", '{"name": 7}', '{"nobody": "x"}', '{"name": {"a": [1]}}']
)
def test_sample_answers_that_do_not_fit_are_told(ada, sample):
    draft, client = form_draft(ada), signed_in(ada)
    client.post(
        f"/configure/forms/preview/{draft.pk}/", typed(draft, text(form()), sample_answers=sample)
    )
    answer = client.get(f"/configure/forms/preview/{draft.pk}/?mode=pg01")
    assert answer.status_code == 200
    assert "The sample answers are not shown" in answer.text


def test_every_page_of_the_library_is_previewed_with_its_samples(ada):
    from casework.clock import now
    from cms.library import load_library

    assert len(list(load_library(by=ada, at=now(), reason="x", publish=True))) > 20
    assert {one.how for one in load_library(by=ada, at=now(), reason="x", publish=True)} == {"same"}
    client = signed_in(ada)
    for draft in FormDraft.objects.all():
        assert json.loads(draft.sample_answers) == shipped.sample(draft.key)
        for mode, _title in draft.preview_modes:
            revision = f"{draft.pk}/revisions/{draft.latest_revision_id}"
            answer = client.get(f"/configure/forms/history/{revision}/view/?mode={mode}")
            assert answer.status_code == 200
            assert "Save and continue" in answer.text
            assert "not shown" not in answer.text


def test_a_form_on_one_page_is_previewed_whole(ada):
    other = {"id": "pg02", "key": "more", "title": "More about it", "items": []}
    whole = form(layout="single")
    other["items"] = [
        {"id": "qu03", "kind": "question", "key": "age", "type": "integer", "label": "How old?"}
    ]
    whole["pages"].append(other)
    draft, client = form_draft(ada), signed_in(ada)
    client.post(f"/configure/forms/preview/{draft.pk}/", typed(draft, text(whole)))
    page = client.get(f"/configure/forms/preview/{draft.pk}/").text
    assert "What is it called?" in page
    assert "How old?" in page
    assert 'id="page-rules"' in page


def test_a_code_list_is_previewed(ada):
    draft, client = list_draft(ada), signed_in(ada)
    client.post(f"/configure/code-lists/preview/{draft.pk}/", typed(draft, text(LIST)))
    assert "Dog" in client.get(f"/configure/code-lists/preview/{draft.pk}/").text
    client.post(f"/configure/code-lists/preview/{draft.pk}/", typed(draft, "{"))
    assert "when these are mended" in client.get(f"/configure/code-lists/preview/{draft.pk}/").text


def test_only_administrators_come_in(ada):
    draft = form_draft(ada)
    wanda = User.objects.create(username="wanda")
    addresses = [
        "/configure/",
        "/configure/forms/",
        f"/configure/forms/edit/{draft.pk}/",
        f"/configure/forms/{draft.pk}/publish/",
        f"/configure/forms/{draft.pk}/export/",
        f"/configure/forms/preview/{draft.pk}/",
        "/configure/forms/import/",
    ]
    for address in addresses:
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")
        # Not sent to sign in: she has, and would be sent back, and round and round.
        assert signed_in(wanda).get(address).status_code == 403
    assert Client().post("/configure/forms/check/", {"text": "{}"}).status_code == 302
    assert signed_in(wanda).post("/configure/forms/check/", {"text": "{}"}).status_code == 403


def test_a_published_form_is_exported_for_jsonforms(ada):
    client = signed_in(ada)
    draft = form_draft(ada)
    address = f"/configure/forms/{draft.pk}/export/?to=jsonforms"
    assert client.get(address).status_code == 302  # nothing is published yet
    assert "to=jsonforms" not in client.get("/configure/forms/").text
    publish_draft(draft, by=ada, at=AT, reason="First", seen=draft.latest_revision_id)
    assert "to=jsonforms" in client.get("/configure/forms/").text
    exported = client.get(address)
    assert f"{draft.key}@1.jsonforms.json" in exported["Content-Disposition"]
    document = json.loads(exported.content)
    assert set(document) == {"schema", "uischema", "report"}
    again = jsonforms.read(document)
    assert [page["title"] for page in again.definition["pages"]]


def test_publishing_says_which_forms_it_is_prefilled_from_that_nobody_published(ada):
    client = signed_in(ada)
    source = {"record": "not_there", "question": "anything"}
    asked = question("text", "word", prefill=[source])
    draft = import_definition(a_form(asked, key="prefilled"), ada)
    page = client.get(f"/configure/forms/{draft.pk}/publish/").text
    assert "Nothing to mend" in page
    assert "It is prefilled from <code>not_there</code>, which is not published" in page
