"""The golden thread from an action on: the reviews that judged it, and what each said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework import statements
from casework.accounts.models import User
from casework.cases import access
from casework.cases.decided import decided
from casework.cases.listed import Listed
from casework.cases.marks import mask_for
from casework.cases.models import Record, Snapshot, Task
from casework.cases.running.loading import type_of
from casework.cases.unmasked import documents_of
from casework.cases.work import TaskSeen, keys_of, row_in, seen_tasks, task_rows
from formdefs.form import Form, Path
from formdefs.places import rows
from formdefs.versions import form_of


@dataclass(frozen=True)
class Judgement:
    """What one review said of an action. row: the path of its row, status: of the answer, in `form`, whose
    code is `code`; withheld: the reader may not see what was said, and code and words are "".
    """

    record: Record
    form: Form
    row: Path
    status: Path
    decided_at: datetime
    code: str
    words: str
    withheld: bool


def judgements_on(task: Task, user: User, at: datetime) -> list[Judgement]:
    """The decided reviews that list an action, oldest first, as the user may read them.

    Of a review that was signed again, what it said last. A handful of queries, and one or two for each
    review that is marked.
    """
    if not task.row:
        return []
    forms = type_of(task.case).forms.values()
    judging = {use.form: use.judges for use in forms if use.judges and task.template in use.judged}
    if not judging:
        return []
    records = Record.objects.filter(case=task.case_id, form_version__form__in=judging)
    records = records.select_related("case", "form_version")
    records = records.defer(*access.documents_of("form_version"))
    snapshots = decided(Snapshot.objects.filter(record__in=records))
    last = {one.record_id: one for one in snapshots}
    documents = documents_of(list(last.values()))
    found = []
    for record in records:
        snapshot = last.get(record.pk)
        document = documents.get(snapshot.pk) if snapshot else None
        if snapshot is None or document is None:
            continue
        judges, form = judging[record.form_version.form_id], form_of(document["version"])
        path = (judges["repeat"], task.row)
        row = dict(rows(document["answers"].get(judges["repeat"]))).get(task.row)
        if row is None or row.get(judges["status"]) is None:
            continue
        mask = mask_for(record, form, None, user, at)
        keys = [judges["status"], judges.get("outcome", "")]
        hidden = any(mask.withheld((*path, key)) for key in keys if key)
        code, words = ("", "") if hidden else (str(row.get(key) or "") for key in keys)
        when = snapshot.decided_at  # type: ignore[attr-defined]
        place = (*path, judges["status"])
        found.append(Judgement(record, form, path, place, when, code, words, hidden))
    return sorted(found, key=lambda one: one.decided_at)


def asked_for(
    record: Record, answers: Mapping[str, Any], user: User, at: datetime
) -> dict[Path, TaskSeen]:
    """The actions that a record's rows asked for, by the path of the row among these answers."""
    if statements.first(Task, {"source_id": record.pk}, only=("id",)) is None:
        return {}  # as of nearly every record: a page that is filled in waits for nothing here
    rows = task_rows(access.tasks_for(user, at).filter(source=record).exclude(row=""))
    found = {}
    for one in seen_tasks(rows.order_by("created_at", "id"), user, at):
        if place := row_in(answers, keys_of(one.task), one.task.row):
            found[place[0]] = one
    return found


def titles_of(listed: Listed, user: User, at: datetime) -> dict[str, str]:
    """What the user may know of the actions that a review lists, by row: "" where it is withheld."""
    seen = seen_tasks(listed.tasks.values(), user, at) if listed.tasks else ()
    return {one.task.row: one.title for one in seen}
