"""The parts of a sentence about a rule, each with its place in the rule, and how they are joined. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from formdefs.rules_check import ITERATING
from formdefs.rules_shape import children, operation
from formdefs.sentence_names import Asked, Frame, resolve

QUESTION, OPERATOR, VALUE, WORD = "question", "operator", "value", "word"


@dataclass(frozen=True)
class Part:
    """Some words of a sentence. at: JSON Pointer into the rule; kind: one of the four above."""

    text: str
    at: str
    kind: str


@dataclass(frozen=True)
class Phrase:
    """Part of a sentence that stands for one node of a rule.

    shape: "plain" stands anywhere; "rows" tells of rows; "group" needs brackets inside another.
    kind: the name-type of its value; asked: the question read, for the answers named beside it.
    """

    parts: tuple[Part, ...]
    shape: str = "plain"
    kind: str = "any"
    asked: Asked | None = None

    @property
    def text(self) -> str:
        """The words."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True)
class Reading:
    """How a node is read: as a value ("“Cost” plus 2"), or as a condition ("“Cost” is 2")."""

    value: "Callable[[Node], Phrase]"
    condition: "Callable[[Node], Phrase]"


@dataclass(frozen=True)
class Node:
    """One node of a rule, where it stands in it, and the scopes that it reads."""

    rule: object
    at: str
    frames: tuple[Frame, ...]
    reading: Reading = field(repr=False)

    @property
    def name(self) -> str:
        """The operator, "" if the node is none."""
        found = operation(self.rule)
        return found[0] if found else ""

    @property
    def arguments(self) -> list[object]:
        """What the operator is given, worked out or not."""
        found = operation(self.rule)
        return found[1] if found else []

    @property
    def is_literal(self) -> bool:
        """Whether it is written out, lists aside."""
        return not self.name and not isinstance(self.rule, list)

    def nodes(self) -> "list[Node]":
        """Return the parts that are worked out."""
        found: list[Node] = []
        for where, part in children(self.rule):
            scopes = self.frames
            if self.name in ITERATING and len(found) == 1:
                scopes = (*scopes, _item(found[0], self.name))
            found.append(Node(part, self.at + where, scopes, self.reading))
        return found

    def values(self) -> list[Phrase]:
        """Read the parts as values."""
        return [self.reading.value(node) for node in self.nodes()]

    def conditions(self) -> list[Phrase]:
        """Read the parts as conditions."""
        return [self.reading.condition(node) for node in self.nodes()]

    def says(self, text: str, kind: str = OPERATOR) -> Part:
        """Words that stand for this node."""
        return Part(text, self.at, kind)


def said(*pieces: "Part | Phrase", shape: str = "plain", kind: str = "any") -> Phrase:
    """Put words and phrases one after the other."""
    return Phrase(_flat(pieces), shape, kind)


def bracketed(phrase: Phrase) -> Phrase:
    """Put a phrase in brackets, unless it stands without."""
    if phrase.shape == "plain":
        return phrase
    at = phrase.parts[0].at
    parts = (Part("(", at, WORD), *phrase.parts, Part(")", at, WORD))
    return Phrase(parts, kind=phrase.kind, asked=phrase.asked)


def listed(node: Node, phrases: Sequence[Phrase], last: str) -> Phrase:
    """Write "a, b and c"; `last` is the word before the last."""
    parts: list[Part | Phrase] = []
    for place, phrase in enumerate(phrases):
        if place:
            final = place == len(phrases) - 1
            parts.append(node.says(f" {last} " if final else ", ", WORD))
        parts.append(bracketed(phrase))
    return said(*parts) if parts else said(node.says("nothing", VALUE))


def rows_of(node: Node) -> Asked | None:
    """Return the repeat whose rows a list has, None where it is not known."""
    if node.name == "var" and node.arguments:
        found = resolve(str(node.arguments[0]), node.frames)
        return found if found.inside is not None else None
    return rows_of(node.nodes()[0]) if node.name == "filter" and node.nodes() else None


def _item(over: Node, name: str) -> Frame:
    repeat = rows_of(over)
    inside = (repeat.inside if repeat else None) or {}
    called = "the row" if repeat else "the item"
    if name != "reduce":
        return Frame(inside, called)
    current = Asked(f"the current {called.removeprefix('the ')}", "any", inside=inside)
    return Frame({"current": current, "accumulator": Asked("the result so far")}, "both")


def _flat(pieces: Sequence[Part | Phrase]) -> tuple[Part, ...]:
    return tuple(chain.from_iterable((p,) if isinstance(p, Part) else p.parts for p in pieces))
