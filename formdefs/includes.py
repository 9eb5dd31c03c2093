"""The includes of a form or a fragment, as they are written. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from formdefs import shapes, tree

Document = Mapping[str, Any]
Scope = tuple[str, ...]  # the keys of the repeats around an item, the outermost first


class Named(NamedTuple):
    """A version of a fragment, by its key and number."""

    key: str
    version: int

    def __str__(self) -> str:
        """As a person calls it."""
        return f"“{self.key}” version {self.version}"


Fragments = Mapping[tuple[str, int], Document]
NO_FRAGMENTS: Fragments = MappingProxyType({})


@dataclass(frozen=True)
class Include:
    """An include as it is written: its place in the definition, and what it names."""

    id: str
    key: str
    title: str
    fragment: Named
    at: str


def includes(document: Document) -> list[Include]:
    """Return the includes of a form or a fragment, in document order; those that name a version."""
    return [
        Include(
            str(item.get("id", "")), str(item.get("key", "")), str(item.get("title", "")), named, at
        )
        for at, item, _scope in every_item(document)
        if item.get("kind") == "include" and (named := named_by(item))
    ]


def every_item(document: Document) -> Iterator[tuple[str, Document, Scope]]:
    """Yield every page and item of a document with its JSON pointer and the repeats around it."""
    waiting: list[tuple[str, Any, Scope]] = [
        (shapes.pointer([part, index]), item, ())
        for part in ("pages", "items")
        for index, item in enumerate(_list(document, part))
    ]
    while waiting:
        at, item, scope = waiting.pop(0)
        if isinstance(item, Mapping) and at.count("/") <= 4 * tree.MAX_DEPTH:
            yield at, item, scope
            within = inside(item, scope)
            waiting[:0] = [
                (f"{at}/items/{index}", inner, within)
                for index, inner in enumerate(_list(item, "items"))
            ]


def named_by(item: Document) -> Named | None:
    """Return the version that an include names, None if it names none."""
    key, version = item.get("fragment"), item.get("version")
    if isinstance(key, str) and isinstance(version, int) and not isinstance(version, bool):
        return Named(key, version)
    return None


def inside(item: Document, scope: Scope) -> Scope:
    """Return the scope of what an item holds."""
    return (*scope, str(item.get("key", ""))) if item.get("kind") == "repeat" else scope


def mapped(holder: Document, change: Callable[[Document], Document]) -> Document:
    """Return a document with every item changed."""
    changed = dict(holder)
    for part in ("pages", "items"):
        if part in holder:
            changed[part] = [
                mapped(change(item), change) if isinstance(item, Mapping) else item
                for item in _list(holder, part)
            ]
    return changed


def _list(holder: Document, part: str) -> list[Any]:
    value = holder.get(part)
    return value if isinstance(value, list) else []
