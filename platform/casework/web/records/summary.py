"""A record's answers to be read: pages, sections, rows and questions, each answer in words. Pure.


What may not be seen is said to be withheld, and by which mark; never what it is, or how long.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.cases.masking import Withheld, said
from casework.cases.reading import Reading
from casework.cases.seen import Seen
from casework.pageforms.markup import target
from casework.pageforms.names import Path, joined, split
from casework.pageforms.words import lines
from formdefs.form import Content, Form, Item, Page, Question, Repeat, Section
from formdefs.hidden import hidden
from formdefs.places import rows

PROTECTED = "Protected: not printed"


@dataclass(frozen=True)
class Said:
    """One question and its answer in lines, none where it is not answered. files: (id, name).

    withheld: why it is not told, "" if it is; marks: titles of the marks that lie on it.
    """

    question: Question
    path: Path
    lines: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()
    withheld: str = ""
    marks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path as addresses and inputs have it."""
        return joined(self.path)

    @property
    def target(self) -> str:
        """The id of the input that answers it, on the page where it is filled in."""
        return target(self.question, self.name)


@dataclass(frozen=True)
class Part:
    """A page, a section, a repeat or one of its rows; `parts` in document order.

    withheld: of a repeat, a sentence for each mark whose rows are not told; marks: titles of a row's.
    """

    kind: str
    title: str
    path: Path
    parts: "list[Part | Said]" = field(default_factory=list)
    page: Page | None = None
    withheld: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path as addresses and inputs have it."""
        return joined(self.path)

    @property
    def groups(self) -> "list[Part]":
        """The parts, with neighbouring answers put together as one part of kind "answers"."""
        found: list[Part] = []
        for part in self.parts:
            if isinstance(part, Part):
                found.append(part)
            elif found and found[-1].kind == "answers":
                found[-1].parts.append(part)
            else:
                found.append(Part("answers", "", self.path, [part]))
        return found

    @property
    def answered(self) -> bool:
        """Whether anything in it is answered."""
        if self.withheld:
            return True
        return any(
            part.lines or part.withheld if isinstance(part, Said) else part.answered
            for part in self.parts
        )


@dataclass(frozen=True)
class _Reading:
    opened: Reading
    state: Seen
    printed: bool
    held: Sequence[Withheld]

    @property
    def form(self) -> Form:
        return self.state.form

    def why(self, path: Path) -> str:
        """Why what stands at a path is not told, "" if it is."""
        marks = self.state.mask.withheld(path)
        return said(marks, self.opened.mark_titles) if marks else ""

    def marks(self, path: Path) -> tuple[str, ...]:
        """The titles of the marks on a place, but for those that the row or repeat around it names."""
        mask, above = self.state.mask, path[:-1]
        known = mask.marks(above) if above else ()
        found = [mark for mark in mask.marks(path) if mark not in known]
        return tuple(self.opened.mark_titles.get(mark, mark) for mark in found)


def pages(
    opened: Reading,
    answers: Mapping[str, Any],
    state: Seen,
    *,
    held: Sequence[Withheld] | None = None,
    printed: bool = False,
) -> list[Part]:
    """Return what shows of a record, page by page.

    answers: as they count (nothing hidden, calculated ones filled in), and as their reader may see
    them; held: what they hold beside, that of the record as it stands if not given. printed: without
    protected answers, and without what was not answered.
    """
    reading = _Reading(opened, state, printed, opened.withheld if held is None else held)
    found = [
        Part("page", page.title, (), list(_items(page.items, answers, (), reading)), page)
        for page in state.form.pages
        if state.shows(page.id)
    ]
    return [part for part in found if part.answered] if printed else found


def _items(
    items: tuple[Item, ...], answers: Mapping[str, Any], row: Path, reading: _Reading
) -> Iterator[Part | Said]:
    for item in items:
        if isinstance(item, Content) or not reading.state.shows(item.id, row[1::2]):
            continue
        if isinstance(item, Question):
            one = _said(item, answers.get(item.key), (*row, item.key), reading)
            if one.lines or one.withheld or not reading.printed:
                yield one
            continue
        if isinstance(item, Section):
            part = Part("section", item.title, row, list(_items(item.items, answers, row, reading)))
        else:
            part = _repeat(item, answers.get(item.key), (*row, item.key), reading)
        if part.answered or not (
            reading.printed or (isinstance(item, Section) and item.collapsible)
        ):
            yield part


def _repeat(repeat: Repeat, value: Any, path: Path, reading: _Reading) -> Part:
    if why := reading.why(path):
        return Part("repeat", repeat.label, path, withheld=(f"Withheld: {why}",))
    withheld = tuple(reading.opened.rows_withheld(path, reading.held))
    part = Part("repeat", repeat.label, path, withheld=withheld, marks=reading.marks(path))
    for number, (row_id, answers) in enumerate(rows(value), start=1):
        here = (*path, row_id)
        title = reading.opened.row_title(here) or reading.state.row_title(here)
        title = title or f"{repeat.label}: {number}"
        part.parts.append(
            Part(
                "row",
                title,
                here,
                list(_items(repeat.items, answers, here, reading)),
                marks=reading.marks(here),
            )
        )
    return part


def _said(question: Question, answer: Any, path: Path, reading: _Reading) -> Said:
    marks = reading.marks(path)
    if why := reading.why(path):
        return Said(question, path, (), withheld=why)
    hidden = question.protected or (isinstance(answer, Mapping) and answer.get("protected"))
    if reading.printed and hidden and answer is not None:
        return Said(question, path, (PROTECTED,), marks=marks)
    found = lines(reading.form, question, answer)
    files: tuple[tuple[str, str], ...] = ()
    if question.type == "file" and isinstance(answer, list):
        files = tuple((str(one["id"]), str(one["name"])) for one in answer)
    return Said(question, path, found, files, marks=marks)


@dataclass(frozen=True)
class Aside:
    """A typed answer that does not count. where: its page and rows; kept: it is set aside."""

    said: Said
    where: str
    kept: bool


def dropped(opened: Reading, kept: Collection[str]) -> list[Aside]:
    """Return what was typed but is hidden now; `kept`: paths of what is to be set aside."""
    reading = _Reading(opened, opened.state, printed=False, held=())
    return [
        Aside(_said(one.question, one.value, one.path, reading), one.where, one.name in kept)
        for one in hidden(opened.state)
    ]


def set_aside(
    opened: Reading, kept: Sequence[Mapping[str, Any]], state: Seen, *, printed: bool = False
) -> list[Aside]:
    """Return what a submission kept beside its answers; printed: without protected answers."""
    reading = _Reading(opened, state, printed, held=())
    return [
        Aside(
            _said(state.form.questions[one["question"]], one["value"], split(one["path"]), reading),
            one["where"],
            kept=True,
        )
        for one in kept
    ]
