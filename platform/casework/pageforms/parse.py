"""Read a posted form page: answers, what could not be read, and what is wrong with it. Pure.

Whatever was typed is kept: a question whose inputs cannot be read leaves them in `typed`, to be
shown again as they were, with the reason among the problems.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.pageforms.dates import Unreadable
from casework.pageforms.fields import FIELDS, Known, Typed, shown
from casework.pageforms.names import EDITABLE, Path, Posted, joined, part_of, row_ids
from formdefs import messages
from formdefs.answers import Problem
from formdefs.form import Page, Question, Repeat

Answers = dict[str, Any]


@dataclass
class Parsed:
    """A page as it was sent. `typed` has the inputs that no answer holds, by name."""

    answers: Answers = field(default_factory=dict)
    typed: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def parse(page: Page, posted: Posted, stored: Mapping[str, Any], known: Known) -> Parsed:
    """Read what was sent for a page. `stored`: its answers as saved.

    An answer whose inputs nobody touched comes back exactly as stored, and so does one that was
    shown locked.
    """
    reading = _Reading(posted, known, frozenset(posted.get(EDITABLE, ())), Parsed())
    reading.parsed.answers = _scope(page.answered, stored, (), reading)
    return reading.parsed


@dataclass(frozen=True)
class _Reading:
    posted: Posted
    known: Known
    editable: frozenset[str]
    parsed: Parsed


def _scope(
    answered: Mapping[str, Question | Repeat],
    stored: Mapping[str, Any],
    above: Path,
    reading: _Reading,
) -> Answers:
    answers: Answers = {}
    for key, node in answered.items():
        path = (*above, key)
        if isinstance(node, Repeat):
            value: Any = _rows(node, stored.get(key), path, reading)
        elif node.type == "calculated":
            value = None
        elif _locked(node, path, reading):
            value = stored.get(key)
        else:
            value = _question(node, stored.get(key), path, reading)
        if value is not None:
            answers[key] = value
    return answers


def _locked(question: Question, path: Path, reading: _Reading) -> bool:
    if isinstance(question.readonly, bool):
        return question.readonly
    return joined(path) not in reading.editable


def _rows(repeat: Repeat, stored: Any, path: Path, reading: _Reading) -> list[Answers] | None:
    before = {row.get("_id"): row for row in stored or () if isinstance(row, Mapping)}
    rows = []
    for row_id in row_ids(reading.posted, joined(path)):
        row = _scope(repeat.answered, before.get(row_id, {}), (*path, row_id), reading)
        rows.append({"_id": row_id, **row})
    return rows or None


def _question(question: Question, stored: Any, path: Path, reading: _Reading) -> Any:
    field_of_type, name = FIELDS[question.type], joined(path)
    typed = {
        part: [value.replace("\r\n", "\n") for value in reading.posted.get(part_of(name, part), ())]
        for part in field_of_type.parts
    }
    before = shown(question, stored, reading.known) if stored is not None else None
    if before is not None and _same(typed, before, ordered=question.type != "choices"):
        return stored
    try:
        answer = field_of_type.read(question, typed, reading.known)
    except Unreadable as says:
        reading.parsed.typed |= {part_of(name, part): typed[part] for part in typed}
        reading.parsed.problems.append(
            Problem(question.id, path, "type", messages.about(question, says.args[0]))
        )
        return None
    return answer


def _same(typed: Typed, before: Typed, *, ordered: bool) -> bool:
    """Whether two sets of inputs hold the same, but for what a browser does to them.

    It leaves out empty inputs and the first line break of a text, writes all line breaks alike, and
    sends ticks in the order of the page.
    """

    def held(values: Sequence[str]) -> list[str]:
        kept = [value.replace("\r\n", "\n").replace("\r", "\n").strip() for value in values]
        kept = [value for value in kept if value]
        return kept if ordered else sorted(kept)

    return all(held(typed.get(p, ())) == held(before.get(p, ())) for p in {*typed, *before})
