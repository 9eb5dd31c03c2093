"""Publishing from the admin: every path leads through the checks and the reason, and none to a 500."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from casework.clock import LONDON, now
from casework.ledger.models import Event
from cms.drafts import import_list
from cms.models import FormDraft, PublishRefused, Schedule
from cms.publishing import publish_draft
from formdefs.models import CodeListVersion, Form, FormVersion
from formdefs.publish import publish
from tests.cast import make_case, make_record
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return administrator("ada")


def _publish(client, draft, **more):
    draft = type(draft).objects.get(pk=draft.pk)
    address = "forms" if isinstance(draft, FormDraft) else "code-lists"
    said = {"reason": "First", "when": "now", "seen": draft.latest_revision_id} | more
    return client.post(f"/configure/{address}/{draft.pk}/publish/", said)


def test_the_publish_button_saves_and_leads_to_our_page(ada):
    draft, client = form_draft(ada), signed_in(ada)
    posted = typed(draft, text(form(label="Its name?")), **{"action-publish": "1"})
    answer = client.post(f"/configure/forms/edit/{draft.pk}/", posted)
    assert answer.status_code == 302
    assert answer.url == f"/configure/forms/{draft.pk}/publish/"
    assert "Its name?" in FormDraft.objects.get().definition
    assert not FormVersion.objects.exists()
    assert "Nothing to mend" in client.get(answer.url).text


def test_the_publish_button_of_a_new_draft_leads_there_too(ada):
    answer = signed_in(ada).post(
        "/configure/forms/add/",
        {"definition": text(form()), "sample_answers": "", "action-publish": "1"},
    )
    assert answer.url == f"/configure/forms/{FormDraft.objects.get().pk}/publish/"


def test_a_reason_makes_a_version(ada):
    draft, client = form_draft(ada), signed_in(ada)
    answer = _publish(client, draft, reason="The inspector asked for it")
    assert answer.status_code == 302
    version = FormVersion.objects.get()
    assert (version.form_id, version.number, version.reason, version.published_by) == (
        "pet",
        1,
        "The inspector asked for it",
        ada,
    )
    draft.refresh_from_db()
    assert draft.live
    assert not draft.has_unpublished_changes
    assert Event.objects.filter(kind="form.published", actor=ada).count() == 1
    history = client.get(f"/configure/forms/history/{draft.pk}/").text
    assert "Published as version 1: The inspector asked for it" in history


def test_no_reason_publishes_nothing(ada):
    answer = _publish(signed_in(ada), form_draft(ada), reason=" ")
    assert answer.status_code == 422
    assert not FormVersion.objects.exists()


def test_a_draft_with_problems_is_not_published(ada):
    draft, client = form_draft(ada), signed_in(ada)
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, '{"formdef": 1,'))
    page = client.get(f"/configure/forms/{draft.pk}/publish/").text
    assert "Line 1" in page
    assert 'name="reason"' not in page
    assert _publish(client, draft).status_code == 422
    assert not FormVersion.objects.exists()


def test_a_draft_changed_since_is_not_published(ada):
    draft, client = form_draft(ada), signed_in(ada)
    seen = draft.latest_revision_id
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, text(form(label="Other"))))
    answer = _publish(client, draft, seen=seen)
    assert answer.status_code == 422
    assert "was changed since you opened this page" in answer.text
    assert not FormVersion.objects.exists()


def test_the_page_shows_what_changes(ada):
    draft, client = form_draft(ada), signed_in(ada)
    _publish(client, draft)
    changed = form(label="Its name?")
    del changed["pages"][0]["items"][1]
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, text(changed)))
    page = client.get(f"/configure/forms/{draft.pk}/publish/").text
    assert "“Its name?”: it read “What is it called?”." in page
    assert "“Why that name?” is no longer asked." in page
    assert page.index("breaking") < page.index("text only"), "the verdict comes first"
    assert "There are no records of this form yet." in page
    assert "cms-lines__added" in page
    _publish(client, draft, reason="Second")
    assert [v.number for v in FormVersion.objects.order_by("number")] == [1, 2]


def test_a_published_key_stays(ada):
    draft, client = form_draft(ada), signed_in(ada)
    _publish(client, draft)
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, text(form(key="dog"))))
    assert "which stays for ever" in client.get(f"/configure/forms/{draft.pk}/publish/").text
    assert _publish(client, draft).status_code == 422
    assert FormVersion.objects.count() == 1


def test_wagtails_own_publishing_is_refused(ada):
    draft = form_draft(ada)
    with pytest.raises(PublishRefused):
        draft.latest_revision.publish(user=ada)
    with pytest.raises(PublishRefused):
        FormDraft.objects.get().unpublish(user=ada)


def test_a_code_list_is_published_and_never_withdrawn(ada):
    draft, client = list_draft(ada), signed_in(ada)
    assert _publish(client, draft).status_code == 302
    assert CodeListVersion.objects.get().number == 1
    for address in ("unpublish/{}/", "{}/withdraw/"):
        answer = client.post(f"/configure/code-lists/{address.format(draft.pk)}", follow=True)
        assert answer.status_code == 200
    assert "cannot be withdrawn" in answer.text


def test_a_list_says_which_forms_use_it_and_keeps_its_published_codes(ada):
    draft, client = list_draft(ada), signed_in(ada)
    _publish(client, draft)
    chosen = {"id": "qu03", "kind": "question", "key": "kind", "type": "choice", "label": "Kind?"}
    asked = form(lists={"kinds": {"list": "pet.kind"}})
    asked["pages"][0]["items"].append({**chosen, "list": "kinds"})
    publish(asked, by=ada, at=now(), reason="First")
    page = client.get(f"/configure/code-lists/{draft.pk}/publish/").text
    assert "<td>Pet <code>pet</code></td><td>1</td><td>1</td>" in page
    import_list({**LIST, "entries": LIST["entries"][:1]}, ada)
    page = client.get(f"/configure/code-lists/{draft.pk}/publish/").text
    assert "The code “dog” (“Dog”) was published, and records may hold it." in page
    assert _publish(client, draft).status_code == 422


def test_withdrawing_asks_why_and_publishing_brings_back(ada):
    draft, client = form_draft(ada), signed_in(ada)
    assert (
        "is not published" in client.get(f"/configure/forms/{draft.pk}/withdraw/", follow=True).text
    )
    _publish(client, draft)
    answer = client.post(f"/configure/forms/unpublish/{draft.pk}/")
    assert answer.url == f"/configure/forms/{draft.pk}/withdraw/"
    assert client.post(answer.url, {"reason": ""}).status_code == 422
    assert Form.objects.get().withdrawn_at is None
    assert client.post(answer.url, {"reason": "Replaced"}).status_code == 302
    assert Form.objects.get().withdrawn_at is not None
    assert not FormDraft.objects.get().live
    assert _publish(client, draft).status_code == 302
    assert Form.objects.get().withdrawn_at is None


def _schedule(client, draft, *, ahead=timedelta(days=1), **more):
    when = (now() + ahead).astimezone(LONDON).strftime("%Y-%m-%dT%H:%M")
    return _publish(client, draft, when="later", go_live_at=when, **more)


def test_a_schedule_needs_a_time_to_come(ada):
    draft, client = form_draft(ada), signed_in(ada)
    assert _schedule(client, draft, ahead=-timedelta(days=1)).status_code == 422
    assert _publish(client, draft, when="later").status_code == 422
    assert not Schedule.objects.exists()


def test_a_schedule_locks_and_publishes_when_due(ada, capsys):
    draft, client = form_draft(ada), signed_in(ada)
    assert _schedule(client, draft, reason="From April").status_code == 302
    assert not FormVersion.objects.exists()
    refused = client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, text(form(label="X"))))
    assert "locked" in refused.text
    assert _publish(client, draft).status_code == 422
    assert "From April" in client.get("/configure/").text
    call_command("publish_due")
    assert not FormVersion.objects.exists()
    _let_it_be_due(draft)
    call_command("publish_due")
    version = FormVersion.objects.get()
    assert (version.reason, version.published_by) == ("From April", ada)
    call_command("publish_due")
    assert FormVersion.objects.count() == 1
    assert "From April" not in client.get("/configure/").text


def _let_it_be_due(draft):
    revision = FormDraft.objects.get(pk=draft.pk).scheduled_revision
    past = now() - timedelta(minutes=1)
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()


def test_a_cancelled_schedule_publishes_nothing(ada):
    draft, client = form_draft(ada), signed_in(ada)
    _schedule(client, draft)
    revision = FormDraft.objects.get().scheduled_revision
    address = f"/configure/forms/history/{draft.pk}/revisions/{revision.pk}/unschedule/"
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 302
    call_command("publish_due")
    assert not FormVersion.objects.exists()
    assert _publish(client, draft).status_code == 302
    assert FormVersion.objects.count() == 1


def test_one_refused_schedule_stops_no_other(ada, mailoutbox):
    bob, client = administrator("bob"), signed_in(ada)
    first = form_draft(ada, key="first")
    second = form_draft(ada, key="second")
    _schedule(signed_in(bob), first)
    _schedule(client, second)
    for draft in (first, second):
        _let_it_be_due(draft)
    bob.is_active = False
    bob.save()
    call_command("publish_due")
    assert [v.form_id for v in FormVersion.objects.all()] == ["second"]
    assert Schedule.objects.exclude(refused_because="").get().by == bob
    assert mailoutbox[0].to == [bob.email]
    assert "Not published when the time came" in client.get("/configure/").text
    assert FormDraft.objects.get(key="first").scheduled_revision is None


def test_wagtails_command_for_schedules_refuses():
    for name in ("publish_scheduled", "publish_scheduled_pages"):
        with pytest.raises(CommandError, match="publish_due"):
            call_command(name)


def test_what_was_published_is_not_deleted(ada):
    draft, client = form_draft(ada), signed_in(ada)
    publish_draft(draft, by=ada, at=now(), reason="x")
    spare = form_draft(ada, key="spare")
    for address in (
        f"/configure/forms/delete/{draft.pk}/",
        f"/configure/bulk/cms/formdraft/delete/?id={draft.pk}&id={spare.pk}",
    ):
        assert client.get(address, follow=True).status_code == 200
        assert "Not deleted: “Pet”" in client.post(address, follow=True).text
    assert FormDraft.objects.count() == 2
    assert client.get(f"/configure/forms/delete/{spare.pk}/").status_code == 200
    client.post(f"/configure/bulk/cms/formdraft/delete/?id={spare.pk}")
    assert FormDraft.objects.count() == 1


def test_versions_are_compared_with_how_many_records_stand_on_each(cast):
    ada = cast.ada
    draft, client = form_draft(ada), signed_in(ada)
    _publish(client, draft)
    make_record(make_case(cast.wanda, cast.north), cast.wanda, "pet")
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, text(form(label="Its name?"))))
    _publish(client, draft, reason="Second")
    here = f"/configure/forms/{draft.pk}/differences/"
    page = client.get(here).text
    assert "Nothing is different." in page
    page = client.get(f"{here}?old=1&new=2").text
    assert "“Its name?”: it read “What is it called?”." in page
    assert "cms-class--text_only" in page
    assert "1 record of this form, 1 of them open" in page
    assert "<td>1</td><td>1</td><td>1</td>" in page
    assert "Testina" not in page
    for odd in ("?old=9&new=1", "?old=x", "?new=draft&old=draft"):
        assert client.get(here + odd).status_code == 200
    client.post(f"/configure/forms/edit/{draft.pk}/", typed(draft, "{"))
    assert "a draft only once nothing is wrong with it" in client.get(here).text
