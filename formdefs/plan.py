"""How a form is worked out: its nodes in order, their rules made ready, and who waits for whom. Pure.

Made once for each loaded form. Documents of versions that were published before `reads` was stored
have none: their forms are worked out whole after every change.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from formdefs.nodes import Item, Page, Question, Repeat
from formdefs.rules import RuleError, Run, compiled
from formdefs.values import truthy

_RESULTS = ("visible", "value")

Holds = Callable[[Run], bool]


@dataclass(frozen=True, eq=False)
class Planned:
    """One node, as it is worked out.

    place: its place in the order; holder: id of what holds it, "" for a page; inside: whether that
    is the repeat whose row the node stands in; visible: True, False, or how to find out; value: how
    a calculated question is worked out; waiting: who is worked out after it: the place of each, and
    how many of the rows around this node the two have in common.
    """

    node: Page | Item
    place: int
    holder: str
    inside: bool
    visible: bool | Holds
    value: Callable[[Run], Any] | None
    waiting: tuple[tuple[int, int], ...]


def planned(nodes: Mapping[str, Page | Item], rules: Mapping[str, Any]) -> tuple[Planned, ...]:
    """Return the plan of every node, in the order in which they are worked out.

    nodes: those of a form by id; rules: its compiled document.
    """
    order = [node_id for node_id in rules["order"] if node_id in nodes]
    places = {node_id: place for place, node_id in enumerate(order)}
    waiting: dict[str, dict[tuple[int, int], None]] = {node_id: {} for node_id in order}
    for reader, read, depth in _waits(nodes, rules.get("reads", {})):
        waiting[read][(places[reader], depth)] = None
    steps = []
    for node_id in order:
        node = nodes[node_id]
        holder = "" if isinstance(node, Page) else node.parent
        inside = bool(holder) and isinstance(nodes[holder], Repeat)
        value = (
            worth(node.value) if isinstance(node, Question) and node.type == "calculated" else None
        )
        visible = node.visible if isinstance(node.visible, bool) else holds(node.visible, True)
        later = tuple(sorted(waiting[node_id]))
        steps.append(Planned(node, places[node_id], holder, inside, visible, value, later))
    return tuple(steps)


def _waits(
    nodes: Mapping[str, Page | Item], reads: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, int]]:
    """Yield who waits for whom, and how many rows around what is waited for both stand in."""
    within: dict[str, list[str]] = {}
    for node in nodes.values():
        for repeat in node.repeats:
            within.setdefault(repeat, []).append(node.id)
        if not isinstance(node, Page):
            yield node.id, node.parent, len(nodes[node.parent].repeats)
    for reader, parts in reads.items():
        if reader not in nodes:
            continue  # a check: nobody waits for it
        for read in {read: None for part in _RESULTS for read in parts.get(part, ())}:
            depth = len(nodes[read].repeats)
            for one in (read, *within.get(read, ())):
                yield reader, one, depth


def holds(rule: Any, refused: bool) -> Holds:
    """Make a rule ready that decides something; `refused`: what a refused one decides."""

    def decided(run: Run) -> bool:
        depth = len(run.scopes)
        try:
            return truthy(step(run))
        except RuleError:
            del run.scopes[depth:]
            return refused

    try:
        step = compiled(rule)
    except RuleError:
        return lambda _run: refused
    return decided


def worth(rule: Any) -> Callable[[Run], Any]:
    """Make a rule ready that gives a value: None if it is refused."""

    def worked_out(run: Run) -> Any:
        depth = len(run.scopes)
        try:
            return step(run)
        except RuleError:
            del run.scopes[depth:]
            return None

    try:
        step = compiled(rule)
    except RuleError:
        return lambda _run: None
    return worked_out
