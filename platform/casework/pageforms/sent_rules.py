"""The rules of a page as its browser gets them: those that read what may not be seen are constants. Pure.

The server has run them over all answers, and the browser is told only what came of it: for a node in
rows, in which rows. A new row shows what the rule would decide. So no answer leaves the server that
its reader may not see, and what shows is the same with and without a script.
"""

from collections.abc import Mapping
from typing import Any

from casework.cases.seen import Seen
from formdefs import values
from formdefs.form import Item, Path, Question, Repeat
from formdefs.marking import read_by
from formdefs.nodes import Check
from formdefs.state import State

_OFF: Mapping[str, Any] = {"value": None, "row_title": None, "default": None, "options": True}


def sent_rule(item: Item, part: str, state: State) -> Any:
    """Return a part of a node (a constant or a rule) as the browser may know it."""
    rule = getattr(item, part, None)
    if part == "default" and isinstance(state, Seen) and item.id in state.mask.hidden:
        return None
    if not isinstance(state, Seen) or not isinstance(rule, Mapping):
        return rule
    read = read_by(state.form, rule, item, inside=part == "row_title")
    if not read & state.mask.hidden:
        return rule
    return _OFF[part] if part in _OFF else _decided(item, part, rule, state)


def sent_check(check: Check, at: Question | Repeat, state: State) -> bool:
    """Whether the browser may run a check: all that it reads, and what it is about, may be seen."""
    if not isinstance(state, Seen) or not isinstance(check.when, Mapping):
        return True
    read = read_by(state.form, check.when, at) | read_by(state.form, check.when, at, inside=True)
    return not (read | {at.id}) & state.mask.hidden


def _decided(item: Item, part: str, rule: Any, state: Seen) -> Any:
    """What `visible`, `required` or `readonly` came to: one constant, or the rows in which it is the other one."""
    if not item.repeats:
        return _holds(part, rule, (), state)
    rows = _rows(item, state)
    held = [row[-1] for row in rows if _holds(part, rule, row, state)]
    here: Any = {"var": "_id"}
    if part == "visible":
        others = [row[-1] for row in rows if row[-1] not in held]
        return {"!": [{"in": [here, others]}]} if others else True
    return {"in": [here, held]} if held else False


def _holds(part: str, rule: Any, row: Path, state: Seen) -> bool:
    worth = state.whole.rule(rule, row)
    return values.truthy(worth) or (part == "visible" and worth is None)


def _rows(item: Item, state: Seen) -> list[Path]:
    """The paths of the rows that an item stands in, as far as they may be seen."""
    depth = 2 * len(item.repeats)
    innermost = item.repeats[-1]
    found = (path[:depth] for path in state.order if len(path) > depth)
    return [
        row
        for row in dict.fromkeys(found)
        if (node := state.form.find(row)) is not None and node.id == innermost
    ]
