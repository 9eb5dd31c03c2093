"""What is known while a JSONForms form is read: what was made so far, and what is to be settled last. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from formdefs.importing.building import Building, Node
from formdefs.importing.data_shape import HOW, Either, Holder, Object, Rows, Shape, Value
from formdefs.importing.json_schema import Place, Steps
from formdefs.importing.jsonforms_rules import Find, Known, rule_of
from formdefs.importing.report import Report


@dataclass(frozen=True)
class Gate:
    """A rule of the layout. show: whether it shows or enables; else it locks."""

    effect: str
    condition: Any
    find: Find
    at: str

    @property
    def shows(self) -> bool:
        """Whether it is about showing, rather than about typing."""
        return self.effect in ("SHOW", "HIDE")


@dataclass(frozen=True)
class Scope:
    """Where a control's scope begins, and the rules of the layouts around it."""

    place: Place
    holder: Holder
    gates: tuple[Gate, ...] = ()

    def within(self, *gates: Gate) -> "Scope":
        """Return the same inside something that shows itself: only what locks goes further in."""
        return replace(self, gates=tuple(g for g in (*self.gates, *gates) if not g.shows))


@dataclass(frozen=True)
class Pending:
    """A rule to be written when every question has its key. part: of `node`; make: gives it."""

    node: Node
    part: str
    at: str
    make: Callable[[], Any]


@dataclass
class Reading:
    """The whole of it.

    given: whether there is data; others: whether any further name may be given at the top;
    asks_unshown: whether what the layout shows nowhere is asked; found: place in the data -> what
    asks for it.
    """

    building: Building
    given: bool
    lay_out: "Callable[[Reading, Any, str, Scope], list[Node]]"
    items_of: "Callable[[Reading, Place, Scope, str, Mapping[str, Any]], list[Node]]"
    others: bool = False
    asks_unshown: bool = True
    found: dict[Steps, tuple[Node, Shape]] = field(default_factory=dict)
    pending: list[Pending] = field(default_factory=list)

    @property
    def report(self) -> Report:
        """The lines so far."""
        return self.building.report

    def finder(self, base: Steps) -> Find:
        """Return how a condition finds what answers a place, from where it stands."""

        def find(steps: Steps) -> Known | None:
            entry = self.found.get((*base, *steps))
            if entry is None or isinstance(entry[1], Object | Either):
                return None
            shape = entry[1]
            if isinstance(shape, Rows):
                return Known(shape.key, lambda value: value)
            return Known(shape.key, _writer(shape), is_list=shape.how == "codes")

        return find

    def gate(self, item: Node, gates: Iterable[Gate]) -> None:
        """Let rules decide whether an item shows, and whether a question may be typed."""
        for gate in gates:
            part = "visible" if gate.shows else "readonly"
            if not gate.shows and item.get("kind") != "question":
                continue
            self.pending.append(Pending(item, part, gate.at, _maker(gate)))


def _maker(gate: Gate) -> Callable[[], Any]:
    def make() -> Any:
        rule = rule_of(gate.condition, gate.find)
        if gate.effect in ("SHOW", "DISABLE"):
            return rule
        return (not rule) if isinstance(rule, bool) else {"!": rule}

    return make


def _writer(shape: Value) -> Callable[[Any], Any]:
    def written(value: Any) -> Any:
        if shape.how == "codes":
            shape_of_one = Value(shape.key, "code", shape.codes)
            return HOW["code"][0](value, shape_of_one)
        if shape.how in ("code", "time"):
            return HOW[shape.how][0](value, shape)
        return value

    return written


def mapping(value: Any, name: str) -> Mapping[str, Any]:
    """Return a part that should be an object, as one."""
    part = value.get(name) if isinstance(value, Mapping) else None
    return part if isinstance(part, Mapping) else {}
