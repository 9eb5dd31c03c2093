"""Write the rules of an imported JSONForms form, now that every question has its key. Pure."""

from functools import partial
from typing import Any

from formdefs.importing.json_schema import Place
from formdefs.importing.jsonforms_reading import Pending, Reading, mapping
from formdefs.importing.jsonforms_rules import schema_rule
from formdefs.importing.told import Untold


def settle(reading: Reading, place: Place) -> None:
    """Write what was left: showing, locking, and what is required under a condition."""
    _conditions(reading, place)
    for waiting in reading.pending:
        try:
            rule = waiting.make()
        except Untold as reason:
            told = f"The rule cannot be said here: {reason}."
            reading.report.lost(waiting.at, waiting.part, told)
            continue
        _add(waiting.node, waiting.part, rule)
        reading.report.carried(waiting.at, waiting.part, _SAID[waiting.part])


_SAID = {
    "visible": "A rule decides whether it shows. What is hidden is empty here.",
    "readonly": "A rule decides whether it may be typed.",
    "required": "A rule decides whether it must be answered.",
}


def _add(node: dict[str, Any], part: str, rule: Any) -> None:
    """Join a rule to what the node says already: all must show it, any may lock or require it."""
    word, neutral = ("and", True) if part == "visible" else ("or", False)
    before = node.get(part, neutral)
    if before is (not neutral) or rule is neutral:
        return
    if before is neutral or rule is (not neutral):
        node[part] = rule
    elif isinstance(before, dict) and list(before) == [word]:
        node[part] = {word: [*before[word], rule]}
    else:
        node[part] = {word: [before, rule]}


def _conditions(reading: Reading, place: Place) -> None:
    """Carry `if`, `then` and `else` as far as they say what is required, and dependentRequired."""
    find = reading.finder(place.steps)
    schema = place.schema
    branches = [("then", False), ("else", True)] if "if" in schema else []
    for word, turned in branches:
        named = mapping(schema, word).get("required")
        for name in named if isinstance(named, list) else ():
            entry = reading.found.get((*place.steps, str(name)))
            if entry is not None and entry[0].get("type") not in (None, "calculated"):

                def make(turned: bool = turned) -> Any:
                    rule = schema_rule(schema["if"], (), find)
                    told = (not rule) if isinstance(rule, bool) else {"!": rule}
                    return told if turned else rule

                at = f"{place.at}/{word}/required"
                reading.pending.append(Pending(entry[0], "required", at, make))
    for word in ("dependentRequired", "dependencies"):
        for name, needed in mapping(schema, word).items():
            if not isinstance(needed, list):
                reading.report.lost(f"{place.at}/{word}/{name}", word, "It is not checked here.")
                continue
            for other in needed:
                entry = reading.found.get((*place.steps, str(other)))
                known = find((str(name),))
                if entry is not None and known is not None:
                    rule = {"!=": [{"var": known.key}, None]}
                    at = f"{place.at}/{word}/{name}"
                    waiting = Pending(entry[0], "required", at, partial(dict[str, Any], rule))
                    reading.pending.append(waiting)
