"""What is to be done, as one list: of one worker, or of a team; actions, clocks, records.

The list is worked out in a fixed number of queries, whatever its length: one for each kind, which
reads no more rows than a page shows, and then what the page shows of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from casework.accounts.models import User
from casework.cases import access
from casework.cases.clocks import ClockSeen, clock_seen, kind_of
from casework.cases.merged import Key, Source, first_of
from casework.cases.models import Case, CaseSubject, Clock, Record, Status, Task
from casework.cases.to_sign import seen_whole, to_sign
from casework.cases.work import TaskSeen, seen_tasks, task_rows
from casework.people.models import Person

KINDS = {
    "action": ("action",),
    "clock": ("clock",),
    "writing": ("returned", "draft"),
    "to_sign": ("to_sign",),
}
"""What the list can be narrowed to -> the kinds of its items."""


@dataclass(frozen=True)
class Item:
    """One thing to be done. kind: "action", "clock", "returned", "draft" or "to_sign"; due: None where
    it has no day; since: when a record came to be as it is; one of task, clock and record is set.
    """

    kind: str
    due: date | None
    since: datetime | None
    case: Case
    subjects: tuple[Person, ...]
    task: TaskSeen | None = None
    clock: ClockSeen | None = None
    record: Record | None = None


@dataclass(frozen=True)
class Work:
    """A page of the list, and the place to go on after, None at its end."""

    items: Sequence[Item]
    after: Key | None


def work_of(
    user: User, at: datetime, *, kind: str = "", after: Key | None = None, size: int = 25
) -> Work:
    """A worker's own list: their actions and those of their cases that nobody has, the running clocks
    of their cases, what they are writing, and what waits for their signature.

    kind: a key of KINDS, "" for all.
    """
    wanted = KINDS.get(kind)
    sources = [one for one in _mine(user, at) if wanted is None or one.kind in wanted]
    return listed(sources, user, at, after=after, size=size)


def listed(
    sources: Iterable[Source], user: User, at: datetime, *, after: Key | None, size: int
) -> Work:
    """One page of what some sources give, as a user may read it."""
    found, following = first_of(sources, after, size)
    ids: dict[str, list[UUID]] = {}
    for kind, key in found:
        ids.setdefault(kind, []).append(key.id)
    tasks = _tasks(ids.get("action", []), user, at)
    clocks = _clocks(ids.get("clock", []))
    records = _records([*ids.get("returned", []), *ids.get("draft", []), *ids.get("to_sign", [])])
    waiting = [records[pk] for pk in ids.get("to_sign", []) if pk in records]
    mine_to_sign = {record.pk for record in seen_whole(waiting, user, at)}
    items: list[Item] = []
    for kind, key in found:
        due = None if key.undated else key.day
        if kind == "action" and key.id in tasks:
            seen = tasks[key.id]
            people = tuple(seen.task.subjects.all())
            items.append(Item(kind, due, None, seen.task.case, people, task=seen))
        elif kind == "clock" and key.id in clocks:
            row = clocks[key.id]
            clock = clock_seen(row, kind_of(row), at)
            if clock is not None:
                people = (row.subject,) if row.subject else ()
                items.append(Item(kind, due, None, row.case, people, clock=clock))
        elif key.id in records and (kind != "to_sign" or key.id in mine_to_sign):
            record = records[key.id]
            people = tuple(record.subjects.all())
            items.append(Item(kind, None, record.changed_at, record.case, people, record=record))
    return Work(items, following)


def by_person(items: Iterable[Item]) -> list[tuple[Person | None, list[Item]]]:
    """The items under each person whom they are for, in the order of what is due first.

    What is for a whole case stands under each person of it; under None, what is for nobody.
    """
    groups: dict[UUID | None, tuple[Person | None, list[Item]]] = {}
    for item in items:
        parts = [part.person for part in item.case.subjects.all() if part.to_on is None]
        for person in item.subjects or parts or (None,):
            key = person.pk if person else None
            groups.setdefault(key, (person, []))[1].append(item)
    return list(groups.values())


def _mine(user: User, at: datetime) -> list[Source]:
    cases = list(
        access.cases_for(user, at).filter(worker=user, closed_at=None).values_list("pk", flat=True)
    )
    tasks = access.tasks_for(user, at).filter(owner=user, status=Task.OPEN)
    # Whoever has the case follows what somebody outside, or nobody, is to do in it.
    nobodys = Task.objects.filter(case__in=cases, owner=None, status=Task.OPEN)
    clocks = Clock.objects.filter(case__in=cases, status="running")
    written = access.records_for(user, at).filter(author=user)
    return [
        Source(0, "clock", clocks.exclude(due_on=None), due="due_on", undated=8),
        Source(1, "action", tasks, due="due_on"),
        Source(2, "action", nobodys, due="due_on", undated=7),
        Source(3, "to_sign", to_sign(user, at), since="changed_at"),
        Source(4, "returned", written.filter(status=Status.RETURNED), since="changed_at"),
        Source(5, "draft", written.filter(status=Status.DRAFT), since="changed_at"),
        Source(6, "action", tasks.filter(due_on=None), lacks="due_on"),
    ]


def _with_subjects(case: str) -> Prefetch[Any]:
    parts = CaseSubject.objects.select_related("person").order_by("from_on", "id")
    return Prefetch(f"{case}__subjects", queryset=parts)


def _tasks(ids: Sequence[UUID], user: User, at: datetime) -> Mapping[UUID, TaskSeen]:
    if not ids:
        return {}
    rows: QuerySet[Task] = task_rows(Task.objects.filter(pk__in=ids))
    seen = seen_tasks(rows.prefetch_related(_with_subjects("case")), user, at)
    return {one.task.pk: one for one in seen}


def _clocks(ids: Sequence[UUID]) -> Mapping[UUID, Clock]:
    if not ids:
        return {}
    rows = Clock.objects.filter(pk__in=ids).select_related("case", "subject")
    return {row.pk: row for row in rows.prefetch_related(_with_subjects("case"))}


def _records(ids: Sequence[UUID]) -> Mapping[UUID, Record]:
    if not ids:
        return {}
    rows = Record.objects.filter(pk__in=ids).select_related("form_version", "case", "author")
    rows = rows.defer(*access.documents_of("form_version"))
    found = rows.prefetch_related("subjects", _with_subjects("case"))
    return {row.pk: row for row in found}
