"""The workflow: a second person approves, an author never, and approval publishes nothing by itself."""

import pytest
from django.contrib.auth.models import Permission
from wagtail.models import TaskState, WorkflowState

from cms import authors
from cms.models import FormDraft, PublishRefused, SecondPersonTask
from formdefs.models import FormVersion
from tests.faces.cms_pages import administrator, form, form_draft, signed_in, text, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return administrator("ada")


@pytest.fixture
def bob():
    return administrator("bob")


@pytest.fixture
def submitted(ada):
    draft = form_draft(ada)
    posted = typed(draft, text(form(label="New?")), **{"action-submit": "1"})
    signed_in(ada).post(f"/configure/forms/edit/{draft.pk}/", posted)
    assert FormDraft.objects.get().workflow_in_progress
    return FormDraft.objects.get()


def _act(client, draft, action="approve", **said):
    state = TaskState.objects.get(status=TaskState.STATUS_IN_PROGRESS)
    return client.post(f"/configure/forms/workflow/action/{draft.pk}/{action}/{state.pk}/", said)


def test_a_second_person_approves_and_then_it_is_published_with_a_reason(bob, submitted):
    client = signed_in(bob)
    assert "Pet" in client.get("/configure/").text
    assert "Approve" in client.get(f"/configure/forms/edit/{submitted.pk}/").text
    assert _act(client, submitted, comment="Fine").status_code == 302
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED
    assert not FormVersion.objects.exists()
    assert (
        "Bob approved exactly this" in client.get(f"/configure/forms/{submitted.pk}/publish/").text
    )
    said = {"reason": "Agreed", "when": "now", "seen": FormDraft.objects.get().latest_revision_id}
    client.post(f"/configure/forms/{submitted.pk}/publish/", said)
    assert FormVersion.objects.get().reason == "Agreed"
    history = f"/configure/forms/workflow_history/{submitted.pk}/"
    assert client.get(history).status_code == 200
    assert client.get(f"{history}detail/{WorkflowState.objects.get().pk}/").status_code == 200


def test_an_approval_is_of_what_was_seen_only(ada, bob, submitted):
    _act(signed_in(bob), submitted)
    client = signed_in(ada)
    client.post(f"/configure/forms/edit/{submitted.pk}/", typed(submitted, text(form(label="X?"))))
    assert "approved exactly" not in client.get(f"/configure/forms/{submitted.pk}/publish/").text


def test_an_author_cannot_approve(ada, submitted):
    client = signed_in(ada)
    assert "Approve" not in client.get(f"/configure/forms/edit/{submitted.pk}/").text
    answer = _act(client, submitted)
    assert answer.status_code == 302
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS


def test_a_superuser_cannot_approve_their_own_either(ada):
    ada.is_superuser = True
    ada.save()
    draft = form_draft(ada)
    posted = typed(draft, text(form(label="New?")), **{"action-submit": "1"})
    signed_in(ada).post(f"/configure/forms/edit/{draft.pk}/", posted)
    _act(signed_in(ada), draft)
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS


def test_who_changes_it_while_approving_becomes_an_author(bob, submitted):
    posted = typed(
        submitted,
        text(form(label="Bob's?")),
        **{"action-workflow-action": "1", "workflow-action-name": "approve"},
    )
    answer = signed_in(bob).post(f"/configure/forms/edit/{submitted.pk}/", posted)
    assert answer.status_code == 302
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS
    assert bob.pk in authors.of(FormDraft.objects.get())


def test_who_saves_without_a_change_while_approving_does_not(bob, submitted):
    posted = typed(
        submitted,
        submitted.get_latest_revision_as_object().definition,
        **{"action-workflow-action": "1", "workflow-action-name": "approve"},
    )
    signed_in(bob).post(f"/configure/forms/edit/{submitted.pk}/", posted)
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED


def test_changes_are_asked_for_with_a_comment(bob, ada, submitted):
    _act(signed_in(bob), submitted, "reject", comment="Say it plainer")
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_NEEDS_CHANGES
    posted = typed(submitted, text(form(label="Plainer?")), **{"action-submit": "1"})
    signed_in(ada).post(f"/configure/forms/edit/{submitted.pk}/", posted)
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS


def test_an_approver_without_the_right_to_publish_fails_nowhere(bob, submitted):
    group = bob.groups.get()
    group.permissions.remove(*Permission.objects.filter(codename__startswith="publish_"))
    client = signed_in(bob)
    assert _act(client, submitted).status_code == 302
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_APPROVED
    answer = client.post(
        f"/configure/forms/{submitted.pk}/publish/", {"reason": "x", "when": "now"}
    )
    assert (answer.status_code, answer.url) == (302, "/configure/")
    assert not FormVersion.objects.exists()


def test_publishing_is_never_part_of_an_action(ada, submitted):
    state = TaskState.objects.get()
    with pytest.raises(PublishRefused):
        state.task.specific.on_action(state, ada, "approve")
    assert SecondPersonTask.get_description()
