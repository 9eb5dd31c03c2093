"""FHIR R4 Questionnaires as a form: groups, questions, options, and when each shows. Pure.

See `docs/reference/importing.md` for what is carried, changed and lost. hl7.org/fhir/R4/questionnaire.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from formdefs.importing import fhir_rules
from formdefs.importing.building import Building, Node, finished, language_of, readable
from formdefs.importing.data_shape import HOW, Holder, Object, Rows, Value
from formdefs.importing.fhir_reading import (
    BASE,
    Entry,
    Item,
    Reading,
    Waiting,
    extension,
    items,
    text,
)
from formdefs.importing.fhir_types import (
    TYPES,
    Asked,
    code_of,
    control_of,
    initial_of,
    tell_extensions,
    unit_of,
)
from formdefs.importing.naming import in_words
from formdefs.importing.report import Imported, NotImportable, Report

MAX_ITEMS = 3000
MAX_PAGES = 60


def read(source: Any, *, key: str = "", title: str = "") -> Imported:
    """Make a form of a Questionnaire. Raises NotImportable.

    A group outside all others is a page; what stands beside such groups has pages of its own.
    """
    if not isinstance(source, Mapping) or source.get("resourceType") != "Questionnaire":
        raise NotImportable("This is not a FHIR Questionnaire: its “resourceType” says so.")
    report = Report()
    building = Building(report)
    listed = source.get("contained")
    contained = {
        text(one, "id"): one
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, Mapping) and one.get("resourceType") == "ValueSet"
    }
    reading = Reading(building, contained)
    title = title or text(source, "title") or in_words(text(source, "name")) or "Imported form"
    tell_extensions(reading, source, "")
    holder = Holder(())
    pages = _pages(reading, source, title, holder)
    if not reading.entries:
        raise NotImportable("The Questionnaire asks nothing that can be asked here.")
    fhir_rules.settle(reading)
    description = readable(text(source, "description")).strip()[:2000]
    definition = finished(
        building,
        [page for page in pages if page["items"]],
        key=key or text(source, "name") or text(source, "id"),
        title=title,
        language=language_of(text(source, "language")),
        **({"description": description} if description else {}),
    )
    return Imported(definition, tuple(report.lines), holder.shape or Object())


@dataclass(frozen=True)
class _Scope:
    """Where items are made: their steps in the data, their shape, and the repeats around them."""

    steps: tuple[str, ...]
    holder: Holder
    repeats: tuple[str, ...]


def _pages(reading: Reading, source: Item, title: str, holder: Holder) -> list[Node]:
    by_group = sum(_is_page(item) for item in items(source)) <= MAX_PAGES
    pages: list[Node] = []
    loose: Node | None = None
    for index, item in enumerate(items(source)):
        at = f"/item/{index}"
        scope = _Scope((), holder, ())
        if by_group and _is_page(item):
            loose = None
            link_id = _link_id(reading, item, at)
            page = reading.building.page(at, _label(item), link_id)
            pages.append(page)
            inner = replace(scope, steps=(link_id,))
            page["items"] = _inside(reading, item, at, inner)
            reading.waiting.append(Waiting(item, at, page, ()))
            tell_extensions(reading, item, at)
            reading.report.carried(at, "group", f"Page “{page['title']}”.")
            continue
        if loose is None:
            loose = reading.building.page(f"page {len(pages)}", title)
            pages.append(loose)
        loose["items"] += _item(reading, item, at, scope)
    return pages


def _is_page(item: Item) -> bool:
    return (
        item.get("type") == "group" and item.get("repeats") is not True and bool(text(item, "text"))
    )


def _inside(reading: Reading, item: Item, at: str, scope: _Scope) -> list[Node]:
    made: list[Node] = []
    for index, inner in enumerate(items(item)):
        made += _item(reading, inner, f"{at}/item/{index}", scope)
    return made


def _item(reading: Reading, item: Item, at: str, scope: _Scope) -> list[Node]:
    if len(reading.seen) > MAX_ITEMS or at.count("/item/") > 12:
        raise NotImportable("The Questionnaire has too many items, or nests them too deeply.", at)
    kind = text(item, "type")
    link_id = _link_id(reading, item, at)
    tell_extensions(reading, item, at)
    if extension(item, f"{BASE}questionnaire-hidden") is True:
        reading.report.lost(at, "questionnaire-hidden", "What nobody sees has no counterpart.")
        return []
    if kind == "display":
        return _display(reading, item, at, scope)
    if kind == "group":
        if item.get("repeats") is True:
            return _rows(reading, item, at, scope, link_id, None)
        return _group(reading, item, at, scope, link_id)
    if kind not in TYPES:
        reading.report.lost(at, kind or "item", "Such an item cannot be asked here.")
        return []
    asked = TYPES[kind](reading, item, at)
    if asked is None:
        return []
    if item.get("repeats") is True and asked.type not in ("choices", "file"):
        return _rows(reading, item, at, scope, link_id, asked)
    return _question(reading, item, at, scope, (*scope.steps, link_id), link_id, asked)


def _display(reading: Reading, item: Item, at: str, scope: _Scope) -> list[Node]:
    told = _label(item)
    if not text(item, "text"):
        reading.report.lost(at, "display", "It has no text.")
        return []
    node = reading.building.content(at, told)
    reading.waiting.append(Waiting(item, at, node, scope.repeats))
    reading.report.carried(at, "display", "Words between the questions.")
    return [node]


def _group(reading: Reading, item: Item, at: str, scope: _Scope, link_id: str) -> list[Node]:
    inner = replace(scope, steps=(*scope.steps, link_id))
    if not text(item, "text") and "enableWhen" not in item:
        reading.report.changed(at, "group", "It has no text: its items stand without it.")
        return _inside(reading, item, at, inner)
    section = reading.building.section(at, _label(item), link_id)
    section["items"] = _inside(reading, item, at, inner)
    reading.waiting.append(Waiting(item, at, section, scope.repeats))
    reading.report.carried(at, "group", f"Section “{section['title']}”.")
    return [section] if section["items"] else []


def _rows(
    reading: Reading, item: Item, at: str, scope: _Scope, link_id: str, asked: Asked | None
) -> list[Node]:
    """Make a repeat of a repeating group, or of a question that takes several answers."""
    repeat = reading.building.repeat(at, _label(item), link_id, scope=scope.repeats)
    for name, option in (("minOccurs", "min_rows"), ("maxOccurs", "max_rows")):
        count = extension(item, f"{BASE}questionnaire-{name}")
        if isinstance(count, int) and 1 <= count <= 1000:
            repeat[option] = count
    if item.get("required") is True:
        repeat.setdefault("min_rows", 1)
    steps = (*scope.steps, link_id)
    holder = Holder((*steps, "*"))
    inner = _Scope(holder.base, holder, (*scope.repeats, repeat["key"]))
    if asked is None:
        reading.entries[link_id] = Entry(item, at, repeat, "rows", scope.repeats)
        repeat["items"] = _inside(reading, item, at, inner)
    else:
        bare = {name: part for name, part in item.items() if name not in ("enableWhen", "required")}
        own = holder.base if not items(item) else (*holder.base, "")
        repeat["items"] = _question(reading, bare, at, inner, own, link_id, asked)
        reading.report.changed(at, "repeats", "Each answer is a row of a repeat.")
    if not repeat["items"]:
        return []
    first = repeat["items"][0]
    if first.get("type") in ("text", "integer", "decimal", "date"):
        repeat["row_title"] = {"var": first["key"]}
    scope.holder.plant(steps, Rows(repeat["key"], holder.shape or Object()))
    reading.waiting.append(Waiting(item, at, repeat, scope.repeats))
    reading.report.carried(at, "repeats", f"Repeat “{repeat['key']}”.")
    return [repeat]


def _question(
    reading: Reading,
    item: Item,
    at: str,
    scope: _Scope,
    steps: tuple[str, ...],
    link_id: str,
    asked: Asked,
) -> list[Node]:
    """Make a question, what specifies an open choice, and the items under the question."""
    hint = " ".join(text(one, "text") for one in items(item) if control_of(one) == "help")
    unit = unit_of(item) if item.get("type") == "quantity" else {}
    if unit:
        hint = f"{hint} In {unit.get('unit') or unit.get('code')}".strip()
    node = reading.building.question(
        at,
        asked.type,
        _label(item),
        link_id,
        f"{link_id}_value",
        hint=hint,
        scope=scope.repeats,
        **asked.options,
    )
    if item.get("required") is True:
        node["required"] = True
    if item.get("readOnly") is True:
        node["readonly"] = True
    shape = Value(node["key"], asked.how, asked.by_code)
    reading.entries[link_id] = Entry(item, at, node, asked.kind, scope.repeats, asked.values, shape)
    reading.waiting.append(Waiting(item, at, node, scope.repeats))
    below = [one for one in items(item) if control_of(one) != "help"]
    own = steps if not below or steps[-1:] == ("",) else (*steps, "")
    _default(reading, item, at, node, asked, shape)
    made = [node]
    if asked.open:
        made.append(_specify(reading, at, scope, own, node, asked))
        scope.holder.plant((*own, "coding"), shape)
    else:
        scope.holder.plant(own, shape)
    reading.report.carried(at, text(item, "type"), f"Question “{node['key']}” ({node['type']}).")
    inner = replace(scope, steps=own[:-1] if below or own[-1:] == ("",) else steps)
    for index, one in enumerate(items(item)):
        if control_of(one) == "help":
            reading.report.carried(f"{at}/item/{index}", "display", "The hint of the question.")
            continue
        made += _item(reading, one, f"{at}/item/{index}", inner)
    return made


def _specify(
    reading: Reading, at: str, scope: _Scope, own: tuple[str, ...], node: Node, asked: Asked
) -> Node:
    """Ask what “other” is, in an open choice."""
    code = next(
        code
        for code, value in asked.by_code.items()
        if isinstance(value, str) and value == "@other"
    )
    label = f"{node['label']} – other"[:500]
    name = f"{node['key']}_other"
    told = reading.building.question(
        f"{at}#other", "text", label, name, max_length=2000, scope=scope.repeats
    )
    var = {"var": node["key"]}
    told["visible"] = {"in": [code, var]} if asked.kind == "codes" else {"==": [var, code]}
    scope.holder.plant((*own, "string"), Value(told["key"], "text"))
    says = f"“Other” is one of the options, and “{told['key']}” asks what it is."
    reading.report.changed(at, "open-choice", says)
    return told


def _default(reading: Reading, item: Item, at: str, node: Node, asked: Asked, shape: Value) -> None:
    values = initial_of(item)
    if not values or asked.type in ("file", "calculated"):
        return
    found: Any
    if asked.kind == "codes":
        found = [code for value in values if (code := code_of(asked.values, value))] or None
    elif asked.kind == "code":
        found = code_of(asked.values, values[0])
    elif item.get("type") == "quantity":
        amount = values[0].get("value") if isinstance(values[0], Mapping) else None
        found = HOW[shape.how][0](amount, shape)
    else:
        found = HOW[shape.how][0](values[0], shape)
    if found is None:
        reading.report.lost(at, "initial", "It is no answer to this question.")
    else:
        node["default"] = found
        reading.report.carried(at, "initial", "The first value.")


def _link_id(reading: Reading, item: Item, at: str) -> str:
    link_id = text(item, "linkId")
    if not link_id:
        raise NotImportable("An item has no “linkId”.", at)
    if link_id in reading.seen:
        raise NotImportable(f"The link id “{link_id}” stands there twice.", at)
    reading.seen.add(link_id)
    return link_id


def _label(item: Item) -> str:
    told = text(item, "text") or in_words(text(item, "linkId"))
    prefix = text(item, "prefix")
    return f"{prefix} {told}" if prefix else told
