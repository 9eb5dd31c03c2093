"""The operators of the rule language, over values and over parts that are worked out. Pure.

`CHOOSING` holds those that choose which of their parts to work out, and how often; `PLAIN` those
that take values. What each gives is told in `docs/reference/rules.md`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from formdefs import dates
from formdefs.rules_shape import RuleError
from formdefs.values import (
    DECIMALS,
    LARGEST_INT,
    Number,
    Value,
    number,
    number_text,
    order,
    read,
    same,
    size,
    tidy,
    truthy,
)

MOST_STEPS = 200_000
MOST_CHARACTERS = 100_000


class Run:
    """One evaluation: what can be read, the outermost scope first, and the steps it may still take.

    Items that a rule goes through stand on top of the scopes meanwhile.
    """

    __slots__ = ("facts", "left", "scopes")

    def __init__(self, scopes: list[Any], facts: Mapping[str, Any]) -> None:
        self.scopes = scopes
        self.facts = facts
        self.left = MOST_STEPS

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise RuleError("too_much_work", "", "The rule goes through too much. Simplify it.")


Step = Callable[[Run], Value]


def built(value: Value, run: Run) -> Value:
    """Charge for what a rule builds, so that lists of lists cannot outgrow the budget."""
    run.spend(size(value))
    return value


# Choosing.


def _if(parts: list[Step], run: Run) -> Value:
    for index in range(0, len(parts) - 1, 2):
        if truthy(parts[index](run)):
            return parts[index + 1](run)
    return parts[-1](run) if len(parts) % 2 else None


def _and(parts: list[Step], run: Run) -> Value:
    value: Value = False
    for part in parts:
        value = part(run)
        if not truthy(value):
            break
    return value


def _or(parts: list[Step], run: Run) -> Value:
    value: Value = False
    for part in parts:
        value = part(run)
        if truthy(value):
            break
    return value


# Comparing: each with the next, as far as needed.


def _chain(holds: Callable[[Value, Value, Run], bool]) -> Callable[[list[Step], Run], Value]:
    def compare(parts: list[Step], run: Run) -> Value:
        left = parts[0](run)
        for part in parts[1:]:
            right = part(run)
            if not holds(left, right, run):
                return False
            left = right
        return True

    return compare


def _ordered(*allowed: int) -> Callable[[list[Step], Run], Value]:
    return _chain(lambda left, right, _run: order(left, right) in allowed)


def _in(values: list[Value], run: Run) -> Value:
    wanted, place = values
    if isinstance(place, list):
        run.spend(len(place))
        return any(same(wanted, item, run.spend) for item in place)
    if isinstance(place, str) and isinstance(wanted, str):
        run.spend(len(place) // 100)
        return wanted in place
    return False


# Numbers.


def _sum_of(values: list[Value]) -> Number | None:
    return _fold(values, 0, lambda one, other: one + other, DECIMALS.add)


def _product_of(values: list[Value]) -> Number | None:
    return _fold(values, 1, lambda one, other: one * other, DECIMALS.multiply)


def _less(values: list[Value]) -> Number | None:
    if len(values) == 1:
        values = [0, *values]
    return _fold(values, None, lambda one, other: one - other, DECIMALS.subtract)


def _fold(
    values: list[Value],
    start: int | None,
    whole: Callable[[int, int], int] | None,
    exact: Callable[[Any, Any], Any],
) -> Number | None:
    """Go through numbers from the left; None as soon as something is no number."""
    total: Number | None = start
    for place, value in enumerate(values):
        one = number(value)
        if one is None:
            return None
        if place == 0 and start is None:
            total = one
            continue
        if whole and isinstance(total, int) and isinstance(one, int):
            result = whole(total, one)
            if -LARGEST_INT <= result <= LARGEST_INT:
                total = result
                continue
        total = tidy(exact(total, one))
        if total is None:
            return None
    return total


def _quotient(values: list[Value]) -> Number | None:
    if len(values) == 1:
        values = [1, *values]
    return _fold(values, None, None, DECIMALS.divide)


def _remainder(values: list[Value]) -> Number | None:
    return _fold(values, None, None, DECIMALS.remainder)


def _extreme(wanted: int) -> Callable[[list[Value], Run], Value]:
    def find(values: list[Value], run: Run) -> Value:
        if len(values) == 1 and isinstance(values[0], list):
            values = values[0]
        run.spend(len(values))
        best: Value = None
        for value in map(read, values):
            if value is None:
                continue
            placed = order(value, value if best is None else best)
            if placed is None:
                return None
            if best is None or placed == wanted:
                best = value
        return best

    return find


# Lists.


def _each(parts: list[Step], items: list[Any], run: Run) -> Iterator[tuple[Any, Value]]:
    """Work the second part out over every item, the item being the innermost scope."""
    scopes, rule = run.scopes, parts[1]
    for item in items:
        run.spend(1)
        scopes.append(item)
        value = rule(run)
        scopes.pop()
        yield item, value


def _over_items(
    work: Callable[[list[Step], list[Any], Run], Value],
) -> Callable[[list[Step], Run], Value]:
    def over(parts: list[Step], run: Run) -> Value:
        items = parts[0](run)
        if items is None:
            items = []
        return work(parts, items, run) if isinstance(items, list) else None

    return over


def _some(parts: list[Step], items: list[Any], run: Run) -> Value:
    return any(truthy(value) for _, value in _each(parts, items, run))


def _all(parts: list[Step], items: list[Any], run: Run) -> Value:
    return bool(items) and all(truthy(value) for _, value in _each(parts, items, run))


def _none(parts: list[Step], items: list[Any], run: Run) -> Value:
    return not _some(parts, items, run)


def _map(parts: list[Step], items: list[Any], run: Run) -> Value:
    return [built(value, run) for _, value in _each(parts, items, run)]


def _filter(parts: list[Step], items: list[Any], run: Run) -> Value:
    return [built(item, run) for item, value in _each(parts, items, run) if truthy(value)]


def _reduce(parts: list[Step], items: list[Any], run: Run) -> Value:
    if len(parts) == 3:
        total = parts[2](run)
    elif items:
        total, items = read(items[0]), items[1:]
    else:
        return None
    for item in items:
        run.spend(1)
        run.scopes.append({"current": item, "accumulator": total})
        total = built(parts[1](run), run)
        run.scopes.pop()
    return total


def _count(parts: list[Step], items: list[Any], run: Run) -> Value:
    if len(parts) == 1:
        return len(items)
    return sum(truthy(value) for _, value in _each(parts, items, run))


def _sum(parts: list[Step], items: list[Any], run: Run) -> Value:
    values = items if len(parts) == 1 else [value for _, value in _each(parts, items, run)]
    run.spend(len(values))
    return _sum_of([value for value in values if value is not None])


# Text and dates.


def _cat(values: list[Value], run: Run) -> Value:
    if any(isinstance(value, list | dict) for value in values):
        return None
    text = "".join(map(_written, values))
    run.spend(len(text) // 100)
    return text if len(text) <= MOST_CHARACTERS else None


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else number_text(value)


def _date(values: list[Value], _run: Run) -> Value:
    day = dates.as_date(values[0])
    return day.isoformat() if day else None


def _today(_values: list[Value], run: Run) -> Value:
    return _date([run.facts.get("today")], run)


def _age(values: list[Value], run: Run) -> Value:
    born = dates.as_date(values[0])
    on = dates.as_date(values[1] if len(values) == 2 else run.facts.get("today"))
    return dates.age(born, on) if born and on else None


def _working_days(values: list[Value], run: Run) -> Value:
    start, end = dates.as_date(values[0]), dates.as_date(values[1])
    calendar = dates.calendar_of(run.facts, values[2])
    return dates.working_days(start, end, calendar) if start and end and calendar else None


def _add_working_days(values: list[Value], run: Run) -> Value:
    start, count = dates.as_date(values[0]), number(values[1])
    calendar = dates.calendar_of(run.facts, values[2])
    if not start or not calendar or not isinstance(count, int):
        return None
    day = dates.add_working_days(start, count, calendar)
    return day.isoformat() if day else None


def _differs(left: Value, right: Value, run: Run) -> bool:
    return not same(left, right, run.spend)


def _plus(left: Value, right: Value, _run: Run) -> Value:
    if type(left) is int and type(right) is int and abs(left + right) <= LARGEST_INT:
        return left + right
    return _sum_of([left, right])


# The same as the operators of these names give for two parts, which most have.
PAIRS: dict[str, Callable[[Value, Value, Run], Value]] = {
    "==": lambda left, right, run: same(left, right, run.spend),
    "!=": _differs,
    "<": lambda left, right, _run: order(left, right) == -1,
    "<=": lambda left, right, _run: order(left, right) in (-1, 0),
    ">": lambda left, right, _run: order(left, right) == 1,
    ">=": lambda left, right, _run: order(left, right) in (1, 0),
    "in": lambda left, right, run: _in([left, right], run),
    "+": _plus,
}

CHOOSING: dict[str, Callable[[list[Step], Run], Value]] = {
    "if": _if,
    "and": _and,
    "or": _or,
    "==": _chain(lambda left, right, run: same(left, right, run.spend)),
    "!=": _chain(lambda left, right, run: not same(left, right, run.spend)),
    "<": _ordered(-1),
    "<=": _ordered(-1, 0),
    ">": _ordered(1),
    ">=": _ordered(1, 0),
    "some": _over_items(_some),
    "all": _over_items(_all),
    "none": _over_items(_none),
    "map": _over_items(_map),
    "filter": _over_items(_filter),
    "reduce": _over_items(_reduce),
    "count": _over_items(_count),
    "sum": _over_items(_sum),
}

PLAIN: dict[str, Callable[[list[Value], Run], Value]] = {
    "!": lambda values, _run: not (values and truthy(values[0])),
    "!!": lambda values, _run: bool(values) and truthy(values[0]),
    "in": _in,
    "+": lambda values, _run: _sum_of(values),
    "*": lambda values, _run: _product_of(values),
    "-": lambda values, _run: _less(values),
    "/": lambda values, _run: _quotient(values),
    "%": lambda values, _run: _remainder(values),
    "min": _extreme(-1),
    "max": _extreme(1),
    "cat": _cat,
    "date": _date,
    "today": _today,
    "age": _age,
    "working_days": _working_days,
    "add_working_days": _add_working_days,
}
