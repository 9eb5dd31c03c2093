"""Alternatives: a question asks which kind it is, and the rest follows. Pure."""

from collections.abc import Callable
from functools import partial
from typing import Any

from formdefs.importing import jsonforms_scalars
from formdefs.importing.building import Node
from formdefs.importing.data_shape import Either, Holder, Object
from formdefs.importing.json_schema import Place, best
from formdefs.importing.jsonforms_asking import hint_of, names_of, require, title_of
from formdefs.importing.jsonforms_reading import Reading, Scope
from formdefs.importing.naming import in_words


def are_texts(alternatives: list[Place]) -> bool:
    """Say whether every alternative is text."""
    return all(place.types == ("string",) for place in alternatives)


def joined(reading: Reading, place: Place, alternatives: list[Place]) -> Place:
    """Make one place of alternatives that are all text, or of the only one."""
    first = alternatives[0]
    if len(alternatives) == 1:
        schema = {**place.schema, **first.schema}
    else:
        listed = [jsonforms_scalars.values_of(one) for one in alternatives]
        told = {k: v for k, v in place.schema.items() if k in ("title", "description", "default")}
        schema = {**told, "type": "string"}
        if all(one is not None for one in listed):
            options = {str(value): title for one in listed if one for value, title in one}
            schema["oneOf"] = [{"const": v, "title": t} for v, t in options.items()]
            says = "Its alternatives are lists: they are one list here."
        else:
            says = "Its alternatives are texts: any text may be given."
        reading.report.changed(place.at, place.name, says)
    kept = {k: v for k, v in schema.items() if k != "anyOf"}
    if len(alternatives) == 1:
        kept.pop("oneOf", None)
    return Place(
        place.root,
        kept,
        place.steps,
        place.at,
        place.samples,
        first.refs,
        place.required,
        place.parent,
    )


def either(
    reading: Reading, place: Place, alternatives: list[Place], scope: Scope, label: str
) -> list[Node]:
    """Ask first which alternative it is, then for that alternative."""
    titles: list[str] = []
    for index, one in enumerate(alternatives):
        title = title_of(one) or _ref_name(one, place) or in_words(one.type) or f"Kind {index + 1}"
        titles.append(title if title not in titles else f"{title} {index + 1}")
    build = reading.building
    names = [f"{name}_kind" for name in names_of(place)]
    listed, codes = build.list_of(f"{names[0]}s", [(title, title) for title in titles])
    chosen = build.question(
        f"{place.at}#kind",
        "choice",
        f"{label}: which kind?",
        *names,
        list=listed,
        hint=hint_of(place),
        scope=place.rows,
    )
    require(reading, place, scope, chosen)
    reading.gate(chosen, scope.gates)
    shape = Either(chosen["key"], {}, {})
    fits: dict[str, Callable[[Any], bool]] = {}
    reading.found[place.steps] = chosen, shape
    items = [chosen]
    for index, (one, code) in enumerate(zip(alternatives, codes, strict=True)):
        holder = Holder(one.steps)
        inner = Scope(one, holder, scope.within().gates)
        section = build.section(one.at, f"{label}: {titles[index]}")
        section["visible"] = {"==": [{"var": chosen["key"]}, code]}
        section["items"] = reading.items_of(reading, one, inner, titles[index], {})
        if section["items"]:
            reading.gate(section, [gate for gate in scope.gates if gate.shows])
            items.append(section)
        shape.alternatives[code] = holder.shape or Object()
        fits[code] = partial(_is_best, alternatives, index)
    shape.fits = fits
    scope.holder.plant(place.steps, shape)
    says = f"One of {len(alternatives)} kinds: a question asks which, the rest follows from it."
    reading.report.changed(place.at, place.name, says)
    return items


def _is_best(alternatives: list[Place], index: int, value: Any) -> bool:
    return best(alternatives, value) == index


def _ref_name(place: Place, outer: Place) -> str:
    fresh = place.refs[len(outer.refs) :]
    return in_words(fresh[-1].rpartition("/")[2]) if fresh else ""
