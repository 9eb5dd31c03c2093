"""Fragments in the configuration: drafts, publishing, where used, taking up a version, copies."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from casework.accounts.models import User
from cms.drafts import import_definition, import_fragment
from cms.models import FormDraft, FragmentDraft
from formdefs.definition import problems
from formdefs.fragments import includes
from formdefs.models import FormVersion, FragmentVersion
from tests.faces.cms_pages import administrator, signed_in, text, typed
from tests.forms import a_form, a_fragment, include, question

pytestmark = pytest.mark.django_db

SEEN = question("yes_no", "seen", label="Was the child seen?")
WHY = question("text", "why", label="Why not?", visible={"==": [{"var": "seen"}, False]})


@pytest.fixture
def ada() -> User:
    return administrator("ada")


@pytest.fixture
def client(ada):
    return signed_in(ada)


def _publish(draft: Any, client: Any, reason: str = "First") -> Any:
    draft.refresh_from_db()
    said = {"reason": reason, "when": "now", "seen": draft.latest_revision_id}
    base = "forms" if isinstance(draft, FormDraft) else "fragments"
    return client.post(f"/configure/{base}/{draft.pk}/publish/", said)


def _document(draft: Any) -> dict[str, Any]:
    newest = type(draft).objects.get(pk=draft.pk).get_latest_revision_as_object()
    return json.loads(newest.definition)


@pytest.fixture
def visit(ada, client) -> FragmentDraft:
    """A fragment of two versions: the second asks one thing more."""
    draft = import_fragment(a_fragment(SEEN), ada)
    _publish(draft, client)
    draft = import_fragment(a_fragment(SEEN, WHY), ada)
    _publish(draft, client, "Asks why not")
    return draft


def _form_draft(ada: User, key: str = "a_form", *items: Any, **more: Any) -> FormDraft:
    return import_definition(a_form(*(items or (include("home"),)), key=key, **more), ada)


def test_a_fragment_is_edited_checked_previewed_and_published(client):
    add = client.get("/configure/fragments/add/")
    assert "A fragment is closed" in add.text
    posted = {"definition": text(a_fragment(SEEN)), "sample_answers": '{"seen": true}'}
    client.post("/configure/fragments/add/", posted)
    draft = FragmentDraft.objects.get()
    assert (draft.key, draft.title) == ("visit", "Visit")
    live = client.post(
        "/configure/fragments/check/", {"text": text(a_fragment({**SEEN, "odd": 1}))}
    )
    assert "“odd” is not known" in live.json()["findings"][0]["says"]
    preview = f"/configure/fragments/preview/{draft.pk}/"
    client.post(preview, typed(draft, text(a_fragment(SEEN)), sample_answers='{"seen": true}'))
    shown = client.get(preview + "?mode=")
    assert "Was the child seen?" in shown.text
    assert "checked" in shown.text
    client.post(preview, typed(draft, "{"))
    assert "The preview comes back" in client.get(preview + "?mode=").text
    assert (
        "This is the first version" in client.get(f"/configure/fragments/{draft.pk}/publish/").text
    )
    assert _publish(draft, client).status_code == 302
    assert FragmentVersion.objects.get().reason == "First"
    client.post(f"/configure/fragments/edit/{draft.pk}/", typed(draft, text(a_fragment(SEEN, WHY))))
    page = client.get(f"/configure/fragments/{draft.pk}/publish/").text
    assert "Added: question “Why not?”" in page
    for address in ("history", "usage", "workflow_history"):
        assert client.get(f"/configure/fragments/{address}/{draft.pk}/").status_code in (200, 302)
    exported = client.get(f"/configure/fragments/{draft.pk}/export/?version=1")
    assert json.loads(exported.content) == a_fragment(SEEN)
    withdrawn = client.get(f"/configure/fragments/{draft.pk}/withdraw/", follow=True)
    assert "A published fragment cannot be withdrawn" in withdrawn.text
    assert "1 fragment" in client.get("/configure/").text


def test_a_form_with_a_fragment_is_previewed_and_published(ada, client, visit):
    draft = _form_draft(ada)
    client.post(
        f"/configure/forms/preview/{draft.pk}/", typed(draft, text(a_form(include("home"))))
    )
    assert "Was the child seen?" in client.get(f"/configure/forms/preview/{draft.pk}/").text
    assert _publish(draft, client).status_code == 302
    version = FormVersion.objects.get()
    assert json.loads(version.definition) == a_form(include("home"))
    assert "home_seen" in version.schema
    page = client.get(f"/configure/fragments/{visit.pk}/uses/").text
    assert "A form <code>a_form</code>, version 1: has version 1" in page


def test_a_newer_version_is_taken_up_in_one_step_and_nothing_is_published(ada, client, visit):
    chosen, other = _form_draft(ada, "chosen"), _form_draft(ada, "other")
    _publish(chosen, client)
    address = f"/configure/fragments/{visit.pk}/uses/"
    page = client.get(address).text
    assert "“Why not?”" in page
    assert "(additive)" in page
    name = f"form-{chosen.pk}-{FormDraft.objects.get(pk=chosen.pk).latest_revision_id}"
    assert name in page
    answer = client.post(address, {"version": "2", "draft": [name]}, follow=True)
    assert "It is not published" in answer.text
    assert includes(_document(chosen))[0].fragment.version == 2
    assert includes(_document(other))[0].fragment.version == 1
    assert FormVersion.objects.count() == 1
    assert "visit”" in client.get(f"/configure/forms/history/{chosen.pk}/").text
    again = client.post(address, {"version": "2", "draft": [name]}, follow=True)
    assert "was changed since you opened this page" in again.text


def test_what_prevents_is_told_for_each_draft(ada, client, visit):
    clash = _form_draft(ada, "clash", include("home"), question("text", "home_why"))
    locked = _form_draft(ada, "locked")
    FormDraft.objects.filter(pk=locked.pk).update(locked=True, locked_by=administrator("bob"))
    address = f"/configure/fragments/{visit.pk}/uses/"
    page = client.get(address).text
    assert "The key “home_why” is used already" in page
    assert "is locked" in page
    assert "Take up version 2 in the chosen drafts" not in page
    before = {draft.pk: _document(draft) for draft in (clash, locked)}
    names = [f"form-{pk}-{FormDraft.objects.get(pk=pk).latest_revision_id}" for pk in before]
    answer = client.post(address, {"version": "2", "draft": names}, follow=True).text
    assert "is left as it is" in answer
    assert "is locked" in answer
    assert {draft.pk: _document(draft) for draft in (clash, locked)} == before


def test_a_draft_in_a_workflow_is_left_to_who_approves(ada, visit):
    draft = _form_draft(ada)
    posted = typed(draft, text(a_form(include("home"))), **{"action-submit": "1"})
    signed_in(ada).post(f"/configure/forms/edit/{draft.pk}/", posted)
    assert FormDraft.objects.get().workflow_in_progress
    other = User.objects.create(username="cy", first_name="Cy")
    other.user_permissions.set(
        Permission.objects.filter(
            codename__in=("access_admin", "change_formdraft", "change_fragmentdraft")
        )
    )
    address = f"/configure/fragments/{visit.pk}/uses/"
    assert "is locked" in signed_in(other).get(address).text


def test_a_broken_draft_can_take_up_a_version_and_shows_what_changes(ada, client, visit):
    _form_draft(ada, "broken", include("home"), question("choice", list="nowhere"))
    page = client.get(f"/configure/fragments/{visit.pk}/uses/").text
    assert "Added: question “Why not?”" in page
    assert "Take up version 2" in page


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"version": "x"},
        {"version": "1", "draft": "form-1-1"},
        {"version": "2"},
        {"version": "2", "draft": ["", "x-1-1", "form-x-y", "form-99-1", "fragment-\0"]},
    ],
)
def test_nothing_that_is_posted_gives_an_error(ada, client, visit, posted):
    _form_draft(ada)
    answer = client.post(f"/configure/fragments/{visit.pk}/uses/", posted, follow=True)
    assert answer.status_code == 200
    assert includes(_document(FormDraft.objects.get()))[0].fragment.version == 1


def test_an_include_is_replaced_by_a_copy(ada, client, visit):
    draft = _form_draft(ada)
    address = f"/configure/forms/{draft.pk}/included/"
    page = client.get(address).text
    assert "the newest is 2" in page
    said = {"draft": f"form-{draft.pk}-{draft.latest_revision_id}", "include": "ihome00"}
    answer = client.post(address, said, follow=True)
    assert "has a copy now" in answer.text
    document = _document(draft)
    assert not includes(document)
    assert problems(document, {}) == []
    (section,) = document["pages"][0]["items"]
    assert section["items"][0]["key"] == "home_seen"
    assert "was changed since" in client.post(address, said, follow=True).text
    assert "There is no fragment in it" in client.get(address).text
    for odd in ({}, {"draft": "form-1", "include": "x"}, {"draft": said["draft"]}):
        assert client.post(address, odd, follow=True).status_code == 200


def test_what_cannot_be_copied_is_told(ada, client):
    draft = _form_draft(ada, "a_form", include("home", "nobody"))
    address = f"/configure/forms/{draft.pk}/included/"
    assert "(not published)" in client.get(address).text
    said = {"draft": f"form-{draft.pk}-{draft.latest_revision_id}", "include": "ihome00"}
    assert "no published fragment" in client.post(address, said, follow=True).text
    FormDraft.objects.create(title="Odd", definition="[", key="odd")
    odd = FormDraft.objects.get(key="odd")
    odd.save_revision()
    assert client.get(f"/configure/forms/{odd.pk}/included/").status_code == 200


def test_a_fragment_in_a_fragment_is_shown_and_upgraded(ada, client, visit):
    outer = import_fragment(a_fragment(include("first"), key="outer", title="Outer"), ada)
    address = f"/configure/fragments/{visit.pk}/uses/"
    assert "Outer" in client.get(address).text
    name = f"fragment-{outer.pk}-{outer.latest_revision_id}"
    client.post(address, {"version": "2", "draft": [name]})
    assert includes(_document(outer))[0].fragment.version == 2
    assert "visit" in client.get(f"/configure/fragments/{outer.pk}/included/").text


def test_who_may_not_change_a_form_changes_none(ada, visit):
    draft = _form_draft(ada)
    reader = User.objects.create(username="rae")
    reader.user_permissions.set(
        Permission.objects.filter(
            codename__in=("access_admin", "view_formdraft", "view_fragmentdraft")
        )
    )
    client = signed_in(reader)
    address = f"/configure/fragments/{visit.pk}/uses/"
    assert client.get(address).status_code == 200
    name = f"form-{draft.pk}-{draft.latest_revision_id}"
    answer = client.post(address, {"version": "2", "draft": [name]}, follow=True)
    assert "You may not change" in answer.text
    said = {"draft": name, "include": "ihome00"}
    client.post(f"/configure/forms/{draft.pk}/included/", said)
    assert includes(_document(draft))[0].fragment.version == 1
    nobody = User.objects.create(username="nia")
    assert signed_in(nobody).get(address).status_code in (302, 403, 404)


def test_the_uses_page_asks_the_database_no_more_for_more_drafts(
    ada, client, visit, django_assert_max_num_queries
):
    address = f"/configure/fragments/{visit.pk}/uses/"
    _form_draft(ada, "first")
    client.get(address)
    with django_assert_max_num_queries(200) as few:
        client.get(address)
    for number in range(4):
        _form_draft(ada, f"form{number}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(address)


def test_the_administrators_group_may_do_all_this(ada):
    held = Group.objects.get(name="Form administrators").permissions
    names = set(held.values_list("codename", flat=True))
    assert {"add_fragmentdraft", "publish_fragmentdraft", "lock_fragmentdraft"} <= names
