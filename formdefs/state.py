"""What a form comes to with some answers: what shows, what is required, what is worked out. Pure.

Linear in nodes and rows: every node is looked at once in each row, in the order that the published
rules document gives, so that whatever a rule reads is settled before it. Hidden means null to all
later rules. A `visible` rule that is refused or fails shows the question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from formdefs import answer_types, values
from formdefs.codelists import Entry
from formdefs.form import Form, Item, Page, Path, Question, Repeat
from formdefs.places import Answers, rows
from formdefs.rules import RuleError, evaluate

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Scope:
    """The form level, or one row: its path, its row ids, and what rules see, outermost first."""

    path: Path
    row_ids: Path
    views: tuple[dict[str, Any], ...]


class State:
    """What shows and what is worth what; paths are those of `Form.at`, with row ids.

    order: paths of every question and repeat in every row, in document order, hidden ones too.
    """

    def __init__(self, form: Form, answers: Answers, facts: Facts) -> None:
        self.form = form
        self.answers = answers
        self.facts = facts
        self._shown: dict[Path, bool] = {}  # by node id and row ids
        self._visible: dict[Path, bool] = {}  # by path, for what holds an answer
        self._values: dict[Path, Any] = {}
        self._scopes: dict[Path, Scope] = {}
        self._standing: dict[tuple[str, ...], list[Scope]] = {}
        self._open(form.answered, answers, (), Scope((), (), ()))
        self.order = tuple(self._values)
        for node_id in form.rules["order"]:
            self._settle(form.nodes[node_id])

    def visible(self, path: Path) -> bool:
        """Say whether the question or repeat shows, itself and all that holds it."""
        known = self._visible.get(path)
        if known is not None:
            return known
        node = self.form.at(path)  # a row's own path, or one that the answers do not have
        return self.shows(node.id, path[1 : 2 * len(node.repeats) : 2])

    def standing(self, repeats: tuple[str, ...]) -> Sequence[Scope]:
        """Return the form level, or every row of the innermost of these repeats, by their ids."""
        return self._standing.get(repeats, ())

    def shows(self, node_id: str, row_ids: Path = ()) -> bool:
        """Say the same of any node, by its id and the ids of the rows that it stands in."""
        return self._shown.get((node_id, *row_ids), False)

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

        Codes that are not in force are among them, and what is chosen may not be.
        """
        question = self.form.questions[self.form.at(path).id]
        entries = self.form.lists[question.list].entries
        scope = self._scopes.get(path[:-1])
        if question.options is True or scope is None:
            return entries
        return tuple(e for e in entries if _offers(question.options, e, scope, self.facts))

    def value(self, path: Path) -> Any:
        """Return the answer as it counts: worked out if calculated, None if hidden or missing."""
        return self._values.get(path) if self.visible(path) else None

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
        scope = self._scopes.get(row)
        return None if scope is None else _evaluated(rule, scope, self.facts)

    def _decided(self, path: Path, part: str) -> bool:
        return self.visible(path) and self._holds(path, part)

    def _holds(self, path: Path, part: str) -> bool:
        decided = getattr(self.form.at(path), part, False)
        if not decided:
            return False
        return decided is True or values.truthy(self.rule(decided, path[:-1]))

    def _open(
        self,
        answered: Mapping[str, Question | Repeat],
        answers: Answers,
        repeats: tuple[str, ...],
        above: Scope,
    ) -> dict[str, Any]:
        """Note one scope with its typed answers, and the rows inside it; return its view."""
        view: dict[str, Any] = {"_id": above.row_ids[-1]} if above.row_ids else {}
        scope = Scope(above.path, above.row_ids, (*above.views, view))
        self._scopes[scope.path] = scope
        self._standing.setdefault(repeats, []).append(scope)
        for key, node in answered.items():
            value, path = answers.get(key), (*scope.path, key)
            if isinstance(node, Repeat):
                self._values[path] = value
                for row_id, row in rows(value):
                    here = Scope((*path, row_id), (*scope.row_ids, row_id), scope.views)
                    opened = self._open(node.answered, row, (*repeats, node.id), here)
                    view.setdefault(key, []).append(opened)
            elif node.type == "calculated":
                self._values[path] = None
            else:
                self._values[path] = value
                if value is not None:
                    view[key] = values.typed(node.rules_as, value)
        return view

    def _settle(self, node: Page | Item) -> None:
        """Decide in every scope where the node stands whether it shows and what it is worth."""
        parent = None if isinstance(node, Page) else self.form.nodes[node.parent]
        for scope in self._standing.get(node.repeats, ()):
            shows = parent is None or self.shows(parent.id, scope.row_ids[: len(parent.repeats)])
            shows = shows and _shows(node.visible, scope, self.facts)
            self._shown[(node.id, *scope.row_ids)] = shows
            if not isinstance(node, Question | Repeat):
                continue
            self._visible[(*scope.path, node.key)] = shows
            if not shows:
                scope.views[-1].pop(node.key, None)
            elif isinstance(node, Question) and node.type == "calculated":
                result = _evaluated(node.value, scope, self.facts)
                worth = answer_types.from_rules(node.raw, result)
                self._values[(*scope.path, node.key)] = worth
                if worth is not None:
                    scope.views[-1][node.key] = values.typed(node.rules_as, worth)


def evaluate_form(form: Form, answers: Answers, facts: Facts) -> State:
    """Work out the form over the answers, which need not be complete or even right."""
    return State(form, answers, facts)


def _shows(visible: Any, scope: Scope, facts: Facts) -> bool:
    if isinstance(visible, bool):
        return visible
    try:
        answers, *outer = scope.views
        return values.truthy(evaluate(visible, answers, outer, facts))
    except RuleError:
        return True  # better a question too many than one that nobody sees


def _offers(options: Any, entry: Entry, scope: Scope, facts: Facts) -> bool:
    if isinstance(options, bool):
        return options
    try:
        answers, *outer = scope.views
        return values.truthy(evaluate(options, answers, (*outer, entry.as_option), facts))
    except RuleError:
        return True  # better a choice too many than one that nobody can make


def _evaluated(rule: Any, scope: Scope, facts: Facts) -> Any:
    try:
        answers, *outer = scope.views
        return evaluate(rule, answers, outer, facts)
    except RuleError:
        return None


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
