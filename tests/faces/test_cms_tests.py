"""The pages about a form's rules and tests in the configuration."""

import json

import pytest

from casework.accounts.models import User
from cms.drafts import import_definition, latest
from cms.models import FormDraft
from formdefs.models import FormVersion
from tests.faces.cms_pages import administrator, form, form_draft, signed_in, text, typed

pytestmark = pytest.mark.django_db

REX = {"name": "Rex has a reason", "answers": {"name": "Rex"}, "expect": {"visible": {"why": True}}}
WRONG = {"name": "Tom has one", "answers": {"name": "Tom"}, "expect": {"visible": {"why": True}}}


@pytest.fixture
def ada():
    return administrator("ada")


def at(draft, page):
    return f"/configure/forms/{draft.pk}/{page}/"


def sampled(ada, **answers):
    """The small form as a draft with sample answers."""
    draft = form_draft(ada)
    draft.sample_answers = json.dumps(answers)
    draft.save_revision(user=ada)
    return FormDraft.objects.get(pk=draft.pk)


def add(ada, draft, name="what it is", **more):
    said = {"name": name, "seen": FormDraft.objects.get(pk=draft.pk).latest_revision_id, **more}
    return signed_in(ada).post(at(draft, "tests"), said)


def its_tests(draft):
    return json.loads(latest(FormDraft.objects.get(pk=draft.pk)).definition).get("tests", [])


def test_every_rule_is_shown_as_a_sentence_with_its_line(ada):
    draft = form_draft(ada)
    page = signed_in(ada).get(at(draft, "rules")).text
    assert "Why that name?" in page
    assert '<span class="cms-rules__question">“What is it called?”</span>' in page
    assert '<span class="cms-rules__operator"> is </span>' in page
    assert '<span class="cms-rules__value">“Rex”</span>' in page
    line = draft.definition[: draft.definition.index('"visible"')].count("\n") + 1
    assert f"Line {line}" in page


def test_rules_of_a_draft_that_cannot_be_published_or_read_are_told(ada):
    client = signed_in(ada)
    broken = form()
    broken["pages"][0]["items"][1]["visible"] = {"odd": [{"var": "nobody"}]}
    draft = import_definition(broken, ada)
    assert client.get(at(draft, "rules")).status_code == 200
    draft.definition = '{"key": "pet",'
    draft.save_revision(user=ada, clean=False)
    assert "to mend" in client.get(at(draft, "rules")).text
    assert "to mend" in client.get(at(draft, "tests")).text


def test_tests_are_shown_with_what_they_find_and_leave_out(ada):
    draft = import_definition(form(tests=[REX, WRONG]), ada)
    page = signed_in(ada).get(at(draft, "tests")).text
    assert "1 of 2 tests fails: the draft cannot be published" in page
    assert "Rex has a reason" in page
    assert "“Why that name?” (why) should show, and it does not." in page
    assert "1 of 1 rules are covered" in page


def test_a_failing_test_is_a_finding_and_stops_publishing_but_not_the_preview(ada):
    draft, client = import_definition(form(tests=[WRONG]), ada), signed_in(ada)
    checked = client.post("/configure/forms/check/", {"text": draft.definition}).json()
    assert "The test “Tom has one” fails" in checked["findings"][0]["says"]
    assert "Tom has one" in client.get(at(draft, "publish")).text
    said = {"reason": "x", "when": "now", "seen": draft.latest_revision_id}
    assert client.post(at(draft, "publish"), said).status_code == 422
    assert not FormVersion.objects.exists()
    posted = typed(draft, draft.definition)
    address = f"/configure/forms/preview/{draft.pk}/"
    client.post(address, posted)
    assert "What is it called?" in client.get(address).text


def test_one_press_makes_a_test_of_the_sample_answers(ada):
    draft = sampled(ada, name="Rex")
    before = draft.latest_revision_id
    answer = add(ada, draft, " a reason is asked of Rex ")
    assert (answer.status_code, answer.url) == (302, at(draft, "tests"))
    (test,) = its_tests(draft)
    assert test["name"] == "a reason is asked of Rex"
    assert test["answers"] == {"name": "Rex"}
    assert test["expect"] == {"visible": {"why": True}}
    draft = FormDraft.objects.get(pk=draft.pk)
    assert draft.latest_revision_id != before
    assert draft.latest_revision.user == ada
    page = signed_in(ada).get(at(draft, "tests")).text
    assert "The one test passes" in page
    assert "Has the test “a reason is asked of Rex”" in signed_in(ada).get(f"/configure/forms/history/{draft.pk}/").text  # fmt: skip


def test_the_rest_of_the_text_stays_word_for_word(ada):
    draft = sampled(ada, name="Tom")
    odd = text(form(tests=[REX])).replace('"key": "pet",', '"key":   "pet",', 1)
    draft.definition = odd
    draft.save_revision(user=ada, clean=False)
    assert add(ada, draft).status_code == 302
    now = latest(FormDraft.objects.get(pk=draft.pk)).definition
    assert now.startswith(odd[: odd.index('"Rex has a reason"')])
    assert [test["name"] for test in its_tests(draft)] == ["Rex has a reason", "what it is"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("  ", "Say in a few words"),
        ("x" * 201, "Keep the name to 200"),
        ("a\x00b", "Keep the name"),
        ("Rex has a reason", "already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_words(ada, name, says):
    draft = import_definition(form(tests=[REX]), ada)
    answer = add(ada, draft, name)
    assert answer.status_code == 422
    assert says in answer.text
    assert len(its_tests(draft)) == 1


def test_nothing_is_added_to_a_draft_that_changed_is_locked_or_is_broken(ada):
    draft = sampled(ada, name="Rex")
    assert "changed the draft" in add(ada, draft, seen="1").text
    assert "changed the draft" in add(ada, draft, seen="odd").text
    draft.locked, draft.locked_by = True, administrator("adam")
    draft.save()
    assert "is locked" in add(ada, draft).text
    draft.locked, draft.locked_by = False, None
    draft.save()
    draft.sample_answers = '{"nam": "Rex"}'
    draft.save_revision(user=ada, clean=False)
    assert "The sample answers cannot be used" in add(ada, draft).text
    draft.definition = text(form()).replace('"text"', '"tex"')
    draft.save_revision(user=ada, clean=False)
    assert "Mend the draft first" in add(ada, draft).text
    assert its_tests(FormDraft.objects.get()) == []


def test_only_who_may_change_a_draft_adds_a_test(ada):
    draft = sampled(ada, name="Rex")
    nobody = User.objects.create(username="nobody")
    assert add(nobody, draft).status_code == 403
    assert its_tests(draft) == []
    assert signed_in(nobody).get(at(draft, "tests")).status_code == 403


def test_the_editor_leads_to_both_pages(ada):
    draft = form_draft(ada)
    page = signed_in(ada).get(f"/configure/forms/edit/{draft.pk}/").text
    assert f'href="{at(draft, "rules")}"' in page
    assert f'href="{at(draft, "tests")}"' in page
