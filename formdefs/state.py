"""What a form comes to with some answers: what shows, what is required, what is worked out. Pure.

Linear in nodes and rows: every node is looked at once in each row, in the order that the published
rules document gives, so that whatever a rule reads is settled before it. Hidden means null to all
later rules. A `visible` rule that is refused or fails shows the question. After one change only what
depends on it is looked at again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from heapq import heapify, heappop, heappush
from itertools import zip_longest
from typing import Any

from formdefs import answer_types, values
from formdefs.codelists import Entry
from formdefs.form import Form, Path, Question, Repeat
from formdefs.nodes import Check
from formdefs.places import Answers, rows
from formdefs.plan import Planned, holds, worth
from formdefs.rules import Run

Facts = Mapping[str, Any]

_NOTHING = object()  # what a key is worth that rules do not see


class Scope:
    """The form level, or one row: what is answered there, and what of it rules see.

    path, row_ids: as those of `State`; views: what rules see, from the outermost scope in, this one
    last; shown: by node id; answers: by key, hidden ones too; inner: rows by repeat id and row id.
    """

    __slots__ = ("above", "answers", "inner", "path", "row_ids", "shown", "views")

    def __init__(self, path: Path, row_ids: Path, above: "Scope | None") -> None:
        self.path = path
        self.row_ids = row_ids
        self.above = above
        view: dict[str, Any] = {"_id": row_ids[-1]} if row_ids else {}
        self.views: list[Any] = [*above.views, view] if above else [view]
        self.shown: dict[str, bool] = {}
        self.answers: dict[str, Any] = {}
        self.inner: dict[str, dict[str, Scope]] = {}


class State:
    """What shows and what is worth what; paths are those of `Form.at`, with row ids."""

    def __init__(self, form: Form, answers: Answers, facts: Facts) -> None:
        self.form = form
        self.answers = answers
        self.facts = facts
        self._order: tuple[Path, ...] | None = None
        self._top = Scope((), (), None)
        standing: dict[tuple[str, ...], list[Scope]] = {(): [self._top]}
        _open(self._top, form.answered, answers, standing)
        for planned in form.plan:
            for scope in standing.get(planned.node.repeats, ()):
                self._settle(planned, scope)

    @property
    def order(self) -> tuple[Path, ...]:
        """Paths of every question and repeat in every row, in document order, hidden ones too."""
        if self._order is None:
            self._order = tuple(_paths(self.form.answered, self._top))
        return self._order

    def visible(self, path: Path) -> bool:
        """Say whether the question or repeat shows, itself and all that holds it."""
        node = self.form.at(path)
        return self.shows(node.id, path[1 : 2 * len(node.repeats) : 2])

    def shows(self, node_id: str, row_ids: Path = ()) -> bool:
        """Say the same of any node, by its id and the ids of the rows that it stands in."""
        if not row_ids:
            return self._top.shown.get(node_id, False)
        node = self.form.nodes.get(node_id)
        if node is None or len(node.repeats) != len(row_ids):
            return False
        return any(scope.shown.get(node_id) for scope in self._scopes(node.repeats, row_ids))

    def required(self, path: Path) -> bool:
        """Say whether an answer must be given: it shows, and its rule asks for it."""
        return self._decided(path, "required")

    def readonly(self, path: Path) -> bool:
        """Say whether the answer shows but may not be typed."""
        return self._decided(path, "readonly")

    def locked(self, path: Path) -> bool:
        """Say whether the answer may not be typed, though it may not even show."""
        return self._holds(path, "readonly")

    def default(self, question: Question, row: Path = ()) -> Any:
        """Return what a question begins with at form level or in the row at a path; None if empty."""
        value = question.default
        if isinstance(value, Mapping):
            return answer_types.from_rules(question.raw, self.rule(value, row))
        return value

    def offered(self, path: Path) -> tuple[Entry, ...]:
        """Return the entries of a question's list that its `options` rule keeps, in their order.

        Codes that are not in force are among them, and what is chosen may not be. A refused rule
        keeps all: better a choice too many than one that nobody can make.
        """
        question = self.form.questions[self.form.at(path).id]
        entries = self.form.lists[question.list].entries
        keeps = self.offers(path)
        return entries if keeps is None else tuple(entry for entry in entries if keeps(entry))

    def offers(self, path: Path) -> Callable[[Entry], bool] | None:
        """Return what says whether a question's `options` rule keeps an entry; None if it keeps all."""
        question = self.form.questions[self.form.at(path).id]
        scope = self._scope(path[:-1])
        if question.options is True or scope is None:
            return None
        keeps, views = holds(question.options, refused=True), scope.views
        return lambda entry: keeps(Run([*views, entry.as_option], self.facts))

    def value(self, path: Path) -> Any:
        """Return the answer as it counts: worked out if calculated, None if hidden or missing."""
        scope = self._scope(path[:-1]) if self.visible(path) else None
        return scope.answers.get(path[-1]) if scope else None

    def row_title(self, path: Path) -> str:
        """Return what the repeat's `row_title` gives for the row at a path, "" if nothing."""
        repeat = self.form.at(path[:-1])
        rule = repeat.row_title if isinstance(repeat, Repeat) else None
        title = self.rule(rule, path)
        if isinstance(title, str):
            return title
        number = values.number(title)
        return "" if number is None else values.number_text(number)

    def rule(self, rule: Any, row: Path = ()) -> Any:
        """Evaluate a rule at form level or in the row at a path; None if it is refused."""
        scope = self._scope(row)
        return None if scope is None else worth(rule)(Run(scope.views, self.facts))

    def places_of(self, check: Check) -> list[Path]:
        """Return where a check is made: the paths of its question or repeat that show."""
        found = [(*scope.path, check.key) for scope in self._scopes(check.repeats, ())]
        return [path for path in found if self.visible(path)]

    def wrong(self, check: Check, path: Path) -> bool:
        """Say whether a check finds something wrong, at one of its places."""
        return values.truthy(self.rule(check.when, path[:-1]))

    def views(self, row: Path) -> Sequence[Any]:
        """Return what rules see at form level or in a row: the form's answers, then row by row."""
        scope = self._scope(row)
        return scope.views if scope else ()

    def standing(self, repeats: tuple[str, ...]) -> Sequence[Scope]:
        """Return the form level, or every row of the innermost of these repeats, by their ids."""
        return self._scopes(repeats, ())

    def change(self, path: Path, answer: Any) -> None:
        """Put one answer in place of another, here, and work out again only what depends on it.

        The answer of a repeat is all its rows. Raises KeyError where the form asks nothing, or there
        is no such row.
        """
        node, scope = self.form.at(path), self._scope(path[:-1])
        if scope is None:
            raise KeyError(".".join(path))
        again = {self.form.planned[node.id].place: {scope.row_ids}}
        if isinstance(node, Repeat):
            self._order = None
            _open_rows(scope, node, answer, {})
            inside = (p for p in self.form.plan if node.id in p.node.repeats)
            again |= {planned.place: {scope.row_ids} for planned in inside}
        elif node.type != "calculated":
            scope.answers[node.key] = answer
        if "reads" not in self.form.rules:
            again = {planned.place: {()} for planned in self.form.plan}
        self._settle_again(again)

    def _settle_again(self, again: dict[int, set[Path]]) -> None:
        """Settle nodes by their place in the order, in the rows that lie in those named."""
        places = [*again]
        heapify(places)
        while places:
            planned = self.form.plan[place := heappop(places)]
            outer = again.pop(place)
            for row_ids in [()] if () in outer else outer:
                for scope in self._scopes(planned.node.repeats, row_ids):
                    if not self._settle(planned, scope):
                        continue
                    for later, depth in planned.waiting:
                        if later not in again:
                            again[later] = set()
                            heappush(places, later)
                        again[later].add(scope.row_ids[:depth])

    def _settle(self, planned: Planned, scope: Scope) -> bool:
        """Decide whether a node shows in a scope and what it is worth; say whether that is new."""
        node, view, shows = planned.node, scope.views[-1], planned.visible
        if planned.holder:
            holding = scope.above if planned.inside else scope
            if not holding or not holding.shown[planned.holder]:
                shows = False
        if not isinstance(shows, bool):
            shows = shows(Run(scope.views, self.facts))
        before = scope.shown.get(node.id)
        scope.shown[node.id] = shows
        if not isinstance(node, Question | Repeat):
            return before is not shows
        key = node.key
        known = view.get(key, _NOTHING)
        if isinstance(node, Repeat):
            rows_now = [row.views[-1] for row in scope.inner[node.id].values()] if shows else []
            if known is not _NOTHING and [*map(id, known)] == [*map(id, rows_now)]:
                return before is not shows
            view.pop(key, None)
            if rows_now:
                view[key] = rows_now
            return before is not shows or known is not _NOTHING or bool(rows_now)
        if planned.value is not None:
            result = planned.value(Run(scope.views, self.facts)) if shows else None
            scope.answers[key] = answer_types.from_rules(node.raw, result)
        answer = scope.answers[key] if shows else None
        now = _NOTHING if answer is None else values.typed(node.rules_as, answer)
        if now is _NOTHING:
            view.pop(key, None)
        else:
            view[key] = now
        return before is not shows or type(known) is not type(now) or known != now

    def _decided(self, path: Path, part: str) -> bool:
        return self._holds(path, part) and self.visible(path)

    def _holds(self, path: Path, part: str) -> bool:
        decided = getattr(self.form.at(path), part, False)
        if isinstance(decided, bool):
            return decided
        return values.truthy(self.rule(decided, path[:-1]))

    def _scope(self, row: Path) -> Scope | None:
        """Find the form level or the row at a path."""
        scope: Scope | None = self._top
        answered = self.form.answered
        for key, row_id in zip(row[::2], row[1::2], strict=False):
            node = answered.get(key)
            if not isinstance(node, Repeat) or scope is None:
                return None
            scope = scope.inner[node.id].get(row_id)
            answered = node.answered
        return scope

    def _scopes(self, repeats: tuple[str, ...], row_ids: Path) -> list[Scope]:
        """Find the rows of nested repeats that lie in the rows named, from the outermost in."""
        found = [self._top]
        for repeat, row_id in zip_longest(repeats, row_ids):
            if row_id is None:
                found = [row for scope in found for row in scope.inner[repeat].values()]
            else:
                found = [
                    scope.inner[repeat][row_id] for scope in found if row_id in scope.inner[repeat]
                ]
        return found


def _open(
    scope: Scope,
    answered: Mapping[str, Question | Repeat],
    answers: Answers,
    standing: dict[tuple[str, ...], list[Scope]],
) -> None:
    """Note the answers of one scope, as typed, and open the rows inside it."""
    for key, node in answered.items():
        if isinstance(node, Repeat):
            _open_rows(scope, node, answers.get(key), standing)
        else:
            scope.answers[key] = None if node.type == "calculated" else answers.get(key)


def _open_rows(
    scope: Scope, repeat: Repeat, answer: Any, standing: dict[tuple[str, ...], list[Scope]]
) -> None:
    scope.answers[repeat.key] = answer
    inner = scope.inner[repeat.id] = {}
    repeats = (*repeat.repeats, repeat.id)
    for row_id, row in rows(answer):
        here = Scope((*scope.path, repeat.key, row_id), (*scope.row_ids, row_id), scope)
        inner[row_id] = here
        standing.setdefault(repeats, []).append(here)
        _open(here, repeat.answered, row, standing)


def _paths(answered: Mapping[str, Question | Repeat], scope: Scope) -> Iterator[Path]:
    for key, node in answered.items():
        yield (*scope.path, key)
        if isinstance(node, Repeat):
            for row in scope.inner[node.id].values():
                yield from _paths(node.answered, row)


def evaluate_form(form: Form, answers: Answers, facts: Facts) -> State:
    """Work out the form over the answers, which need not be complete or even right."""
    return State(form, answers, facts)


def effective(form: Form, answers: Answers, facts: Facts) -> dict[str, Any]:
    """Return the answers that count: nothing hidden or empty, calculated ones filled in."""
    return effective_in(evaluate_form(form, answers, facts))


def effective_in(state: State) -> dict[str, Any]:
    """Return the same from a state that has been worked out."""
    return _effective(state, state.form.answered, ())


def _effective(
    state: State, answered: Mapping[str, Question | Repeat], above: Path
) -> dict[str, Any]:
    counted: dict[str, Any] = {}
    for key, node in answered.items():
        path = (*above, key)
        value = state.value(path)
        if isinstance(node, Repeat):
            value = [
                {"_id": row_id, **_effective(state, node.answered, (*path, row_id))}
                for row_id, _row in rows(value)
            ]
        value = without_empty(value)
        if value is not None:
            counted[key] = value
    return counted


def without_empty(value: Any, deepest: int = 40) -> Any:
    """Drop nulls, blank text, and lists and objects left empty, at any depth; None if all is.

    Rows keep their `_id`, so a row that somebody added stays. What nests deeper than any answer can
    is left as it is, for the schema to refuse.
    """
    if isinstance(value, str):
        return value if value.strip() else None
    if deepest == 0:
        return value
    if isinstance(value, Mapping):
        kept = {key: without_empty(part, deepest - 1) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part is not None} or None
    if isinstance(value, list | tuple):
        parts = [without_empty(part, deepest - 1) for part in value]
        return [part for part in parts if part is not None] or None
    return value


def facts_for(today: date, calendars: Mapping[str, Any], lists: Mapping[str, Any]) -> Facts:
    """Return what rules know besides answers: the day, calendars by name, and code lists."""
    return {"today": today.isoformat(), "calendars": calendars, "lists": lists}
