"""JSON Schema conditions as rules: what JSONForms' SHOW, HIDE, ENABLE and DISABLE ask. Pure.

A JSON Schema lets pass what is not there, except where it names a value; the rules say so.
"""

from collections.abc import Callable, Mapping
from typing import Any

from formdefs.importing.data_shape import is_number
from formdefs.importing.json_schema import pointer_parts
from formdefs.importing.told import Untold

Rule = Any
Find = Callable[[tuple[str, ...]], "Known | None"]
"""Finds what answers a place in the data, by property names from where the condition stands."""


class Known:
    """What answers a place: its key, and how a value of the data is written in rules."""

    def __init__(self, key: str, written: Callable[[Any], Any], *, is_list: bool = False) -> None:
        self.key = key
        self.written = written
        self.is_list = is_list


def rule_of(condition: Any, find: Find) -> Rule:
    """Translate a condition of a UI schema. Raises Untold."""
    if not isinstance(condition, Mapping):
        raise Untold("the condition is not an object")
    inner = condition.get("conditions")
    if condition.get("type") in ("AND", "OR") and isinstance(inner, list) and inner:
        word = condition["type"].lower()
        return _joined(word, [rule_of(one, find) for one in inner])
    scope = condition.get("scope")
    if not isinstance(scope, str):
        raise Untold("it has no scope")
    steps = _steps(scope)
    if "expectedValue" in condition:
        return schema_rule({"const": condition["expectedValue"]}, steps, find)
    schema = condition.get("schema", True)
    return schema_rule(schema, steps, find, strict=condition.get("failWhenUndefined") is True)


def schema_rule(
    schema: Any, steps: tuple[str, ...], find: Find, *, strict: bool = False, part: bool = False
) -> Rule:
    """Say when the data at a place is valid by a schema.

    strict: what is not there is not valid; part: this is a property, and what is not there is
    valid, whatever is said of it.
    """
    if isinstance(schema, bool):
        return schema
    if not isinstance(schema, Mapping):
        raise Untold("its schema is not an object")
    told = {word: value for word, value in schema.items() if word not in _SILENT}
    if not told:
        return True
    rules = [_word(word, told, steps, find, strict=strict) for word in told if word not in _BESIDE]
    rule = _joined("and", [one for one in rules if one is not True])
    known = find(steps)
    if part and known and rule is not True:
        return {"or": [{"==": [{"var": known.key}, None]}, rule]}
    if strict and known and "not" in told:
        return {"and": [{"!=": [{"var": known.key}, None]}, rule]}
    return rule


_SILENT = ("type", "title", "description", "$schema", "default", "$id", "$comment")
_BESIDE = ("then", "else")


def _word(
    word: str, schema: Mapping[str, Any], steps: tuple[str, ...], find: Find, *, strict: bool
) -> Rule:
    value = schema[word]
    if word == "properties" and isinstance(value, Mapping):
        asked = schema.get("required")
        named = asked if isinstance(asked, list) else []
        return _joined(
            "and",
            [
                schema_rule(inner, (*steps, name), find, part=name not in named)
                for name, inner in value.items()
            ],
        )
    if word == "required" and isinstance(value, list):
        parts = [_known((*steps, str(name)), find) for name in value]
        return _joined("and", [{"!=": [{"var": known.key}, None]} for known in parts])
    if word in ("allOf", "anyOf", "oneOf") and isinstance(value, list) and value:
        if word == "oneOf" and len(value) > 1 and not all(_exact(one) for one in value):
            raise Untold("“oneOf” of more than constants")
        inner_rules = [schema_rule(one, steps, find, strict=strict) for one in value]
        return _joined("and" if word == "allOf" else "or", inner_rules)
    if word == "not":
        inner = schema_rule(value, steps, find)
        return (not inner) if isinstance(inner, bool) else {"!": inner}
    known = _known(steps, find)
    told = _of_value(word, value, known, strict=strict)
    if told is None:
        raise Untold(f"“{word}” has no counterpart in rules")
    return told


def _of_value(word: str, value: Any, known: Known, *, strict: bool) -> Rule | None:
    var = {"var": known.key}
    if word == "const":
        return {"==": [var, known.written(value)]}
    if word == "enum" and isinstance(value, list):
        return {"in": [var, [known.written(one) for one in value]]}
    if word in _ORDERED and is_number(value):
        compared = {_ORDERED[word]: [var, value]}
        return compared if strict else {"or": [{"==": [var, None]}, compared]}
    if word == "contains" and known.is_list and isinstance(value, Mapping):
        one_of = [value["const"]] if "const" in value else value.get("enum")
        if isinstance(one_of, list):
            return _joined("or", [{"in": [known.written(one), var]} for one in one_of])
    if word in ("minLength", "minItems") and value in (0, 1):
        return True if value == 0 else {"!=": [var, None]}
    return None


_ORDERED = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}


def _exact(schema: Any) -> bool:
    return isinstance(schema, Mapping) and ("const" in schema or "enum" in schema)


def _known(steps: tuple[str, ...], find: Find) -> Known:
    known = find(steps)
    if known is None:
        raise Untold(f"nothing asks for “{'/'.join(steps) or 'the whole'}”")
    return known


def _steps(scope: str) -> tuple[str, ...]:
    parts = pointer_parts(scope)
    if any(word != "properties" for word in parts[::2]) or len(parts) % 2:
        raise Untold(f"the scope “{scope}” is no property")
    return tuple(parts[1::2])


def _joined(word: str, rules: list[Rule]) -> Rule:
    if any(rule is (word == "or") for rule in rules):
        return word == "or"
    kept = [rule for rule in rules if not isinstance(rule, bool)]
    if not kept:
        return word != "or"
    return kept[0] if len(kept) == 1 else {word: kept}
