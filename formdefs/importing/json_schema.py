"""Read a JSON Schema as the shape of data: resolved, merged, and helped by the data where it is vague. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from formdefs.importing.data_shape import is_number
from formdefs.importing.naming import is_plain, name_fits, spelt

Schema = Mapping[str, Any]
Steps = tuple[str, ...]  # place in data: property names, "*" for each item, "|n" for an alternative

_MOST_REFS = 40
_COMBINED = ("allOf", "anyOf", "oneOf", "if", "then", "else", "$ref")


@dataclass(frozen=True)
class Place:
    """One place in the data: its schema, and the values that the data has there.

    steps: the place in data; at: JSON Pointer of the schema; refs: references on the way here,
    by which a schema that contains itself is known; required: whether the schema asks for it.
    """

    root: Schema
    schema: Schema
    steps: Steps = ()
    at: str = ""
    samples: Sequence[Any] = ()
    refs: tuple[str, ...] = ()
    required: bool = False
    parent: "Place | None" = field(default=None, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The name of the property that this is, "" for the whole."""
        named = [step for step in self.steps if step != "*" and not step.startswith("|")]
        return named[-1] if named else ""

    @property
    def rows(self) -> Steps:
        """The steps to the row that this stands in, () outside all lists."""
        last = max((index for index, step in enumerate(self.steps, 1) if step == "*"), default=0)
        return self.steps[:last]

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The types that a value may have, null left out; inferred where the schema does not say."""
        named = self.schema.get("type")
        types = [named] if isinstance(named, str) else named if isinstance(named, list) else []
        told = [one for one in types if isinstance(one, str) and one != "null"]
        if not told:
            told = [kind for kind, words in _IMPLIED if any(word in self.schema for word in words)]
        if not told:
            told = _types_of(_values(self.schema)) or _types_of(self.samples)
        return tuple(dict.fromkeys(told))

    @cached_property
    def type(self) -> str:
        """The one type that is asked for: the data's where the schema leaves several, else the object's."""
        if len(self.types) > 1:
            seen = [kind for kind in _types_of(self.samples) if _allows(kind, self.types)]
            for kind in seen:
                return kind if kind in self.types else "number"
            if "object" in self.types and _mapping(self.schema, "properties"):
                return "object"
            plain = [kind for kind in self.types if kind not in ("object", "array")]
            return "string" if "string" in plain else (plain or list(self.types))[0]
        return self.types[0] if self.types else ""

    def is_circle(self) -> bool:
        """Say whether this schema stands inside itself and no data goes further."""
        return len(self.refs) != len(set(self.refs)) and not any(
            sample not in (None, {}, []) for sample in self.samples
        )

    def properties(self) -> dict[str, "Place"]:
        """Return the properties that the schema describes, then those that only the data has."""
        names = list(_mapping(self.schema, "properties"))
        words = map(spelt, _mapping(self.schema, "patternProperties"))
        names += [name for name in words if name and name not in names]
        for sample in self.samples:
            if isinstance(sample, Mapping):
                fresh = [name for name in sample if isinstance(name, str) and name not in names]
                names += [name for name in fresh if not self._is_open(name)]
        return {name: place for name in names if (place := self.property(name)) is not None}

    def property(self, name: str) -> "Place | None":
        """Return one property; also one that is described under a condition or an alternative."""
        samples = [one[name] for one in self.samples if isinstance(one, Mapping) and name in one]
        found = _described(self.root, self.schema, name)
        if found is None:
            if not samples:
                return None
            found = {}, f"properties/{name}"
        schema, within = found
        required = self.schema.get("required")
        asked = isinstance(required, list) and name in required
        return self._inner(schema, (*self.steps, name), f"{self.at}/{within}", samples, asked)

    def others(self, *, anyway: bool = False) -> list[tuple["Place", str]]:
        """Return what may stand under names that are not spelled out, each with the names' pattern.

        anyway: any name may be given even where the schema does not say so.
        """
        made = []
        for index, (pattern, schema, within) in enumerate(self._open(anyway)):
            samples = [
                value
                for one in self.samples
                if isinstance(one, Mapping)
                for name, value in one.items()
                if self._is_open(name) and name_fits(pattern, name)
            ]
            steps = (*self.steps, f"|others{index}", "*")
            place = self._inner(schema, steps, f"{self.at}/{within}", samples, False)
            made.append((place, pattern))
        return made

    def _open(self, anyway: bool = False) -> list[tuple[str, Schema, str]]:
        """Return the names' pattern, the schema and its place, of what is not spelled out."""
        found = [
            (pattern, inner, f"patternProperties/{pattern}")
            for pattern, inner in _mapping(self.schema, "patternProperties").items()
            if is_plain(pattern) and not spelt(pattern) and isinstance(inner, Mapping)
        ]
        free = self.schema.get("additionalProperties", anyway)
        if free is True or isinstance(free, Mapping):
            found.append(("", {} if free is True else free, "additionalProperties"))
        return found

    def _is_open(self, name: str) -> bool:
        if _described(self.root, self.schema, name) is not None:
            return False
        return any(name_fits(pattern, name) for pattern, _schema, _within in self._open())

    def items(self) -> "Place":
        """Return the item of a list."""
        schema = self.schema.get("items")
        if isinstance(schema, list):
            schema = schema[0] if schema else {}
        samples = [item for one in self.samples if isinstance(one, list) for item in one]
        schema = schema if isinstance(schema, Mapping) else {}
        return self._inner(schema, (*self.steps, "*"), f"{self.at}/items", samples, False)

    def alternatives(self) -> list["Place"]:
        """Return the alternatives of a value: several shapes, each with the data that has it."""
        if isinstance(self.schema.get("properties"), Mapping) and self.schema["properties"]:
            return []
        for word in ("oneOf", "anyOf"):
            listed = self.schema.get(word)
            if isinstance(listed, list) and listed and all(isinstance(o, Mapping) for o in listed):
                if all(is_constant(resolved(self.root, one, ())[0]) for one in listed):
                    return []
                base = {k: v for k, v in self.schema.items() if k not in ("oneOf", "anyOf")}
                return self._alternatives(base, word, listed)
        return []

    def _alternatives(self, base: Schema, word: str, listed: Sequence[Schema]) -> list["Place"]:
        found = [
            self._inner(
                {**base, **one} if "$ref" not in one else one,
                (*self.steps, f"|{index}"),
                f"{self.at}/{word}/{index}",
                (),
                self.required,
            )
            for index, one in enumerate(listed)
        ]
        sorted_out: list[list[Any]] = [[] for _ in found]
        for sample in self.samples:
            if sample is not None:
                sorted_out[best(found, sample)].append(sample)
        return [
            Place(p.root, p.schema, p.steps, p.at, samples, p.refs, p.required, p.parent)
            for p, samples in zip(found, sorted_out, strict=True)
        ]

    def _inner(
        self, schema: Schema, steps: Steps, at: str, samples: Sequence[Any], required: bool
    ) -> "Place":
        whole, refs = resolved(self.root, schema, self.refs)
        return Place(self.root, whole, steps, at, samples, refs, required, self)


def whole(root: Schema, data: Any, given: bool) -> Place:
    """Return the place of the whole data."""
    schema, refs = resolved(root, root, ("#",))
    return Place(root, schema, samples=[data] if given else (), refs=refs)


def resolved(root: Schema, schema: Any, refs: tuple[str, ...]) -> tuple[Schema, tuple[str, ...]]:
    """Follow references and put `allOf` together; say which references were followed.

    Only references inside the document are followed: nothing is ever fetched.
    """
    if not isinstance(schema, Mapping):
        return {}, refs
    found: dict[str, Any] = dict(schema)
    for _ in range(_MOST_REFS):
        ref = found.pop("$ref", None)
        if not isinstance(ref, str):
            break
        refs = (*refs, ref)
        target = _at(root, ref)
        found = {**target, **found} if isinstance(target, Mapping) else found
    parts = found.pop("allOf", None)
    if isinstance(parts, list) and len(refs) < _MOST_REFS:
        for part in parts:
            inner, refs = resolved(root, part, refs)
            found = _merged(found, inner)
    return found, refs


def best(alternatives: Sequence[Place], value: Any) -> int:
    """Return the alternative that a value is likest to; the first where several are."""
    scores = [_likeness(place, value) for place in alternatives]
    return scores.index(max(scores))


def is_constant(schema: Any) -> bool:
    """Say whether a schema is one value with its title, as JSONForms writes an option."""
    return isinstance(schema, Mapping) and "const" in schema


def pointer_parts(ref: str) -> list[str]:
    """Split a local reference or a scope into its steps.

    >>> pointer_parts("#/properties/a~1b"), pointer_parts("#"), pointer_parts("/properties/x")
    (['properties', 'a/b'], [], ['properties', 'x'])
    """
    path = ref.removeprefix("#").strip("/")
    if not path:
        return []
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")]


_IMPLIED = (
    ("object", ("properties", "additionalProperties", "patternProperties")),
    ("array", ("items",)),
    ("string", ("minLength", "maxLength", "pattern", "format")),
    ("number", ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum")),
)


def _values(schema: Schema) -> list[Any]:
    if "const" in schema:
        return [schema["const"]]
    listed = schema.get("enum")
    return listed if isinstance(listed, list) else []


def _types_of(values: Sequence[Any]) -> list[str]:
    return list(dict.fromkeys(kind for value in values if (kind := type_of(value))))


def type_of(value: Any) -> str:
    """Name the JSON type of a value; "" for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "boolean"
    if is_number(value):
        return "integer" if value == int(value) else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object" if isinstance(value, Mapping) else ""


def _allows(kind: str, types: Sequence[str]) -> bool:
    return kind in types or (kind == "integer" and "number" in types)


def _likeness(place: Place, value: Any) -> tuple[int, int, int]:
    """Score a value by its type, then by the names or codes that the schema knows."""
    kind = type_of(value)
    if not _allows(kind, place.types or (kind,)):
        return 0, 0, 0
    if isinstance(value, Mapping):
        known = _mapping(place.schema, "properties")
        strange = [name for name in value if name not in known]
        asked = place.schema.get("required")
        lacking = [n for n in asked if n not in value] if isinstance(asked, list) else []
        right = [n for n in value if n in known and _right(place, n, value[n])]
        return 1, len(right) - len(strange) - len(lacking), -len(known)
    if isinstance(value, list):
        allowed = _values(place.items().schema)
        return 1, sum(1 for item in value if item in allowed), 0
    allowed = _values(place.schema)
    return 1, (value in allowed) if allowed else 0, 0


def _right(place: Place, name: str, value: Any) -> bool:
    inner = place.property(name)
    return inner is None or _allows(type_of(value), inner.types or (type_of(value),))


def _described(root: Schema, schema: Schema, name: str, depth: int = 0) -> tuple[Any, str] | None:
    """Find the schema of a property, with its place inside."""
    properties = _mapping(schema, "properties")
    if name in properties:
        return properties[name], f"properties/{name}"
    if depth > 4:
        return None
    for word in ("then", "else", "if"):
        inner, _ = resolved(root, schema.get(word), ())
        if inner and (found := _described(root, inner, name, depth + 1)):
            return found[0], f"{word}/{found[1]}"
    for word in ("anyOf", "oneOf"):
        listed = schema.get(word)
        for index, one in enumerate(listed if isinstance(listed, list) else ()):
            inner, _ = resolved(root, one, ())
            if found := _described(root, inner, name, depth + 1):
                return found[0], f"{word}/{index}/{found[1]}"
    for pattern, inner in _mapping(schema, "patternProperties").items():
        if spelt(pattern) == name:
            return inner, f"patternProperties/{pattern}"
    return None


def _at(root: Schema, ref: str) -> Any:
    if not ref.startswith("#"):
        return None
    found: Any = root
    for step in pointer_parts(ref):
        if isinstance(found, list) and step.isascii() and step.isdigit():
            found = found[int(step)] if int(step) < len(found) else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _merged(one: Mapping[str, Any], other: Schema) -> dict[str, Any]:
    """Put two schemas together that both hold."""
    made = {**other, **one}
    for word in ("properties", "patternProperties"):
        if word in one and word in other:
            made[word] = {**_mapping(other, word), **_mapping(one, word)}
    lists = [part["required"] for part in (one, other) if isinstance(part.get("required"), list)]
    if lists:
        made["required"] = [name for listed in lists for name in listed]
    return made


def _mapping(schema: Any, name: str) -> Mapping[str, Any]:
    value = schema.get(name) if isinstance(schema, Mapping) else None
    return value if isinstance(value, Mapping) else {}
