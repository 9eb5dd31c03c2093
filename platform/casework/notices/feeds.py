"""A calendar feed of one user's due days (RFC 5545), under an address that nobody can guess.

It says that something is due and in which case, with a link; who reads the calendar learns no more.
"""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from icalendar import Calendar
from icalendar import Event as Entry

from casework.accounts.models import User
from casework.cases import access
from casework.cases.models import Case, Clock, Task
from casework.ledger.append import append
from casework.notices.mailing import link
from casework.notices.models import Feed
from casework.refusals import Absent

LASTS = timedelta(days=365)


@transaction.atomic
def make_feed(*, by: User, at: datetime) -> str:
    """Make a feed for its reader, in place of an earlier one; return its secret, shown this once."""
    end_feeds(by=by, at=at)
    secret = secrets.token_urlsafe(32)
    feed = Feed.objects.create(user=by, digest=_digest(secret), made_at=at, ends_at=at + LASTS)
    append(by.uid, "feed.made", by=by, at=at, refs={"feed": str(feed.pk)})
    return secret


@transaction.atomic
def end_feeds(*, by: User, at: datetime) -> int:
    """End the feeds of a user at once; return how many ran."""
    running = list(Feed.objects.select_for_update().filter(user=by, ends_at__gt=at))
    for feed in running:
        feed.ends_at = at
        feed.save(update_fields=["ends_at"])
        append(by.uid, "feed.ended", by=by, at=at, refs={"feed": str(feed.pk)})
    return len(running)


def running_feed(user: User, at: datetime) -> Feed | None:
    """The feed of a user that can be read now, None if there is none."""
    return Feed.objects.filter(user=user, ends_at__gt=at).first()


def calendar_of(secret: str, at: datetime) -> bytes:
    """The feed as iCalendar. Raises Absent for an address that is unknown or has ended."""
    feed = Feed.objects.select_related("user").filter(digest=_digest(secret)).first()
    if feed is None or feed.ends_at <= at or not feed.user.is_active:
        raise Absent
    calendar = Calendar()
    calendar.add("prodid", "-//Casethread//Due days//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Casethread")
    for uid, summary, day, path in _due(feed.user, at):
        entry = Entry()
        entry.add("uid", f"{uid}@casethread")
        entry.add("dtstamp", at)
        entry.add("dtstart", day)
        entry.add("dtend", day + timedelta(days=1))
        entry.add("summary", summary)
        entry.add("url", link(path))
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    found: bytes = calendar.to_ical()
    return found


def _due(user: User, at: datetime) -> Iterator[tuple[str, str, date, str]]:
    tasks = access.tasks_for(user, at).filter(owner=user, status=Task.OPEN, due_on__isnull=False)
    for task in tasks.select_related("case").order_by("due_on", "id"):
        assert task.due_on
        yield (
            f"task-{task.pk}",
            f"Action due, {task.case.reference}",
            task.due_on,
            f"/actions/{task.pk}/",
        )
    mine: Iterator[Case] = access.cases_for(user, at).filter(worker=user)  # type: ignore[assignment]
    clocks = Clock.objects.filter(case__in=mine, status="running", due_on__isnull=False)
    for clock in clocks.select_related("case").order_by("due_on", "id"):
        assert clock.due_on
        summary = f"Clock due, {clock.case.reference}"
        yield f"clock-{clock.pk}", summary, clock.due_on, f"/cases/{clock.case_id}/"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
