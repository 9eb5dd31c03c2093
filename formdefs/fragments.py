"""Fragments in a definition: expand each include to the section that it stands for. Pure.

A fragment is a group of items with its rules, lists, checks and translations. An item of the kind
`include` names one of its versions. Expansion comes before everything else: the include becomes a
section with its id and title; the fragment's ids begin with the include's id, its keys with the
include's key, and what reads a key reads the new one. Nothing after it knows of fragments.

Only keys in the include's own scope get the beginning: the keys of a fragment's rows lie in its
repeat already, whose key has it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from formdefs import fragment_parts, patterns
from formdefs.includes import (
    NO_FRAGMENTS,
    Document,
    Fragments,
    Include,
    Named,
    Scope,
    every_item,
    includes,
    inside,
    named_by,
)
from formdefs.shapes import DefinitionProblem

__all__ = [
    "NO_FRAGMENTS",
    "Expansion",
    "Fragments",
    "Include",
    "Named",
    "expand",
    "expansion",
    "includes",
]

MAX_NESTED = 3  # fragments inside each other
_KEY = re.compile(patterns.KEY)


def expand(definition: Document, fragments: Fragments) -> Document:
    """Return the definition with every include expanded; itself when it has none.

    fragments: the published documents by key and version. Raises ValueError when an include cannot
    be expanded: `definition.problems` tells which, and why.
    """
    expanded = expansion(definition, fragments)
    if expanded.problems:
        raise ValueError(" ".join(str(problem) for problem in expanded.problems))
    return expanded.definition


@dataclass(frozen=True)
class Expansion:
    """An expanded definition, the fragments in it, and what could not be expanded.

    pinned: every version that is in it, also inside another; origins: JSON pointer in the expanded
    definition -> the include that it comes from. An include with a problem stays as it was.
    """

    definition: Document
    pinned: frozenset[Named] = frozenset()
    problems: tuple[DefinitionProblem, ...] = ()
    origins: Mapping[str, Include] = field(default_factory=dict)

    def told(self, problem: DefinitionProblem) -> DefinitionProblem:
        """Return a problem of the expanded definition, told at its place in the author's."""
        steps = problem.at.split("/")
        places = ("/".join(steps[:count]) for count in range(2, len(steps) + 1))
        include = next((self.origins[at] for at in places if at in self.origins), None)
        says = self._outward(problem.says)
        if include is None:
            return replace(problem, says=says)
        node = problem.node.removeprefix(f"{include.id}_")
        says = f"In the fragment {include.fragment}{f', “{node}”' if node else ''}: {says}"
        fix = f"{problem.fix} What stands in a fragment is changed there, in its next version."
        return replace(problem, at=include.at, says=says, fix=fix)

    def _outward(self, says: str) -> str:
        """Name the include where a sentence names a place inside it."""
        for include in set(self.origins.values()):
            says = re.sub(re.escape(include.at) + r"(?:/items/[0-9]+)+", include.at, says)
        return says


def expansion(
    definition: Document, fragments: Fragments, within: tuple[str, ...] = ()
) -> Expansion:
    """Expand what can be expanded, and say what cannot.

    within: the keys of the fragments that this document lies in, the outermost first.
    """
    if not any(item.get("kind") == "include" for _at, item, _scope in every_item(definition)):
        return Expansion(definition)
    return _Expander(definition, fragments, within).expansion()


class _Expander:
    """Expands one document; fragments in it are expanded first, each once."""

    def __init__(self, document: Document, fragments: Fragments, within: tuple[str, ...]) -> None:
        self.document, self.fragments, self.within = document, fragments, within
        self.whole = fragment_parts.Whole.of(document)
        self.pinned: set[Named] = set()
        self.problems: list[DefinitionProblem] = []
        self.origins: dict[str, Include] = {}
        self.ready: dict[Named, Document | DefinitionProblem] = {}

    def expansion(self) -> Expansion:
        holder = "items" if "pages" not in self.document else "pages"
        parts = self._items(self.document.get(holder), f"/{holder}", ())
        definition = {**self.document, holder: parts, **self.whole.parts()}
        return Expansion(
            definition, frozenset(self.pinned), tuple(self.problems), dict(self.origins)
        )

    def _items(self, items: Any, at: str, scope: Scope) -> Any:
        if not isinstance(items, list):
            return items
        return [self._item(item, f"{at}/{index}", scope) for index, item in enumerate(items)]

    def _item(self, item: Any, at: str, scope: Scope) -> Any:
        if not isinstance(item, Mapping):
            return item
        if item.get("kind") == "include":
            return self._section(item, at, scope)
        if "items" not in item:
            return item
        return {**item, "items": self._items(item["items"], f"{at}/items", inside(item, scope))}

    def _section(self, item: Document, at: str, scope: Scope) -> Document:
        """Return the section that an include stands for; the include when it stands for none."""
        named = named_by(item)
        include_id, key = item.get("id"), item.get("key")
        if named is None or not isinstance(include_id, str) or not isinstance(key, str):
            return item  # its shape is told by the meta-schema
        fragment = self._fragment(named)
        if not isinstance(fragment, DefinitionProblem):
            fragment = self._refusal(item, named, fragment) or fragment
        if isinstance(fragment, DefinitionProblem):
            self.problems.append(replace(fragment, at=at + fragment.at, node=include_id))
            return item
        include = Include(include_id, key, str(item.get("title", "")), named, at)
        names = fragment_parts.top_names(fragment)
        section, added = fragment_parts.inlined(
            item, fragment, names, scope, lambda node_id: f"{include_id}_{node_id}"
        )
        self.pinned.add(named)
        self.origins[f"{at}/items"] = include
        self.origins |= dict.fromkeys(self.whole.add(added), include)
        return section

    def _fragment(self, named: Named) -> Document | DefinitionProblem:
        """Return a fragment's document, expanded itself, or what is wrong with naming it."""
        if named not in self.ready:
            self.ready[named] = self._found(named)
        return self.ready[named]

    def _found(self, named: Named) -> Document | DefinitionProblem:
        if named.key in self.within:
            says = f"The fragment “{named.key}” would lie inside itself."
            return _problem("/fragment", "circle", says, "Include another, or ask it here.")
        if len(self.within) >= MAX_NESTED:
            says = f"It lies inside more than {MAX_NESTED - 1} other fragments."
            return _problem("/fragment", "too_deep", says, "Ask it here instead.")
        document = self.fragments.get(named)
        if document is None:
            return _unknown(named, self.fragments)
        inner = expansion(document, self.fragments, (*self.within, named.key))
        self.pinned |= inner.pinned
        if inner.problems:
            first = inner.problems[0]
            says = f"In the fragment {named}, {first.at}: {first.says}"
            return _problem("/fragment", first.code, says, first.fix)
        return inner.definition

    def _refusal(
        self, item: Document, named: Named, fragment: Document
    ) -> DefinitionProblem | None:
        """Say what keeps this fragment from standing in this place."""
        language = self.document.get("language")
        if fragment["language"] != language:
            says = f"The fragment {named} is written in “{fragment['language']}”, not “{language}”."
            fix = "Include one that is written in the form's language."
            return _problem("/fragment", "language", says, fix)
        names = [
            *(fragment_parts.beginning(item) + key for key in fragment_parts.top_keys(fragment)),
            *(f"{item['id']}_{name}" for name in fragment.get("lists", {})),
        ]
        longest = max(names, key=len, default="")
        if not _KEY.match(longest or "a"):
            says = f"With the include's key, “{longest}” is longer than a key may be."
            return _problem("/key", "too_long", says, "Give the include a shorter key.")
        ids = (f"{item['id']}_{inner.get('id')}" for _at, inner, _scope in every_item(fragment))
        if too_long := next((i for i in ids if len(i) > patterns.LONGEST_ID), None):
            says = f"With the ids of the includes around it, “{too_long}” is too long for an id."
            return _problem("/id", "too_long", says, "Give the include a shorter id.")
        return None


def _problem(at: str, code: str, says: str, fix: str) -> DefinitionProblem:
    return DefinitionProblem(at, "", code, says, fix)


def _unknown(named: Named, fragments: Fragments) -> DefinitionProblem:
    newest = max((version for key, version in fragments if key == named.key), default=None)
    if newest is None:
        says = f"There is no published fragment “{named.key}”."
        return _problem("/fragment", "unknown_fragment", says, "Publish it, or name another.")
    says = f"There is no fragment {named}."
    fix = f"The newest is version {newest}."
    return _problem("/version", "unknown_fragment", says, fix)
