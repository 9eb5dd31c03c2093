"""Evaluate a rule: JsonLogic in a closed, typed profile, told in `docs/reference/rules.md`. Pure.

The twin is `formdefs/browser/rules.js`: whoever changes one changes both, and the shared cases.
A rule is compiled once to nested functions (limits, operators and arguments are checked then), and
remembered by identity. Whatever fails while it runs is None.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from formdefs import dates
from formdefs.remembered import Remembered
from formdefs.rules_check import RuleProblem, problems, references
from formdefs.rules_operators import CHOOSING, PAIRS, PLAIN, Run, Step, built
from formdefs.rules_shape import (
    MOST_DEPTH,
    MOST_NODES,
    TOO_DEEP,
    TOO_MANY_NODES,
    RuleError,
    children,
    fault,
    missing_paths,
    operation,
    paths_counted,
)
from formdefs.rules_types import Names
from formdefs.values import Number, Value, number, read

__all__ = [
    "NO_FACTS",
    "Names",
    "RuleError",
    "RuleProblem",
    "Run",
    "Step",
    "compiled",
    "evaluate",
    "problems",
    "references",
]

NO_FACTS: Mapping[str, Any] = MappingProxyType({})


def evaluate(
    rule: object,
    answers: object,
    scope: Sequence[object] = (),
    facts: Mapping[str, Any] = NO_FACTS,
) -> Value:
    """Work a rule out over typed answers; a failed value is None.

    `answers` are at form level, `scope` the enclosing rows from the outermost in. Numbers come
    back as int where whole and within ±(2^53−1), else as Decimal. The rule must not be changed
    in place afterwards: it is remembered.

    Raises:
        RuleError: an unknown operator, a malformed rule, or one over the limits.

    >>> evaluate({"<": [{"age": {"var": "born"}}, 18]}, {"born": "2010-05-01"},
    ...          facts={"today": "2026-11-22"})
    True
    """
    return compiled(rule)(Run([answers, *scope], facts))


def compiled(rule: object) -> Step:
    """Return the rule made ready to be worked out many times: a function of a run.

    Raises RuleError if the rule is refused.
    """
    return _remembered(rule) if isinstance(rule, dict | list) else _compiled(rule)


# Compiling: from a rule to a function of a run.


def _compiled(rule: object) -> Step:
    return _compile(rule, "", 1, [0])


_remembered = Remembered(_compiled, most=4096)


def _compile(rule: object, at: str, depth: int, nodes: list[int]) -> Step:
    nodes[0] += 1
    found = TOO_DEEP if depth > MOST_DEPTH else fault(rule)
    nodes[0] += 0 if found else paths_counted(rule)
    if found is None and nodes[0] > MOST_NODES:
        found = TOO_MANY_NODES
    if found:
        raise RuleError(found.code, at, found.message)
    parts = [_compile(part, at + where, depth + 1, nodes) for where, part in children(rule)]
    if isinstance(rule, list):
        return lambda run: built([part(run) for part in parts], run)
    named = operation(rule)
    if named is None:
        literal = read(rule)
        return lambda _run: literal
    name, arguments = named
    if name in _WRITTEN:
        return _WRITTEN[name](arguments, parts)
    if len(parts) == 2 and name in PAIRS:
        return _paired(PAIRS[name], parts, arguments[1])
    return _spending(CHOOSING[name], parts) if name in CHOOSING else _eager(PLAIN[name], parts)


def _paired(
    operator: Callable[[Value, Value, Run], Value], parts: list[Step], written: object
) -> Step:
    """An operator of two values, without a list of them on the way."""
    first, second = parts
    if not isinstance(written, dict | list):
        right = read(written)

        def beside(run: Run) -> Value:
            run.left -= 1
            if run.left < 0:
                run.spend(0)
            return operator(first(run), right, run)

        return beside

    def step(run: Run) -> Value:
        run.left -= 1
        if run.left < 0:
            run.spend(0)
        return operator(first(run), second(run), run)

    return step


def _spending(operator: Callable[[list[Step], Run], Value], parts: list[Step]) -> Step:
    def step(run: Run) -> Value:
        run.spend(1)
        return operator(parts, run)

    return step


def _eager(operator: Callable[[list[Value], Run], Value], parts: list[Step]) -> Step:
    def step(run: Run) -> Value:
        run.spend(1)
        return operator([part(run) for part in parts], run)

    return step


# Reading.


def _var(arguments: list[Any], parts: list[Step]) -> Step:
    head, tail = _path(arguments[0] if arguments else "")
    default = parts[0] if parts else None
    if head and not tail and not head.isdigit() and default is None:
        return _name(head)

    def step(run: Run) -> Value:
        run.spend(1)
        value = _look_up(head, tail, run)
        return default(run) if value is None and default is not None else value

    return step


def _name(name: str) -> Step:
    """Read one name, as most paths are."""

    def step(run: Run) -> Value:
        run.left -= 1
        if run.left < 0:
            run.spend(0)
        for scope in reversed(run.scopes):
            if (type(scope) is dict or isinstance(scope, Mapping)) and name in scope:
                value = scope[name]
                return value if type(value) in _READ else read(value)
        return None

    return step


_READ = {str, bool, list, dict}


def _path(path: object) -> tuple[str, list[str]]:
    head, *tail = str("" if path is None else path).split(".")
    return head, tail


def _look_up(head: str, tail: list[str], run: Run) -> Value:
    if not head and not tail:
        return read(run.scopes[-1])
    for scope in reversed(run.scopes):
        if isinstance(scope, Mapping):
            if head not in scope:
                continue
            value = scope[head]
        else:
            index = _index(scope, head)
            if index is None:
                continue
            value = scope[index]
        for step in tail:
            value = _part(value, step)
        return read(value)
    return None


def _part(value: object, step: str) -> object:
    if type(value) is dict or isinstance(value, Mapping):
        return value.get(step)
    index = _index(value, step)
    return None if index is None else value[index]  # type: ignore[index]


def _index(value: object, step: str) -> int | None:
    """Give the place in a list that the step names, None if there is none."""
    if not isinstance(value, list) or not (step.isascii() and step.isdigit()) or len(step) > 9:
        return None
    return int(step) if int(step) < len(value) else None


def _missing(arguments: list[Any], _parts: list[Step]) -> Step:
    return _missing_of(missing_paths(arguments), None)


def _missing_some(arguments: list[Any], _parts: list[Step]) -> Step:
    return _missing_of(arguments[1], number(arguments[0]))


def _missing_of(paths: list[Any], enough: Number | None) -> Step:
    split = [(read(path), *_path(path)) for path in paths]

    def step(run: Run) -> Value:
        run.spend(1 + len(split))
        missed = [path for path, head, tail in split if _look_up(head, tail, run) is None]
        return [] if enough is not None and len(split) - len(missed) >= enough else missed

    return step


def _datediff(arguments: list[Any], parts: list[Step]) -> Step:
    unit: str = arguments[2]

    def between(values: list[Value], _run: Run) -> Value:
        start, end = dates.as_date(values[0]), dates.as_date(values[1])
        return dates.between(start, end, unit) if start and end else None

    return _eager(between, parts)


_WRITTEN: dict[str, Callable[[list[Any], list[Step]], Step]] = {
    "var": _var,
    "missing": _missing,
    "missing_some": _missing_some,
    "datediff": _datediff,
}
