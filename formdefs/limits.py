"""Find the limits of answers that JSON Schema cannot hold, looking only where there are any. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

from formdefs import answer_types, messages
from formdefs.answer_options import TODAY
from formdefs.form import Form, Path, Question, Repeat
from formdefs.places import Answers, rows
from formdefs.said import said
from formdefs.structure import Problem
from formdefs.tidy import Limited

_ROW_ID = itemgetter("_id")


def limit_problems(
    form: Form,
    answers: Answers,
    on: date | None,
    broken: Collection[Path],
    tidy: Collection[str],
) -> Iterator[Problem]:
    """Yield the limits that answers break, where the shape is right.

    on: the day that "today" means, None to let those limits wait; broken: paths that are refused
    already; tidy: the form-level keys that need no closer look.
    """
    judge = _Judge(form, on, broken)
    for question in form.limited.questions:
        yield from judge.question(question, answers.get(question.key), ())
    for repeat, inside in form.limited.repeats:
        if repeat.key not in tidy:
            yield from judge.rows(repeat, inside, answers.get(repeat.key), ())
    for repeat, inside in form.limited_typed.repeats:
        if repeat.key in tidy:
            yield from judge.tidy_rows(repeat, inside, answers[repeat.key], ())


@dataclass(frozen=True)
class _Judge:
    form: Form
    on: date | None
    broken: Collection[Path]
    spans: dict[str, tuple[str, str]] = field(default_factory=dict)

    def rows(self, repeat: Repeat, inside: Limited, value: Any, above: Path) -> Iterator[Problem]:
        path = (*above, repeat.key)
        if not isinstance(value, list) or path in self.broken:
            return
        yield from _same_row_ids(repeat, path, value)
        for row_id, row in rows(value):
            here = (*path, row_id)
            for question in inside.questions:
                answer = row.get(question.key)
                if answer is not None:
                    yield from self.question(question, answer, here)
            for inner, deeper in inside.repeats:
                yield from self.rows(inner, deeper, row.get(inner.key), here)

    def tidy_rows(
        self, repeat: Repeat, inside: Limited, value: list[Any], above: Path
    ) -> Iterator[Problem]:
        """The same where every row is known to be one, with an id."""
        if len({*map(_ROW_ID, value)}) < len(value):
            yield from self.rows(repeat, inside, value, above)
            return
        if not inside.questions and not inside.repeats:
            return
        path = (*above, repeat.key)
        for row in value:
            for question in inside.questions:
                answer = row.get(question.key)
                if answer is not None and not self.surely_within(question, answer):
                    yield from self.question(question, answer, (*path, row["_id"]))
            for inner, deeper in inside.repeats:
                if inner.key in row:
                    here = (*path, row["_id"])
                    yield from self.tidy_rows(inner, deeper, row[inner.key], here)

    def surely_within(self, question: Question, answer: Any) -> bool:
        """Say whether a date lies within its limits, at one look; False where it takes another."""
        if question.type != "date":
            return False
        if question.id not in self.spans:
            today = self.on.isoformat() if self.on else ""
            first, last = question.not_before, question.not_after
            first, last = (today if one == TODAY else one for one in (first, last))
            self.spans[question.id] = (first, last or "9999")
        first, last = self.spans[question.id]
        return bool(first <= answer <= last)

    def question(self, question: Question, value: Any, above: Path) -> Iterator[Problem]:
        path = (*above, question.key)
        if value is None or path in self.broken:
            return
        if question.type == "calculated":
            yield Problem(question.id, path, *messages.wrong(question))
        elif question.exclusive and len(value) > 1 and not {*question.exclusive}.isdisjoint(value):
            alone = next(code for code in question.exclusive if code in value)
            apart = said(
                "“{label}”: “{answer}” cannot be chosen together with another answer",
                label=question.label,
                answer=self.form.lists[question.list].label(alone),
            )
            yield Problem(question.id, path, "exclusive", apart)
        check = answer_types.TYPES[question.type].check
        for code, says in check(question.raw, value, self.on) if check else ():
            yield Problem(question.id, path, code, messages.about(question, says))


def _same_row_ids(repeat: Repeat, path: Path, value: list[Any]) -> Iterator[Problem]:
    # An id that is no text, which might not even be hashable, is told by its shape.
    texts = [row for row in rows(value) if isinstance(row[1].get("_id"), str)]
    counted = Counter(row["_id"] for _id, row in texts)
    for row_id, row in texts:
        if row_id != row["_id"] and counted[row["_id"]] > 1:
            says = f"“{repeat.label}”: two rows have the same “_id”, which must be each row's own"
            yield Problem(repeat.id, (*path, row_id), "row_id", says)
