"""Judge the sources of a definition's prefills, and pin what they name by permanent ids. Pure.

A source may name a form that is not published yet: it gives nothing until then, and `unpublished`
tells of it. A question that a published form does not have is a problem.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from formdefs import prefill
from formdefs.form import Form, Question, Repeat
from formdefs.prefill import CASE, CONVERSIONS, EACH, PERSON
from formdefs.shapes import DefinitionProblem
from formdefs.tree import Node

Forms = Mapping[str, Form]  # the newest published version of each form named, by key
_Found = tuple[str, str, str, str]  # pointer inside the source, code, what is wrong, what to do
_KINDS = ("record", "person", "case")


def problems(nodes: list[Node], forms: Forms | None) -> Iterator[DefinitionProblem]:
    """Yield what is wrong with each source. forms: None where what is published is not known."""
    for node in nodes:
        sources = node.raw.get("prefill", ())
        if sources and node.repeats:
            says = "What is asked inside a repeat is not prefilled by itself."
            fix = "Put “prefill” on the repeat: it copies rows; “map” names what goes where."
            yield DefinitionProblem(f"{node.at}/prefill", node.id, "prefill", says, fix)
            continue
        for index, source in enumerate(sources):
            at = f"{node.at}/prefill/{index}"
            for part, code, says, fix in _source_problems(node.raw, source, forms):
                yield DefinitionProblem(at + part, node.id, code, says, fix)


def unpublished(definition: Mapping[str, Any], published: Collection[str]) -> list[str]:
    """Return the keys of forms that are prefilled from and not published, in alphabetical order."""
    named = prefill.forms_named(definition) - {str(definition.get("key"))}
    return sorted(named.difference(published))


def pinned(sources: list[Any], forms: Forms) -> list[dict[str, Any]]:
    """Return the sources with the ids of what they name, where that is published: `pins`."""
    found = []
    for source in sources:
        form = forms.get(source.get("record", ""))
        asked = prefill.node_in(form, source["question"]) if form else None
        if form is None or asked is None:
            found.append(dict(source))
            continue
        pins: dict[str, Any] = {"question": asked.id}
        if isinstance(asked, Repeat):
            pins["map"] = {key: node.id for key, node in prefill.row_questions(asked).items()}
        elif "row_of" in source and asked.repeats:
            holder = form.repeats[asked.repeats[-1]].answered.get(source["row_of"])
            pins |= {"row_of": holder.id} if holder else {}
        found.append({**source, "pins": pins})
    return found


def _source_problems(
    target: Mapping[str, Any], source: Mapping[str, Any], forms: Forms | None
) -> Iterator[_Found]:
    kinds = [kind for kind in _KINDS if kind in source]
    if len(kinds) != 1 or ("question" in source) != (kinds == ["record"]):
        says = "A source is a question of a record, a detail of the person, or one of the case."
        fix = 'Write {"record": …, "question": …}, {"person": …} or {"case": …}.'
        yield "", "prefill", says, fix
        return
    odd = {"record": (), "person": ("row_of", "across"), "case": ("row_of", "across", "map")}
    for name in odd[kinds[0]]:
        if name in source:
            yield f"/{name}", "prefill", f"“{name}” has no meaning here.", "Take it off."
    if "map" in source:
        yield from _map_problems(target, source)
    if kinds[0] == "record":
        if forms is not None and source["record"] in forms:
            yield from _record_problems(target, source, forms[source["record"]])
        return
    kind, types = kinds[0], PERSON if kinds[0] == "person" else CASE
    name = source[kind]
    if target["kind"] == "repeat":
        if name != EACH or kind != "person":
            says = "The rows of a repeat come from a repeat, or from each person covered."
            yield f"/{kind}", "prefill", says, 'Write {"person": "each", "map": {…}}.'
        else:
            yield from _mapped_from(source, target, types)
    elif name not in types:
        says = f"A {kind} has no “{name}”."
        yield f"/{kind}", "unknown_source", says, f"Use one of: {', '.join(types)}."
    else:
        yield from _type_problems(f"/{kind}", types[name], target["type"])


def _record_problems(
    target: Mapping[str, Any], source: Mapping[str, Any], form: Form
) -> Iterator[_Found]:
    asked = prefill.node_in(form, source["question"])
    if asked is None:
        says = f"The form “{form.title}” asks no “{source['question']}”."
        fix = "Name a question by its key; inside a repeat, the repeat's key, a dot, and its key."
        yield "/question", "unknown_source", says, fix
    elif isinstance(asked, Repeat) != (target["kind"] == "repeat"):
        says = "A repeat is prefilled from a repeat, a question from a question."
        yield "/question", "prefill", says, "Name another source."
    elif isinstance(asked, Repeat):
        known = prefill.row_questions(asked)
        if asked.repeats:
            says = "Rows are copied from a repeat that stands in no other."
            yield "/question", "prefill", says, "Name another source."
        yield from _mapped_from(source, target, {key: q.type for key, q in known.items()})
    elif asked.repeats:
        yield from _row_of_problems(source, form, asked)
        yield from _type_problems("/question", asked.type, target["type"])
    else:
        yield from _type_problems("/question", asked.type, target["type"])


def _row_of_problems(source: Mapping[str, Any], form: Form, asked: Question) -> Iterator[_Found]:
    answered = form.repeats[asked.repeats[-1]].answered
    who = answered.get(source.get("row_of", ""))
    if not isinstance(who, Question) or who.type != "person" or len(asked.repeats) > 1:
        says = f"“{source['question']}” stands in rows, and nothing says which row is meant."
        fix = "Say in “row_of” which question of the row names the person whom the record covers."
        yield "/question", "prefill", says, fix


def _map_problems(target: Mapping[str, Any], source: Mapping[str, Any]) -> Iterator[_Found]:
    if target["kind"] != "repeat":
        yield "/map", "prefill", "Only the rows of a repeat have a “map”.", "Take it off."
        return
    keys = {item.get("key") for item in _inside(target)}
    for key in source["map"]:
        if key not in keys:
            says = f"The rows of this repeat ask no “{key}”."
            yield "/map", "unknown_question", says, "Name a question of the rows."


def _mapped_from(
    source: Mapping[str, Any], target: Mapping[str, Any], types: Mapping[str, str]
) -> Iterator[_Found]:
    wanted = {
        item.get("key"): str(item.get("type"))
        for item in _inside(target)
        if item.get("kind") == "question"
    }
    for key, keys in source.get("map", {}).items():
        for one in [keys] if isinstance(keys, str) else keys:
            if one not in types:
                yield "/map", "unknown_source", f"The source has no “{one}”.", "Mend the name."
            elif key in wanted:
                yield from _type_problems("/map", types[one], wanted[key])


def _type_problems(part: str, have: str, wanted: str) -> Iterator[_Found]:
    if have != wanted and (have, wanted) not in CONVERSIONS:
        says = f"An answer of type “{have}” cannot become one of type “{wanted}”."
        yield part, "prefill_type", says, "Name a source of the same type."


def _inside(target: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the questions of a repeat's rows, not those of repeats inside it."""
    for item in target.get("items", ()):
        if isinstance(item, Mapping):
            if item.get("kind") == "section":
                yield from _inside(item)
            else:
                yield item
