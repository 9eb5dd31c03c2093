"""What is known while a FHIR Questionnaire is read, and how its elements are got at. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from formdefs.importing.building import Building, Node
from formdefs.importing.data_shape import Value
from formdefs.importing.report import Report
from formdefs.importing.told import Told, Untold

Item = Mapping[str, Any]

BASE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


@dataclass
class Entry:
    """An item that holds answers. kind: of its value in rules, "rows" for a repeating group.

    values: (system, code) or the plain value of an option -> our code.
    """

    item: Item
    at: str
    node: Node
    kind: str
    repeats: tuple[str, ...]
    values: Mapping[Any, str] = field(default_factory=dict)
    shape: Value | None = None


@dataclass
class Waiting:
    """Something that shows under conditions, which are written when every link id is known."""

    item: Item
    at: str
    node: Node
    repeats: tuple[str, ...]


@dataclass
class Reading:
    """The form so far, by link ids."""

    building: Building
    contained: Mapping[str, Mapping[str, Any]]
    entries: dict[str, Entry] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def report(self) -> Report:
        """The lines so far."""
        return self.building.report

    def refer(self, scope: Sequence[str]) -> Callable[[str], Told]:
        """Return what link ids stand for, seen from rows of these repeats."""

        def refer(link_id: str) -> Told:
            entry = self.entries.get(link_id)
            if entry is None:
                raise Untold(f"the item “{link_id}”, which nothing here asks for")
            shared = 0
            for ours, theirs in zip(scope, entry.repeats, strict=False):
                if ours != theirs:
                    break
                shared += 1
            inner = entry.repeats[shared:]
            var = {"var": entry.node["key"]}
            values = {_written(value): code for value, code in entry.values.items()}
            if entry.kind == "rows":
                return Told(var, "rows", rows=(*inner, entry.node["key"]))
            return Told(var, entry.kind, values=values, rows=inner)

        return refer


def _written(value: Any) -> str:
    return str(value[1]) if isinstance(value, tuple) else str(value)


def items(of: Any) -> list[Item]:
    """Return the items inside something."""
    found = of.get("item") if isinstance(of, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def text(of: Any, name: str) -> str:
    """Return a text element, "" if it has none."""
    value = of.get(name) if isinstance(of, Mapping) else None
    return value if isinstance(value, str) else ""


def extensions(of: Any) -> Iterator[tuple[str, Any]]:
    """Yield each extension's address and value."""
    listed = of.get("extension") if isinstance(of, Mapping) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("url"), str):
            yield one["url"], value_of(one)


def extension(of: Any, url: str) -> Any:
    """Return the value of one extension, None if it is not there."""
    return next((value for address, value in extensions(of) if address == url), None)


def value_of(of: Any, prefix: str = "value") -> Any:
    """Return the value[x] of an element, whatever its type; None if it has none."""
    found = typed_value(of, prefix)
    return None if found is None else found[1]


def typed_value(of: Any, prefix: str = "value") -> tuple[str, Any] | None:
    """Return the type and the value of value[x]: ("Coding", {…}); None if it has none."""
    for name, value in of.items() if isinstance(of, Mapping) else ():
        if isinstance(name, str) and name.startswith(prefix) and len(name) > len(prefix):
            return name[len(prefix) :], value
    return None
