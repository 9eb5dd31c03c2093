"""The JSON Schema of an answer of each type, built from its question. Pure."""

from typing import Any

from formdefs import patterns
from formdefs.answer_options import (
    DEFAULTS,
    MAX_INTEGER,
    Raw,
    decimal_places,
    max_bytes,
    max_files,
    max_length,
)

Schema = dict[str, Any]


def line(pattern: str | None = None, **more: Any) -> Schema:
    """A string on one line; see `patterns` for why control characters are named."""
    schema: Schema = {"type": "string", **more}
    if pattern:
        schema["pattern"] = pattern
    return schema | {"not": {"pattern": patterns.CONTROL_CHARACTERS}}


def text(question: Raw) -> Schema:
    """One line of text, or several in a long_text, within its length and pattern."""
    forbidden = patterns.CONTROL_CHARACTERS
    if question["type"] == "long_text":
        forbidden = patterns.CONTROL_BUT_LINE_BREAKS
        if "pattern" in question:
            forbidden += r"|\n$"  # where `$` is not the same to all engines
    schema: Schema = {"type": "string", "maxLength": max_length(question)}
    if "min_length" in question:
        schema["minLength"] = question["min_length"]
    if "pattern" in question:
        schema["pattern"] = patterns.whole(question["pattern"])
    return schema | {"not": {"pattern": forbidden}}


def integer(question: Raw) -> Schema:
    """A whole number within the question's limits, and those that JSON keeps exactly."""
    return {
        "type": "integer",
        "minimum": max(question.get("minimum", -MAX_INTEGER), -MAX_INTEGER),
        "maximum": min(question.get("maximum", MAX_INTEGER), MAX_INTEGER),
    }


def codes(question: Raw) -> Schema:
    """One code of the question's list, which lies under `$defs`."""
    return {"$ref": f"#/$defs/list_{question['list']}"}


def choices(question: Raw) -> Schema:
    """Codes of the question's list, each once."""
    return {"type": "array", "uniqueItems": True, "items": codes(question)}


def person(_question: Raw) -> Schema:
    """Somebody by name, with the id of their record if they have one."""
    return {
        "type": "object",
        "properties": {
            "id": {"anyOf": [{"type": "null"}, line(patterns.UUID)]},
            "name": line(minLength=1, maxLength=200),
        },
        "required": ["name"],
        "additionalProperties": False,
    }


def people(question: Raw) -> Schema:
    """Several such."""
    most = DEFAULTS["max_people"]
    return {"type": "array", "items": person(question), "maxItems": most}


ADDRESS = {
    "type": "object",
    "properties": {
        "line1": line(minLength=1, maxLength=100),
        "line2": line(maxLength=100),
        "town": line(maxLength=100),
        "county": line(maxLength=100),
        "postcode": line(patterns.POSTCODE, maxLength=8),
        "protected": {"type": "boolean"},
    },
    "required": ["line1"],
    "additionalProperties": False,
}


ORGANISATION = {
    "type": "object",
    "properties": {
        "name": line(minLength=1, maxLength=200),
        "phone": line(patterns.PHONE, maxLength=40),
        "email": line(patterns.EMAIL, maxLength=254),
        "address": line(maxLength=300),
    },
    "required": ["name"],
    "additionalProperties": False,
}

# Signed by typing the name, or by drawing too.
SIGNATURE = {
    "type": "object",
    "properties": {
        "name": line(minLength=1, maxLength=200),
        "drawing": line(patterns.DRAWING, maxLength=DEFAULTS["max_drawing"]),
    },
    "required": ["name"],
    "additionalProperties": False,
}


def file(question: Raw) -> Schema:
    """Files that are stored, by id, with what they are."""
    content_type: Schema = line(minLength=1, maxLength=127)
    if "accept" in question:
        content_type = {"enum": list(question["accept"])}
    size = {"type": "integer", "minimum": 0, "maximum": max_bytes(question)}
    return {
        "type": "array",
        "maxItems": max_files(question),
        "items": {
            "type": "object",
            "properties": {
                "id": line(patterns.UUID),
                "name": line(minLength=1, maxLength=255),
                "type": content_type,
                "size": size,
                "sha256": line(patterns.SHA256),
            },
            "required": ["id", "name", "type", "size", "sha256"],
            "additionalProperties": False,
        },
    }


def decimal(question: Raw) -> Schema:
    """A canonical decimal, in a string."""
    return line(patterns.decimal(decimal_places(question)))
