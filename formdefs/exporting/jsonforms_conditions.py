"""A rule as a condition of JSONForms: a scope with a JSON Schema, joined by AND and OR. Pure.

A comparison with what is not there is false: `failWhenUndefined` says so. Whether a question is
answered at all is asked of the group that it is in, by `required`.
"""

from collections.abc import Mapping
from typing import Any

from formdefs.importing.data_shape import is_number
from formdefs.importing.told import Untold
from formdefs.rules_shape import operation

Condition = dict[str, Any]
Kinds = Mapping[str, str]  # the questions and repeats of a scope, by key, with their name-types
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BOUNDS = {">": "exclusiveMinimum", ">=": "minimum", "<": "exclusiveMaximum", "<=": "maximum"}


def condition_of(rule: Any, kinds: Kinds) -> Condition:
    """Write a rule as a condition. Raises Untold.

    kinds: what can be read where the rule stands; JSONForms sees nothing further out.
    """
    if isinstance(rule, bool):
        return {"scope": "#", "schema": {} if rule else {"not": {}}}
    found = operation(rule)
    if found is None:
        raise Untold("a value that is no condition")
    name, arguments = found
    if name in ("and", "or") and arguments:
        inner = [condition_of(part, kinds) for part in arguments]
        return {"type": name.upper(), "conditions": inner} if len(inner) > 1 else inner[0]
    return _leaf(name, arguments, kinds)


def _leaf(name: str, arguments: list[Any], kinds: Kinds) -> Condition:
    if name in ("!", "!!") and len(arguments) == 1:
        inner = condition_of(arguments[0], kinds)
        return inner if name == "!!" else _turned(inner)
    if name == "var":
        return _truth(_key({name: arguments}, kinds), kinds)
    if len(arguments) != 2:
        raise Untold(f"“{name}” of {len(arguments)}")
    left, right = arguments
    if name == "in":
        return _within(left, right, kinds)
    if _is_written(left) and not _is_written(right):
        left, right, name = right, left, _TURNED.get(name, name)
    if not _is_written(right):
        raise Untold("a comparison of two answers")
    key = _key(left, kinds)
    if name in ("==", "!="):
        same = _fits(key, {"const": right}) if right is not None else _turned(_answered(key))
        return same if name == "==" else _turned(same)
    if name in _BOUNDS and is_number(right):
        return _fits(key, {_BOUNDS[name]: right})
    raise Untold(f"“{name}”")


def _fits(key: str, schema: Condition) -> Condition:
    return {"scope": f"#/properties/{key}", "schema": schema, "failWhenUndefined": True}


def _answered(key: str) -> Condition:
    return {"scope": "#", "schema": {"required": [key]}}


def _truth(key: str, kinds: Kinds) -> Condition:
    """Say when an answer counts as true: yes, a number but 0, or anything else that is there."""
    if kinds[key] == "boolean":
        return _fits(key, {"const": True})
    if kinds[key] == "number":
        return _fits(key, {"not": {"const": 0}})
    return _answered(key)


def _turned(condition: Condition) -> Condition:
    """Turn a condition round; what fails of nothing holds of nothing then."""
    if "conditions" in condition:
        word = "OR" if condition["type"] == "AND" else "AND"
        return {"type": word, "conditions": [_turned(one) for one in condition["conditions"]]}
    schema = condition["schema"]
    inner = schema["not"] if [*schema] == ["not"] else {"not": schema}
    made = {"scope": condition["scope"], "schema": inner}
    strict = condition["scope"] != "#" and "failWhenUndefined" not in condition
    return made | ({"failWhenUndefined": True} if strict else {})


def _within(wanted: Any, place: Any, kinds: Kinds) -> Condition:
    if isinstance(place, list) and all(_is_written(one) for one in place):
        return _fits(_key(wanted, kinds), {"enum": place})
    if _is_written(wanted):
        return _fits(_key(place, kinds), {"contains": {"const": wanted}})
    raise Untold("“in” of two answers")


def _key(rule: Any, kinds: Kinds) -> str:
    found = operation(rule)
    if found is None or found[0] != "var" or len(found[1]) != 1 or not isinstance(found[1][0], str):
        name = found[0] if found else "a value"
        raise Untold(f"“{name}” where a question is wanted")
    key = found[1][0]
    if key not in kinds:
        raise Untold(f"“{key}”, which is a part of an answer or stands outside the row")
    return key


def _is_written(rule: Any) -> bool:
    return not isinstance(rule, Mapping | list)
