"""What the questions that a rule reads are called in a sentence. Pure.

A question is called by its label in quotes; where two have one label, by its page or repeat too.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from formdefs import dependencies, tree
from formdefs.codelists import ListDoc


@dataclass(frozen=True)
class Asked:
    """A question or repeat. kind: its name-type in rules; options: label by code; inside: its rows."""

    name: str
    kind: str = "any"
    options: Mapping[str, str] = field(default_factory=dict)
    inside: "Mapping[str, Asked] | None" = None


Vocabulary = Mapping[str, Asked]


@dataclass(frozen=True)
class Frame:
    """One scope that a rule reads: its names, and what it is called itself."""

    names: Vocabulary
    called: str


def vocabulary(definition: Mapping[str, Any], lists: Mapping[str, ListDoc]) -> Vocabulary:
    """Return the questions and repeats at form level; those in rows are inside their repeat.

    The definition may have any problem. lists: code list key -> document.
    """
    nodes = list(tree.walk(definition))
    labels = _labels(nodes)
    kinds = dependencies.names(definition)
    options = {
        name: _options(source, lists)
        for name, source in _mapping(definition.get("lists")).items()
        if isinstance(source, Mapping)
    }
    return _inside([node for node in nodes if node.holds_answer], labels, kinds, options, ())


def frames(words: Vocabulary, scope: Sequence[str]) -> tuple[Frame, ...]:
    """Return the scopes that a rule reads inside the repeats named, the form's own first."""
    found = [Frame(words, "the whole form")]
    for key in scope:
        inside = words[key].inside if key in words else None
        words = inside or {}
        found.append(Frame(words, "this row"))
    return tuple(found)


def options_frame(options: Mapping[str, str]) -> Frame:
    """Return the scope in which an `options` rule sees one entry of its list."""
    parts = {"code": Asked("the answer offered", "code", options), "label": Asked("its label")}
    return Frame({"option": Asked("the answer offered", "object", inside=parts)}, "the entry")


def resolve(path: str, scopes: Sequence[Frame]) -> Asked:
    """Return what a path reads, the innermost scope first; something of its own name if unknown."""
    if path == "":
        return Asked(scopes[-1].called)
    head, *tail = path.split(".")
    found = next((s.names[head] for s in reversed(scopes) if head in s.names), None)
    if found is None:
        found = Asked("the row's own id" if head == "_id" else f"“{head}”")
    for step in tail:
        found = _part(found, step)
    return found


def _part(whole: Asked, step: str) -> Asked:
    inside = whole.inside or {}
    if step in inside:
        part = inside[step]
        # What an options rule reads is called by one name.
        name = part.name if whole.kind == "object" and whole.inside else _of(part.name, whole)
        return Asked(name, part.kind, part.options, part.inside)
    if step.isdigit():
        return Asked(f"row {int(step) + 1} of {whole.name}", "any", inside=whole.inside)
    return Asked(_of(f"the “{step.replace('_', ' ')}”", whole))


def _of(part: str, whole: Asked) -> str:
    return f"{part} of {whole.name}"


def _labels(nodes: Sequence[tree.Node]) -> Mapping[str, str]:
    """Return what each question and repeat is called, by the place of its node."""
    held = {node.id: _text(node.raw, "title") or _text(node.raw, "label") for node in nodes}
    asked = [node for node in nodes if node.holds_answer]
    for told in (_own, _with_holder(held), _with_key):
        names = {node.at: told(node) for node in asked}
        times = Counter(names.values())
        if max(times.values(), default=0) < 2:
            break
    plain = {node.at: _own(node) for node in asked}
    often = Counter(plain.values())
    return {at: name if often[name] < 2 else names[at] for at, name in plain.items()}


def _own(node: tree.Node) -> str:
    return f"“{_text(node.raw, 'label') or node.key}”"


def _with_holder(held: Mapping[str, str]) -> Any:
    return lambda node: f"{_own(node)} (in {held.get(node.parent) or node.parent})"


def _with_key(node: tree.Node) -> str:
    return f"{_own(node)} ({'.'.join(node.path_keys)})"


def _inside(
    asked: Sequence[tree.Node],
    labels: Mapping[str, str],
    kinds: Any,
    options: Mapping[str, Mapping[str, str]],
    scope: tuple[str, ...],
) -> Vocabulary:
    found = {}
    for node in asked:
        if node.scope != scope or not node.key:
            continue
        name = labels[node.at]
        if node.kind == "question":
            kind = kinds.questions.get(node.key, "any")
            found[node.key] = Asked(name, kind, options.get(_text(node.raw, "list"), {}))
        elif node.key in kinds.repeats:
            inner = kinds.repeats[node.key]
            rows = _inside(asked, labels, inner, options, node.path_keys)
            found[node.key] = Asked(name, "list", inside=rows)
    return found


def _options(source: Mapping[str, Any], lists: Mapping[str, ListDoc]) -> Mapping[str, str]:
    """Return the label of each code in quotes, with the code where two have the same label."""
    entries = source.get("options") or lists.get(str(source.get("list")), {}).get("entries", ())
    labels = {e["code"]: e["label"] for e in _entries(entries)}
    often = Counter(labels.values())
    return {
        code: f"“{label}”" if often[label] == 1 else f"“{label}” ({code})"
        for code, label in labels.items()
    }


def _entries(entries: Any) -> Iterator[Mapping[str, Any]]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and _text(entry, "code") and _text(entry, "label"):
            yield entry


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(raw: Mapping[str, Any], part: str) -> str:
    value = raw.get(part)
    return value if isinstance(value, str) else ""
