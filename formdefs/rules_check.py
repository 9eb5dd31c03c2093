"""Find what is wrong with a rule before it is published, knowing the questions it may read. Pure.

It goes through the rule as the evaluator would, with types instead of values, and says wherever an
operator could only fail. What it cannot know (the parts of an address) it lets pass.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from formdefs import rules_types as types
from formdefs.rules_shape import (
    MOST_DEPTH,
    MOST_NODES,
    TOO_DEEP,
    TOO_MANY_NODES,
    children,
    fault,
    missing_paths,
    operation,
    paths_counted,
    pointer_step,
)
from formdefs.rules_types import ANY, Names, Type

ITERATING = {"some", "all", "none", "map", "filter", "reduce", "count", "sum"}


@dataclass(frozen=True)
class RuleProblem:
    """One thing wrong: a JSON Pointer inside the rule, a code, and what to do about it."""

    at: str
    code: str
    message: str


def problems(
    rule: object,
    names: Names,
    scope: tuple[str, ...] = (),
    option: Collection[str] | None = None,
) -> list[RuleProblem]:
    """List everything wrong with the rule, parts before what holds them.

    `names` are the questions of the form; `scope` the keys of the repeats that enclose the rule,
    from the outermost in; `option` the attributes of a list's entries, where the rule is asked of
    each.
    """
    check = _Check(names)
    frames = [types.of_row(names)]
    here = names
    for key in scope:
        here = here.repeats.get(key, Names({}, {}))
        frames.append(types.of_row(here))
    if option is not None:
        frames.append(types.of_option(option))
    check.type_of(rule, "", 1, frames)
    if check.nodes > MOST_NODES:
        check.add("", TOO_MANY_NODES.code, TOO_MANY_NODES.message)
    return check.found


def references(rule: object) -> set[str]:
    """Give every path that the rule reads, as written.

    Inside `map` and its kind a path may mean the item's part or an outer question. What only
    means the item itself, or `current` and `accumulator`, is left out.
    """
    return set(_references(rule, frozenset()))


def _references(rule: object, own: frozenset[str]) -> Iterator[str]:
    found = operation(rule)
    if found:
        name, arguments = found
        for path in _paths(name, arguments):
            if path.split(".")[0] not in own:
                yield path
        inner = own | {""} | ({"current", "accumulator"} if name == "reduce" else set())
    for place, (_, part) in enumerate(children(rule)):
        iterated = found and found[0] in ITERATING and place == 1
        yield from _references(part, inner if iterated else own)


def _paths(name: str, arguments: list[Any]) -> list[str]:
    if name == "var":
        written = arguments[:1] or [""]
    elif name == "missing":
        written = missing_paths(arguments)
    elif name == "missing_some" and len(arguments) == 2 and isinstance(arguments[1], list):
        written = arguments[1]
    else:
        written = []
    return ["" if path is None else str(path) for path in written if not isinstance(path, dict)]


@dataclass
class _Check:
    """One pass over a rule, gathering what it finds."""

    names: Names
    found: list[RuleProblem] = field(default_factory=list)
    nodes: int = 0

    def add(self, at: str, code: str, message: str) -> None:
        self.found.append(RuleProblem(at, code, message))

    def type_of(self, rule: object, at: str, depth: int, frames: list[Type]) -> Type:
        """Give the type of a rule's value, noting what is wrong on the way."""
        self.nodes += 1
        wrong = TOO_DEEP if depth > MOST_DEPTH else fault(rule)
        if wrong:
            self.add(at, wrong.code, wrong.message)
            return ANY
        self.nodes += paths_counted(rule)
        named = operation(rule)
        if named is None:
            parts = [
                self.type_of(part, at + where, depth + 1, frames) for where, part in children(rule)
            ]
            return types.of_literal(rule, parts)
        name, arguments = named
        for path in _paths(name, arguments):
            read = self._read(path, f"{at}/{pointer_step(name)}", frames)
        parts, places = [], []
        for where, part in children(rule):
            inner = frames
            if name in ITERATING and len(parts) == 1:
                inner = [*frames, types.of_step(name, parts[0])]
            parts.append(self.type_of(part, at + where, depth + 1, inner))
            places.append(at + where)
        if name == "var":
            return types.either([read, *parts]) if parts else read
        for place, message in types.objections(name, parts):
            self.add(places[place], "wrong_type", message)
        return types.result(name, parts)

    def _read(self, path: str, at: str, frames: list[Type]) -> Type:
        """Give the type of what a path names, the innermost frame first."""
        if path == "":
            return frames[-1]
        head, *tail = path.split(".")
        for frame in reversed(frames):
            if frame is ANY:  # an item of which nothing is known may well have it
                return ANY
            found = frame.part(head)
            if found is not None:
                return self._tail(found, head, tail, at)
        self._unknown(head, at, frames)
        return ANY

    def _tail(self, found: Type, read: str, tail: list[str], at: str) -> Type:
        for step in tail:
            inner = found.part(step)
            if inner is None:
                if found.kind == "list" and found.item and found.item.names:
                    says = f"“{read}” has rows. Read “{step}” inside some, all, map… over it."
                    self.add(at, "wrong_scope", says)
                elif found.parts is not None:
                    known = " and ".join(f"“{name}”" for name in found.parts)
                    says = f"No entry of the list has “{step}”. They have {known}."
                    self.add(at, "unknown_attribute", says)
                elif found.names:
                    self.add(at, "unknown_question", f"“{read}” asks no question “{step}”.")
                else:
                    says = f"“{read}” is {found.told}: it has no part “{step}”."
                    self.add(at, "wrong_type", says)
                return ANY
            found, read = inner, f"{read}.{step}"
        return found

    def _unknown(self, key: str, at: str, frames: list[Type]) -> None:
        repeats = list(_repeats_with(key, self.names))
        if repeats:
            rows = " and ".join(f"“{repeat}”" for repeat in repeats[:2])
            self.add(
                at,
                "wrong_scope",
                f"“{key}” is asked in the rows of {rows}. Read it inside some, all, count… over "
                "them, or move the rule into the rows.",
            )
            return
        known = {name for frame in frames for name in frame.known()}
        close = get_close_matches(key, known, n=1)
        hint = f"Did you mean “{close[0]}”?" if close else "Use the key of a question of this form."
        self.add(at, "unknown_question", f"No question has the key “{key}”. {hint}")


def _repeats_with(key: str, names: Names) -> Iterator[str]:
    for repeat, inside in names.repeats.items():
        if key in inside.questions or key in inside.repeats:
            yield repeat
        yield from _repeats_with(key, inside)
