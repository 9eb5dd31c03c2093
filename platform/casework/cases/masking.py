"""What one reader may see of a record's answers, and how what they may not see survives. Pure.

A *mask* is made of a form, of the marks and releases that lie on a record, and of the marks that the
reader sees. Whoever reads answers for somebody reads them through a mask, and whoever saves for
somebody puts back what the mask held from them. A mark that the reader's set does not name, also one
that no table knows, withholds.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from formdefs.form import Form, Path, Question, Repeat
from formdefs.places import rows
from formdefs.structure import Problem

Answers = Mapping[str, Any]
Answered = Mapping[str, Question | Repeat]
Place = tuple[str, Path]  # a question's, repeat's or row's: permanent id, and the ids of the rows


@dataclass(frozen=True)
class Lying:
    """A mark that somebody put on a place of a record; or, `released`, the form's own taken off there."""

    node: str
    rows: Path
    mark: str
    released: bool = False


@dataclass(frozen=True)
class Withheld:
    """An answer, or a row, that is there and may not be seen, with the marks that withhold it."""

    path: Path
    marks: tuple[str, ...]


@dataclass
class Restored:
    """A page with what its saver cannot see put back.

    sent: places that the saver may not see and yet sent something for; kept: rows that the saver
    took out, and that stay with what they cannot see.
    """

    answers: dict[str, Any]
    sent: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


def place_of(form: Form, path: Path) -> Place | None:
    """Return where a path leads by permanent ids, None if the form asks nothing there."""
    node = form.find(path)
    return None if node is None else (node.id, path[1::2])


def path_of(form: Form, place: Place) -> Path | None:
    """Return the path of a place, None if the form does not ask it."""
    node_id, row_ids = place
    node = form.questions.get(node_id) or form.repeats.get(node_id)
    if node is None:
        return None
    most = len(node.path_keys) if isinstance(node, Repeat) else len(node.repeats)
    if not len(node.repeats) <= len(row_ids) <= most:
        return None
    pairs = zip(node.path_keys, (*row_ids, ""), strict=False)
    return tuple(part for pair in pairs for part in pair if part)


class Mask:
    """What one reader does not see of one record."""

    def __init__(
        self,
        form: Form,
        lying: Collection[Lying],
        sees: Collection[str] | Callable[[], Collection[str]],
    ) -> None:
        """`sees`: the keys of the marks that the reader sees, or what finds them when it matters."""
        self.form = form
        self._lying, self._sees = lying, sees
        self._put: dict[Place, set[str]] = {}
        self._released: dict[Place, set[str]] = {}
        for one in lying:
            where = self._released if one.released else self._put
            where.setdefault((one.node, one.rows), set()).add(one.mark)
        self._known: dict[Path, tuple[str, ...]] = {}

    @cached_property
    def sees(self) -> frozenset[str]:
        """The marks that the reader sees."""
        return frozenset(self._sees() if callable(self._sees) else self._sees)

    def on(self, form: Form) -> "Mask":
        """The same reader's mask of the same record on another version of its form."""
        return Mask(form, self._lying, self._sees)

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The ids of the questions and repeats of which something may be withheld in some row."""
        if not self._anything:
            return frozenset()
        own = {n for n, held in self.form.marks.items() if {h.mark for h in held} - self.sees}
        for (node_id, _rows), marks in self._put.items():
            if marks - self.sees:
                own |= self._touched(node_id)
        made = {node_id for node_id, reads in self.form.reads.items() if reads & own}
        return frozenset(own | made)

    @cached_property
    def _anything(self) -> bool:
        return bool(self._put) or any(self.form.marks.values())

    def marks(self, path: Path) -> tuple[str, ...]:
        """Return the marks that lie on a place now, seen ones too, in order of their keys."""
        if not self._anything:
            return ()
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._marks(path)
        return known

    def withheld(self, path: Path) -> tuple[str, ...]:
        """Return the marks for which the reader may not see what stands at a path; () if they may."""
        if not self.hidden:
            return ()
        return tuple(mark for mark in self.marks(path) if mark not in self.sees)

    def masked(self, answers: Answers) -> dict[str, Any]:
        """Return answers, of the whole form or of some pages, without what may not be seen."""
        return self._masked(self.form.answered, answers, ())

    def masked_at(self, path: Path, value: Any) -> Any:
        """Return what stands at a path (an answer, a repeat's rows, one row) without the same."""
        node = self.form.find(path)
        if node is None or not self.hidden:
            return value
        if self.withheld(path):
            return None
        if len(path) % 2 == 0 and isinstance(node, Repeat) and isinstance(value, Mapping):
            return self._row(node, value, path)
        return self._rows(node, value, path) if isinstance(node, Repeat) else value

    def lying_at(self, path: Path) -> tuple[str, ...]:
        """Return the marks that can be taken off right there: put there, or the form's own of it.

        Not those that lie on a row or repeat around it, which is where they are taken off.
        """
        place = place_of(self.form, path) if self._anything else None
        if place is None:
            return ()
        node = self.form.at(path)
        row = len(path) % 2 == 0
        around = () if row or not node.repeats else self.form.marks[node.repeats[-1]]
        own = {held.mark for held in self.form.marks[node.id] if held not in around}
        here = self._put.get(place, set()) | (own & {*self.marks(path)})
        return tuple(mark for mark in self.marks(path) if mark in here)

    def held_back(self, answers: Answers) -> list[Withheld]:
        """Return every answer and row that the reader may not see, the outermost only."""
        return list(self._held_back(self.form.answered, answers, ())) if self.hidden else []

    def masked_document(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was submitted without what may not be seen of its answers and what was set aside."""
        masked = {**document, "answers": self.masked(document["answers"])}
        if "set_aside" in document:
            aside = document["set_aside"]
            masked["set_aside"] = [one for one in aside if not self.withheld(_path(one))]
        return masked

    def held_back_in(self, document: Mapping[str, Any]) -> list[Withheld]:
        """Return every answer of a submission, set aside too, that the reader may not see."""
        aside = (_path(one) for one in document.get("set_aside", ()))
        hidden = [Withheld(path, marks) for path in aside if (marks := self.withheld(path))]
        return [*self.held_back(document["answers"]), *hidden]

    def outermost(self, path: Path) -> Path:
        """Return the part of a path at which it begins to be withheld; the path itself if it is not."""
        for end in range(1, len(path)):
            if self.withheld(path[:end]):
                return path[:end]
        return path

    def marked_in(self, answers: Answers) -> list[tuple[Path, tuple[str, ...]]]:
        """Return what is marked among answers that the reader sees, with the marks; outermost only."""
        return list(self._marked(self.form.answered, answers, (), frozenset()))

    def restored(self, sent: Answers, stored: Answers) -> Restored:
        """Put back into a page (or all pages) what its saver cannot see, exactly as it is stored."""
        done = Restored({})
        keys = {*sent, *stored}
        answered = {key: node for key, node in self.form.answered.items() if key in keys}
        done.answers = self._restored(answered, sent, stored, (), done)
        return done

    def told(self, problem: Problem, titles: Mapping[str, str]) -> Problem:
        """Return a problem as this reader may be told it: of what they cannot see, only that it is."""
        marks = self.withheld(problem.path) if self.form.find(problem.path) else ()
        if not marks:
            return problem
        path = self.outermost(problem.path)
        node = self.form.find(path)
        label = node.label if node else ""
        says = (
            f"“{label}” is withheld from you ({said(marks, titles)}). "
            "Somebody who sees it must look at it"
        )
        return Problem(node.id if node else "", path, problem.code, says, problem.severity)

    def _touched(self, node_id: str) -> set[str]:
        """A node and all that stands in it."""
        questions, repeats = self.form.questions.values(), self.form.repeats.values()
        inside = {question.id for question in questions if node_id in question.repeats}
        return {node_id, *inside, *(repeat.id for repeat in repeats if node_id in repeat.repeats)}

    def _marks(self, path: Path) -> tuple[str, ...]:
        node = self.form.find(path)
        if node is None:
            return ()
        places = [place for end in range(1, len(path) + 1) if (place := self._place(path[:end]))]
        found = {mark for place in places for mark in self._put.get(place, ())}
        for held in self.form.marks[node.id]:
            if not any(
                held.mark in self._released.get(place, ()) and held in self.form.marks[place[0]]
                for place in places
            ):
                found.add(held.mark)
        reads = self.form.reads[node.id]
        if reads and self._put:
            found |= {
                mark
                for (node_id, _rows), marks in self._put.items()
                if reads & self._touched(node_id)
                for mark in marks
            }
        return tuple(sorted(found))

    def _place(self, path: Path) -> Place | None:
        return place_of(self.form, path)

    def _masked(self, answered: Answered, values: Answers, above: Path) -> dict[str, Any]:
        if not self.hidden:
            return dict(values)
        kept = {key: value for key, value in values.items() if key not in answered}
        for key, node in answered.items():
            path = (*above, key)
            if key not in values or self.withheld(path):
                continue
            value = values[key]
            if isinstance(node, Repeat):
                value = self._rows(node, value, path)
            if value is not None:
                kept[key] = value
        return kept

    def _rows(self, repeat: Repeat, value: Any, path: Path) -> Any:
        if not isinstance(value, list):
            return value
        return [
            self._row(repeat, row, (*path, row_id))
            for row_id, row in rows(value)
            if not self.withheld((*path, row_id))
        ] or None

    def _row(self, repeat: Repeat, row: Answers, path: Path) -> dict[str, Any]:
        return self._masked(repeat.answered, row, path)

    def _held_back(self, answered: Answered, values: Answers, above: Path) -> Iterator[Withheld]:
        for key, node in answered.items():
            path, value = (*above, key), values.get(key)
            if value is None:
                continue
            if marks := self.withheld(path):
                yield Withheld(path, marks)
            elif isinstance(node, Repeat):
                for row_id, row in rows(value):
                    if marks := self.withheld((*path, row_id)):
                        yield Withheld((*path, row_id), marks)
                    else:
                        yield from self._held_back(node.answered, row, (*path, row_id))

    def _marked(
        self, answered: Answered, values: Answers, above: Path, known: frozenset[str]
    ) -> Iterator[tuple[Path, tuple[str, ...]]]:
        for key, node in answered.items():
            path, value = (*above, key), values.get(key)
            if value is None or self.withheld(path):
                continue
            marks = tuple(mark for mark in self.marks(path) if mark not in known)
            if marks:
                yield path, marks
            here = known | {*marks}
            if not isinstance(node, Repeat):
                continue
            for row_id, row in rows(value):
                place = (*path, row_id)
                if self.withheld(place):
                    continue
                of_row = tuple(mark for mark in self.marks(place) if mark not in here)
                if of_row:
                    yield place, of_row
                yield from self._marked(node.answered, row, place, here | {*of_row})

    def _restored(
        self, answered: Answered, sent: Answers, stored: Answers, above: Path, done: Restored
    ) -> dict[str, Any]:
        kept = dict(sent)
        if not self.hidden:
            return kept
        for key, node in answered.items():
            path = (*above, key)
            if self.withheld(path):
                if kept.pop(key, None) is not None:
                    done.sent.append(path)
                if stored.get(key) is not None:
                    kept[key] = stored[key]
            elif isinstance(node, Repeat):
                value = self._restored_rows(node, sent.get(key), stored.get(key), path, done)
                kept.pop(key, None)
                if value is not None:
                    kept[key] = value
        return kept

    def _restored_rows(
        self, repeat: Repeat, sent: Any, stored: Any, path: Path, done: Restored
    ) -> Any:
        if sent is not None and not isinstance(sent, list):
            return sent
        before = dict(rows(stored))
        kept: list[Any] = []
        here: set[str] = set()
        for row in sent or ():
            row_id = row.get("_id") if isinstance(row, Mapping) else None
            place = (*path, str(row_id))
            if row_id is not None and self.withheld(place):
                done.sent.append(place)
            elif isinstance(row, Mapping) and isinstance(row_id, str):
                here.add(row_id)
                known = before.get(row_id, {})
                kept.append(self._restored(repeat.answered, row, known, place, done))
            else:
                kept.append(row)
        behind: str | None = None
        for row_id, row in before.items():
            if row_id not in here:
                left = self._left(repeat, row, (*path, row_id), done)
                if left is None:
                    continue
                kept.insert(_after(kept, behind), left)
            behind = row_id
        return kept or None

    def _left(
        self, repeat: Repeat, row: Answers, path: Path, done: Restored
    ) -> dict[str, Any] | None:
        """What stays of a row that was not sent: all of one that is withheld, or what is in it."""
        if self.withheld(path):
            return dict(row)
        nothing: Answers = {"_id": row.get("_id")}
        left = self._restored(repeat.answered, nothing, row, path, Restored({}))
        if left.keys() == {"_id"}:
            return None
        done.kept.append(path)
        return left


def _path(aside: Mapping[str, Any]) -> Path:
    return tuple(str(aside["path"]).split("."))


def said(marks: Sequence[str], titles: Mapping[str, str]) -> str:
    """Write why something is withheld: "marked Police information and Third-party information"."""
    named = [titles.get(mark, mark) for mark in marks]
    *first, last = named
    return f"marked {', '.join(first)} and {last}" if first else f"marked {last}"


def _after(kept: Sequence[Any], row_id: str | None) -> int:
    """The place behind a row; the first for None, or for one that is gone."""
    for place, row in enumerate(kept):
        if row_id is not None and isinstance(row, Mapping) and row.get("_id") == row_id:
            return place + 1
    return 0
