"""One place of a JSON Schema as items of a form: a question, a section, a repeat, or alternatives. Pure."""

from collections.abc import Mapping

from formdefs.importing import jsonforms_kinds, jsonforms_lists, jsonforms_scalars
from formdefs.importing.building import Node
from formdefs.importing.data_shape import is_empty
from formdefs.importing.json_schema import Place, is_constant, resolved
from formdefs.importing.jsonforms_asking import (
    Options,
    hint_of,
    keep,
    names_of,
    question,
    require,
    title_of,
)
from formdefs.importing.jsonforms_reading import Reading, Scope, mapping
from formdefs.importing.naming import in_words, is_plain

_SHOWN = ("readonly", "multi", "detail", "elementLabelProp", "labelRef")
MOST_QUESTIONS = 2000


def items_of(
    reading: Reading, place: Place, scope: Scope, label: str, options: Options
) -> list[Node]:
    """Make the items that ask for a place; [] if it cannot be asked, which the report says."""
    label = label or title_of(place) or in_words(place.name) or "Value"
    if len(reading.found) > MOST_QUESTIONS:
        return []
    if place.is_circle():
        if reading.given:
            says = "It contains itself: no more levels are asked."
            reading.report.lost(place.at, place.name, says)
            return []
        says = "It contains itself: what is further in is asked as one text, written as JSON."
        return _anything(reading, place, scope, label, says)
    alternatives = place.alternatives()
    if len(alternatives) > 1 and not jsonforms_kinds.are_texts(alternatives):
        return jsonforms_kinds.either(reading, place, alternatives, scope, label)
    if alternatives:
        place = jsonforms_kinds.joined(reading, place, alternatives)
    kind = place.type
    if jsonforms_scalars.values_of(place) is not None:
        return question(reading, place, scope, label, options)
    if kind == "object":
        return _object(reading, place, scope, label, options)
    if kind == "array":
        return jsonforms_lists.array(reading, place, scope, label, options)
    if kind:
        if len(place.types) > 1:
            told = ", ".join(place.types)
            reading.report.changed(place.at, place.name, f"It may be {told}; asked as {kind}.")
        return question(reading, place, scope, label, options)
    if place.refs and not place.refs[-1].startswith("#"):
        reading.report.lost(place.at, place.name, "What it may be stands in another document.")
        return []
    says = "The schema does not say what it may be: asked as text, which may be JSON."
    return _anything(reading, place, scope, label, says)


def _anything(reading: Reading, place: Place, scope: Scope, label: str, says: str) -> list[Node]:
    """Ask for a value of any kind as text."""
    asked, shape = jsonforms_scalars.anything(reading.building, place, label, names_of(place))
    reading.report.changed(place.at, place.name or "the whole", says)
    require(reading, place, scope, asked)
    keep(reading, place, scope, asked, shape)
    return [asked]


def tell_options(reading: Reading, at: str, options: Options) -> None:
    """Report the options of a control that have no counterpart."""
    for name in options:
        if name not in (*_SHOWN, "format"):
            says = "How it looks is the platform's own; the option has no counterpart."
            reading.report.lost(f"{at}/options/{name}", name, says)


def unshown(reading: Reading, place: Place, scope: Scope) -> list[Node]:
    """Make items for what the schema or the data has in an object, and nothing asks for yet."""
    items: list[Node] = []
    if place.type != "object" or place.steps in reading.found:
        return items
    for name, part in place.properties().items():
        if part.steps in reading.found:
            continue
        if any(steps[: len(part.steps)] == part.steps for steps in reading.found):
            items += unshown(reading, part, scope)
        elif reading.asks_unshown or not all(is_empty(sample) for sample in part.samples):
            made = items_of(reading, part, scope, "", {})
            if made:
                says = "The source shows it nowhere, but keeps it: it is asked at the end."
                reading.report.changed(part.at, name, says)
            items += made
        elif name in mapping(place.schema, "properties"):
            reading.report.lost(part.at, name, "The source shows it nowhere.")
    return items + jsonforms_lists.others(reading, place, scope, "")


def _object(
    reading: Reading, place: Place, scope: Scope, label: str, options: Options
) -> list[Node]:
    shows = [gate for gate in scope.gates if gate.shows]
    top = place.steps == scope.holder.base
    inner = Scope(place, scope.holder, scope.gates if top else scope.within().gates)
    at = f"{place.at}/detail"
    detail = options.get("detail")
    section = None if top else reading.building.section(place.at, label, hint=hint_of(place))
    items: list[Node] = []
    if isinstance(detail, Mapping):
        items = reading.lay_out(reading, detail, at, inner)
        items += unshown(reading, place, inner)
    else:
        for part in place.properties().values():
            if part.steps not in reading.found:
                items += items_of(reading, part, inner, "", {})
        items += jsonforms_lists.others(reading, place, inner, "" if items else label)
    _tell_words(reading, place)
    if top and place.steps and place.steps[-1] == "*":
        return items
    if section is None:
        return items
    if not items:
        reading.report.lost(place.at, place.name, "The group has nothing that can be asked.")
        return []
    section["items"] = items
    reading.gate(section, shows)
    return [section]


_UNSAID = ("maxProperties", "minProperties", "not", "dependentSchemas")


def _tell_words(reading: Reading, place: Place) -> None:
    """Report what an object's schema says beside its properties."""
    for word in _UNSAID:
        if word in place.schema:
            reading.report.lost(f"{place.at}/{word}", word, "The form does not check it.")
    for pattern in mapping(place.schema, "patternProperties"):
        if not is_plain(pattern):
            says = "Names of this pattern cannot be added: only a plain word, its start or its end."
            reading.report.lost(f"{place.at}/patternProperties/{pattern}", pattern, says)
    for word in ("anyOf", "oneOf"):
        listed = place.schema.get(word)
        if isinstance(listed, list) and not all(
            is_constant(resolved(place.root, one, ())[0]) for one in listed
        ):
            says = "Its sets of conditions are not checked; what they name can be asked."
            reading.report.lost(f"{place.at}/{word}", word, says)
