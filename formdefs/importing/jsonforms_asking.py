"""How a place is asked: its words and names, its question, and whether it must be answered. Pure."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from formdefs.importing import fitting, jsonforms_scalars
from formdefs.importing.building import Node
from formdefs.importing.data_shape import HOW, is_empty
from formdefs.importing.json_schema import Place
from formdefs.importing.jsonforms_reading import Pending, Reading, Scope

Options = Mapping[str, Any]


def title_of(place: Place) -> str:
    """Return the title that the schema gives a place, "" without one."""
    title = place.schema.get("title")
    return title if isinstance(title, str) else ""


def hint_of(place: Place) -> str:
    """Return what the schema says about a place, "" if nothing."""
    told = place.schema.get("description")
    return told if isinstance(told, str) else ""


def question(
    reading: Reading, place: Place, scope: Scope, label: str, options: Options
) -> list[Node]:
    """Make the question of a place that holds one plain value or several codes."""
    names = names_of(place)
    asked, shape = jsonforms_scalars.question_of(
        reading.building, place, label, names, hint_of(place), options
    )
    if shape.how not in ("code", "codes"):
        into = HOW[shape.how][0]
        samples = [sample for sample in place.samples if not is_empty(sample)]
        answers = [a if (a := into(one, shape)) is not None else one for one in samples]
        strange = [one for one in samples if isinstance(one, str) and into(one, shape) is None]
        for says in fitting.as_text(asked, strange):
            reading.report.changed(place.at, place.name, says)
        for says in fitting.widen(asked, answers):
            reading.report.changed(place.at, place.name, says)
        if asked["type"] in ("text", "long_text"):
            shape.how = "text"
    require(reading, place, scope, asked)
    keep(reading, place, scope, asked, shape)
    return [asked]


def keep(reading: Reading, place: Place, scope: Scope, node: Node, shape: Any) -> None:
    """Note what asks for a place, and where its answer lies."""
    reading.found[place.steps] = node, shape
    scope.holder.plant(place.steps, shape)
    reading.gate(node, scope.gates)
    what = f"Question “{node['key']}” ({node.get('type')})."
    if node["kind"] == "repeat":
        what = f"Repeat “{node['key']}”."
    reading.report.carried(place.at, place.name or "the whole", what)


def require(reading: Reading, place: Place, scope: Scope, question: Node) -> None:
    """Say whether an answer is required: always, or once the group that it is in has any answer."""
    if not place.required or question.get("readonly") is True:
        return
    group = place.parent
    while group is not None and len(group.steps) > len(scope.holder.base) and group.required:
        group = group.parent
    if group is None or len(group.steps) <= len(scope.holder.base):
        question["required"] = True
        return
    prefix = group.steps
    says = "It is required once another question of its group is answered: the group may be empty."
    reading.report.changed(place.at, "required", says)
    make = partial(_any_answered, reading, prefix, scope.holder.base, question)
    reading.pending.append(Pending(question, "required", place.at, make))


def _any_answered(
    reading: Reading, group: tuple[str, ...], base: tuple[str, ...], question: Node
) -> Any:
    keys = [
        node["key"]
        for steps, (node, _shape) in reading.found.items()
        if steps[: len(group)] == group
        and "*" not in steps[len(base) :]
        and node is not question
        and node["kind"] == "question"
    ]
    told = [{"!=": [{"var": key}, None]} for key in keys[:50]]
    return {"or": told} if len(told) > 1 else told[0] if told else False


def names_of(place: Place) -> tuple[str, ...]:
    """Return the names that a key may have: the property's, then with those around it."""
    steps = [step for step in place.steps if step != "*" and not step.startswith("|")]
    if not steps:
        return ("value",)
    made = ["_".join(steps[-count:]) for count in range(1, min(len(steps), 4) + 1)]
    return (*made, f"{steps[-1]}_value") if place.steps[-1] == "*" else tuple(made)
