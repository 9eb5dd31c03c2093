"""Move answers from one version of a form to another, by permanent ids. Pure.

`plan` says what becomes of every question; `apply` does it to some answers, and tells of each one.
Nothing is lost: an answer that the other form has no place for is told as orphaned, with its value.
Nothing is invented: no row and no answer comes out that did not go in.

A question inside a repeat stays with its row. One that moved out of a repeat, or into another, is
carried only where there is no doubt: every repeat that it left, and every one that it came into, has
exactly one row in these answers. Rows keep their ids.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from formdefs import conversions
from formdefs.answers import draft_problems
from formdefs.conversions import CANNOT, Sides
from formdefs.form import Path, Question, Repeat
from formdefs.migrate_plan import KINDS as KINDS
from formdefs.migrate_plan import NOT_ASKED as NOT_ASKED
from formdefs.migrate_plan import Kind, Plan, Step
from formdefs.migrate_plan import plan as plan
from formdefs.places import row_ids
from formdefs.structure import Problem

Pages = Mapping[str, Mapping[str, Any]]  # answers by page id

_Rows = tuple[tuple[str, str], ...]  # the rows that an answer stands in: repeat id, row id

NO_CODE = "The new version does not offer this answer."
NOT_CONVERTED = "The answer cannot become one of the new kind without losing something."
NO_ONE_PLACE = "It belonged to a row, or comes into one, and it is not sure to which."
ODD = "It is not an answer that the form asks for."


@dataclass(frozen=True)
class Told:
    """What became of one answer. question: "" where the old form asks nothing there; after, and its
    path: None where it is orphaned; problems: what is wrong with it by the new form.
    """

    kind: Kind
    question: str
    label: str
    old_path: Path
    before: Any
    path: Path | None = None
    after: Any = None
    says: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Migrated:
    """The answers by page id of the new form, and what became of each, in the old form's order.

    problems: all that the new form finds wrong with the answers as a draft.
    """

    plan: Plan
    pages: dict[str, dict[str, Any]]
    told: tuple[Told, ...]
    problems: tuple[Problem, ...]
    now_at: Callable[[Path], Path | None]
    """The path at which what stood at a path stands now: an answer, a repeat or a row; or None."""

    @cached_property
    def orphans(self) -> tuple[Told, ...]:
        """The answers that have no place any more."""
        return tuple(one for one in self.told if one.kind == "orphaned")


def apply(plan: Plan, pages: Pages) -> Migrated:
    """Move answers, which need be neither complete nor right. The order of their pages is no matter."""
    work = _Work(plan)
    order = {page.id: place for place, page in enumerate(plan.old.pages)}
    for page in sorted(pages, key=lambda page: order.get(page, len(order))):
        work.take(plan.old.answered, pages[page], (), ())
    work.lay_rows()
    for leaf in work.leaves:
        work.move(leaf)
    return work.result()


@dataclass(frozen=True)
class _Leaf:
    """One answer as it stood."""

    question: Question | None
    label: str
    rows: _Rows
    path: Path
    value: Any


class _Work:
    """One migration under way: what was taken out of the old pages, and what is laid down."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.leaves: list[_Leaf] = []
        self.told: list[Told] = []
        self.old_rows: dict[tuple[str, _Rows], list[str]] = {}  # row names by repeat and outer rows
        self.new_rows: dict[tuple[str, _Rows], list[str]] = {}
        self.ids: dict[_Rows, Any] = {}  # the `_id` of a row where it stood; None where it has none
        self.new_ids: dict[_Rows, Any] = {}
        self.located: dict[_Rows, _Rows] = {}  # where a row went
        self.laid: dict[tuple[str, _Rows], Any] = {}  # answers by question and rows

    def take(
        self,
        answered: Mapping[str, Question | Repeat],
        answers: Mapping[str, Any],
        rows: _Rows,
        above: Path,
    ) -> None:
        """Note every answer and row of one scope, in document order, and what is none after them."""
        order = {key: place for place, key in enumerate(answered)}
        for key in sorted(answers, key=lambda key: order.get(key, len(order))):
            node, value, path = answered.get(key), answers[key], (*above, key)
            if value is None or (key == "_id" and above):
                continue
            if isinstance(node, Repeat) and isinstance(value, list):
                self._take_rows(node, value, rows, path)
            elif isinstance(node, Question):
                if node.type != "calculated":
                    self.leaves.append(_Leaf(node, node.label, rows, path, value))
            else:
                label = node.label if node else key
                self.leaves.append(_Leaf(None, label, rows, path, value))

    def _take_rows(self, repeat: Repeat, value: list[Any], rows: _Rows, path: Path) -> None:
        names = self.old_rows.setdefault((repeat.id, rows), [])
        for name, row in zip(row_ids(value), value, strict=True):
            if not isinstance(row, Mapping):
                self.leaves.append(_Leaf(None, repeat.label, rows, (*path, name), row))
                continue
            names.append(name)
            here = (*rows, (repeat.id, name))
            self.ids[here] = row.get("_id")
            self.take(repeat.answered, row, here, (*path, name))

    def lay_rows(self) -> None:
        """Find the new place of every row, the outer ones first."""
        for repeat in self.plan.new.repeats.values():
            for (repeat_id, outer), names in self.old_rows.items():
                if repeat_id != repeat.id:
                    continue
                target = self._place(outer, repeat.repeats)
                if target is None:
                    continue
                self.new_rows.setdefault((repeat.id, target), []).extend(names)
                for name in names:
                    own = (repeat.id, name)
                    self.located[(*outer, own)] = (*target, own)
                    self.new_ids[(*target, own)] = self.ids[(*outer, own)]

    def move(self, leaf: _Leaf) -> None:
        """Lay down one answer in its new place, or tell of it as orphaned."""
        if leaf.question is None:
            self._orphan(leaf, ODD)
            return
        step = self.plan.by_question[leaf.question.id]
        if step.kind == "orphaned" or step.new is None:
            self._orphan(leaf, step.says)
            return
        rows = self._place(leaf.rows, step.new.repeats)
        if rows is None or (step.question, rows) in self.laid:
            self._orphan(leaf, NO_ONE_PLACE)
            return
        sides = _sides(self.plan, step.old, step.new)
        kind, after, left = _changed(sides, step, leaf.value)
        if after is not CANNOT:
            self.laid[step.question, rows] = after
            path = _path(step.new, rows)
            says = step.says if kind == "converted" else ""
            base = (kind, step.question, step.new.label, leaf.path, leaf.value)
            self.told.append(Told(*base, path, after, says))
        if left is not None:
            says = NOT_CONVERTED if step.kind == "converted" else NO_CODE
            self._orphan(leaf, says, left)

    def result(self) -> Migrated:
        """Build the pages; take back what was converted to something wrong."""
        pages = self._pages()
        problems = draft_problems(self.plan.new, _joined(pages))
        broken = {problem.path for problem in problems}
        wrong = [one for one in self.told if one.kind == "converted" and one.path in broken]
        if wrong:
            for one in wrong:
                assert one.path is not None
                del self.laid[
                    one.question, _rows_of(self.plan.new.questions[one.question], one.path)
                ]
                place = self.told.index(one)
                orphan = (one.question, self.plan.old.questions[one.question].label)
                self.told[place] = Told(
                    "orphaned", *orphan, one.old_path, one.before, says=NOT_CONVERTED
                )
            pages = self._pages()
            problems = draft_problems(self.plan.new, _joined(pages))
        says: dict[Path | None, tuple[str, ...]] = {}
        for problem in problems:
            says[problem.path] = (*says.get(problem.path, ()), problem.message)
        told = tuple(
            Told(**{**vars(one), "problems": says[one.path]}) if one.path in says else one
            for one in self.told
        )
        return Migrated(self.plan, pages, told, tuple(problems), self.now_at)

    def now_at(self, path: Path) -> Path | None:
        """Find where the place of a path is now, whether or not anything stands there."""
        was = self.plan.old.find(path)
        now = self._now(was) if was else None
        if was is None or now is None:
            return None
        rows = tuple(zip((*was.repeats, was.id), path[1::2], strict=False))
        if len(path) % 2:
            found = self._place(rows, now.repeats)
            return None if found is None else _path(now, found)
        here = self.located.get(rows)
        return None if here is None else (*_path(now, here[:-1]), here[-1][1])

    def _now(self, node: Question | Repeat) -> Question | Repeat | None:
        if isinstance(node, Repeat):
            return self.plan.new.repeats.get(node.id)
        step = self.plan.by_question.get(node.id)
        return step.new if step and step.kind != "orphaned" else None

    def _place(self, rows: _Rows, wanted: tuple[str, ...]) -> _Rows | None:
        """The rows, of the repeats wanted, where what stood in these rows belongs; None in doubt."""
        own = {repeat: rows[: depth + 1] for depth, (repeat, _name) in enumerate(rows)}
        for repeat, whole in own.items():
            if repeat not in wanted and len(self.old_rows.get((repeat, whole[:-1]), ())) != 1:
                return None
        target: _Rows = ()
        for repeat in wanted:
            if repeat in own:
                here = self.located.get(own[repeat])
                if here is None or here[:-1] != target:
                    return None
                target = here
                continue
            names = self.new_rows.get((repeat, target), [])
            if len(names) != 1:
                return None
            target = (*target, (repeat, names[0]))
        return target

    def _orphan(self, leaf: _Leaf, says: str, value: Any = None) -> None:
        before = leaf.value if value is None else value
        question = leaf.question.id if leaf.question else ""
        self.told.append(Told("orphaned", question, leaf.label, leaf.path, before, says=says))

    def _pages(self) -> dict[str, dict[str, Any]]:
        pages = {page.id: self._scope(page.answered, ()) for page in self.plan.new.pages}
        return {page: answers for page, answers in pages.items() if answers}

    def _scope(self, answered: Mapping[str, Question | Repeat], rows: _Rows) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        for key, node in answered.items():
            if isinstance(node, Repeat):
                names = self.new_rows.get((node.id, rows))
                if names:
                    answers[key] = [self._row(node, name, rows) for name in names]
            elif (node.id, rows) in self.laid:
                answers[key] = self.laid[node.id, rows]
        return answers

    def _row(self, repeat: Repeat, name: str, rows: _Rows) -> dict[str, Any]:
        here = (*rows, (repeat.id, name))
        row_id = {} if self.new_ids[here] is None else {"_id": self.new_ids[here]}
        return {**row_id, **self._scope(repeat.answered, here)}


def _changed(sides: Sides, step: Step, value: Any) -> tuple[Kind, Any, Any]:
    """What an answer becomes (CANNOT for nothing), how, and what is left over of it (None: nothing)."""
    if step.kind == "converted":
        after = conversions.convert(sides, value)
        return ("converted", after, value if after is CANNOT else None)
    if sides.new_list is None:
        return (step.kind, value, None)
    known = sides.new_list.by_code
    if not isinstance(value, list):
        offered = not isinstance(value, str) or value in known
        return (step.kind, value, None) if offered else (step.kind, CANNOT, value)
    left = [code for code in value if isinstance(code, str) and code not in known]
    if not left:
        return (step.kind, value, None)
    kept = [code for code in value if code not in left]
    return ("converted", kept or CANNOT, left)


def _sides(plan: Plan, old: Question, new: Question) -> Sides:
    return Sides(old, new, plan.old.lists.get(old.list), plan.new.lists.get(new.list))


def _path(node: Question | Repeat, rows: _Rows) -> Path:
    return tuple(_turns(node.path_keys, [name for _repeat, name in rows]))


def _turns(keys: Path, names: list[str]) -> Iterator[str]:
    for place, key in enumerate(keys):
        yield key
        if place < len(names):
            yield names[place]


def _rows_of(question: Question, path: Path) -> _Rows:
    return tuple(zip(question.repeats, path[1::2], strict=True))


def _joined(pages: Pages) -> dict[str, Any]:
    return {key: value for answers in pages.values() for key, value in answers.items()}
