"""Walk a definition: every node in document order, with its place, page and enclosing repeats. Pure.

Nodes of the wrong shape are passed over, so that the checks can say all that is wrong at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from formdefs.rules_shape import OPERATORS

MAX_DEPTH = 8  # sections and repeats inside each other on one page
# The parts of a node that may be a rule, and where the rule is evaluated.
RULED = ("visible", "required", "readonly", "value", "default", "options", "row_title")


@dataclass(frozen=True)
class Node:
    """One page, section, question, repeat or content of a definition.

    at: JSON pointer of the node; parent: id of the node that holds it ("" for a page); repeats: ids
    of the enclosing repeats from the outermost in; path_keys: their keys, and the node's own key if
    it is a question or a repeat.
    """

    id: str
    kind: str
    key: str
    raw: Mapping[str, Any]
    at: str
    page: str
    parent: str
    repeats: tuple[str, ...]
    path_keys: tuple[str, ...]
    depth: int

    @property
    def scope(self) -> tuple[str, ...]:
        """Keys of the repeats around the node: the scope in which its rules are evaluated."""
        return self.path_keys[: len(self.repeats)]

    @property
    def holds_answer(self) -> bool:
        """Whether answers have a place for it under its key."""
        return self.kind in ("question", "repeat")


def walk(definition: Mapping[str, Any]) -> Iterator[Node]:
    """Yield every node of the definition in document order, a parent before its items."""
    for index, page in enumerate(_list(definition, "pages")):
        if isinstance(page, Mapping):
            page_id = _text(page, "id")
            at = f"/pages/{index}"
            yield Node(page_id, "page", _text(page, "key"), page, at, page_id, "", (), (), 0)
            yield from _items(page, at, page_id, page_id, (), (), 1)


def scope_of_check(check: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys of the repeats in whose rows a check is made: those before the last in `at`."""
    return tuple(_text(check, "at").split(".")[:-1])


def is_rule(value: Any) -> bool:
    """Say whether a part that may be a constant or a rule is a rule: one operator, its arguments."""
    return isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in OPERATORS


def _items(
    holder: Mapping[str, Any],
    at: str,
    page: str,
    parent: str,
    repeats: tuple[str, ...],
    scope: tuple[str, ...],
    depth: int,
) -> Iterator[Node]:
    # Far deeper than is allowed, so that the finding can name a real node, and no further.
    if depth > 2 * MAX_DEPTH:
        return
    for index, item in enumerate(_list(holder, "items")):
        if not isinstance(item, Mapping):
            continue
        node_id, kind, key = _text(item, "id"), _text(item, "kind"), _text(item, "key")
        here = f"{at}/items/{index}"
        own = (*scope, key) if kind in ("question", "repeat") else scope
        yield Node(node_id, kind, key, item, here, page, parent, repeats, own, depth)
        if kind == "repeat":
            yield from _items(item, here, page, node_id, (*repeats, node_id), own, depth + 1)
        elif kind == "section":
            yield from _items(item, here, page, node_id, repeats, scope, depth + 1)


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""
