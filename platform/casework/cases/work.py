"""The work of a case as one user may read it: clocks and actions; where each person
stands is in `casework.cases.stages`.

Titles of actions come from answers: whoever may not see the answer is told that it is withheld.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from casetypes import tasking
from casetypes.versions import case_type_of
from casework.accounts import marks as sights
from casework.accounts.models import User
from casework.cases import access
from casework.cases.clocks import clocks_of as clocks_of
from casework.cases.decided import decided
from casework.cases.marks import lying_on_all
from casework.cases.masking import Mask
from casework.cases.models import Case, Record, Snapshot, Task
from casework.cases.running.loading import state_of, type_of, version_id
from casework.cases.stages import Needed as Needed
from casework.cases.stages import Standing as Standing
from casework.cases.stages import standings as standings
from casework.cases.stages import standings_in as standings_in
from casework.cases.standing import roles_in_all
from casework.cases.unmasked import document_of, documents_of
from formdefs.form import Form, Path, Question, Repeat
from formdefs.versions import form_of


@dataclass(frozen=True)
class TaskSeen:
    """An action as its reader may know it. title: "" where it is `withheld`; untold: what reviews said of
    it may be withheld.
    """

    task: Task
    title: str
    outcome: str
    outsider: str
    withheld: bool
    untold: bool = False

    @property
    def points(self) -> list[tuple[str, bool]]:
        """Its checklist: each point, and whether it is ticked."""
        ticked = set(json.loads(self.task.ticked))
        return [(text, n in ticked) for n, text in enumerate(json.loads(self.task.checklist))]


def tasks_of(case: Case, user: User, at: datetime) -> list[TaskSeen]:
    """The actions of a case: open ones by the day they are due, then those that are over."""
    rows = task_rows(access.tasks_for(user, at).filter(case=case))
    ordered = rows.order_by(F("due_on").asc(nulls_last=True), "created_at", "id")
    seen = seen_tasks(ordered, user, at)
    return sorted(seen, key=lambda one: one.task.status != Task.OPEN)


def task_rows(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Actions with what their rows in a list show, in two queries."""
    whole = tasks.select_related("case", "owner", "source__form_version")
    documents = access.documents_of("source__form_version")
    return whole.prefetch_related("subjects").defer(*documents)


def tasks_asked(case: Case, leaving: Iterable[UUID], user: User, at: datetime) -> list[TaskSeen]:
    """The open actions of which is asked what becomes of them when these persons' part ends."""
    left = tasking.left_open(state_of(case), tuple(map(str, leaving)))
    rows = task_rows(access.tasks_for(user, at).filter(case=case, key__in=[one.id for one in left]))
    return seen_tasks(rows.order_by(F("due_on").asc(nulls_last=True), "id"), user, at)


def seen_tasks(tasks: Iterable[Task], user: User, at: datetime) -> list[TaskSeen]:
    """Actions, of cases that the user sees, as they may read them; a few queries however many."""
    rows = list(tasks)
    masks = _Masks(rows, user, at)
    return [_seen(task, masks) for task in rows]


def place_of(task: Task) -> tuple[Path, tuple[int, ...]] | None:
    """Where the row that asked for an action stands in what was last signed, and its number at each
    level; None where no row asked for it, or it is gone.
    """
    keys = keys_of(task)
    document = _decided(task.source_id) if keys and task.source_id else None
    return row_in(document["answers"], keys, task.row) if document else None


def page_of(task: Task) -> str:
    """The key of the page of the record's form on which the row stands; "" if none does."""
    keys = keys_of(task)
    if not keys or task.source is None:
        return ""
    pages = form_of(task.source.form_version_id).pages
    return next((page.key for page in pages if keys[0] in page.answered), "")


class _Masks:
    """What one reader may not see of the records that asked for some actions. Read when it matters."""

    def __init__(self, tasks: Sequence[Task], user: User, at: datetime) -> None:
        self.tasks, self.user, self.at = tasks, user, at
        self._sees: dict[frozenset[str], frozenset[str]] = {}
        self._made: dict[UUID, Mask] = {}

    @cached_property
    def lying(self) -> Mapping[UUID, Any]:
        return lying_on_all({task.source_id for task in self.tasks if task.source_id})

    @cached_property
    def roles(self) -> Mapping[UUID, frozenset[str]]:
        return roles_in_all(self.user, (task.case for task in self.tasks), self.at)

    @cached_property
    def judged(self) -> Mapping[UUID, list[Record]]:
        """The reviews that may hold words on actions, by case."""
        judging: dict[UUID, list[Record]] = {}
        for case_id, records in self.reviews.items():
            for one in records:
                use = type_of(one.case).forms.get(one.form_version.form_id)
                if use is not None and use.judges is not None:
                    judging.setdefault(case_id, []).append(one)
        return judging

    @cached_property
    def lying_on_reviews(self) -> Mapping[UUID, Any]:
        return lying_on_all({one.pk for some in self.judged.values() for one in some})

    @cached_property
    def reviews(self) -> Mapping[UUID, list[Record]]:
        """The records of the cases whose actions a review has judged."""
        cases = {task.case_id for task in self.tasks if task.stated}
        found: dict[UUID, list[Record]] = {case_id: [] for case_id in cases}
        rows = Record.objects.filter(case__in=cases).select_related("case", "form_version")
        for row in rows.defer(*access.documents_of("form_version")):
            found[row.case_id].append(row)
        return found

    def of(self, record: Record, case: Case, lying: Any = None) -> Mask:
        """The mask of a record."""
        if record.pk not in self._made:
            marks = self.lying.get(record.pk, ()) if lying is None else lying
            form = form_of(record.form_version_id)
            self._made[record.pk] = Mask(form, marks, lambda: self.sees(case))
        return self._made[record.pk]

    def sees(self, case: Case) -> frozenset[str]:
        """The marks that the reader sees in a case."""
        roles = self.roles[case.pk]
        if roles not in self._sees:
            self._sees[roles] = sights.seen_by(roles)
        return self._sees[roles]

    @cached_property
    def documents(self) -> Mapping[UUID, Mapping[str, Any]]:
        """What was last decided of each record of which something is hidden."""
        hidden = {
            task.source.pk
            for task in self.tasks
            if task.source is not None and self.of(task.source, task.case).hidden
        }
        last = {one.record_id: one for one in decided(Snapshot.objects.filter(record__in=hidden))}
        found = documents_of(list(last.values()))
        return {pk: found[snapshot.pk] for pk, snapshot in last.items()}


def _seen(task: Task, masks: _Masks) -> TaskSeen:
    hidden = _title_hidden(task, masks)
    untold = hidden or (bool(task.stated) and _judgement_hidden(task, masks))
    return TaskSeen(
        task=task,
        title="" if hidden else task.title,
        outcome="" if untold else task.outcome,
        outsider="" if hidden else task.outsider,
        withheld=hidden,
        untold=untold,
    )


def _title_hidden(task: Task, masks: _Masks) -> bool:
    """Whether the answers that a task repeats are withheld. What cannot be told apart, is."""
    keys = keys_of(task)
    if not keys or task.source is None:
        return False
    mask = masks.of(task.source, task.case)
    if not mask.hidden:
        return False
    settings = case_type_of(version_id(task.case)).tasks[task.template].rows or {}
    read = [settings[part] for part in ("title", "outsider", "due", "owner") if part in settings]
    asked = [_question(mask.form, (*keys, key)) for key in read]
    if not mask.hidden & {*asked, _question(mask.form, keys)} and all(asked):
        return False
    document = masks.documents.get(task.source.pk)
    found = row_in(document["answers"], keys, task.row) if document else None
    return found is None or any(mask.withheld((*found[0], key)) for key in read)


def _judgement_hidden(task: Task, masks: _Masks) -> bool:
    """Whether some review of the case may hold its words on actions from the reader."""
    reviews = masks.judged.get(task.case_id, ())
    marks = masks.lying_on_reviews
    return any(masks.of(one, task.case, marks[one.pk]).hidden for one in reviews)


def keys_of(task: Task) -> tuple[str, ...]:
    """The keys of the repeats that lead to the row which asked for a task; () if no row did."""
    kind = case_type_of(version_id(task.case)).tasks.get(task.template)
    return tuple(kind.rows["repeat"]) if kind and kind.rows and task.row else ()


def _question(form: Form, keys: tuple[str, ...]) -> str:
    """The id of what is asked at these keys, "" if the form's version has nothing there."""
    nodes: list[Question | Repeat] = [*form.questions.values(), *form.repeats.values()]
    return next((node.id for node in nodes if tuple(node.path_keys) == keys), "")


def _decided(record_id: UUID) -> Mapping[str, Any] | None:
    """What was last decided of a record."""
    last = decided(Snapshot.objects.filter(record=record_id)).last()
    return document_of(last) if last else None


def row_in(
    answers: Mapping[str, Any], keys: tuple[str, ...], row_id: str
) -> tuple[Path, tuple[int, ...]] | None:
    """The path of a row among answers, and its number at each level; None if it is not there."""
    for number, row in enumerate(answers.get(keys[0]) or (), 1):
        here = (keys[0], str(row.get("_id")))
        if len(keys) == 1:
            if row.get("_id") == row_id:
                return here, (number,)
        elif deeper := row_in(row, keys[1:], row_id):
            return (*here, *deeper[0]), (number, *deeper[1])
    return None
