"""Reminds of what is due soon and of what is overdue, once for each day that it was due."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, islice

from casetypes.clocks import standing
from casetypes.periods import calendar_named
from casework.cases.models import Clock, Task, Transfer
from casework.cases.running.clockwork import cycles_of
from casework.cases.running.loading import type_of
from casework.clock import london_day
from casework.notices.models import Notice
from casework.notices.telling import BATCH, About, tell
from formdefs.calendars import calendars

BEFORE = timedelta(days=3)  # an action is reminded of so long before
CLOCKS_BEFORE = timedelta(days=31)  # further ahead no clock warns
UNANSWERED, AGAIN = timedelta(days=3), timedelta(days=7)  # when a proposed transfer is reminded of


def remind(at: datetime) -> int:
    """Remind of open actions, running clocks and unanswered proposals; return how many notices are new.

    What was told before costs nothing but its key: who comes to a team later is not told of it.
    """
    found, everything = 0, chain(_tasks(at), _clocks(at), _proposals(at))
    while abouts := list(islice(everything, BATCH)):
        keys = [about.key for about in abouts]
        known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
        found += sum(tell(about, at) for about in abouts if about.key not in known)
    return found


def _tasks(at: datetime) -> Iterator[About]:
    today = london_day(at)
    due = Task.objects.filter(status=Task.OPEN, owner__isnull=False, due_on__lte=today + BEFORE)
    for task in due.select_related("case__team", "case__worker", "owner").iterator():
        on = "task.overdue" if task.due_on and task.due_on < today else "task.due"
        key = f"{on}:{task.pk}:{task.due_on}"
        yield About(on, task.template, key, task.case, None, task, task.due_on)


def _clocks(at: datetime) -> Iterator[About]:
    today = london_day(at)
    rows = Clock.objects.filter(
        status="running", due_on__gte=today, due_on__lte=today + CLOCKS_BEFORE
    )
    for clock in rows.select_related("case__team", "case__worker").iterator():
        kind = type_of(clock.case).clocks.get(clock.key)
        cycle = cycles_of(json.loads(clock.cycles))[-1]
        if (
            kind
            and standing(cycle, at, kind.warn, calendar_named(calendars(), kind.calendar))
            == "due_soon"
        ):
            key = f"clock.due:{clock.pk}:{cycle.number}:{clock.due_on}"
            yield About("clock.due", clock.key, key, clock.case, due_on=clock.due_on)


def _proposals(at: datetime) -> Iterator[About]:
    """Cases proposed to a team that has not answered for some days, and then each week."""
    rows = Transfer.objects.filter(
        status=Transfer.PROPOSED, proposed_at__lte=at - UNANSWERED, case__closed_at=None
    )
    for transfer in rows.select_related("case__team", "case__worker", "to_team").iterator():
        weeks = (at - transfer.proposed_at - UNANSWERED) // AGAIN
        key = f"transfer.waiting:{transfer.pk}:{weeks}"
        yield About("transfer.waiting", "", key, transfer.case, transfer=transfer)
