"""The difference between two versions of a form, by permanent ids, each change with its class. Pure.

Versions are compared as they are compiled, so fragments are sections already and lists are pinned.
A rule that only follows a rename is the same rule: names are compared as the ids that they mean.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from formdefs import diff_form, diff_lists
from formdefs.changes import (
    ADDITIVE,
    BREAKING,
    NEEDS_MAPPING,
    TEXT_ONLY,
    Change,
    Place,
    Severity,
    worst,
)
from formdefs.dependencies import OPTION
from formdefs.diff_parts import differing, in_sentences, part_of
from formdefs.form import Form, Item, Page, Question, Repeat
from formdefs.rule_ids import Names
from formdefs.sentences import rules_of

_RULES = ("visible", "required", "readonly", "value", "default", "options", "row_title")
_KINDS = {"question": "question", "repeat": "list of rows", "section": "section", "page": "page"}
Node = Page | Item


@dataclass(frozen=True)
class Difference:
    """All changes: those of the pages in the newer form's order, then those of the whole."""

    changes: tuple[Change, ...]

    @cached_property
    def verdict(self) -> Severity | None:
        """The most serious class of any change; None where nothing changed."""
        return worst(self.changes)

    @cached_property
    def by_page(self) -> Mapping[str, list[Change]]:
        """The changes by the title of the page that they are on; "" for those of the whole form."""
        grouped: dict[str, list[Change]] = {}
        for change in self.changes:
            grouped.setdefault(change.page, []).append(change)
        return grouped

    def as_json(self) -> dict[str, Any]:
        """The difference as JSON, for the API and the command line."""
        return {
            "verdict": self.verdict.title if self.verdict else "same",
            "changes": [change.as_json() for change in self.changes],
        }


def compare(
    old: Form, new: Form, old_tests: Sequence[Any] = (), new_tests: Sequence[Any] = ()
) -> Difference:
    """Compare two forms, and their author's tests, which the compiled documents do not hold."""
    said = _Said(old, new)
    checks = [
        said.told(change) if change.part == "when" else change
        for change in diff_form.check_changes(old, new)
    ]
    found = [
        *_node_changes(old, new),
        *_orders(old, new),
        *diff_lists.list_changes(old, new),
        *checks,
        *diff_form.whole_changes(old, new),
        *diff_form.translation_changes(old, new),
        *diff_form.test_changes(old_tests, new_tests),
    ]
    titles = dict.fromkeys(page.title for page in (*new.pages, *old.pages))
    ranks = {title: rank for rank, title in enumerate(titles)}
    return Difference(tuple(sorted(found, key=lambda change: ranks.get(change.page, len(ranks)))))


def _node_changes(old: Form, new: Form) -> Iterator[Change]:
    sides, said = (Names(old), Names(new)), _Said(old, new)
    for node_id, node in new.nodes.items():
        was = old.nodes.get(node_id)
        if was is None or was.kind != node.kind:
            yield _added(new, node)
        else:
            yield from _moved(old, new, was, node)
            for change in _parts(old, new, was, node, sides):
                yield said.told(change) if change.part in _RULES else change
    for node_id, node in old.nodes.items():
        if node_id not in new.nodes or new.nodes[node_id].kind != node.kind:
            yield _removed(old, node)


class _Said:
    """The rules of two forms as sentences, made when the first rule is found to differ."""

    def __init__(self, old: Form, new: Form) -> None:
        self.forms = old, new

    @cached_property
    def sides(self) -> list[dict[tuple[str, str], str]]:
        return [{(r.node, r.part): r.text for r in rules_of(form)} for form in self.forms]

    def told(self, change: Change) -> Change:
        """The change of a rule with its sentences, before and after."""
        before, after = (side.get((change.id, change.part), "") for side in self.sides)
        return replace(change, says=in_sentences(change.says, before, after))


def _added(form: Form, node: Node) -> Change:
    severity = ADDITIVE
    if node.kind in ("section", "content"):
        severity = TEXT_ONLY  # what a section holds is told on its own
    elif (isinstance(node, Question) and node.required is not False) or (
        isinstance(node, Repeat) and node.min_rows
    ):
        severity = NEEDS_MAPPING
    says = f"{_named(node)} is new."
    if severity == NEEDS_MAPPING:
        says = f"{_named(node)} is new, and a submission may need it."
    place = _place(form, node)
    return Change("added", node.id, _named(node), severity, says, old=None, new=place)


def _removed(form: Form, node: Node) -> Change:
    severity = TEXT_ONLY
    if isinstance(node, Question | Repeat):
        severity = BREAKING
    elif isinstance(node, Page):
        severity = NEEDS_MAPPING
    says = (
        f"{_named(node)} is no longer asked."
        if severity == BREAKING
        else f"{_named(node)} is gone."
    )
    place = _place(form, node)
    return Change("removed", node.id, _named(node), severity, says, old=place, new=None)


def _moved(old: Form, new: Form, was: Node, node: Node) -> Iterator[Change]:
    """Yield the move of a node into something else; not of what only moved with what holds it."""
    if isinstance(was, Page) or isinstance(node, Page) or was.parent == node.parent:
        return
    places = _place(old, was), _place(new, node)
    holds_answers = _holds_answers(node)
    severity, where = TEXT_ONLY, f"within “{places[1].page}”"
    if was.repeats != node.repeats:
        severity = BREAKING if holds_answers else TEXT_ONLY
        where = f"from {places[0].under} to {places[1].under}: its answers lie elsewhere"
    elif was.page != node.page:
        severity = NEEDS_MAPPING if holds_answers else TEXT_ONLY
        where = f"from “{places[0].page}” to “{places[1].page}”"
    says = f"{_named(node)} moved {where}."
    sides: dict[str, Any] = {"before": was.parent, "after": node.parent}
    yield Change("moved", node.id, _named(node), severity, says, *places, part="parent", **sides)


def _parts(
    old: Form, new: Form, was: Node, node: Node, names: "tuple[Names, Names]"
) -> Iterator[Change]:
    raws = [
        _comparable(form, one, name)
        for form, one, name in zip((old, new), (was, node), names, strict=True)
    ]
    places = _place(old, was), _place(new, node)
    for name in differing(*raws):
        before, after = was.raw.get(name), node.raw.get(name)
        part = part_of(name)
        severity = part.weigh(was.raw, node.raw, before, after)
        if name == "list" and before and after:
            severity = diff_lists.codes_lost(old, new, before, after)
        says = part.says.format(before=_in_words(name, before), after=_in_words(name, after))
        says = f"{_named(node)}: {says}."
        sides: dict[str, Any] = {"part": name, "before": before, "after": after}
        yield Change(part.kind, node.id, _named(node), severity, says, *places, **sides)


def _in_words(name: str, value: Any) -> Any:
    """A type as people say it: "long text"."""
    return str(value).replace("_", " ") if name in ("type", "result") else value


def _orders(old: Form, new: Form) -> Iterator[Change]:
    """Yield where the same things stand in another order."""
    pages = [[page.id for page in form.pages] for form in (old, new)]
    if _reordered(*pages):
        says = "The pages stand in another order."
        yield Change(
            "reordered", "form", "The form", TEXT_ONLY, says, before=pages[0], after=pages[1]
        )
    for node_id, node in new.nodes.items():
        was = old.nodes.get(node_id)
        if was is None or not hasattr(node, "items") or not hasattr(was, "items"):
            continue
        items = [[item.id for item in one.items] for one in (was, node)]
        if _reordered(*items):
            says = f"What is in {_named(node)} stands in another order."
            places = _place(old, was), _place(new, node)
            sides: dict[str, Any] = {"before": items[0], "after": items[1]}
            yield Change("reordered", node.id, _named(node), TEXT_ONLY, says, *places, **sides)


def _reordered(old: list[str], new: list[str]) -> bool:
    return [one for one in old if one in new] != [one for one in new if one in old]


def _comparable(form: Form, node: Node, names: Names) -> dict[str, Any]:
    """The node's properties: rules in ids, prefill without the ids that publishing pinned."""
    scope = () if isinstance(node, Page) else tuple(form.repeats[r].key for r in node.repeats)
    found = dict(node.raw)
    for part in _RULES:
        if part in found:
            here = (*scope, getattr(node, "key", "")) if part == "row_title" else scope
            own = {OPTION: None} if part == "options" else {}
            found[part] = names.in_ids(found[part], here, own)
    if "prefill" in found:
        found["prefill"] = [
            {name: value for name, value in source.items() if name != "pins"}
            for source in found["prefill"]
        ]
    return found


def _holds_answers(node: Node) -> bool:
    return isinstance(node, Question | Repeat) or any(
        _holds_answers(item) for item in getattr(node, "items", ())
    )


def _place(form: Form, node: Node) -> Place:
    path = node.path_keys if isinstance(node, Question | Repeat) else ()
    if isinstance(node, Page):
        return Place(path, node.title, "the form")
    return Place(path, form.page(node.page).title, _named(form.nodes[node.parent]))


def _named(node: Node) -> str:
    """The node in words: its label or title, or the beginning of its text."""
    text = str(
        getattr(node, "label", "") or getattr(node, "title", "") or getattr(node, "text", "")
    )
    short = text if len(text) <= 60 else f"{text[:59]}…"
    return (
        f"“{short}”"
        if node.kind == "question"
        else f"The {_KINDS.get(node.kind, 'text')} “{short}”"
    )
