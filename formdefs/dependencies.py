"""What of a form is worked out after what: the names rules may use, who reads whom, the circles. Pure.

A node's *result* is whether it shows and what it is worth to rules. It waits for the node that
holds it, and for all that its `visible` and `value` rules read; to read a repeat is to read all in
it. `required`, `readonly`, `default`, `options` and `row_title` change no result, so they wait for
nothing: "phone is required when email is empty" and the reverse are no circle. An answer that
`options` no longer offers counts until a submission refuses it, so it is a result all the same.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from formdefs import answer_types, tree
from formdefs.rules import Names, references

_WAITED_FOR = ("visible", "value")
OPTION = "option"  # the one name of the entry that an `options` rule is asked about

Reads = dict[str, dict[str, list[str]]]


def names(definition: Mapping[str, Any]) -> Names:
    """Return the question and repeat keys of every scope, with their name-types."""
    answered = [node for node in tree.walk(definition) if node.holds_answer and node.key]
    return _names(answered, ())


def _names(answered: list[tree.Node], scope: tuple[str, ...]) -> Names:
    here = [node for node in answered if node.scope == scope]
    return Names(
        questions={node.key: _name_type(node.raw) for node in here if node.kind == "question"},
        repeats={
            node.key: _names(answered, node.path_keys) for node in here if node.kind == "repeat"
        },
    )


def _name_type(question: Mapping[str, Any]) -> str:
    known = answer_types.TYPES.get(str(question.get("result", question.get("type"))))
    return known.rules_as if known else "text"


def order(definition: Mapping[str, Any]) -> list[str]:
    """Return the ids of all nodes, each after what it waits for.

    Raises ValueError if there is a circle.
    """
    try:
        return list(TopologicalSorter(_waits(definition)).static_order())
    except CycleError as circle:
        raise ValueError("rules depend on each other in a circle") from circle


def circles(definition: Mapping[str, Any]) -> Iterator[list[str]]:
    """Yield each circle of nodes that wait for each other, as ids in the order of waiting."""
    waits = {node_id: list(earlier) for node_id, earlier in _waits(definition).items()}
    while True:
        try:
            TopologicalSorter(waits).prepare()
        except CycleError as found:
            # graphlib names the circle from a node to the one that waits for it, first = last.
            ids: list[str] = found.args[1][::-1]
            yield ids[:-1]
            waits[ids[0]].remove(ids[1])  # open it here, to find the next
        else:
            return


def reads(definition: Mapping[str, Any]) -> Reads:
    """Return for every node and check with rules, by part, the questions and repeats it reads.

    They are ids, each in the scope of the reader or outside it. A repeat stands for all in it.
    """
    nodes = list(tree.walk(definition))
    by_path = {node.path_keys: node for node in nodes if node.holds_answer}
    found: Reads = {}
    for node in nodes:
        for part in tree.RULED:
            scope = node.path_keys if part == "row_title" else node.scope
            ids = list(_read(node.raw.get(part), part, scope, by_path))
            if ids:
                found.setdefault(node.id, {})[part] = ids
    for check in _checks(definition):
        ids = list(_read(check.get("when"), "when", tree.scope_of_check(check), by_path))
        if ids:
            found[str(check.get("id"))] = {"when": ids}
    return found


def _checks(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    given = definition.get("checks")
    return (c for c in (given if isinstance(given, list) else ()) if isinstance(c, Mapping))


def _read(
    rule: Any, part: str, scope: tuple[str, ...], by_path: Mapping[tuple[str, ...], tree.Node]
) -> dict[str, None]:
    """Find what a rule in a scope reads: ids, each once, in the order of the form's keys."""
    ids: dict[str, None] = {}
    for path in sorted(references(rule)):
        key = path.split(".")[0]
        if path == "":  # the row, or the whole form
            ids |= dict.fromkeys(n.id for n in by_path.values() if n.scope == scope)
        elif part == "options" and key == OPTION:
            continue
        elif (read := _resolve(key, scope, by_path)) is not None:
            ids[read.id] = None
    return ids


def _waits(definition: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return for every node the nodes that it waits for: who holds it, and what its rules read."""
    nodes = list(tree.walk(definition))
    inside: dict[str, list[str]] = {}
    for node in nodes:
        for repeat in node.repeats:
            inside.setdefault(repeat, []).append(node.id)
    read = reads(definition)
    waits: dict[str, list[str]] = {}
    for node in nodes:
        earlier = [node.parent] if node.parent else []
        for part in _WAITED_FOR:
            for node_id in read.get(node.id, {}).get(part, ()):
                earlier += [node_id, *inside.get(node_id, [])]
        waits[node.id] = list(dict.fromkeys(earlier))
    return waits


def _resolve(
    key: str, scope: tuple[str, ...], by_path: Mapping[tuple[str, ...], tree.Node]
) -> tree.Node | None:
    """Find what a key means in a scope: the innermost repeat's own, then outwards.

    None for the keys of rows that a rule goes through itself (`filter`, `map`): reading the repeat
    has been counted.
    """
    for depth in range(len(scope), -1, -1):
        if found := by_path.get((*scope[:depth], key)):
            return found
    return None
