"""One place of a JSON Schema as items of a form: a question, a section, a repeat, or alternatives. Pure."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from formdefs.importing import fitting, jsonforms_scalars
from formdefs.importing.building import Node
from formdefs.importing.data_shape import HOW, Either, Holder, Object, Rows, is_empty
from formdefs.importing.json_schema import Place, best, is_constant, resolved
from formdefs.importing.jsonforms_reading import Pending, Reading, Scope, mapping
from formdefs.importing.naming import in_words

Options = Mapping[str, Any]
_SHOWN = ("readonly", "multi", "detail", "elementLabelProp", "labelRef")
MOST_QUESTIONS = 2000


def items_of(
    reading: Reading, place: Place, scope: Scope, label: str, options: Options
) -> list[Node]:
    """Make the items that ask for a place; [] if it cannot be asked, which the report says."""
    label = label or _title(place) or in_words(place.name) or "Value"
    if place.is_circle():
        reading.report.lost(place.at, place.name, "It contains itself: no more levels are asked.")
        return []
    if len(reading.found) > MOST_QUESTIONS:
        return []
    alternatives = place.alternatives()
    if len(alternatives) > 1 and not _are_texts(alternatives):
        return _either(reading, place, alternatives, scope, label)
    if alternatives:
        place = _joined(reading, place, alternatives)
    kind = place.type
    if jsonforms_scalars.values_of(place) is not None:
        return _question(reading, place, scope, label, options)
    if kind == "object":
        return _object(reading, place, scope, label, options)
    if kind == "array":
        return _array(reading, place, scope, label, options)
    if kind:
        if len(place.types) > 1:
            told = ", ".join(place.types)
            reading.report.changed(place.at, place.name, f"It may be {told}; asked as {kind}.")
        return _question(reading, place, scope, label, options)
    reading.report.lost(place.at, place.name, "The schema does not say what it may be.")
    return []


def tell_options(reading: Reading, at: str, options: Options) -> None:
    """Report the options of a control that have no counterpart."""
    for name in options:
        if name not in (*_SHOWN, "format"):
            says = "How it looks is the platform's own; the option has no counterpart."
            reading.report.lost(f"{at}/options/{name}", name, says)


def unshown(reading: Reading, place: Place, scope: Scope) -> list[Node]:
    """Make items for the parts of an object that the data has and nothing asks for yet."""
    items: list[Node] = []
    if place.type != "object" or place.steps in reading.found:
        return items
    for name, part in place.properties().items():
        if part.steps in reading.found:
            continue
        if any(steps[: len(part.steps)] == part.steps for steps in reading.found):
            items += unshown(reading, part, scope)
        elif not all(is_empty(sample) for sample in part.samples):
            made = items_of(reading, part, scope, "", {})
            if made:
                says = "The source shows it nowhere, but its data has it: it is asked at the end."
                reading.report.changed(part.at, name, says)
            items += made
        elif name in mapping(place.schema, "properties"):
            reading.report.lost(part.at, name, "The source shows it nowhere.")
    return items


def _title(place: Place) -> str:
    title = place.schema.get("title")
    return title if isinstance(title, str) else ""


def _hint(place: Place) -> str:
    told = place.schema.get("description")
    return told if isinstance(told, str) else ""


def _question(
    reading: Reading, place: Place, scope: Scope, label: str, options: Options
) -> list[Node]:
    names = _names(place)
    question, shape = jsonforms_scalars.question_of(
        reading.building, place, label, names, _hint(place), options
    )
    if shape.how not in ("code", "codes"):
        into = HOW[shape.how][0]
        samples = [sample for sample in place.samples if not is_empty(sample)]
        answers = [a if (a := into(one, shape)) is not None else one for one in samples]
        strange = [one for one in samples if isinstance(one, str) and into(one, shape) is None]
        for says in fitting.as_text(question, strange):
            reading.report.changed(place.at, place.name, says)
        for says in fitting.widen(question, answers):
            reading.report.changed(place.at, place.name, says)
        if question["type"] in ("text", "long_text"):
            shape.how = "text"
    _ask(reading, place, scope, question)
    _keep(reading, place, scope, question, shape)
    return [question]


def _keep(reading: Reading, place: Place, scope: Scope, node: Node, shape: Any) -> None:
    reading.found[place.steps] = node, shape
    scope.holder.plant(place.steps, shape)
    reading.gate(node, scope.gates)
    what = f"Question “{node['key']}” ({node.get('type')})."
    if node["kind"] == "repeat":
        what = f"Repeat “{node['key']}”."
    reading.report.carried(place.at, place.name or "the whole", what)


def _ask(reading: Reading, place: Place, scope: Scope, question: Node) -> None:
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


def _names(place: Place) -> tuple[str, ...]:
    """Return the names that a key may have: the property's, then with those around it."""
    steps = [step for step in place.steps if step != "*" and not step.startswith("|")]
    made = ["_".join(steps[-count:]) for count in range(1, min(len(steps), 4) + 1)]
    return (*made, f"{steps[-1]}_value") if steps and place.steps[-1] == "*" else tuple(made)


def _object(
    reading: Reading, place: Place, scope: Scope, label: str, options: Options
) -> list[Node]:
    shows = [gate for gate in scope.gates if gate.shows]
    top = place.steps == scope.holder.base
    inner = Scope(place, scope.holder, scope.gates if top else scope.within().gates)
    at = f"{place.at}/detail"
    detail = options.get("detail")
    section = None if top else reading.building.section(place.at, label, hint=_hint(place))
    items: list[Node] = []
    if isinstance(detail, Mapping):
        items = reading.lay_out(reading, detail, at, inner)
        items += unshown(reading, place, inner)
    else:
        for part in place.properties().values():
            if part.steps not in reading.found:
                items += items_of(reading, part, inner, "", {})
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


def _array(
    reading: Reading, place: Place, scope: Scope, label: str, options: Options
) -> list[Node]:
    item = place.items()
    if place.schema.get("uniqueItems") is True and jsonforms_scalars.values_of(item) is not None:
        return _question(reading, place, scope, label, options)
    if not item.types and not item.alternatives():
        reading.report.lost(place.at, place.name, "The schema does not say what its items are.")
        return []
    repeat = reading.building.repeat(
        place.at, label, *_names(place), hint=_hint(place), scope=place.rows
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
    repeat["items"] = items_of(reading, item, inner, _title(item) or name or label, given)
    if not repeat["items"]:
        reading.report.lost(place.at, place.name, "Its rows have nothing that can be asked.")
        return []
    rows = Rows(repeat["key"], holder.shape or Object())
    _keep(reading, place, scope, repeat, rows)
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


def _are_texts(alternatives: list[Place]) -> bool:
    return all(place.types == ("string",) for place in alternatives)


def _joined(reading: Reading, place: Place, alternatives: list[Place]) -> Place:
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


def _either(
    reading: Reading, place: Place, alternatives: list[Place], scope: Scope, label: str
) -> list[Node]:
    """Ask first which alternative it is, then for that alternative."""
    titles: list[str] = []
    for index, one in enumerate(alternatives):
        title = _title(one) or _ref_name(one, place) or in_words(one.type) or f"Kind {index + 1}"
        titles.append(title if title not in titles else f"{title} {index + 1}")
    build = reading.building
    names = [f"{name}_kind" for name in _names(place) or ("value",)]
    listed, codes = build.list_of(f"{names[0]}s", [(title, title) for title in titles])
    chosen = build.question(
        f"{place.at}#kind",
        "choice",
        f"{label}: which kind?",
        *names,
        list=listed,
        hint=_hint(place),
        scope=place.rows,
    )
    _ask(reading, place, scope, chosen)
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
        section["items"] = items_of(reading, one, inner, titles[index], {})
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


_UNSAID = ("propertyNames", "maxProperties", "minProperties", "not", "dependentSchemas")


def _tell_words(reading: Reading, place: Place) -> None:
    """Report what an object's schema says beside its properties."""
    for word in _UNSAID:
        if word in place.schema:
            reading.report.lost(f"{place.at}/{word}", word, "The form does not check it.")
    free = place.schema.get("additionalProperties")
    if free is True or isinstance(free, Mapping) or "patternProperties" in place.schema:
        says = "A form asks what it names: other names of the author's choice cannot be added."
        reading.report.lost(place.at, "additionalProperties", says)
    for word in ("anyOf", "oneOf"):
        listed = place.schema.get(word)
        if isinstance(listed, list) and not all(
            is_constant(resolved(place.root, one, ())[0]) for one in listed
        ):
            says = "Its sets of conditions are not checked; what they name can be asked."
            reading.report.lost(f"{place.at}/{word}", word, says)
