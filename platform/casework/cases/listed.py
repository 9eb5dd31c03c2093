"""Rows that a case gives to a record: one for each person it covers, or one for each open action.

A case type binds a form's repeat to the case (`subjects`, `judges`). Nobody adds or takes out such a row
by hand. Who is in it was settled when the record was started; a review's list grows with each action that
comes up while it is open. A row's permanent id is that of the row which asked for the action, or the
person's, so a review of next year names the same thing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F

from casetypes.definition import FormUse
from casetypes.tasking import unexplained
from casework.cases.models import EDITABLE, Record, RecordSubject, Task
from casework.cases.running.loading import type_of
from casework.people.models import Person
from casework.refusals import Absent
from formdefs.form import Form, Page, Question, Repeat
from formdefs.places import rows
from formdefs.structure import Problem

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Listing:
    """The rows that a case gives to one repeat of a record. rows: id -> what is fixed in it."""

    repeat: Repeat
    rows: Mapping[str, Answers]

    def on(self, page: Page) -> bool:
        """Whether the repeat stands on a page."""
        return self.repeat.key in page.answered

    def filled(self, answers: Answers) -> dict[str, Any]:
        """The answers (of the repeat's page, or the whole) with every row that is missing, at the end."""
        kept = [row for _id, row in rows(answers.get(self.repeat.key))]
        here = {self._named(row) for row in kept}
        new = [
            {"_id": row_id, **fixed} for row_id, fixed in self.rows.items() if row_id not in here
        ]
        return {**answers, **({self.repeat.key: [*kept, *new]} if kept or new else {})}

    def kept(self, sent: Answers, before: Answers) -> tuple[dict[str, Any], list[Problem]]:
        """What is kept of a page: the listed rows and those it had before, whatever was sent.

        Rows that are neither are a problem. One without an id of ours is known by what is fixed in it.
        """
        stored = {str(row_id): row for row_id, row in rows(before.get(self.repeat.key))}
        ids = {self._named(row): row_id for row_id, row in stored.items()}
        given: dict[str, dict[str, Any]] = {}
        problems = []
        for row in sent.get(self.repeat.key) or ():
            named, own = self._named(row), str(row.get("_id")) if isinstance(row, Mapping) else ""
            row_id = own if own in stored else ids.get(named, own)
            if row_id in given or not (row_id in stored or named in self.rows):
                says = (
                    f"The rows of “{self.repeat.label}” come from the case: none is added by hand"
                )
                path = (self.repeat.key, row_id)
                problems.append(Problem(self.repeat.id, path, "not_listed", says))
                continue
            ids.setdefault(named, row_id)
            given[row_id] = {**row, "_id": row_id, **self._fixed(stored.get(row_id, row))}
        together = [given.get(row_id, row) for row_id, row in stored.items()]
        together += [row for row_id, row in given.items() if row_id not in stored]
        rest = {key: value for key, value in sent.items() if key != self.repeat.key}
        return self.filled(rest | {self.repeat.key: together}), problems

    def _fixed(self, row: Answers) -> dict[str, Any]:
        """What nobody changes in a row: as it stands there, once it does."""
        fixed = self.rows.get(self._named(row), {})
        return {key: row.get(key, value) for key, value in fixed.items()}

    def _named(self, row: Any) -> str:
        """The id of the listed row that a row is; its own where it is none."""
        if not isinstance(row, Mapping):
            return ""
        for row_id, fixed in self.rows.items():
            if fixed and all(_same(row.get(key), value) for key, value in fixed.items()):
                return row_id
        return str(row.get("_id"))


class Listed:
    """What a case gives to one record; asked of the tables once, and only where its form is bound."""

    def __init__(self, record: Record, form: Form, covered: Sequence[UUID] | None = None) -> None:
        """covered: whom it covers, where that is not written yet."""
        self.record, self.form = record, form
        self._given = covered
        self.use: FormUse = type_of(record.case).use(form.key)

    @cached_property
    def covered(self) -> tuple[str, ...]:
        """The ids of the persons whom the record covers, as they were when it was started."""
        given = self._given
        if given is None:
            covers = RecordSubject.objects.filter(record=self.record).order_by("pk")
            given = list(covers.values_list("person_id", flat=True))
        return tuple(map(str, given))

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """The actions of the reviewed kinds that concern its people, by row id, in order of their days.

        What the review asked for itself is for the next one.
        """
        if self.use.judges is None:
            return {}
        found = Task.objects.filter(case=self.record.case_id, template__in=self.use.judged)
        found = found.exclude(row="").exclude(source=self.record)
        found = found.prefetch_related("subjects").select_related("case", "owner")
        mine = set(self.covered)
        return {
            task.row: task
            for task in found.order_by(F("due_on").asc(nulls_last=True), "key")
            if mine & {str(person.pk) for person in task.subjects.all()} or not task.subjects.all()
        }

    @cached_property
    def listings(self) -> tuple[Listing, ...]:
        """The bound repeats of a record that is written now; none of one that is not."""
        if self.record.status not in EDITABLE or not (self.use.bound or self.use.judges):
            return ()
        repeats = {
            repeat.key: repeat for repeat in self.form.repeats.values() if not repeat.repeats
        }
        found = []
        if self.use.bound and self.use.bound[0] in repeats:
            key, subject = self.use.bound
            people = Person.objects.in_bulk([UUID(one) for one in self.covered])
            fixed: dict[str, Answers] = {
                row_of(one): {subject: {"id": one, "name": people[UUID(one)].name}}
                for one in self.covered
            }
            found.append(Listing(repeats[key], fixed))
        if self.use.judges and self.use.judges["repeat"] in repeats:
            still: dict[str, Answers] = {
                row: {} for row, task in self.tasks.items() if task.status == Task.OPEN
            }
            found.append(Listing(repeats[self.use.judges["repeat"]], still))
        return tuple(found)

    def own(self, person: UUID, answers: Answers) -> dict[str, set[str]]:
        """The ids of the rows that are one person's, by bound repeat. Raises Absent where the form has no
        row for each, or the record does not cover them.
        """
        if self.use.bound is None or str(person) not in self.covered:
            raise Absent
        key, subject = self.use.bound
        fixed = {"id": str(person)}
        own = {key: {n for n, row in rows(answers.get(key)) if _same(row.get(subject), fixed)}}
        if self.use.judges:
            own[self.use.judges["repeat"]] = {
                row
                for row, task in self.tasks.items()
                if person in {one.pk for one in task.subjects.all()} or not task.subjects.all()
            }
        return own

    def filled(self, answers: Answers, page: Page | None = None) -> dict[str, Any]:
        """The answers of a page (of all pages) with the rows that the case gives it."""
        whole = dict(answers)
        for one in self.listings:
            if page is None or one.on(page):
                whole = one.filled(whole)
        return whole

    def kept(
        self, page: Page, sent: Answers, before: Answers
    ) -> tuple[dict[str, Any], list[Problem]]:
        """What is kept of a page that was sent, and what is wrong with its rows."""
        whole, problems = dict(sent), []
        for one in self.listings:
            if one.on(page):
                whole, wrong = one.kept(whole, before)
                problems += wrong
        return whole, problems

    def unjudged(
        self, answers: Answers, titles: Mapping[str, str], known: Collection[tuple[str, ...]]
    ) -> Iterator[Problem]:
        """What keeps a review from being submitted: open actions without a status, or without the words
        that their status needs. titles: what its reader may know of each, by row; known: paths of which
        something is said already.
        """
        judges = self.use.judges
        if judges is None or not self.listings:
            return
        key = judges["repeat"]
        given = dict(rows(answers.get(key)))
        for row_id, task in self.tasks.items():
            if task.status != Task.OPEN:
                continue
            row, about = given.get(row_id, {}), titles.get(row_id) or "an action"
            if row.get(judges["status"]) is None:
                path, says = (key, row_id, judges["status"]), f"Say how “{about}” stands"
            elif unexplained(judges, row):
                path, says = (key, row_id, judges["outcome"]), f"Say why, of “{about}”"
            else:
                continue
            node = self.form.find(path)
            if path not in known and isinstance(node, Question):
                yield Problem(node.id, path, "required", says)


def row_of(person: str) -> str:
    """The permanent id of a person's row: the same in every record."""
    return UUID(person).hex


def _same(answer: Any, fixed: Any) -> bool:
    if isinstance(answer, Mapping) and isinstance(fixed, Mapping):
        return bool(answer.get("id") == fixed.get("id"))
    return bool(answer == fixed)
