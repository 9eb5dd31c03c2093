"""The parts that the meta-schema is built from: shapes, names, and the options of questions. Pure."""

from typing import Any

from formdefs import answer_types, patterns
from formdefs.answer_types import TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def object_of(properties: Schema, required: tuple[str, ...] = (), says: str = "") -> Schema:
    """An object with these properties and no others."""
    return {
        "type": "object",
        **({"description": says} if says else {}),
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def text(longest: int, says: str) -> Schema:
    """A text that says something."""
    return {"type": "string", "minLength": 1, "maxLength": longest, "description": says}


def array_of(items: Schema, says: str, **more: Any) -> Schema:
    """A list of such items."""
    return {"type": "array", "items": items, "description": says, **more}


def count(least: int, most: int, says: str) -> Schema:
    """A whole number between two limits."""
    return {"type": "integer", "minimum": least, "maximum": most, "description": says}


ID = {"$ref": "#/$defs/id"}
KEY = {"$ref": "#/$defs/key"}
DECIDED = {"$ref": "#/$defs/decided"}
HINT = text(2000, "Help shown under it.")
LABEL = text(500, "What the worker reads.")
CODE = {
    "type": "string",
    "pattern": patterns.CODE,
    "description": "What is stored and exported when this is chosen.",
}
_WORDS = {
    "type": "object",
    "propertyNames": {"pattern": patterns.LANGUAGE},
    "additionalProperties": text(2000, "The same in that language."),
}
TRANSLATED = {
    "labels": {**_WORDS, "description": "The label in other languages."},
    "hints": {**_WORDS, "description": "The hint in other languages."},
}
LIST_KEY = {
    "type": "string",
    "pattern": patterns.LIST_KEY,
    "maxLength": 64,
    "description": "Key of a shared code list.",
}
ATTRIBUTES = {
    "type": "object",
    "propertyNames": {"pattern": patterns.KEY, "not": {"enum": ["code", "label"]}},
    "additionalProperties": {"type": "string", "maxLength": 255},
    "maxProperties": 20,
    "description": "What an `options` rule may read of it beside `code` and `label`.",
}
DAY = {"type": "string", "pattern": patterns.DATE, "description": "A date, YYYY-MM-DD."}
_AMOUNT = {
    "type": ["integer", "string"],
    "minimum": -(10**15),
    "maximum": 10**15,
    "pattern": patterns.AMOUNT,
    "description": "A limit, as a whole number or a decimal in quotes.",
}

# What each option of a question may be; which type has which is in `answer_types.TYPES`.
OPTIONS: Schema = {
    "max_length": count(1, 100_000, "Most characters; 255 in text, 20,000 in long_text."),
    "min_length": count(1, 100_000, "Fewest characters."),
    "pattern": text(500, "Regular expression that the whole answer matches; linear ones only."),
    "pattern_message": text(500, "What is said when the pattern does not match."),
    "minimum": _AMOUNT,
    "maximum": _AMOUNT,
    "decimal_places": count(0, 10, "Most digits after the point; 2 if not given."),
    "list": {**KEY, "description": "The list to choose from: a name under the form's `lists`."},
    "options": {
        **DECIDED,
        "description": "Whether an entry of the list is offered; it is `option`.",
    },
    "display": {"enum": ["radios", "select", "search"], "description": "How it is chosen."},
    "exclusive": array_of(
        CODE, "Codes that cannot be chosen together with another.", minItems=1, uniqueItems=True
    ),
    "not_before": {"$ref": "#/$defs/day_or_today"},
    "not_after": {"$ref": "#/$defs/day_or_today"},
    "max_files": count(1, 50, "Most files; 5 if not given."),
    "max_bytes": count(1, 100 * 1024 * 1024, "Most bytes of one file; 10 MiB if not given."),
    "accept": array_of(
        {"type": "string", "pattern": patterns.CONTENT_TYPE},
        "Content types that are taken; a safe set if not given.",
        minItems=1,
        uniqueItems=True,
    ),
    "value": {"$ref": "#/$defs/rule", "description": "Rule that works the answer out."},
    "result": {"enum": list(answer_types.RESULTS), "description": "Type of what is worked out."},
}
_INTEGER_LIMIT = count(-answer_types.MAX_INTEGER, answer_types.MAX_INTEGER, "A limit.")

MARK: Schema = {
    "mark": {**KEY, "description": "Where it comes from, as a mark that limits who may see it."}
}
_KEYS = {"anyOf": [KEY, array_of(KEY, "Joined with spaces.", minItems=1, maxItems=5)]}
PREFILL = array_of(
    object_of(
        {
            "record": {**KEY, "description": "Key of the form of an earlier record."},
            "question": text(200, "Its question by key; inside a repeat, both keys and a dot."),
            "row_of": {**KEY, "description": "The row's question that names whom this is about."},
            "across": {"type": "boolean", "description": "Also from other cases."},
            "person": {**KEY, "description": "A detail of the person; “each” for rows."},
            "case": {**KEY, "description": "A detail of the case."},
            "map": {
                "type": "object",
                "additionalProperties": _KEYS,
                "description": "Key in the rows -> key in the source, where they differ.",
            },
        },
        says="One place that a first value may come from.",
    ),
    "Where a first value comes from, in order of preference.",
    minItems=1,
    maxItems=10,
)

VISIBLE: Schema = {"visible": {**DECIDED, "description": "When it shows; always if not given."}}
ITEMS: Schema = {"items": {"$ref": "#/$defs/items"}}
_COMMON: Schema = {
    "id": ID,
    "kind": {"const": "question"},
    "key": KEY,
    "type": {},
    "label": LABEL,
    "hint": HINT,
    "required": {**DECIDED, "description": "Whether a submission must answer it."},
    **VISIBLE,
    "readonly": {**DECIDED, "description": "Whether it shows without being typed."},
    "protected": {"type": "boolean", "description": "Never printed nor sent outside."},
    **MARK,
}
NEVER_PREFILLED = ("file", "calculated", "signature")
_NEEDED = {"choice": ("list",), "choices": ("list",), "calculated": ("value", "result")}


def question_of(type_name: str) -> Schema:
    """A question of one type, with the options that its type has."""
    kind = TYPES[type_name]
    options = {name: OPTIONS[name] for name in sorted(kind.options)}
    if type_name == "integer":
        options |= {"minimum": _INTEGER_LIMIT, "maximum": _INTEGER_LIMIT}
    if type_name not in NEVER_PREFILLED:
        options["prefill"] = {"$ref": "#/$defs/prefill"}
    if type_name == "choices":
        options["display"] = {**OPTIONS["display"], "enum": ["checkboxes", "search"]}
    if kind.may_default:
        options["default"] = {"description": "First value: a constant or a rule."}
    common = dict(_COMMON)
    if type_name == "calculated":
        common.pop("required")
        common.pop("readonly")
    needed = ("id", "kind", "key", "type", "label", *_NEEDED.get(type_name, ()))
    return object_of({**common, "type": {"const": type_name}, **options}, needed)
