"""The OpenAPI document as the docs page shows it: groups of operations, and schemas as tables. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]
Says = tuple[str, ...]  # a text, every second part of it code
_COMPONENT = "#/components/schemas/"
_TITLES = {  # in their order
    "token": "The token itself",
    "forms": "Forms",
    "persons": "Persons",
    "cases": "Cases",
    "records": "Records and files",
    "work": "Work",
    "notices": "Notices",
    "events": "Events",
}


@dataclass(frozen=True)
class Kind:
    """What a value is: words, and between them the name of a schema or "" for none."""

    before: str
    schema: str = ""
    after: str = ""


@dataclass(frozen=True)
class Field:
    """A parameter, or a property of a schema. where: "path", "query", "header" or ""."""

    name: str
    kind: Kind
    required: bool
    says: Says
    where: str = ""


@dataclass(frozen=True)
class Answer:
    """One status that an operation may answer with."""

    status: str
    says: Says
    kind: Kind


@dataclass(frozen=True)
class Operation:
    """One method of one address. takes: the kind of its body, None when it has none."""

    id: str
    method: str
    path: str
    summary: str
    says: Says
    scope: str
    parameters: tuple[Field, ...]
    takes: Kind | None
    takes_as: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Group:
    """The operations of one kind of thing."""

    id: str
    title: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Schema:
    """A schema by its name. Without fields, it is what its description says."""

    name: str
    says: Says
    fields: tuple[Field, ...]


def groups(document: Json) -> list[Group]:
    """The operations by tag, in the order in which a newcomer needs them."""
    operations = list(_operations(document))
    return [
        Group(tag, title, tuple(found for its_tag, found in operations if its_tag == tag))
        for tag, title in _TITLES.items()
    ]


def schemas(document: Json) -> list[Schema]:
    """All schemas by name."""
    named: Json = document["components"]["schemas"]
    return [
        Schema(name, _says(schema), tuple(_properties(schema)))
        for name, schema in sorted(named.items())
    ]


def _operations(document: Json) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, found in methods.items():
            body = found.get("requestBody", {}).get("content", {})
            media_type = next(iter(body), "")
            yield (
                found["tags"][0],
                Operation(
                    id=found["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=found["summary"],
                    says=_says(found),
                    scope=next(iter(found["security"][0]["token"]), ""),
                    parameters=tuple(map(_parameter, found.get("parameters", ()))),
                    takes=_kind(body[media_type]["schema"]) if body else None,
                    takes_as=media_type,
                    answers=tuple(_answers(found["responses"])),
                ),
            )


def _parameter(found: Json) -> Field:
    kind, required = _kind(found["schema"]), found.get("required", False)
    return Field(found["name"], kind, required, _says(found), found["in"])


def _answers(responses: Json) -> Iterator[Answer]:
    for status, found in responses.items():
        content = next(iter(found.get("content", {}).values()), None)
        yield Answer(status, _says(found), _kind(content["schema"]) if content else Kind("nothing"))


def _properties(schema: Json) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, found in schema.get("properties", {}).items():
        yield Field(name, _kind(found), name in required, _says(found))


def _says(described: Json) -> Says:
    """The description, parted at its backticks; nothing at all for an empty one."""
    text = described.get("description", "")
    return tuple(text.split("`")) if text else ()


_WORDS = {
    "uuid": "UUID",
    "date": "date",
    "date-time": "date and time",
    "binary": "file",
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "object": "object",
}


def _kind(schema: Json) -> Kind:
    """A schema in words; a schema inside it by its name."""
    if "$ref" in schema:
        return Kind("", schema["$ref"].removeprefix(_COMPONENT))
    if "oneOf" in schema:
        return Kind("", schema["oneOf"][0]["$ref"].removeprefix(_COMPONENT), " or null")
    if "enum" in schema:
        return Kind(" | ".join(map(str, schema["enum"])))
    types = schema.get("type", "any value")
    names = [types] if isinstance(types, str) else list(types)
    if names[0] == "array":
        inner = _kind(schema["items"])
        return Kind(f"list of {inner.before}", inner.schema, inner.after)
    if names[0] == "object" and "items" in schema.get("properties", {}):
        inner = _kind(schema["properties"]["items"])
        paged = "page: " if "next" in schema["properties"] else "items: "
        return Kind(f"{paged}{inner.before}", inner.schema, inner.after)
    word = _WORDS.get(schema.get("format", ""), _WORDS.get(names[0], names[0]))
    return Kind(f"{word} or null" if "null" in names else word)
