"""Give the names that a rule reads other names: a walk through its tree. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from formdefs.rules_check import ITERATING
from formdefs.rules_shape import missing_paths, operation

_OF_REDUCE = frozenset({"current", "accumulator"})


def renamed(rule: Any, new: Mapping[str, str], own: frozenset[str] = frozenset()) -> Any:
    """Return the rule with every name that is in `new` replaced, wherever a path begins with it.

    own: names that mean something else here, such as “option” in an `options` rule. The keys of
    rows are never the same as keys outside them, so a name has one meaning in the whole rule.

    >>> renamed({"==": [{"var": "seen"}, True]}, {"seen": "visit_seen"})
    {'==': [{'var': 'visit_seen'}, True]}
    """
    if isinstance(rule, list):
        return [renamed(part, new, own) for part in rule]
    found = operation(rule)
    if found is None:
        return rule
    name, arguments = found
    changed = _arguments(name, arguments, new, own)
    return {name: changed if isinstance(rule[name], list) else changed[0]}


def _arguments(
    name: str, arguments: list[Any], new: Mapping[str, str], own: frozenset[str]
) -> list[Any]:
    if name == "var":
        first = [_path(path, new, own) for path in arguments[:1]]
        return [*first, *(renamed(part, new, own) for part in arguments[1:])]
    if name == "missing":
        paths = [_path(path, new, own) for path in missing_paths(arguments)]
        return [paths] if arguments and isinstance(arguments[0], list) else paths
    if name == "missing_some" and len(arguments) == 2 and isinstance(arguments[1], list):
        return [arguments[0], [_path(path, new, own) for path in arguments[1]]]
    inner = own | _OF_REDUCE if name == "reduce" else own
    return [
        renamed(part, new, inner if place == 1 else own) for place, part in enumerate(arguments)
    ]


def _path(path: Any, new: Mapping[str, str], own: frozenset[str]) -> Any:
    if not isinstance(path, str):
        return path
    head, dot, rest = path.partition(".")
    return path if head in own else f"{new.get(head, head)}{dot}{rest}"


def read_in_items(rule: Any, rows: frozenset[str], inside: bool = False) -> Iterator[str]:
    """Yield the first name of every path that is read while going through a list of no known rows.

    rows: the keys of repeats, whose rows have no other parts than their questions.
    """
    if isinstance(rule, list):
        for part in rule:
            yield from read_in_items(part, rows, inside)
    found = operation(rule)
    if found is None:
        return
    name, arguments = found
    if name == "var" and inside and arguments and isinstance(arguments[0], str):
        yield arguments[0].partition(".")[0]
    for place, part in enumerate(arguments):
        goes_through = name in ITERATING and name != "reduce" and place == 1
        yield from read_in_items(
            part, rows, inside or (goes_through and not _is_rows(arguments[0], rows))
        )


def _is_rows(rule: Any, rows: frozenset[str]) -> bool:
    found = operation(rule)
    if found and found[0] == "filter" and found[1]:
        return _is_rows(found[1][0], rows)
    return bool(found and found[0] == "var" and found[1] and found[1][0] in rows)
