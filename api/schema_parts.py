"""What the schemas of the API are put together from. JSON Schema 2020-12."""

from collections.abc import Mapping
from typing import Any

ID = {"type": "string", "format": "uuid"}
TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
DATE = {"type": "string", "format": "date"}
INSTANT = {"type": "string", "format": "date-time"}
SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ANSWERS = {
    "type": "object",
    "description": "Answers as the form version's `schema` document describes them.",
}


def or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def nothing_or(name: str) -> dict[str, Any]:
    """A named schema, or null."""
    return {"oneOf": [ref(name), {"type": "null"}]}


def ref(name: str) -> dict[str, Any]:
    """A named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": dict(schema)}


def sent(**properties: Any) -> dict[str, Any]:
    """What the API sends: every property is there."""
    return {"type": "object", "required": list(properties), "properties": properties}


def taken(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    """What the API takes: nothing else may be there."""
    return {
        "type": "object",
        **({"required": list(required)} if required else {}),
        "properties": properties,
        "additionalProperties": False,
    }


WHY = {**TEXT, "description": "The reason, kept with the change."}
