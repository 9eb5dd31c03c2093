"""Write when the items of an imported Questionnaire show, and what is worked out. Pure."""

from collections.abc import Mapping
from typing import Any

from formdefs.importing import fhirpath, told
from formdefs.importing.data_shape import WORKED_OUT
from formdefs.importing.fhir_reading import (
    SDC,
    Entry,
    Reading,
    Waiting,
    extension,
    text,
    typed_value,
)
from formdefs.importing.fhir_types import code_of
from formdefs.importing.told import Told, Untold


def settle(reading: Reading) -> None:
    """Write conditions, calculations and first values that are expressions."""
    for entry in [*reading.entries.values()]:
        if entry.kind != "rows":
            _calculated(reading, entry)
            _initial(reading, entry)
    for waiting in reading.waiting:
        _enabled(reading, waiting)


def _enabled(reading: Reading, waiting: Waiting) -> None:
    """Say when an item shows: by its conditions, and by its expression."""
    item, at = waiting.item, waiting.at
    listed = item.get("enableWhen")
    conditions = (
        [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    )
    rules: list[Any] = []
    for index, condition in enumerate(conditions):
        place = f"{at}/enableWhen/{index}"
        try:
            rules.append(_condition(reading, condition, waiting.repeats))
        except Untold as reason:
            reading.report.lost(place, "enableWhen", f"It has {reason}; the condition is left out.")
        else:
            reading.report.carried(place, "enableWhen", "A rule.")
    behaviour = item.get("enableBehavior")
    if len(conditions) > 1 and behaviour not in ("all", "any"):
        says = "It is not said whether all or any must hold: all must."
        reading.report.changed(at, "enableBehavior", says)
    made: Any = None
    if rules:
        made = rules[0] if len(rules) == 1 else {"or" if behaviour == "any" else "and": rules}
    expression = _expression(item, "enableWhenExpression")
    if expression:
        try:
            rule = told.truth(fhirpath.translate(expression, reading.refer(()))).rule
        except Untold as reason:
            reading.report.lost(at, "enableWhenExpression", f"It has {reason}.")
        else:
            made = rule if made is None else {"and": [made, rule]}
            reading.report.carried(at, "enableWhenExpression", "A rule.")
    if made is not None:
        before = waiting.node.get("visible")
        waiting.node["visible"] = made if before is None else {"and": [before, made]}


def _condition(reading: Reading, condition: Mapping[str, Any], repeats: tuple[str, ...]) -> Any:
    link_id, operator = text(condition, "question"), text(condition, "operator")
    entry = reading.entries.get(link_id)
    of = reading.refer(repeats)(link_id)
    rule = _compared(operator, Told(of.rule, of.kind, values=of.values), condition, entry)
    for repeat in reversed(of.rows if of.kind != "rows" else of.rows[:-1]):
        rule = {"some": [{"var": repeat}, rule]}
    return rule


def _compared(operator: str, of: Told, condition: Mapping[str, Any], entry: Entry | None) -> Any:
    typed = typed_value(condition, "answer")
    if typed is None:
        raise Untold("no answer to compare with")
    kind, value = typed
    if operator == "exists":
        if of.kind == "rows":
            return {">" if value is True else "==": [{"count": [of.rule]}, 0]}
        return {"!=" if value is True else "==": [of.rule, None]}
    if operator not in ("=", "!=", ">", "<", ">=", "<="):
        raise Untold(f"the operator “{operator}”")
    if kind == "Quantity":
        value = value.get("value") if isinstance(value, Mapping) else None
    if kind == "Reference" or value is None:
        raise Untold(f"an answer of the type {kind}")
    if of.kind in ("code", "codes"):
        code = code_of(entry.values, value) if entry else None
        if code is None:
            raise Untold("an answer that is none of the options")
        chosen = {"in": [code, of.rule]} if of.kind == "codes" else {"==": [of.rule, code]}
        if operator not in ("=", "!="):
            raise Untold(f"“{operator}” between choices")
        return chosen if operator == "=" else {"!": [chosen]}
    if isinstance(value, Mapping | list):
        raise Untold(f"an answer of the type {kind}")
    if of.kind == "time" and isinstance(value, str):
        value = value[:5]
    written = _KINDS.get(type(value), "text")
    literal = Told(
        value, of.kind if isinstance(value, str) and of.kind in _WRITTEN else written, literal=True
    )
    return told.compared("==" if operator == "=" else operator, of, literal).rule


_KINDS = {bool: "boolean", int: "integer", float: "number", str: "text"}
_WRITTEN = ("date", "datetime", "time")
_RESULTS = {
    "number": "decimal", "integer": "integer", "text": "text", "code": "text", "date": "date",
    "boolean": "yes_no",
}  # fmt: skip


def _calculated(reading: Reading, entry: Entry) -> None:
    expression = _expression(entry.item, "calculatedExpression")
    if not expression:
        return
    try:
        found = fhirpath.translate(expression, reading.refer(()))
        if found.rows or found.kind not in _RESULTS:
            _refuse(found)
    except Untold as reason:
        says = f"It has {reason}: the answer is typed."
        reading.report.lost(entry.at, "calculatedExpression", says)
        return
    asks_number = entry.node["type"] == "decimal"
    result = "decimal" if asks_number and found.is_number else _RESULTS[found.kind]
    for name in [*entry.node]:
        if name not in ("id", "kind", "key", "label", "hint", "visible"):
            del entry.node[name]
    entry.node |= {"type": "calculated", "result": result, "value": found.rule}
    if result == "decimal":
        entry.node["decimal_places"] = 10
    entry.kind = "number" if result == "decimal" else found.kind
    if entry.shape is not None:
        entry.shape.how = WORKED_OUT
    reading.report.carried(entry.at, "calculatedExpression", "It is worked out.")


def _refuse(found: Told) -> None:
    raise Untold("several values" if found.rows else f"a value of the kind “{found.kind}”")


def _initial(reading: Reading, entry: Entry) -> None:
    expression = _expression(entry.item, "initialExpression")
    if not expression or entry.node["type"] == "calculated":
        return
    try:
        found = fhirpath.translate(expression, reading.refer(()))
    except Untold as reason:
        reading.report.lost(entry.at, "initialExpression", f"It has {reason}.")
        return
    entry.node["default"] = found.rule
    reading.report.carried(entry.at, "initialExpression", "A rule gives the first value.")


def _expression(item: Mapping[str, Any], name: str) -> str:
    """Return the FHIRPath of an extension, "" if it has none."""
    value = extension(item, f"{SDC}{name}")
    if isinstance(value, Mapping) and value.get("language") == "text/fhirpath":
        return text(value, "expression")
    return ""
