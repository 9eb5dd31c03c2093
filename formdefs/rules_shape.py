"""The shape of a rule: its nodes, their operators, and what is wrong with one. Pure.

Read by the evaluator (`formdefs.rules`), which refuses the first fault, and by the check before
publishing (`formdefs.rules_check`), which lists them all.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from formdefs.dates import UNITS
from formdefs.values import LARGEST_INT, number

MOST_NODES = 200
MOST_DEPTH = 16


class RuleError(ValueError):
    """The rule is refused: `code`, `at` (a JSON Pointer into the rule) and a sentence."""

    def __init__(self, code: str, at: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.at = at


@dataclass(frozen=True)
class Operator:
    """What an operator takes: from `least` to `most` arguments (None: any number)."""

    least: int
    most: int | None
    listed: bool = False  # a single argument may not stand without its list


def _any(least: int = 0) -> Operator:
    return Operator(least, None)


_CHAIN = Operator(2, None, listed=True)
_ITEMS = Operator(2, 2, listed=True)

OPERATORS: dict[str, Operator] = {
    "var": Operator(0, 2),
    "missing": _any(),
    "missing_some": Operator(2, 2, listed=True),
    "today": Operator(0, 0),
    "if": Operator(0, None, listed=True),
    "and": Operator(0, None, listed=True),
    "or": Operator(0, None, listed=True),
    "!": Operator(0, 1),
    "!!": Operator(0, 1),
    "==": _CHAIN,
    "!=": _CHAIN,
    "<": _CHAIN,
    "<=": _CHAIN,
    ">": _CHAIN,
    ">=": _CHAIN,
    "in": _ITEMS,
    "+": _any(),
    "*": _any(),
    "-": _any(1),
    "/": _any(1),
    "%": _CHAIN,
    "min": _any(1),
    "max": _any(1),
    "some": _ITEMS,
    "all": _ITEMS,
    "none": _ITEMS,
    "map": _ITEMS,
    "filter": _ITEMS,
    "reduce": Operator(2, 3, listed=True),
    "count": Operator(1, 2),
    "sum": Operator(1, 2),
    "cat": _any(),
    "date": Operator(1, 1),
    "age": Operator(1, 2),
    "datediff": Operator(3, 3, listed=True),
    "working_days": Operator(3, 3, listed=True),
    "add_working_days": Operator(3, 3, listed=True),
}


@dataclass(frozen=True)
class Fault:
    """Why a rule is refused: a code of the table in `docs/reference/rules.md`, and a sentence."""

    code: str
    message: str


TOO_MANY_NODES = Fault(
    "too_many_nodes", f"The rule has more than {MOST_NODES} parts. Split it, or shorten its lists."
)
TOO_DEEP = Fault("too_deep", f"The rule is nested more than {MOST_DEPTH} deep. Flatten it.")


def operation(rule: object) -> tuple[str, list[Any]] | None:
    """Give the operator and the list of its arguments, None if the rule is no operation."""
    if not isinstance(rule, dict) or len(rule) != 1:
        return None
    ((name, arguments),) = rule.items()
    return name, arguments if isinstance(arguments, list) else [arguments]


def fault(rule: object) -> Fault | None:
    """Find what is wrong with this one node, its children aside."""
    found = operation(rule)
    if found is None:
        return _fault_of_literal(rule)
    name, arguments = found
    operator = OPERATORS.get(name)
    if operator is None:
        return Fault("unknown_operator", f"“{name}” is not an operator. Take one of the list.")
    if operator.listed and not isinstance(rule[name], list):  # type: ignore[index]
        return Fault("arguments", f"“{name}” takes its arguments in a list.")
    if len(arguments) < operator.least or (
        operator.most is not None and len(arguments) > operator.most
    ):
        return Fault("arguments", f"“{name}” takes {_takes(operator)}, not {len(arguments)}.")
    return _fault_of_reference(name, arguments)


def _fault_of_literal(rule: object) -> Fault | None:
    if rule is None or isinstance(rule, bool | str | list) or rule == {}:
        return None
    if isinstance(rule, dict):
        keys = ", ".join(f"“{key}”" for key in list(rule)[:3])
        return Fault("malformed", f"An operation has one operator; this has {keys}. Keep one.")
    if isinstance(rule, int | float | Decimal):
        if -LARGEST_INT <= rule <= LARGEST_INT:  # false for NaN
            return None
        return Fault("malformed", "The number is too large to be exact. Use a smaller one.")
    return Fault("malformed", "A rule is JSON: text, number, true, false, null, list, object.")


def _fault_of_reference(name: str, arguments: list[Any]) -> Fault | None:
    if name == "var" and arguments and not _is_path(arguments[0]):
        return _computed(name)
    if name == "missing" and not all(_is_path(path) for path in missing_paths(arguments)):
        return _computed(name)
    if name == "missing_some":
        least, paths = arguments
        if not isinstance(paths, list) or not all(_is_path(path) for path in paths):
            return _computed(name)
        if not _is_index(least):
            return Fault("malformed", "“missing_some” begins with a whole number written out.")
    if name == "datediff" and arguments[2] not in UNITS:
        units = ", ".join(f"“{unit}”" for unit in UNITS)
        return Fault("malformed", f"The unit of “datediff” is one of {units}, written out.")
    return None


def _computed(name: str) -> Fault:
    return Fault(
        "computed_reference", f"“{name}” reads what is written out. Name the question itself."
    )


def _is_path(path: object) -> bool:
    return path is None or isinstance(path, str) or _is_index(path)


def _is_index(value: object) -> bool:
    whole = number(value)
    return isinstance(whole, int) and whole >= 0


def missing_paths(arguments: list[Any]) -> list[Any]:
    """Give the paths that `missing` asks for: its arguments, or the one list among them."""
    if len(arguments) == 1 and isinstance(arguments[0], list):
        return list(arguments[0])
    return arguments


def children(rule: object) -> list[tuple[str, Any]]:
    """Give the parts that are worked out, each with its pointer inside the rule.

    A path that is written out is no such part, nor is the unit of `datediff`.
    """
    if isinstance(rule, list):
        return [(f"/{index}", part) for index, part in enumerate(rule)]
    found = operation(rule)
    if found is None:
        return []
    name, arguments = found
    step = "/" + pointer_step(name)
    listed = isinstance(rule[name], list)  # type: ignore[index]
    placed = [(f"{step}/{index}" if listed else step, part) for index, part in enumerate(arguments)]
    if name in ("missing", "missing_some"):
        return []
    if name == "var":
        return placed[1:]
    if name == "datediff":
        return placed[:2]
    return placed


def paths_counted(rule: object) -> int:
    """Count the paths that stand in a `missing` or `missing_some`; they are nodes as well."""
    found = operation(rule)
    if found is None or found[0] not in ("missing", "missing_some"):
        return 0
    name, arguments = found
    return len(missing_paths(arguments) if name == "missing" else arguments[1])


def pointer_step(key: str) -> str:
    """Escape a key for a JSON Pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _takes(operator: Operator) -> str:
    least, most = operator.least, operator.most
    if most is None:
        return f"{least} arguments or more" if least != 1 else "1 argument or more"
    if most == 0:
        return "no arguments"
    count = str(least) if least == most else f"{least} to {most}"
    return f"{count} argument" + ("" if count == "1" else "s")
