"""A rule as a condition of JSONForms: a scope with a JSON Schema, joined by AND and OR. Pure.

What is not there is not valid, as our comparisons are false of null: `failWhenUndefined` says so.
"""

from collections.abc import Mapping
from typing import Any

from formdefs.importing.data_shape import is_number
from formdefs.importing.told import Untold
from formdefs.rules_shape import operation

Condition = dict[str, Any]
_NOTHING: Condition = {"enum": [None, "", False, 0]}  # what is false of an answer that is there
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BOUNDS = {">": "exclusiveMinimum", ">=": "minimum", "<": "exclusiveMaximum", "<=": "maximum"}


def condition_of(rule: Any, scope: tuple[str, ...] = ()) -> Condition:
    """Write a rule as a condition; `scope`: keys of the repeats around it.

    In a row, JSONForms sees the row alone: names are taken for the row's. Raises Untold.
    """
    if isinstance(rule, bool):
        return {"scope": "#", "schema": {} if rule else {"not": {}}}
    found = operation(rule)
    if found is None:
        raise Untold("a value that is no condition")
    name, arguments = found
    if name in ("and", "or") and arguments:
        inner = [condition_of(part, scope) for part in arguments]
        return {"type": name.upper(), "conditions": inner} if len(inner) > 1 else inner[0]
    key, schema = _leaf(name, arguments)
    strict = {} if _holds_of_nothing(name, arguments) else {"failWhenUndefined": True}
    return {"scope": f"#/properties/{key}", "schema": schema, **strict}


def _leaf(name: str, arguments: list[Any]) -> tuple[str, Condition]:
    """Return the question that a comparison reads, and the schema that its answer fits."""
    if name == "!" and len(arguments) == 1:
        inner = operation(arguments[0])
        if inner is None:
            raise Untold("“!” of a value")
        if inner[0] == "var":
            return _key(arguments[0]), _NOTHING
        if inner[0] in ("and", "or"):
            raise Untold(f"“!” of “{inner[0]}”")
        key, schema = _leaf(*inner)
        return key, {"not": schema}
    if name == "var":
        return _key({name: arguments}), {"not": _NOTHING}
    if len(arguments) != 2:
        raise Untold(f"“{name}” of {len(arguments)}")
    left, right = arguments
    if name == "in":
        return _within(left, right)
    if _is_written(left) and not _is_written(right):
        left, right, name = right, left, _TURNED.get(name, name)
    if not _is_written(right):
        raise Untold("a comparison of two answers")
    key = _key(left)
    if name in ("==", "!="):
        same = {"const": right} if right is not None else {"type": "null"}
        return key, same if name == "==" else {"not": same}
    if name in _BOUNDS and is_number(right):
        return key, {_BOUNDS[name]: right}
    raise Untold(f"“{name}”")


def _within(wanted: Any, place: Any) -> tuple[str, Condition]:
    if isinstance(place, list) and all(_is_written(one) for one in place):
        return _key(wanted), {"enum": place}
    if _is_written(wanted):
        return _key(place), {"contains": {"const": wanted}}
    raise Untold("“in” of two answers")


def _holds_of_nothing(name: str, arguments: list[Any]) -> bool:
    """Whether the condition is true of an answer that is not there, as a schema is of itself."""
    if name == "!":
        return True
    if name == "!=":
        return None not in arguments
    return name == "==" and None in arguments


def _key(rule: Any) -> str:
    found = operation(rule)
    if found is None or found[0] != "var" or len(found[1]) != 1 or not isinstance(found[1][0], str):
        name = found[0] if found else "a value"
        raise Untold(f"“{name}” where a question is wanted")
    if "." in found[1][0] or not found[1][0]:
        raise Untold(f"a part of an answer, “{found[1][0]}”")
    return found[1][0]


def _is_written(rule: Any) -> bool:
    return not isinstance(rule, Mapping | list)
