"""Judge a form definition: everything that is wrong with it, with its place and what to do. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from casework.canonical import canonical
from formdefs import (
    definition_questions,
    definition_tests,
    dependencies,
    prefill_check,
    rules,
    shapes,
    tree,
    validator,
)
from formdefs.codelists import ListDoc
from formdefs.fragments import NO_FRAGMENTS, Expansion, Fragments, expansion
from formdefs.meta_schema import META_SCHEMA
from formdefs.shapes import DefinitionProblem
from formdefs.tree import Node

__all__ = ["META_SCHEMA", "DefinitionProblem", "problems"]

MAX_QUESTIONS = 500
_VALIDATOR = validator.compiled(META_SCHEMA)
_NODE_AT = re.compile(r"/pages/[0-9]+(?:/items/[0-9]+)*")
_TRANSLATED = ("title", "label", "hint", "text", "add_label", "pattern_message", "message")
_WHEN_IT_HAPPENED = ("date", "datetime")


def problems(
    definition: Any,
    lists: Mapping[str, ListDoc],
    marks: Collection[str] | None = None,
    fragments: Fragments = NO_FRAGMENTS,
    forms: prefill_check.Forms | None = None,
) -> list[DefinitionProblem]:
    """List all that keeps a definition from being published; [] if nothing does.

    lists: the code lists there are, by key; marks: the keys of the marks there are, None where that
    is not known; fragments: the published ones, by key and version; forms: the published forms that
    it prefills from, None where they are not known. Parts of the wrong shape are
    told as such and left out of the further checks, so that one slip does not hide the rest. What
    is wrong inside an include is told at the include.
    """
    try:
        canonical(definition)
        shape = list(shapes.shape_problems(_VALIDATOR, definition))
    except (ValueError, RecursionError):
        says = "The definition holds what no JSON text can: a number out of range, broken text,"
        return [
            DefinitionProblem("", "", "shape", f"{says} or endless nesting.", "Export it again.")
        ]
    if not isinstance(definition, Mapping):
        return shape
    return further_problems(shape, lists, marks, expansion(definition, fragments), forms)


def further_problems(
    shape: list[DefinitionProblem],
    lists: Mapping[str, ListDoc],
    marks: Collection[str] | None,
    expanded: Expansion,
    forms: prefill_check.Forms | None = None,
) -> list[DefinitionProblem]:
    """Return the problems of shape that were found, and all that is wrong besides."""
    broken = {place[0] for p in shape if (place := _NODE_AT.match(p.at))}
    definition = expanded.definition
    nodes = list(tree.walk(definition))
    sound = [node for node in nodes if node.at not in broken]
    found = [
        *_size_problems(nodes),
        *_id_problems(definition, nodes),
        *_key_problems(nodes),
        *_list_problems(definition, lists),
        *(p for node in sound for p in _question_problems(node, definition, lists)),
        *_rule_problems(definition, nodes, lists),
        *_circle_problems(definition, nodes),
        *_reference_problems(definition, nodes),
        *_mark_problems(definition, nodes, marks),
        *prefill_check.problems(sound, forms),
        *_translation_problems(definition, nodes),
        *_test_problems(definition, nodes),
    ]
    told = [expanded.told(problem) for problem in found]
    return list(dict.fromkeys([*shape, *expanded.problems, *told]))


def _size_problems(nodes: list[Node]) -> Iterator[DefinitionProblem]:
    questions = [node for node in nodes if node.kind == "question"]
    if len(questions) > MAX_QUESTIONS:
        says = f"The form has {len(questions)} questions; {MAX_QUESTIONS} is the most."
        yield DefinitionProblem("/pages", "", "too_large", says, "Split it into several forms.")
    for node in nodes:
        if node.depth == tree.MAX_DEPTH + 1:  # told once, where it begins
            says = f"It lies inside more than {tree.MAX_DEPTH - 1} sections and repeats."
            yield _at(node, "", "too_deep", says, "Move it outwards.")


def _id_problems(definition: Mapping[str, Any], nodes: list[Node]) -> Iterator[DefinitionProblem]:
    placed = [(node.at, node.id) for node in nodes]
    for part in ("checks", "agreement"):
        placed += [
            (f"/{part}/{i}", str(thing.get("id", ""))) for i, thing in _each(definition, part)
        ]
    first: dict[str, str] = {}
    for at, node_id in placed:
        if node_id and first.setdefault(node_id, at) != at:
            says = f"The id “{node_id}” is used already at {first[node_id]}."
            yield DefinitionProblem(f"{at}/id", node_id, "duplicate_id", says, "Give it a new id.")


def _key_problems(nodes: list[Node]) -> Iterator[DefinitionProblem]:
    first: dict[tuple[Any, ...], Node] = {}
    answered = {node.path_keys for node in nodes if node.holds_answer and node.key}
    filtered = any("options" in node.raw for node in nodes)
    for node in nodes:
        if not node.key:
            continue
        place: tuple[Any, ...] = node.path_keys
        if not node.holds_answer:
            place = (node.kind, node.page if node.kind == "section" else "", node.scope, node.key)
        earlier = first.setdefault(place, node)
        if earlier is not node:
            says = f"The key “{node.key}” is used already at {earlier.at}."
            yield _at(node, "/key", "duplicate_key", says, "Give it another key.")
        if node.holds_answer:
            outer = (node.scope[:depth] for depth in range(len(node.scope)))
            if any((*scope, node.key) in answered for scope in outer):
                says = f"The key “{node.key}” means something else outside this repeat."
                yield _at(node, "/key", "shadowed_key", says, "Give it another key.")
            if node.key == "option" and filtered:
                says = "In this form's “options” rules, “option” means an entry of the list."
                yield _at(node, "/key", "shadowed_key", says, "Give it another key.")


def _list_problems(
    definition: Mapping[str, Any], lists: Mapping[str, ListDoc]
) -> Iterator[DefinitionProblem]:
    for name, source in _mapping(definition, "lists").items():
        if not isinstance(source, Mapping):
            continue
        at = shapes.pointer(["lists", name])
        key = source.get("list")
        if isinstance(key, str) and key not in lists:
            says, fix = (
                f"There is no code list “{key}”.",
                "Publish that list first, or name another.",
            )
            yield DefinitionProblem(f"{at}/list", "", "unknown_list", says, fix)
        codes = [option.get("code") for _i, option in _each(source, "options")]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                says = f"The code “{code}” stands twice in the list “{name}”."
                where = f"{at}/options/{index}/code"
                yield DefinitionProblem(where, "", "duplicate_code", says, "Give it another code.")


def _question_problems(
    node: Node, definition: Mapping[str, Any], lists: Mapping[str, ListDoc]
) -> Iterator[DefinitionProblem]:
    if node.kind == "repeat":
        found = definition_questions.repeat_problems(node.raw)
    elif node.kind == "question":
        found = definition_questions.question_problems(
            node.raw, _mapping(definition, "lists"), lists
        )
    else:
        return
    for part, code, says, fix in found:
        yield _at(node, part, code, says, fix)


def _rule_problems(
    definition: Mapping[str, Any], nodes: list[Node], lists: Mapping[str, ListDoc]
) -> Iterator[DefinitionProblem]:
    names = dependencies.names(definition)
    for node in nodes:
        for part in tree.RULED:
            rule = node.raw.get(part)
            if rule is None or (part == "default" and not tree.is_rule(rule)):
                continue
            scope = node.path_keys if part == "row_title" else node.scope
            option = None
            if part == "options":
                local = _mapping(definition, "lists")
                option = definition_questions.attributes(local.get(node.raw.get("list", "")), lists)
            for found in rules.problems(rule, names, scope, option):
                yield _of_rule(f"{node.at}/{part}", node.id, found)
    for index, check in _each(definition, "checks"):
        if "when" in check:
            for found in rules.problems(check["when"], names, tree.scope_of_check(check)):
                yield _of_rule(f"/checks/{index}/when", str(check.get("id", "")), found)


def _of_rule(at: str, node: str, found: rules.RuleProblem) -> DefinitionProblem:
    says, _, fix = found.message.partition(". ")
    return DefinitionProblem(at + found.at, node, found.code, f"{says.rstrip('.')}.", fix)


def _circle_problems(
    definition: Mapping[str, Any], nodes: list[Node]
) -> Iterator[DefinitionProblem]:
    by_id = {node.id: node for node in nodes}
    if len(by_id) < len(nodes) or "" in by_id:
        return  # told already; who waits for whom cannot be said
    for ids in dependencies.circles(definition):
        named = " → ".join(f"“{by_id[node_id].key or node_id}”" for node_id in [*ids, ids[0]])
        says = f"Whether these show, or what they are worth, depends on each other: {named}."
        fix = "Take one of the rules off, or let it read something else."
        yield _at(by_id[ids[0]], "", "circle", says, fix)


def _reference_problems(
    definition: Mapping[str, Any], nodes: list[Node]
) -> Iterator[DefinitionProblem]:
    form_level = {node.key: node for node in nodes if node.holds_answer and not node.repeats}
    occurred = definition.get("occurred")
    if isinstance(occurred, str):
        node = form_level.get(occurred)
        if node is None or node.raw.get("type") not in _WHEN_IT_HAPPENED:
            says = f"“{occurred}” is not a date or date and time asked outside every repeat."
            fix = "Name such a question, or take “occurred” off."
            yield DefinitionProblem("/occurred", "", "occurred", says, fix)
    answered = {".".join(node.path_keys) for node in nodes if node.holds_answer}
    for index, check in _each(definition, "checks"):
        at = check.get("at")
        if isinstance(at, str) and at not in answered:
            says = f"“{at}” is not a question or repeat."
            place, node_id = f"/checks/{index}/at", str(check.get("id", ""))
            fix = "Name one; in the rows of a repeat with its key before it, like “needs.by_when”."
            yield DefinitionProblem(place, node_id, "unknown_question", says, fix)


def _mark_problems(
    definition: Mapping[str, Any], nodes: list[Node], marks: Collection[str] | None
) -> Iterator[DefinitionProblem]:
    """Marks that are not there, and a mark on the day that every list of records shows."""
    held: dict[str, str] = {}  # by node id: its own mark, or that of what holds it
    for node in nodes:
        mark = node.raw.get("mark")
        mark = mark if isinstance(mark, str) else ""
        held[node.id] = mark or held.get(node.parent, "")
        if mark and marks is not None and mark not in marks:
            says = f"There is no mark “{mark}”, so nobody could see this."
            yield _at(
                node, "/mark", "unknown_mark", says, "Name one that there is, or take it off."
            )
        named = node.holds_answer and not node.repeats and node.key == definition.get("occurred")
        if named and held[node.id]:
            says = "It says when the record happened, which lists show, so it cannot be marked."
            yield _at(node, "", "marked_occurred", says, "Take the mark off, or “occurred”.")


def _translation_problems(
    definition: Mapping[str, Any], nodes: list[Node]
) -> Iterator[DefinitionProblem]:
    things = {node.id: node.raw for node in nodes} | {"form": definition}
    for part in ("checks", "agreement"):
        things |= {str(thing.get("id", "")): thing for _i, thing in _each(definition, part)}
    for language, texts in _mapping(definition, "translations").items():
        for name in texts if isinstance(texts, Mapping) else ():
            node_id, _, part = name.partition(".")
            known = part in _TRANSLATED or name == "form.description"
            if not known or part not in things.get(node_id, {}):
                at = shapes.pointer(["translations", language, name])
                says = f"There is no text “{name}” to translate."
                yield DefinitionProblem(
                    at, "", "unknown_text", says, "Mend the name, or take it off."
                )


def _test_problems(definition: Mapping[str, Any], nodes: list[Node]) -> Iterator[DefinitionProblem]:
    for index, test in _each(definition, "tests"):
        for steps, code, says, fix in definition_tests.test_problems(test, nodes):
            yield DefinitionProblem(shapes.pointer(["tests", index, *steps]), "", code, says, fix)


def _at(node: Node, part: str, code: str, says: str, fix: str) -> DefinitionProblem:
    return DefinitionProblem(node.at + part, node.id, code, says, fix)


def _mapping(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, Mapping) else {}


def _each(holder: Mapping[str, Any], name: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
    value = holder.get(name)
    things = enumerate(value if isinstance(value, list) else ())
    return [(index, thing) for index, thing in things if isinstance(thing, Mapping)]
