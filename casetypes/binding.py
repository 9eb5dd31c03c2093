"""Rows that belong to one subject each: a form's repeat bound by its person question. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from casetypes.definition import FormUse
from casetypes.state import Answers


def own_row(use: FormUse, answers: Answers | None, subject: str) -> Answers:
    """The row of a subject in the rules' view of a record's answers; nothing where there is none."""
    for named, row in _named(use, answers or {}):
        if named == subject:
            return row
    return {}


def misplaced(use: FormUse, answers: Answers, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """The subjects that have no row or several, and whoever has one and is not covered."""
    if use.bound is None:
        return ()
    counted = Counter(named for named, _row in _named(use, answers))
    wrong = [one for one in subjects if counted[one] != 1]
    return (*wrong, *(one for one in counted if one not in subjects))


def _named(use: FormUse, answers: Answers) -> Iterator[tuple[str, Answers]]:
    if use.bound is None:
        return
    repeat, question = use.bound
    for row in answers.get(repeat) or ():
        person: Any = row.get(question)
        yield str(person.get("id") or "") if isinstance(person, Mapping) else "", row
