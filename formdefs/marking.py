"""Which marks lie on what a form asks, by the form itself. Pure.

A mark says where something comes from (the police, somebody else's life) and so limits who may see
it. A section or repeat gives its mark to all that it holds. What is worked out from a marked answer,
or begins with one, carries the same mark: a sum or a copied name tells as much as what it is made of.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from formdefs.nodes import Item, Question, Repeat, Section, all_items
from formdefs.rules import references

if TYPE_CHECKING:
    from formdefs.form import Form

_COPYING = ("value", "default")


@dataclass(frozen=True)
class Held:
    """One mark on a node, and the node whose definition says so."""

    mark: str
    holder: str


def marks(form: "Form") -> dict[str, tuple[Held, ...]]:
    """Return the marks of every question and repeat by its id; () for one without."""
    own: dict[str, tuple[Held, ...]] = {}
    for node in form.nodes.values():
        above = own.get(getattr(node, "parent", ""), ())
        mark = getattr(node, "mark", "")
        held = Held(mark, node.id)
        own[node.id] = (*above, held) if mark else above
    found = {}
    for node in _answered(form):
        read = (held for node_id in sorted(form.reads[node.id]) for held in own[node_id])
        found[node.id] = tuple(dict.fromkeys((*own[node.id], *read)))
    return found


def reads(form: "Form") -> dict[str, frozenset[str]]:
    """Return for every question the ids of all that its answer is made of, near or far."""
    direct = {
        node.id: frozenset().union(*(read_by(form, getattr(node, p, None), node) for p in _COPYING))
        for node in _answered(form)
    }
    return {node_id: _far(node_id, direct) for node_id in direct}


def read_by(form: "Form", rule: Any, node: Item, *, inside: bool = False) -> frozenset[str]:
    """Return the ids of the questions and repeats that a rule of a node reads; of a repeat, all in it.

    inside: the rule is evaluated in a row of the repeat `node`, as its row title is.
    """
    if not isinstance(rule, Mapping):
        return frozenset()
    scope = _scope(form, node, inside=inside)
    found: set[str] = set()
    for path in references(rule):
        found |= _named(form, path.split(".")[0], scope)
    return frozenset(found)


def _answered(form: "Form") -> Iterator[Question | Repeat]:
    return (node for node in form.nodes.values() if isinstance(node, Question | Repeat))


def _scope(form: "Form", node: Item, *, inside: bool) -> tuple[Repeat, ...]:
    """The repeats around a rule, from the outermost in."""
    repeats = tuple(form.repeats[repeat_id] for repeat_id in node.repeats)
    return (*repeats, node) if inside and isinstance(node, Repeat) else repeats


def _named(form: "Form", key: str, scope: tuple[Repeat, ...]) -> set[str]:
    """What a key means in a scope: of the innermost repeat that has it; "" is all of the innermost.

    Keys of the rows that a rule goes through itself mean nothing here: their repeat is read.
    """
    if not key:
        items = scope[-1].items if scope else tuple(i for p in form.pages for i in p.items)
        return {item.id for item in all_items(items) if isinstance(item, Question | Repeat)}
    for answered in (*(repeat.answered for repeat in reversed(scope)), form.answered):
        if node := answered.get(key):
            return {node.id, *_within(node)}
    return set()


def _within(node: Question | Repeat | Section) -> Iterator[str]:
    if isinstance(node, Repeat):
        yield from (i.id for i in all_items(node.items) if isinstance(i, Question | Repeat))


def _far(node_id: str, direct: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [node_id]
    while waiting:
        new = direct[waiting.pop()] - found
        found |= new
        waiting += new
    return frozenset(found)
