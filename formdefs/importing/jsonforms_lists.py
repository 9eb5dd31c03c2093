"""Lists, and objects with names of the user's choice, as repeats. Pure."""

from collections.abc import Mapping

from formdefs.importing import jsonforms_scalars
from formdefs.importing.building import Node
from formdefs.importing.data_shape import Holder, Named, Object, Rows
from formdefs.importing.json_schema import Place
from formdefs.importing.jsonforms_asking import (
    Options,
    hint_of,
    keep,
    names_of,
    question,
    title_of,
)
from formdefs.importing.jsonforms_reading import Reading, Scope
from formdefs.importing.naming import in_words


def array(reading: Reading, place: Place, scope: Scope, label: str, options: Options) -> list[Node]:
    """Make a repeat of a list, or a question where each of its values may stand once."""
    item = place.items()
    if place.schema.get("uniqueItems") is True and jsonforms_scalars.values_of(item) is not None:
        return question(reading, place, scope, label, options)
    repeat = reading.building.repeat(
        place.at, label, *names_of(place), hint=hint_of(place), scope=place.rows
    )
    for word, option in (("minItems", "min_rows"), ("maxItems", "max_rows")):
        if isinstance(place.schema.get(word), int) and 0 < place.schema[word] <= 1000:
            repeat[option] = place.schema[word]
    longest = max((len(one) for one in place.samples if isinstance(one, list)), default=0)
    if longest > repeat.get("max_rows", 100):
        repeat["max_rows"] = min(longest, 1000)
        reading.report.changed(place.at, "maxItems", f"The data has {longest} rows: allowed.")
    holder = Holder(item.steps)
    inner = Scope(item, holder, scope.within().gates)
    given = {"detail": options["detail"]} if "detail" in options else {}
    name = in_words(place.name) if item.type != "object" else ""
    repeat["items"] = reading.items_of(reading, item, inner, title_of(item) or name or label, given)
    if not repeat["items"]:
        reading.report.lost(place.at, place.name, "Its rows have nothing that can be asked.")
        return []
    rows = Rows(repeat["key"], holder.shape or Object())
    keep(reading, place, scope, repeat, rows)
    _title_rows(reading, item, repeat, options)
    if place.schema.get("uniqueItems") is True:
        reading.report.lost(place.at, "uniqueItems", "Two rows may be the same here.")
    return [repeat]


def _title_rows(reading: Reading, item: Place, repeat: Node, options: Options) -> None:
    """Name rows by what the source names, or by the first text that a row asks for."""
    named = options.get("elementLabelProp") or options.get("labelRef")
    wanted: tuple[str, ...] = ()
    if isinstance(named, str):
        parts = named.removeprefix("#/items").replace("/properties/", "/").strip("/#").split("/")
        wanted = tuple(part for one in parts for part in one.split("."))
    entry = reading.found.get((*item.steps, *wanted)) if wanted else None
    first = [
        node
        for steps, (node, _shape) in reading.found.items()
        if steps[: len(item.steps)] == item.steps
        and "*" not in steps[len(item.steps) :]
        and node.get("type") in ("text", "email", "date", "integer", "decimal")
    ]
    node = entry[0] if entry else first[0] if first else None
    if (
        node is not None
        and node["kind"] == "question"
        and node["type"] not in ("choices", "yes_no")
    ):
        repeat["row_title"] = {"var": node["key"]}
    elif named is not None:
        reading.report.lost(item.at, "elementLabelProp", "Rows are numbered instead.")


def others(reading: Reading, place: Place, scope: Scope, label: str) -> list[Node]:
    """Make a repeat for each sort of name that the schema allows and does not spell out.

    A row has the name and the value. JSONForms adds such properties one by one too.
    """
    made: list[Node] = []
    for index, (part, pattern) in enumerate(place.others(anyway=reading.others)):
        steps = (*place.steps, f"|others{index}")
        if steps in reading.found:
            continue
        repeat = reading.building.repeat(
            part.at,
            title_of(part) or label or "Other values",
            *(f"{name}_others" for name in names_of(place) if place.name),
            "others",
            scope=place.rows,
        )
        asked = reading.building.question(
            f"{part.at}#name", "text", "Name", "name", "entry_name", scope=part.rows, required=True
        )
        asked |= _name_limits(reading, place, pattern)
        holder = Holder(part.steps)
        inner = Scope(part, holder, scope.within().gates)
        items = reading.items_of(reading, part, inner, "Value", {})
        if not items:
            continue
        repeat |= {"row_title": {"var": asked["key"]}, "items": [asked, *items]}
        shape = Named(repeat["key"], asked["key"], holder.shape or Object(), pattern)
        scope.holder.object_at(place.steps).others.append(shape)
        reading.found[steps] = repeat, Rows(repeat["key"], shape.item)
        reading.gate(repeat, scope.gates)
        says = f"Repeat “{repeat['key']}”: each row has a name and its value."
        reading.report.carried(part.at, "additionalProperties", says)
        made.append(repeat)
    return made


def _name_limits(reading: Reading, place: Place, pattern: str) -> Node:
    """Return what a name must be: what matches the pattern, and what propertyNames says."""
    named = place.schema.get("propertyNames")
    told = dict(named) if isinstance(named, Mapping) else {}
    if pattern:
        told["pattern"] = pattern
    return jsonforms_scalars.text_limits(told)
