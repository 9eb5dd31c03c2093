"""Which rules and options of a form its author's tests touch, and which they do not. Pure.

A rule is covered when the tests saw all that can come of it: a condition true and false, each part
of `and` and `or` decide alone, each branch of `if` chosen, and of a worked-out answer a value.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from formdefs import tree
from formdefs.form import Form, Item, Page, Question
from formdefs.places import places
from formdefs.rules import NO_FACTS, RuleError, evaluate
from formdefs.rules_check import ITERATING
from formdefs.rules_shape import children, operation
from formdefs.state import Facts, Scope, State
from formdefs.values import truthy

TRUE, FALSE, GIVEN, DECIDES, CHOSEN = "true", "false", "given", "decides", "chosen"
_CONDITIONS = ("visible", "required", "readonly", "options", "when")
_MOST_ITEMS = 50  # of one list that are looked at in one test

T = TypeVar("T")
Goal = tuple[str, str]  # JSON Pointer into the rule, and what has to be seen there


@dataclass(frozen=True)
class RuleCovered:
    """A rule, and what no test saw of it. node: id of its question or check."""

    node: str
    part: str
    goals: int
    untouched: tuple[Goal, ...]


@dataclass(frozen=True)
class OptionsCovered:
    """A question with a list, and the codes that no test chose."""

    question: str
    codes: int
    untouched: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    """What the tests touch, in document order, checks last."""

    rules: tuple[RuleCovered, ...]
    options: tuple[OptionsCovered, ...]

    @property
    def covered(self) -> int:
        """How many rules are covered."""
        return sum(not rule.untouched for rule in self.rules)

    @property
    def chosen(self) -> int:
        """How many options are chosen by a test."""
        return sum(one.codes - len(one.untouched) for one in self.options)

    @property
    def offered(self) -> int:
        """How many options there are."""
        return sum(one.codes for one in self.options)


def coverage(form: Form, states: Sequence[State]) -> Coverage:
    """Say what of a form was seen in these states, one for each test that was run."""
    seen: dict[tuple[str, str], set[Goal]] = {}
    chosen: dict[str, set[str]] = {}
    for state in states:
        _see_rules(form, state, seen)
        _see_options(state, chosen)
    return Coverage(
        tuple(
            RuleCovered(node, part, len(wanted), tuple(_missing(wanted, seen.get((node, part)))))
            for node, part, rule in _rules(form)
            if (wanted := goals(rule, condition=part in _CONDITIONS))
        ),
        tuple(
            OptionsCovered(question.id, len(known), tuple(_missing(known, chosen.get(question.id))))
            for question in form.questions.values()
            if question.list and (known := list(form.lists[question.list].by_code))
        ),
    )


def goals(rule: object, *, condition: bool) -> list[Goal]:
    """List what there is to see of a rule."""
    own = [("", TRUE), ("", FALSE)] if condition else [("", GIVEN)]
    return [*own, *_goals(rule, "")]


def _goals(rule: object, at: str) -> Iterator[Goal]:
    found = operation(rule)
    parts = [(at + where, part) for where, part in children(rule)]
    if found and found[0] in ("and", "or") and len(parts) > 1:
        yield from ((place, DECIDES) for place, _ in parts)
    if found and found[0] == "if" and len(parts) > 1:
        yield from ((place, CHOSEN) for place in _outcomes(at, [place for place, _ in parts]))
    for place, part in parts:
        yield from _goals(part, place)


def _outcomes(at: str, places: Sequence[str]) -> list[str]:
    """Return where the outcomes of an `if` stand; the `if` itself for an `else` that is not there."""
    return [*places[1::2], places[-1] if len(places) % 2 else at]


def _missing(wanted: Sequence[T], seen: set[T] | None) -> Iterator[T]:
    return (one for one in wanted if one not in (seen or ()))


def _rules(form: Form) -> Iterator[tuple[str, str, Any]]:
    ruled = form.rules["nodes"]
    for node_id in form.nodes:
        for part in tree.RULED:
            if tree.is_rule(rule := ruled.get(node_id, {}).get(part)):
                yield node_id, part, rule
    for check in form.rules["checks"]:
        yield check["id"], "when", check["when"]


def _see_options(state: State, chosen: dict[str, set[str]]) -> None:
    for path, node, _ in places(state.form, state.answers):
        value = state.value(path)
        if isinstance(node, Question) and node.list and value is not None:
            codes = value if isinstance(value, list) else [value]
            chosen.setdefault(node.id, set()).update(c for c in codes if isinstance(c, str))


def _see_rules(form: Form, state: State, seen: dict[tuple[str, str], set[Goal]]) -> None:
    for node_id, part, rule in _rules(form):
        met = seen.setdefault((node_id, part), set())
        trace = _Trace(state.facts, met)
        for views in _asked(form, state, node_id, part):
            trace.root(rule, views, condition=part in _CONDITIONS)


Views = tuple[Any, ...]  # what a rule reads, the form's answers first


def _asked(form: Form, state: State, node_id: str, part: str) -> Iterator[Views]:
    """Yield every place where a rule counts: where its question, or what holds it, shows."""
    if part == "when":
        check = next(check for check in form.checks if check.id == node_id)
        yield from (tuple(state.views(path[:-1])) for path in state.places_of(check))
        return
    node = form.nodes[node_id]
    repeats = (*node.repeats, node.id) if part == "row_title" else node.repeats
    for scope in state.standing(repeats):
        if not _counts(form, state, node, scope, part):
            continue
        if part == "options" and isinstance(node, Question):
            for entry in form.lists[node.list].entries:
                yield (*scope.views, entry.as_option)
        else:
            yield tuple(scope.views)


def _counts(form: Form, state: State, node: Page | Item, scope: Scope, part: str) -> bool:
    holder = node
    if part == "visible":
        if isinstance(node, Page):
            return True
        holder = form.nodes[node.parent]
    return state.shows(holder.id, scope.row_ids[: len(holder.repeats)])


@dataclass
class _Trace:
    """Goes through a rule as the evaluator would, and notes the goals that it meets."""

    facts: Facts
    met: set[Goal]

    def root(self, rule: object, views: Views, *, condition: bool) -> None:
        value = self._value(rule, views)
        if condition:
            self.met.add(("", TRUE if truthy(value) else FALSE))
        elif value is not None:
            self.met.add(("", GIVEN))
        self._inside(rule, "", views)

    def _value(self, rule: object, views: Views) -> Any:
        try:
            answers, *scope = views
            return evaluate(rule, answers, scope, self.facts or NO_FACTS)
        except RuleError:
            return None

    def _inside(self, rule: object, at: str, views: Views) -> None:
        found = operation(rule)
        name = found[0] if found else ""
        parts = [(at + where, part) for where, part in children(rule)]
        if name in ("and", "or"):
            self._joined(parts, views, decides=name == "or")
        elif name == "if":
            self._branches(at, parts, views)
        elif name in ITERATING and parts:
            self._items(name, parts, views)
        else:
            for place, part in parts:
                self._inside(part, place, views)

    def _joined(self, parts: list[tuple[str, object]], views: Views, *, decides: bool) -> None:
        for place, part in parts:
            self._inside(part, place, views)
            if truthy(self._value(part, views)) == decides:
                self.met.add((place, DECIDES))
                break

    def _branches(self, at: str, parts: list[tuple[str, object]], views: Views) -> None:
        for (place, condition), (chosen, outcome) in list(pairwise(parts))[::2]:
            self._inside(condition, place, views)
            if truthy(self._value(condition, views)):
                self.met.add((chosen, CHOSEN))
                self._inside(outcome, chosen, views)
                return
        if len(parts) % 2:
            place, otherwise = parts[-1]
            self._inside(otherwise, place, views)
            self.met.add((place, CHOSEN))
        else:
            self.met.add((at, CHOSEN))

    def _items(self, name: str, parts: list[tuple[str, object]], views: Views) -> None:
        (place, over), *rest = parts
        self._inside(over, place, views)
        items = self._value(over, views)
        total = self._value(rest[1][1], views) if len(rest) > 1 else None
        for item in items[:_MOST_ITEMS] if isinstance(items, list) and rest else ():
            at, each = rest[0]
            inner = {"current": item, "accumulator": total} if name == "reduce" else item
            self._inside(each, at, (*views, inner))
            if name == "reduce":
                total = self._value(each, (*views, inner))
        for at, start in rest[1:]:
            self._inside(start, at, views)
