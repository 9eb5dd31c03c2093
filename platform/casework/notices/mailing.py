"""Sends notices by e-mail: each, or all of a day in one. A reference and a link, nothing more.

`mailed_at` is set and committed before an e-mail is handed over, so that a process that dies sends
nothing twice; if the mail server refuses it, it is taken back and tried again.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django_tasks import task

from casework import clock
from casework.clock import LONDON, london_day
from casework.notices.inbox import notices_for
from casework.notices.models import Notice, Wish
from casework.notices.words import says

MORNING = time(7)
RETRIED = timedelta(days=1)
PATIENCE = timedelta(minutes=10)  # what is younger is under way
YOUNG = timedelta(days=7)  # what is older than this is in no e-mail of a morning


def mail_soon(notice: Notice) -> None:
    """Have a notice mailed after this transaction, if its user wants each."""
    if notice.user.email and Wish.objects.filter(user=notice.user, mail=Wish.EACH).exists():
        mail_one.enqueue(str(notice.pk))


def mail_again(at: datetime) -> None:
    """Have sent once more what a mail server refused within the last day."""
    waiting = Notice.objects.filter(
        mailed_at=None, read_at=None, at__gt=at - RETRIED, at__lt=at - PATIENCE
    ).filter(user__wish__mail=Wish.EACH)
    for notice in waiting.exclude(user__email=""):
        mail_one.enqueue(str(notice.pk))


@task(backend="notices")
def mail_one(notice_id: str) -> None:
    """Mail one notice, unless it was mailed or read."""
    notices = Notice.objects.select_related("user", "case").filter(pk=notice_id)
    found = notices.filter(mailed_at=None, read_at=None).first()
    if found is not None and _sees(found, clock.now()):
        _send([found], says(found), clock.now())


def mail_digests(at: datetime) -> int:
    """Send the e-mails of this morning; return how many. Each user gets one a day."""
    if at.astimezone(LONDON).time() < MORNING:
        return 0
    today, sent = london_day(at), 0
    waiting = Wish.objects.filter(mail=Wish.DAILY).exclude(user__email="")
    for wish in waiting.filter(Q(digest_on=None) | Q(digest_on__lt=today), user__is_active=True):
        wish.digest_on = today
        wish.save(update_fields=["digest_on"])
        notices = Notice.objects.filter(
            user=wish.user, mailed_at=None, read_at=None, at__gt=at - YOUNG
        )
        found = [
            one for one in notices.select_related("user", "case").order_by("at") if _sees(one, at)
        ]
        if found:
            count = "1 notice" if len(found) == 1 else f"{len(found)} notices"
            sent += _send(found, f"{count} for you", at)
    return sent


def link(path: str) -> str:
    """The address that people reach a path under."""
    return f"{settings.PUBLIC_URL}{path}"


def _sees(notice: Notice, at: datetime) -> bool:
    return notices_for(notice.user, at).filter(pk=notice.pk).exists()


def _send(notices: Sequence[Notice], subject: str, at: datetime) -> bool:
    ids = [one.pk for one in notices]
    with transaction.atomic():
        claimed = Notice.objects.select_for_update().filter(pk__in=ids, mailed_at=None)
        if len(claimed) < len(ids):
            return False  # another process has it
        claimed.update(mailed_at=at)
    lines = [f"{says(one)}\n{link(f'/notices/{one.pk}/')}" for one in notices]
    after = f"How you are told: {link('/notices/wishes/')}"
    message = EmailMessage(
        f"Casethread: {subject}",
        "\n\n".join([*lines, after]),
        to=[notices[0].user.email],
        # The same for the same notice, so that a mail server too can tell one sent twice.
        headers={"Message-ID": f"<{notices[0].pk}@{settings.MAIL_DOMAIN}>"},
    )
    try:
        message.send()
    except (SMTPException, OSError):
        Notice.objects.filter(pk__in=ids).update(mailed_at=None)
        raise
    return True
