"""Finds whom the ledger's events concern and tells them, once. `manage.py tell` runs it every minute.

The ledger is the outbox: an event is written in the transaction of what happened, so nothing that
happened goes untold, and nothing is told that did not happen. Two transactions may commit in another
order than their events are numbered, so the last `OVERLAP` is read again; a notice's key keeps it from
being told twice.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from casework.accounts.models import Role, User
from casework.accounts.roles import members_of
from casework.cases import access
from casework.cases.models import Case, Record, Status, Task, Transfer
from casework.cases.running.loading import type_of
from casework.ledger.models import Event
from casework.notices.mailing import mail_soon
from casework.notices.models import Notice, Told

OVERLAP = timedelta(minutes=10)  # longer than any transaction lasts
BATCH = 500
# event -> the notice that it may bring about, as case types name it
NOTICES = {
    "task.created": "task.assigned",
    "task.changed": "task.assigned",
    "clock.overdue": "clock.overdue",
    "record.submitted": "record.submitted",
    "record.returned": "record.returned",
    "record.signed": "record.signed",
    "case.transfer_accepted": "case.transferred",
    "case.transfer_proposed": "transfer.proposed",
    "case.transfer_refused": "transfer.refused",
}
# event of a record -> what the record is while somebody still has to do what the event asks for
_WAITS = {"record.submitted": Status.SUBMITTED, "record.returned": Status.RETURNED}
_OF_TRANSFERS = {
    "case.transfer_proposed": Transfer.PROPOSED,
    "case.transfer_accepted": Transfer.ACCEPTED,
    "case.transfer_refused": Transfer.REFUSED,
}


@dataclass(frozen=True)
class About:
    """What a notice is about. of: key of the form, action template or clock, as case types name it."""

    on: str
    of: str
    key: str
    case: Case
    record: Record | None = None
    task: Task | None = None
    due_on: Any = None
    actor: int | None = None
    transfer: Transfer | None = None


def tell_events(at: datetime) -> int:
    """Tell of all events since the last time; return how many notices there are more."""
    told, _ = Told.objects.get_or_create(name="events")
    count, last = 0, told.event
    while events := list(Event.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for event in events:
            if event.kind in NOTICES:
                count += sum(tell(about, at) for about in _about(event))
            if event.recorded_at < at - OVERLAP:
                told.event = event.pk
        last = events[-1].pk
        told.save()
    return count


def tell(about: About, at: datetime) -> int:
    """Tell whom the case's type names, once each; return to how many this is new."""
    users = {user.pk: user for user in recipients(about, at)}
    if about.actor is not None:
        users.pop(about.actor, None)  # who did it knows
    known = Notice.objects.filter(user__in=users, key=about.key).values_list("user", flat=True)
    fresh = [user for pk, user in users.items() if pk not in set(known)]
    return sum(_tell_one(user, about, at) for user in fresh)


def recipients(about: About, at: datetime) -> Iterator[User]:
    """Whom the case's type wants told, of those who see the case; of a proposal those whom it waits
    for, or who made it, whatever the type says: they are of two teams.
    """
    if about.transfer is not None:
        for one in _of_transfer(about.transfer, at):
            if access.transfers_for(one, at).filter(pk=about.transfer.pk).exists():
                yield one
        return
    wanted = {
        who
        for notice in type_of(about.case).notices
        if notice["on"] == about.on and notice.get("of", "") in ("", about.of)
        for who in notice["to"]
    }
    for user in _named(wanted, about, at):
        if user and user.is_active and access.cases_for(user, at).filter(pk=about.case.pk).exists():
            yield user


def _named(wanted: set[str], about: About, at: datetime) -> Iterable[User | None]:
    if "owner" in wanted and about.task:
        yield about.task.owner
    if "author" in wanted and about.record:
        yield about.record.author
    if "worker" in wanted:
        yield about.case.worker
    if "managers" in wanted:
        yield from members_of(about.case.team, at, Role.MANAGER)


def _of_transfer(transfer: Transfer, at: datetime) -> Iterable[User]:
    if transfer.status == Transfer.PROPOSED:
        return members_of(transfer.to_team, at, Role.MANAGER)
    return [transfer.proposed_by]


@transaction.atomic
def _tell_one(user: User, about: About, at: datetime) -> bool:
    notice, fresh = Notice.objects.get_or_create(
        user=user,
        key=about.key,
        defaults={
            "kind": about.on,
            "case": about.case,
            "record": about.record,
            "task": about.task,
            "transfer": about.transfer,
            "due_on": about.due_on,
            "at": at,
        },
    )
    if fresh:
        mail_soon(notice)  # in this transaction, or not at all
    return fresh


def _about(event: Event) -> Iterator[About]:
    refs: Mapping[str, Any] = json.loads(event.refs)
    case = Case.objects.select_related("team", "worker").filter(pk=event.stream).first()
    if case is None:
        return
    on, actor = NOTICES[event.kind], event.actor_id
    if on == "task.assigned":
        task = Task.objects.select_related("owner").filter(case=case, key=refs["task"]).first()
        if task and refs.get("owner"):
            yield About(on, task.template, f"{on}:{event.pk}", case, None, task, None, actor)
    elif on == "clock.overdue":
        yield About(on, refs["clock"], f"{on}:{event.pk}", case, actor=actor)
    elif event.kind in _OF_TRANSFERS:
        if on == "case.transferred":
            yield About(on, "", f"{on}:{event.pk}", case, actor=actor)
            on = "transfer.accepted"
        with_teams = Transfer.objects.select_related("to_team", "proposed_by")
        transfer = with_teams.get(pk=refs["transfer"])
        if (
            _OF_TRANSFERS[event.kind] == transfer.status
        ):  # else it is answered, or taken back, by now
            yield About(on, "", f"{on}:{event.pk}", case, actor=actor, transfer=transfer)
    else:
        rows = Record.objects.select_related("author", "form_version")
        record = rows.defer(*access.documents_of("form_version")).get(pk=UUID(refs["record"]))
        if event.kind in _WAITS and not _still_waits(record, event.kind, refs["snapshot"]):
            return
        yield About(
            on, record.form_version.form_id, f"{on}:{event.pk}", case, record, None, None, actor
        )


def _still_waits(record: Record, kind: str, snapshot: str) -> bool:
    """Whether what was submitted, or returned, is the newest, and nobody has seen to it since."""
    newest = record.snapshots.order_by("-revision", "-attempt").values_list("pk", flat=True).first()
    return record.status == _WAITS[kind] and str(newest) == snapshot
