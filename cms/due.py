"""Publishes what was put down for later and whose time has come."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.core.mail import send_mail
from wagtail.log_actions import log
from wagtail.models import Revision

from cms.models import CodeListDraft, FormDraft, FragmentDraft, Schedule
from cms.publishing import publish_scheduled

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What came of one scheduled revision: the version's number, or why it was not published."""

    title: str
    number: int | None
    because: str = ""


def publish_due(at: datetime) -> Iterator[Outcome]:
    """Publish every revision that is due, oldest first; one refusal stops no other.

    A refused revision is not tried again: its time is cleared, the reason is kept with its
    schedule and shown to administrators, and who asked for it is sent an email.
    """
    kinds = ContentType.objects.get_for_models(FormDraft, FragmentDraft, CodeListDraft).values()
    due = Revision.objects.filter(content_type__in=kinds, approved_go_live_at__lte=at)
    for revision in due.order_by("approved_go_live_at", "pk"):
        try:
            version = publish_scheduled(revision, at=at)
        except Exception as refusal:  # noqa: BLE001 (whatever it is, the next ones must go on)
            yield _refused(revision, str(refusal) or type(refusal).__name__)
        else:
            yield Outcome(revision.object_str, version.number)


def _refused(revision: Revision, because: str) -> Outcome:
    logger.warning("Not published: %s. %s", revision.object_str, because)
    revision.approved_go_live_at = None
    revision.save(update_fields=["approved_go_live_at"])
    log(
        instance=revision.content_object,
        action="cms.refused",
        revision=revision,
        data={"because": because},
    )
    schedule = Schedule.objects.filter(revision=revision).select_related("by").first()
    if schedule:
        schedule.refused_because = because
        schedule.save(update_fields=["refused_because"])
        if schedule.by.email:
            send_mail(
                f"Not published: {revision.object_str}",
                f"“{revision.object_str}” could not be published when its time came.\n\n{because}",
                None,
                [schedule.by.email],
                fail_silently=True,
            )
    return Outcome(revision.object_str, None, because)
