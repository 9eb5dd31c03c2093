"""Judge a document by its JSON Schema, in sentences an administrator can act on. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from formdefs import messages, patterns


@dataclass(frozen=True)
class DefinitionProblem:
    """One thing wrong with a definition or a code list.

    at: JSON pointer; node: id of the node it is about, "" if none; says: what is wrong; fix: what
    to do about it.
    """

    at: str
    node: str
    code: str
    says: str
    fix: str

    def __str__(self) -> str:
        """The whole of it, for a person: place, what is wrong, what to do."""
        return f"{self.at or '/'}: {self.says} {self.fix}"


def shape_problems(
    validator: jsonschema_rs.Draft202012Validator, document: Any
) -> Iterator[DefinitionProblem]:
    """Yield what the document's schema refuses, one problem for each broken keyword."""
    for error in validator.iter_errors(document):
        at = pointer(error.instance_path)
        kind = error.kind
        says, fix = _TOLD.get(kind.name, _otherwise)(kind, error.instance)
        yield DefinitionProblem(at, _node(document, error.instance_path), "shape", says, fix)


def pointer(steps: list[Any] | tuple[Any, ...]) -> str:
    """Write steps as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def _node(document: Any, steps: list[Any]) -> str:
    """Return the id of the innermost thing on the way that has one."""
    found = ""
    for step in [*steps, None]:
        if isinstance(document, Mapping) and isinstance(document.get("id"), str):
            found = document["id"]
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            break
    return found


def _otherwise(kind: Any, _instance: Any) -> tuple[str, str]:
    return f"The value breaks the rule “{kind.name}” of the meta-schema.", "Mend the value."


def _unexpected(kind: Any, instance: Any) -> tuple[str, str]:
    names = messages.either([f"“{name}”" for name in sorted(kind.unexpected)])
    where = "here"
    if instance.get("kind") == "question":
        where = f"in a question of type “{instance['type']}”"
    return f"{names} is not known {where}.", "Take it off, or mend its spelling."


def _not_one_of(kind: Any, instance: Any) -> tuple[str, str]:
    allowed = messages.either([f"“{option}”" for option in kind.options])
    return f"“{_short(instance)}” cannot be used here.", f"Use {allowed}."


def _wrong_type(kind: Any, instance: Any) -> tuple[str, str]:
    wanted = messages.either([_TYPE_NAMES[name] for name in kind.types])
    return f"“{_short(instance)}” is not {wanted}.", f"Write {wanted}."


def _short(instance: Any) -> str:
    text = str(instance)
    return text if len(text) <= 40 else f"{text[:39]}…"


_TYPE_NAMES = {
    "string": "text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object in braces",
    "array": "a list in brackets",
    "null": "null",
}

_WRITTEN = {
    patterns.NODE_ID: "Use a small letter, then 3 to 15 small letters and digits.",
    patterns.KEY: "Use small letters, digits and underscores, a letter first.",
    patterns.LIST_KEY: "Use small letters, digits and underscores, with dots between parts.",
    patterns.CODE: "Use up to 32 letters, digits and _ . + -, a letter or digit first.",
    patterns.DATE: "Write a real date as 2026-11-24.",
    patterns.DATE_OR_TODAY: "Write a real date as 2026-11-24, or “today”.",
    patterns.AMOUNT: "Write a number as 12.50.",
    patterns.LANGUAGE: "Write a language as “en” or “cy”.",
    patterns.CONTENT_TYPE: "Write a content type as application/pdf.",
}

_TOLD: Mapping[str, Callable[[Any, Any], tuple[str, str]]] = {
    "required": lambda kind, _i: (f"“{kind.property}” is missing.", f"Add “{kind.property}”."),
    "additionalProperties": _unexpected,
    "enum": _not_one_of,
    "const": lambda kind, i: (f"“{_short(i)}” cannot be used here.", f"Use {kind.expected_value}."),
    "type": _wrong_type,
    "minLength": lambda _k, _i: ("The text is empty.", "Write something, or take the entry off."),
    "maxLength": lambda kind, _i: ("The text is too long.", f"Keep to {kind.limit} characters."),
    "minItems": lambda kind, _i: ("The list is too short.", f"Give at least {kind.limit}."),
    "maxItems": lambda kind, _i: ("The list is too long.", f"Keep to {kind.limit}."),
    "minProperties": lambda _k, _i: ("The object is empty.", "Add an entry, or take it off."),
    "maxProperties": lambda kind, _i: ("The object says too much.", f"Keep to {kind.limit}."),
    "propertyNames": lambda _k, _i: (
        "A name here is not written as it must be.",
        "Use small letters and digits, a letter first.",
    ),
    "minimum": lambda kind, i: (f"{_short(i)} is too small.", f"Use {kind.limit} or more."),
    "maximum": lambda kind, i: (f"{_short(i)} is too large.", f"Use {kind.limit} or less."),
    "uniqueItems": lambda _k, _i: ("The list has the same entry twice.", "Take one of them off."),
    "pattern": lambda kind, i: (
        f"“{_short(i)}” is not written as it must be.",
        _WRITTEN.get(kind.pattern, f"It must match {kind.pattern}."),
    ),
}
