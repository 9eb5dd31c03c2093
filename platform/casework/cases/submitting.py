"""What a submission holds: checked, worked out, and written down as it will be signed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from casework.accounts.marks import titles
from casework.cases.facts import facts_at
from casework.cases.listed import Listed
from casework.cases.masking import Mask
from casework.cases.models import Record, Snapshot, TaskLink
from casework.cases.prefilled import as_json, copied, may_be_copied, prefills_of
from casework.cases.unmasked import joined, pages_of
from casework.clock import LONDON, london_day
from casework.ledger.chain import instant
from casework.refusals import Incomplete, Refused, Stale
from formdefs.answers import problems_in
from formdefs.form import Form
from formdefs.hidden import hidden
from formdefs.state import State, effective_in, evaluate_form
from formdefs.structure import Problem


@dataclass(frozen=True)
class Submittable:
    """The answers that count, the versions of the pages that they came from, and what is set aside.

    set_aside: hidden answers that are kept with the record: question, path, label, where, value.
    """

    answers: dict[str, Any]
    versions: dict[str, int]
    set_aside: list[dict[str, Any]]


def submittable(
    record: Record,
    form: Form,
    seen: Mapping[str, int] | None,
    at: datetime,
    set_aside: Collection[str],
    mask: Mask,
    listed: Listed,
    actions: Mapping[str, str],
) -> Submittable:
    """What the record would be submitted with now.

    set_aside: paths of typed answers that are hidden now and are to be kept with the record.
    listed: the rows that its case gives it; actions: what the submitter may know of each action that a
    review lists, by row. Raises Stale if a page is not in the version seen, Incomplete if any problem is more than a
    warning, Refused for a path to set aside that is not about to be dropped; both told as the
    submitter may know of it (`mask`).
    """
    pages = pages_of(record)
    asked = {page.id for page in form.pages}  # an earlier version may have had others
    versions = {page_id: page.version for page_id, page in pages.items() if page_id in asked}
    if seen is not None and {p: v for p, v in seen.items() if v and p in asked} != versions:
        raise Stale(
            "Somebody has changed this record since you checked it. Check the answers again."
        )
    facts, typed = facts_at(at, form), listed.filled(joined(pages))
    state = evaluate_form(form, typed, facts)
    answers = effective_in(state)
    happened_at = occurred(form, answers)
    on = london_day(happened_at or at)
    problems = problems_in(state, on)
    problems += listed.unjudged(answers, actions, {problem.path for problem in problems})
    if any(problem.severity == "error" for problem in problems):
        raise Incomplete([mask.told(problem, titles()) for problem in problems])
    return Submittable(answers, versions, _set_aside(state, set_aside, mask))


def _set_aside(state: State, paths: Collection[str], mask: Mask) -> list[dict[str, Any]]:
    """What is kept of the hidden answers, in document order. Raises Refused."""
    if not paths:
        return []
    dropped = {one.name: one for one in hidden(state) if not mask.withheld(one.path)}
    unknown = [path for path in paths if path not in dropped]
    if unknown:
        says = "is not an answer that is about to be dropped. Check the answers again"
        raise Refused(
            [
                Problem("", ("set_aside", path), "unknown_path", f"“{path}” {says}")
                for path in unknown
            ]
        )
    return [
        {
            "question": one.question.id,
            "path": one.name,
            "label": one.question.label,
            "where": one.where,
            "value": one.value,
        }
        for one in dropped.values()
        if one.name in paths
    ]


def occurred(form: Form, answers: Mapping[str, Any]) -> datetime | None:
    """When what the record tells of happened, by the form's own question; None if not told.

    A date stands for its beginning in London.
    """
    answer = answers.get(form.occurred) if form.occurred else None
    if not isinstance(answer, str):
        return None
    if "T" in answer:
        return datetime.fromisoformat(answer)
    return datetime.combine(date.fromisoformat(answer), time(), LONDON)


def snapshot_document(snapshot: Snapshot, form: Form, content: Submittable) -> dict[str, Any]:
    """The whole of what is signed, as JSON: who it is about by the names they had, and what it says."""
    record = snapshot.record
    taken = _prefilled(record, form)
    touched = _touched(record)
    covered = record.covers.select_related("person").order_by("pk")
    return {
        "snapshot": str(snapshot.id),
        "record": str(record.id),
        "case": str(record.case_id),
        "case_reference": record.case.reference,
        "form": form.key,
        "number": record.form_version.number,
        "version": str(record.form_version_id),
        "title": form.title,
        "revision": snapshot.revision,
        "attempt": snapshot.attempt,
        "subjects": [
            {
                "id": str(row.person_id),
                "name": row.person.name,
                "born_on": row.person.born_on.isoformat() if row.person.born_on else None,
            }
            for row in covered
        ],
        "pages": content.versions,
        "answers": content.answers,
        "set_aside": content.set_aside,
        "occurred_on": record.occurred_on.isoformat() if record.occurred_on else None,
        "submitted_by": str(snapshot.submitted_by.uid),
        "submitted_by_name": snapshot.submitted_by.name,
        "submitted_at": instant(snapshot.submitted_at),
        **({"prefilled": taken} if taken else {}),
        **({"touches": touched} if touched else {}),
    }


def _touched(record: Record) -> list[dict[str, str]]:
    """The actions that the record touches, by id and key: what they are called lies elsewhere."""
    rows = record.task_links.filter(kind=TaskLink.TOUCHED, ended_at=None)
    pairs = rows.order_by("task__key").values_list("task_id", "task__key")
    return [{"task": str(task), "key": key} for task, key in pairs]


def _prefilled(record: Record, form: Form) -> list[dict[str, Any]]:
    """Where answers were copied from, and whether they were changed since; no query without prefill."""
    if not may_be_copied(record, form):
        return []
    answers = joined(pages_of(record))
    return [as_json(one) for one in copied(form, answers, prefills_of(record))]
