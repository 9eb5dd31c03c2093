"""JSONForms (JSON Schema and UI schema) as a form: pages, sections, controls and their rules. Pure.

See `docs/reference/importing.md` for what is carried, changed and lost. JSONForms: jsonforms.io/docs.
"""

from collections.abc import Mapping
from typing import Any

from formdefs.importing import jsonforms_settle, jsonforms_values
from formdefs.importing.building import Building, Node, finished
from formdefs.importing.data_shape import Holder, Object
from formdefs.importing.json_schema import Place, pointer_parts, whole
from formdefs.importing.jsonforms_reading import Gate, Reading, Scope, mapping
from formdefs.importing.naming import in_words
from formdefs.importing.report import Imported, NotImportable, Report

_NOTHING: Any = object()
MAX_ELEMENTS = 5000
MAX_DEPTH = 60


def read(
    source: Any,
    *,
    key: str = "",
    title: str = "",
    uischema: Any = None,
    data: Any = _NOTHING,
    others: bool = False,
) -> Imported:
    """Make a form of `{"schema": …, "uischema": …, "data": …}`, or of a JSON Schema alone.

    data: what the form must be able to hold: its values widen what the schema allows, and its names
    are asked for even where the schema has them nowhere. Without a schema one is made from it, and
    without a UI schema every property is shown. What the layout shows nowhere is asked at the end.
    others: any further name may be given at the top, as JSON Schema allows where it is silent
    (JSONForms: `allowAdditionalPropertiesIfMissing`). Raises NotImportable.
    """
    schema, uischema, data = _parts(source, uischema, data)
    given = data is not _NOTHING
    _refuse_size(schema, uischema, data if given else None)
    report = Report()
    if schema is None:
        if not given or data is None:
            raise NotImportable("There is no schema, and no data to make one from.")
        report.changed("", "schema", "There is none: it is made from the data.")
        schema = {}
    place = whole(schema, data if given else None, given)
    if not place.types:
        raise NotImportable("The schema describes nothing: a value of any kind may be anything.")
    title = title or _text(schema.get("title")) or in_words(key) or "Imported form"
    for asks_unshown in (True, False):
        building = Building(Report(dict(report.lines)))
        reading = Reading(
            building, given, _elements, jsonforms_values.items_of, others, asks_unshown
        )
        holder = Holder(())
        pages = _pages(reading, uischema, title, Scope(place, holder))
        shown = len(reading.found)
        if not shown:
            raise NotImportable("Nothing that the form shows can be asked here.")
        _add_unshown(reading, pages, Scope(place, holder))
        jsonforms_settle.settle(reading, place)
        try:
            definition = finished(building, pages, key=key, title=title)
        except NotImportable:
            if asks_unshown and len(reading.found) > shown:
                continue  # too large with what is not shown
            raise
        return Imported(definition, tuple(building.report.lines), holder.shape or Object())
    raise AssertionError("The second reading returns or raises.")


def _parts(source: Any, uischema: Any, data: Any) -> tuple[Any, Any, Any]:
    if not isinstance(source, Mapping):
        raise NotImportable("This is not a JSON Schema: an object in braces is wanted.")
    bundled = "uischema" in source or "schema" in source or set(source) == {"data"}
    described = any(word in source for word in ("properties", "$ref", "items", "type"))
    if bundled and not described:
        schema = source.get("schema")
        uischema = source.get("uischema") if uischema is None else uischema
        data = source.get("data", _NOTHING) if data is _NOTHING else data
    else:
        schema = source
    if schema is not None and not isinstance(schema, Mapping):
        raise NotImportable("The schema is not an object in braces.", "/schema")
    if uischema is not None and not isinstance(uischema, Mapping):
        raise NotImportable("The UI schema is not an object in braces.", "/uischema")
    return schema, uischema, data


def _refuse_size(*parts: Any) -> None:
    waiting, counted = [(part, 0) for part in parts], 0
    while waiting:
        part, depth = waiting.pop()
        counted += 1
        if counted > 200_000 or depth > MAX_DEPTH:
            raise NotImportable("The source is too large, or nested too deeply, for a form.")
        inner = part.values() if isinstance(part, Mapping) else part
        if isinstance(part, Mapping | list):
            waiting.extend((one, depth + 1) for one in inner)


def _pages(reading: Reading, uischema: Any, title: str, scope: Scope) -> list[Node]:
    if uischema is None or uischema.get("type") != "Categorization":
        page = reading.building.page("/uischema", title)
        if uischema is None:
            page["items"] = jsonforms_values.items_of(reading, scope.place, scope, "", {})
        else:
            page["items"] = _elements(reading, uischema, "/uischema", scope)
        return [page]
    pages = []
    for index, category in enumerate(_list(uischema, "elements")):
        at = f"/uischema/elements/{index}"
        page = reading.building.page(at, _label(reading, category, at) or f"Page {index + 1}")
        gates = [*scope.gates, *_gates(reading, category, at, scope)]
        if category.get("type") == "Category":
            inner = scope.within(*gates)
            for number, element in enumerate(_list(category, "elements")):
                page["items"] += _elements(reading, element, f"{at}/elements/{number}", inner)
            reading.gate(page, [gate for gate in gates if gate.shows])
        else:
            page["items"] = _elements(reading, category, at, scope)
        reading.report.carried(at, "Category", f"Page “{page['title']}”.")
        pages.append(page)
    return pages or [reading.building.page("/uischema", title)]


def _elements(reading: Reading, element: Any, at: str, scope: Scope) -> list[Node]:
    """Give the items of one element of the layout."""
    if not isinstance(element, Mapping):
        reading.report.lost(at, "element", "It is not an object.")
        return []
    kind = element.get("type")
    own = _gates(reading, element, at, scope)
    if kind in ("Control", "ListWithDetail"):
        return _control(reading, element, at, scope, own)
    if kind == "Label":
        return _words(reading, element, at, scope, own)
    if not isinstance(element.get("elements"), list):
        reading.report.lost(
            at, str(kind or "element"), "JSONForms has no such element, nor have we."
        )
        return []
    label = _label(reading, element, at)
    if kind in ("Group", "Category") and label:
        section = reading.building.section(at, label)
        inner = scope.within(*own)
        for index, part in enumerate(element["elements"]):
            section["items"] += _elements(reading, part, f"{at}/elements/{index}", inner)
        if not section["items"]:
            return []
        reading.gate(section, [gate for gate in (*scope.gates, *own) if gate.shows])
        reading.report.carried(at, str(kind), f"Section “{section['title']}”.")
        return [section]
    if kind == "HorizontalLayout":
        reading.report.changed(at, kind, "What stood side by side stands one under another.")
    through = Scope(scope.place, scope.holder, (*scope.gates, *own))
    items = []
    for index, part in enumerate(element["elements"]):
        items += _elements(reading, part, f"{at}/elements/{index}", through)
    return items


def _words(
    reading: Reading, element: Mapping[str, Any], at: str, scope: Scope, own: list[Gate]
) -> list[Node]:
    text = _text(element.get("text"))
    if not text:
        reading.report.lost(at, "Label", "It has no text.")
        return []
    content = reading.building.content(at, text)
    reading.gate(content, [gate for gate in (*scope.gates, *own) if gate.shows])
    reading.report.carried(at, "Label", "Words between the questions.")
    return [content]


def _control(
    reading: Reading, element: Mapping[str, Any], at: str, scope: Scope, own: list[Gate]
) -> list[Node]:
    pointer = _text(element.get("scope"))
    place = _located(scope.place, pointer) if "scope" in element else None
    if place is None:
        reading.report.lost(at, "Control", f"Its scope “{pointer}” is nowhere in the schema.")
        return []
    if place.steps in reading.found:
        reading.report.lost(at, "Control", "The same is asked above: a form asks it once.")
        return []
    options = mapping(element, "options")
    inner = Scope(scope.place, scope.holder, (*scope.gates, *own))
    label = _label(reading, element, at)
    items = jsonforms_values.items_of(reading, place, inner, label, options)
    if items:
        jsonforms_values.tell_options(reading, at, options)
    return items


def _located(place: Place, pointer: str) -> Place | None:
    """Follow a control's scope; steps through conditions and alternatives stay at the same place."""
    found: Place | None = place
    parts = pointer_parts(pointer)
    while parts and found is not None:
        word = parts.pop(0)
        if word == "properties" and parts:
            found = found.property(parts.pop(0))
        elif word == "items":
            found = found.items()
        elif word in ("anyOf", "oneOf", "allOf") and parts:
            parts.pop(0)
        elif word not in ("if", "then", "else"):
            return None
    return found


def _gates(reading: Reading, element: Mapping[str, Any], at: str, scope: Scope) -> list[Gate]:
    rule = element.get("rule")
    if rule is None:
        return []
    effect = rule.get("effect") if isinstance(rule, Mapping) else None
    if effect not in ("SHOW", "HIDE", "ENABLE", "DISABLE"):
        reading.report.lost(f"{at}/rule", "rule", "Its effect is none of JSONForms' four.")
        return []
    find = reading.finder(scope.place.steps)
    return [Gate(str(effect), rule.get("condition"), find, f"{at}/rule")]


def _label(reading: Reading, element: Any, at: str) -> str:
    label = element.get("label") if isinstance(element, Mapping) else None
    if isinstance(label, Mapping):
        label = label.get("text")
    if isinstance(label, str) and label.strip():
        return label
    named = element.get("i18n") if isinstance(element, Mapping) else None
    if isinstance(named, str) and element.get("type") in ("Group", "Category"):
        says = f"The label “{named}” comes from translations, which the file has not."
        reading.report.changed(at, "i18n", says)
        return in_words(named)
    return ""


def _add_unshown(reading: Reading, pages: list[Node], scope: Scope) -> None:
    """Ask also for what the data has and the layout shows nowhere, so that nothing is lost."""
    items = jsonforms_values.unshown(reading, scope.place, scope)
    if items:
        section = reading.building.section("#unshown", "Not shown in the source form")
        section |= {"collapsible": True, "items": items}
        pages[-1]["items"].append(section)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Mapping[str, Any], name: str) -> list[Any]:
    part = value.get(name)
    return [one for one in part if isinstance(one, Mapping)] if isinstance(part, list) else []
