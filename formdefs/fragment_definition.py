"""Judge a fragment: everything that is wrong with it, with its place and what to do. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from casework.canonical import canonical
from formdefs import shapes, tree, validator
from formdefs.codelists import ListDoc
from formdefs.definition import further_problems
from formdefs.fragments import NO_FRAGMENTS, Fragments, expansion
from formdefs.meta_schema import FRAGMENT_SCHEMA
from formdefs.rules import references
from formdefs.rules_rename import read_in_items
from formdefs.shapes import DefinitionProblem

__all__ = ["FRAGMENT_SCHEMA", "as_form", "problems"]

_VALIDATOR = validator.compiled(FRAGMENT_SCHEMA)
_PAGE = "fragment-page"  # an id that no node of a definition can have
# What a person or a file among an answer's items may be asked for, besides a row's questions.
_PARTS_OF_ITEMS = frozenset({"id", "name", "type", "size", "sha256"})


def problems(
    document: Any,
    lists: Mapping[str, ListDoc],
    marks: Collection[str] | None = None,
    fragments: Fragments = NO_FRAGMENTS,
) -> list[DefinitionProblem]:
    """List all that keeps a fragment from being published; [] if nothing does.

    lists, marks and fragments are those that there are: see `definition.problems`. A fragment is
    closed: its rules read its own questions and no others.
    """
    try:
        canonical(document)
        shape = list(shapes.shape_problems(_VALIDATOR, document))
    except (ValueError, RecursionError):
        says = "The fragment holds what no JSON text can, such as broken text."
        return [DefinitionProblem("", "", "shape", says, "Export it again.")]
    if not isinstance(document, Mapping):
        return shape
    key = document.get("key")
    form = as_form(document)
    expanded = expansion(form, fragments, (key,) if isinstance(key, str) else ())
    outward = [replace(p, at=_in_form(p.at)) for p in shape]
    found = [
        *further_problems(outward, lists, marks, expanded),
        *_closed_problems(expanded.definition),
    ]
    return list(dict.fromkeys(replace(p, at=_in_fragment(p.at), fix=_fix(p)) for p in found))


def as_form(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a form whose only page is the fragment: to judge it, and to look at it."""
    title = document.get("title")
    form = {
        "formdef": 1,
        "key": document.get("key"),
        "title": title,
        "kind": "fragment",
        "language": document.get("language"),
        "pages": [
            {"id": _PAGE, "key": "fragment", "title": title, "items": document.get("items", [])}
        ],
    }
    for part in ("lists", "checks"):
        if part in document:
            form[part] = document[part]
    translations = document.get("translations")
    if isinstance(translations, Mapping):
        form["translations"] = {
            language: {_as_forms(name): text for name, text in texts.items()}
            for language, texts in translations.items()
            if isinstance(texts, Mapping)
        }
    return form


def _as_forms(name: str) -> str:
    """Name a text as the form does; what is the form's to name is nothing that a fragment has."""
    if name.startswith("form."):
        return f"fragment.{name}"
    return "form.title" if name == "fragment.title" else name


def _closed_problems(form: Mapping[str, Any]) -> Iterator[DefinitionProblem]:
    """Yield the rules that would mean something else in the form that includes the fragment."""
    nodes = list(tree.walk(form))
    top = {node.key for node in nodes if node.holds_answer and not node.repeats}
    rows = frozenset(node.key for node in nodes if node.kind == "repeat")
    ruled = [
        (f"{node.at}/{part}", node.id, bool(node.repeats) or part == "row_title", node.raw[part])
        for node in nodes
        for part in tree.RULED
        if part in node.raw
    ]
    checks = form.get("checks")
    for index, check in enumerate(checks if isinstance(checks, list) else ()):
        if isinstance(check, Mapping):
            place, node_id = f"/checks/{index}/when", str(check.get("id", ""))
            in_row = bool(tree.scope_of_check(check))
            ruled.append((place, node_id, in_row, check.get("when")))
    for at, node_id, in_row, rule in ruled:
        if "" in references(rule) and not in_row:
            says = "It reads all answers at once, which are the form's, not the fragment's."
            fix = "Name the questions that it reads."
            yield DefinitionProblem(at, node_id, "not_closed", says, fix)
        for name in sorted(set(read_in_items(rule, rows)) & _PARTS_OF_ITEMS & top):
            says = f"“{name}” may be a part of an item here, or the question of that key."
            yield DefinitionProblem(at, node_id, "unclear_name", says, "Give the question a key.")


def _in_form(at: str) -> str:
    return f"/pages/0{at}" if at.startswith("/items") else at


def _in_fragment(at: str) -> str:
    inside = at.removeprefix("/pages/0") if at.startswith("/pages/0/items") else at
    return "/items" if inside.startswith("/pages") else inside


def _fix(problem: DefinitionProblem) -> str:
    if problem.code != "unknown_question":
        return problem.fix
    return f"{problem.fix} A fragment reads its own questions only."
