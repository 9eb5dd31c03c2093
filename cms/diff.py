"""What changed between two documents: line by line, and question by question. Pure."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cms.jsontext import pretty

CONTEXT = 3


@dataclass(frozen=True)
class Line:
    """One line of a comparison. `kind` is "same", "added", "removed" or "gap" (lines left out)."""

    kind: str
    text: str
    before: int | None  # line number in the older document, from 1
    after: int | None


@dataclass(frozen=True)
class NodeChange:
    """A page, section, question or repeat that was added, removed or changed, by permanent id."""

    how: str  # "added", "removed", "changed"
    id: str
    kind: str
    name: str
    parts: tuple[str, ...] = ()  # for "changed": which properties differ


def tidy(text: str) -> str:
    """Return a JSON text as it is compared: pretty-printed, or as typed when it cannot be read."""
    try:
        return pretty(json.loads(text))
    except (ValueError, RecursionError):
        return text


def arranged(value: Any, like: Any) -> Any:
    """Return a value with the names of its objects in the order that another value has them.

    What was published is kept in canonical order; a comparison should not show that.

    >>> arranged({"a": 1, "z": [{"b": 1, "id": 2}]}, {"z": [{"id": 2, "b": 3}], "a": 2})
    {'z': [{'id': 2, 'b': 1}], 'a': 1}
    """
    if isinstance(value, Mapping):
        model = like if isinstance(like, Mapping) else {}
        names = [*(name for name in model if name in value), *(n for n in value if n not in model)]
        return {name: arranged(value[name], model.get(name)) for name in names}
    if isinstance(value, list):
        models = like if isinstance(like, list) else []
        by_name = {_named(model): model for model in models if _named(model)}
        same_place = [*models, *[None] * len(value)]
        return [
            arranged(one, by_name.get(_named(one), same_place[place]))
            for place, one in enumerate(value)
        ]
    return value


def _named(value: Any) -> str:
    named = value if isinstance(value, Mapping) else {}
    return str(named.get("id") or named.get("code") or named.get("name") or "")


def lines(before: str, after: str) -> list[Line]:
    """Compare two JSON texts line by line, with three unchanged lines around each change.

    >>> [(line.kind, line.text) for line in lines('{"a": 1}', '{"a": 2}')]
    [('same', '{'), ('removed', '  "a": 1'), ('added', '  "a": 2'), ('same', '}')]
    """
    old, new = tidy(before).splitlines(), tidy(after).splitlines()
    found: list[Line] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        if found:
            found.append(Line("gap", "", None, None))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                found.extend(
                    Line("same", old[i], i + 1, new_from + i - old_from + 1)
                    for i in range(old_from, old_to)
                )
                continue
            found.extend(Line("removed", old[i], i + 1, None) for i in range(old_from, old_to))
            found.extend(Line("added", new[i], None, i + 1) for i in range(new_from, new_to))
    return found


def node_changes(before: Any, after: Any) -> list[NodeChange]:
    """List what was added, removed or changed in a form, in the order of the newer document.

    A node that only moved is listed as changed in "place".
    """
    old, new = dict(_nodes(before)), dict(_nodes(after))
    changes = [
        NodeChange("added", node_id, _kind(node), _name(node))
        if node_id not in old
        else NodeChange("changed", node_id, _kind(node), _name(node), parts)
        for node_id, (parent, node) in new.items()
        if node_id not in old or (parts := _differences(old[node_id], (parent, node)))
    ]
    changes.extend(
        NodeChange("removed", node_id, _kind(node), _name(node))
        for node_id, (_, node) in old.items()
        if node_id not in new
    )
    return changes


def entry_changes(before: Any, after: Any) -> list[NodeChange]:
    """List the codes added, removed or changed in a code list."""
    old, new = _entries(before), _entries(after)
    changes = []
    for code, entry in new.items():
        parts = tuple(
            sorted(
                k for k in {*entry, *old.get(code, {})} if entry.get(k) != old.get(code, {}).get(k)
            )
        )
        if code not in old:
            changes.append(NodeChange("added", code, "code", str(entry.get("label", ""))))
        elif parts:
            changes.append(NodeChange("changed", code, "code", str(entry.get("label", "")), parts))
    changes.extend(
        NodeChange("removed", code, "code", str(entry.get("label", "")))
        for code, entry in old.items()
        if code not in new
    )
    return changes


_Placed = tuple[str, Mapping[str, Any]]


def _nodes(definition: Any) -> Iterator[tuple[str, _Placed]]:
    whole = definition if isinstance(definition, Mapping) else {}
    pages = whole.get("pages", whole.get("items"))  # of a form, or of a fragment
    waiting = [("", page) for page in pages] if isinstance(pages, list) else []
    while waiting:
        parent, node = waiting.pop(0)
        if not isinstance(node, Mapping):
            continue
        node_id = str(node.get("id", ""))
        yield node_id, (parent, node)
        items = node.get("items")
        waiting[:0] = [(node_id, item) for item in items] if isinstance(items, list) else []


def _differences(old: _Placed, new: _Placed) -> tuple[str, ...]:
    names = sorted(
        name
        for name in {*old[1], *new[1]} - {"items"}
        if old[1].get(name) != new[1].get(name) or (name in old[1]) != (name in new[1])
    )
    return (*names, *(["place"] if old[0] != new[0] else []))


def _kind(node: Mapping[str, Any]) -> str:
    return str(node.get("kind", "page"))


def _name(node: Mapping[str, Any]) -> str:
    return str(node.get("label") or node.get("title") or node.get("key") or node.get("text") or "")[
        :120
    ]


def _entries(document: Any) -> dict[str, Mapping[str, Any]]:
    entries = document.get("entries") if isinstance(document, Mapping) else None
    return {
        str(entry.get("code")): entry
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping)
    }
