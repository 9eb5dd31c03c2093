"""What publishes, schedules and withdraws a draft: the only way from the admin to a version."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import Revision

from casework.accounts.models import User
from cms.drafts import latest
from cms.kinds import CODE_LIST, FORM, FRAGMENT
from cms.models import Draft, FormDraft, PublishRefused, Schedule
from formdefs.models import CodeListVersion, FormVersion, FragmentVersion
from formdefs.publish import publish, publish_fragment, publish_list, withdraw
from formdefs.versions import NotPublished

AnyDraft = TypeVar("AnyDraft", bound=Draft)
Version = FormVersion | FragmentVersion | CodeListVersion

_PUBLISH: dict[str, Callable[..., Version]] = {
    FORM: publish,
    FRAGMENT: publish_fragment,
    CODE_LIST: publish_list,
}


def versions(draft: Draft) -> list[Version]:
    """Return what was published from a draft, newest first."""
    published: dict[str, Any] = {
        FORM: FormVersion.objects.filter(form_id=draft.key),
        FRAGMENT: FragmentVersion.objects.filter(fragment_id=draft.key),
        CODE_LIST: CodeListVersion.objects.filter(code_list_id=draft.key),
    }
    return list(published[draft.kind].order_by("-number"))


def published_text(version: Version) -> str:
    """Return the document that a version was made from (canonical JSON)."""
    return version.definition if isinstance(version, FormVersion) else version.document


def publish_draft(
    draft: Draft, *, by: User | None, at: datetime, reason: str, seen: int | None = None
) -> Version:
    """Publish what a draft says as the next version, now.

    seen: the id of the revision that the publisher looked at. Raises PublishRefused when there is
    a newer one, or the publisher may not; formdefs.publish.NotPublishable(problems) when the
    draft has problems. Nothing is written then.
    """
    with transaction.atomic():
        revision = _revision_to_publish(draft, by=by, go_live_at=None, seen=seen)
        return _publish(revision, by=by, at=at, reason=reason)


def schedule_draft(
    draft: Draft, *, by: User, at: datetime, go_live_at: datetime, reason: str, seen: int | None
) -> Schedule:
    """Put a draft down to be published later by `publish_due`; it is locked until then."""
    with transaction.atomic():
        revision = _revision_to_publish(draft, by=by, go_live_at=go_live_at, seen=seen)
        revision.content_object.publish(
            revision, user=by, log_action=False, going_live=lambda _draft: None
        )
        schedule, _ = Schedule.objects.update_or_create(
            revision=revision,
            defaults={
                "by": by,
                "asked_at": at,
                "go_live_at": go_live_at,
                "reason": reason,
                "refused_because": "",
            },
        )
        log(
            instance=draft,
            action="cms.schedule",
            user=by,
            revision=revision,
            data={"reason": reason, "go_live_at": go_live_at.isoformat()},
        )
        return schedule


def withdraw_draft(draft: FormDraft, *, by: User, at: datetime, reason: str) -> None:
    """Withdraw a published form: no new records are started on it; what exists stays.

    Raises PublishRefused when it is not published, or the user may not.
    """
    row = FormDraft.objects.get(pk=draft.pk)
    if not row.live:
        raise PublishRefused(f"“{row.title}” is not published, so it cannot be withdrawn.")

    def withdrawing(withdrawn: Draft) -> None:
        try:
            withdraw(str(withdrawn.key), by=by, at=at, reason=reason)
        except NotPublished as refusal:
            raise PublishRefused(str(refusal)) from refusal
        log(instance=withdrawn, action="cms.withdraw", user=by, data={"reason": reason})

    row.unpublish(user=by, log_action=False, withdrawing=withdrawing)


def publish_scheduled(revision: Revision, *, at: datetime) -> Version:
    """Publish a revision whose time has come, for who scheduled it, with their reason.

    Raises PublishRefused when nobody is known to have scheduled it, or they may no longer
    publish; NotPublishable(problems).
    """
    schedule = Schedule.objects.filter(revision=revision).select_related("by").first()
    if schedule is None:
        raise PublishRefused("Nobody is known to have scheduled this revision.")
    return _publish(revision, by=schedule.by, at=at, reason=schedule.reason)


def _revision_to_publish(
    draft: AnyDraft, *, by: User | None, go_live_at: datetime | None, seen: int | None
) -> Revision:
    """Return the newest revision, saved once more when it asks for another time of going live."""
    row = type(draft).objects.select_for_update().get(pk=draft.pk)
    if seen is not None and seen != row.latest_revision_id:
        raise PublishRefused(
            f"“{row.title}” was changed since you opened this page. Look at it again."
        )
    newest = latest(row)
    revision = row.latest_revision
    # The revision's own copy is what Wagtail looks at; the row may say something else.
    if revision is None or revision.as_object().go_live_at != go_live_at:
        newest.go_live_at = go_live_at
        revision = newest.save_revision(user=by, changed=False, log_action=False, clean=False)
    return revision


def _publish(revision: Revision, *, by: User | None, at: datetime, reason: str) -> Version:
    written: list[Version] = []

    def going_live(draft: Draft) -> None:
        document = json.loads(draft.definition)
        version = _PUBLISH[draft.kind](document, by=by, at=at, reason=reason)
        written.append(version)
        log(
            instance=draft,
            action="wagtail.publish",
            user=by,
            revision=revision,
            data={"version": version.number, "reason": reason},
        )

    revision.content_object.publish(revision, user=by, log_action=False, going_live=going_live)
    if not written:
        raise PublishRefused("The draft is to go live later; nothing was published.")
    return written[0]
