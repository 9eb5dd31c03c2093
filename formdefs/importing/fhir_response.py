"""Answers of an imported Questionnaire as a QuestionnaireResponse, and back. Pure.

The response nests as the Questionnaire does; between the two lies data by link id, whose shape is
the import's `names`. hl7.org/fhir/R4/questionnaireresponse.html
"""

from collections.abc import Mapping
from typing import Any

from formdefs.importing.data_shape import Shape, Unfit, answers_in, answers_out, is_empty
from formdefs.importing.fhir_reading import Item, items, text, typed_value
from formdefs.importing.fhir_types import OTHER, control_of, unit_of

_TYPES = {
    "boolean": "Boolean", "decimal": "Decimal", "integer": "Integer", "date": "Date",
    "dateTime": "DateTime", "time": "Time", "string": "String", "text": "String", "url": "Uri",
    "quantity": "Quantity",
}  # fmt: skip


def answers_of(questionnaire: Item, names: Shape, response: Any) -> dict[str, Any]:
    """Turn a QuestionnaireResponse into answers. Raises Unfit for what has no place in them."""
    if not isinstance(response, Mapping) or response.get("resourceType") != "QuestionnaireResponse":
        raise Unfit((), "it is not a QuestionnaireResponse.")
    return answers_in(names, _data(items(questionnaire), items(response)))


def response_of(questionnaire: Item, names: Shape, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Turn answers into a completed QuestionnaireResponse; what is worked out is left out."""
    data = answers_out(names, answers)
    made: dict[str, Any] = {"resourceType": "QuestionnaireResponse", "status": "completed"}
    if url := text(questionnaire, "url"):
        made["questionnaire"] = url
    inner = _items(items(questionnaire), data if isinstance(data, Mapping) else {})
    return made | ({"item": inner} if inner else {})


def _data(asked: list[Item], given: list[Item]) -> dict[str, Any]:
    """Return what is given for these items, by link id. Raises Unfit for what is not asked."""
    known = {text(item, "linkId"): item for item in asked}
    by_link: dict[str, list[Item]] = {}
    for one in given:
        link_id = text(one, "linkId")
        if link_id not in known:
            raise Unfit((link_id,), "the Questionnaire has no such item here.")
        by_link.setdefault(link_id, []).append(one)
    return {link_id: _given(known[link_id], found) for link_id, found in by_link.items()}


def _given(item: Item, found: list[Item]) -> Any:
    if item.get("type") == "group":
        rows = [_data(items(item), items(one)) for one in found]
        return rows if item.get("repeats") is True else rows[0]
    answers = [
        answer for one in found for answer in _listed(one, "answer") if isinstance(answer, Mapping)
    ]
    values = [_value(item, answer) for answer in answers]
    kind = text(item, "type")
    below = [one for one in items(item) if control_of(one) != "help"]
    inner = [_data(below, items(answer)) for answer in answers]
    if kind in ("choice", "open-choice"):
        own = _chosen(item, values)
        return {"": own, **(inner[0] if inner else {})} if below else own
    if item.get("repeats") is True:
        return [
            {"": value, **part} if below else value
            for value, part in zip(values, inner, strict=True)
        ]
    value = values[0] if values else None
    return {"": value, **(inner[0] if inner else {})} if below else value


def _listed(of: Item, name: str) -> list[Any]:
    listed = of.get(name)
    return listed if isinstance(listed, list) else []


def _chosen(item: Item, values: list[Any]) -> Any:
    """Return the options chosen; in an open choice, with what is none of them beside."""
    several = item.get("repeats") is True
    if item.get("type") != "open-choice" or not _has_options(item):
        return values if several else next(iter(values), None)
    strings = [value for value in values if isinstance(value, str) and not _offers(item, value)]
    offered = [value for value in values if value not in strings]
    if len(strings) > 1:
        raise Unfit((text(item, "linkId"),), "more than one answer is none of the options.")
    codings = offered + [OTHER] * len(strings)
    told: dict[str, Any] = {"coding": codings if several else next(iter(codings), None)}
    return told | ({"string": strings[0]} if strings else {})


def _has_options(item: Item) -> bool:
    return "answerOption" in item or text(item, "answerValueSet").startswith("#")


def _offers(item: Item, value: str) -> bool:
    options = _listed(item, "answerOption")
    return any(isinstance(one, Mapping) and one.get("valueString") == value for one in options)


def _value(item: Item, answer: Item) -> Any:
    typed = typed_value(answer)
    if typed is None:
        return None
    kind, value = typed
    if item.get("type") == "quantity" and isinstance(value, Mapping):
        unit = unit_of(item)
        if any(value.get(name) not in (None, told) for name, told in unit.items()):
            raise Unfit((text(item, "linkId"),), "the amount is in another unit.")
        strange = set(value) - {"value", *unit}
        if strange:
            raise Unfit((text(item, "linkId"),), f"an amount has no “{min(strange)}” here.")
        return value.get("value")
    wanted = _TYPES.get(text(item, "type"))
    if wanted and kind != wanted:
        raise Unfit((text(item, "linkId"),), f"it is answered by a {kind}.")
    return value


def _items(asked: list[Item], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for item in asked:
        link_id = text(item, "linkId")
        value = data.get(link_id)
        if value is not None and not (is_empty(value) and value != [{}]):
            made += _told(item, link_id, value)
    return made


def _told(item: Item, link_id: str, value: Any) -> list[dict[str, Any]]:
    if item.get("type") == "group":
        groups = value if isinstance(value, list) else [value]
        told = [{"linkId": link_id, "item": _items(items(item), one)} for one in groups]
        return [one if one["item"] else {"linkId": link_id} for one in told]
    below = [one for one in items(item) if control_of(one) != "help"]
    repeated = item.get("repeats") is True and item.get("type") not in ("choice", "open-choice")
    answers: list[dict[str, Any]] = []
    for one in value if repeated and isinstance(value, list) else [value]:
        own = one.get("") if below and isinstance(one, Mapping) else one
        inner = _items(below, one) if below and isinstance(one, Mapping) else []
        found = [_answer(item, part) for part in _each(item, own)]
        if inner:
            found = found or [{}]
            found[0] = {**found[0], "item": inner}
        answers += found
    return [{"linkId": link_id, "answer": answers}] if answers else []


def _each(item: Item, value: Any) -> list[Any]:
    if item.get("type") == "open-choice" and isinstance(value, Mapping) and _has_options(item):
        chosen, told = value.get("coding"), value.get("string")
        codings = chosen if isinstance(chosen, list) else [chosen]
        kept = [one for one in codings if one is not None and one != OTHER]
        return kept + ([told] if told is not None else [])
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _answer(item: Item, value: Any) -> dict[str, Any]:
    kind = text(item, "type")
    if kind in ("choice", "open-choice"):
        return {_option_type(item, value): value}
    if kind == "quantity":
        return {"valueQuantity": {"value": value, **unit_of(item)}}
    return {f"value{_TYPES.get(kind, 'String')}": value}


def _option_type(item: Item, value: Any) -> str:
    if isinstance(value, Mapping):
        return "valueCoding"
    for option in _listed(item, "answerOption"):
        typed = typed_value(option)
        if typed is not None and typed[1] == value and type(typed[1]) is type(value):
            return f"value{typed[0]}"
    return "valueString"
