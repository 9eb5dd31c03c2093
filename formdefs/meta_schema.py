"""The JSON Schema (2020-12) of a definition, `META_SCHEMA`, and of a code list, `LIST_SCHEMA`. Pure.

Built from the table of answer types, so that a new type or option is written down once. The files
`docs/reference/definition.schema.json` and `code-list.schema.json` are these, published.
"""

from typing import Any

from formdefs import answer_types, patterns
from formdefs.answer_types import TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_PAGES = 60
MAX_ITEMS = 200  # in one page, section or repeat
MAX_ENTRIES = 2000  # in one code list

Schema = dict[str, Any]


def _object(properties: Schema, required: tuple[str, ...] = (), says: str = "") -> Schema:
    return {
        "type": "object",
        **({"description": says} if says else {}),
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _text(longest: int, says: str) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": longest, "description": says}


def _array(items: Schema, says: str, **more: Any) -> Schema:
    return {"type": "array", "items": items, "description": says, **more}


def _count(least: int, most: int, says: str) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most, "description": says}


_ID = {"$ref": "#/$defs/id"}
_KEY = {"$ref": "#/$defs/key"}
_DECIDED = {"$ref": "#/$defs/decided"}
_HINT = _text(2000, "Help shown under it.")
_LABEL = _text(500, "What the worker reads.")
_CODE = {
    "type": "string",
    "pattern": patterns.CODE,
    "description": "What is stored and exported when this is chosen.",
}
_LIST_KEY = {
    "type": "string",
    "pattern": patterns.LIST_KEY,
    "maxLength": 64,
    "description": "Key of a shared code list.",
}
_DAY = {"type": "string", "pattern": patterns.DATE, "description": "A date, YYYY-MM-DD."}
_AMOUNT = {
    "type": ["integer", "string"],
    "minimum": -(10**15),
    "maximum": 10**15,
    "pattern": patterns.AMOUNT,
    "description": "A limit, as a whole number or a decimal in quotes.",
}

# What each option of a question may be; which type has which is in `answer_types.TYPES`.
OPTIONS: Schema = {
    "max_length": _count(1, 100_000, "Most characters; 255 in text, 20,000 in long_text."),
    "min_length": _count(1, 100_000, "Fewest characters."),
    "pattern": _text(500, "Regular expression that the whole answer matches; linear ones only."),
    "pattern_message": _text(500, "What is said when the pattern does not match."),
    "minimum": _AMOUNT,
    "maximum": _AMOUNT,
    "decimal_places": _count(0, 10, "Most digits after the point; 2 if not given."),
    "list": {**_KEY, "description": "The list to choose from: a name under the form's `lists`."},
    "display": {"enum": ["radios", "select"], "description": "How a choice is shown."},
    "exclusive": _array(
        _CODE, "Codes that cannot be chosen together with another.", minItems=1, uniqueItems=True
    ),
    "not_before": {"$ref": "#/$defs/day_or_today"},
    "not_after": {"$ref": "#/$defs/day_or_today"},
    "max_files": _count(1, 50, "Most files; 5 if not given."),
    "max_bytes": _count(1, 100 * 1024 * 1024, "Most bytes of one file; 10 MiB if not given."),
    "accept": _array(
        {"type": "string", "pattern": patterns.CONTENT_TYPE},
        "Content types that are taken; a safe set if not given.",
        minItems=1,
        uniqueItems=True,
    ),
    "value": {"$ref": "#/$defs/rule", "description": "Rule that works the answer out."},
    "result": {"enum": list(answer_types.RESULTS), "description": "Type of what is worked out."},
}
_INTEGER_LIMIT = _count(-answer_types.MAX_INTEGER, answer_types.MAX_INTEGER, "A limit.")

_VISIBLE: Schema = {"visible": {**_DECIDED, "description": "When it shows; always if not given."}}
_ITEMS: Schema = {"items": {"$ref": "#/$defs/items"}}
_COMMON: Schema = {
    "id": _ID,
    "kind": {"const": "question"},
    "key": _KEY,
    "type": {},
    "label": _LABEL,
    "hint": _HINT,
    "required": {**_DECIDED, "description": "Whether a submission must answer it."},
    **_VISIBLE,
    "readonly": {**_DECIDED, "description": "Whether it shows without being typed."},
    "protected": {"type": "boolean", "description": "Never printed nor sent outside."},
}
_NEEDED = {"choice": ("list",), "choices": ("list",), "calculated": ("value", "result")}


def _question(type_name: str) -> Schema:
    kind = TYPES[type_name]
    options = {name: OPTIONS[name] for name in sorted(kind.options)}
    if type_name == "integer":
        options |= {"minimum": _INTEGER_LIMIT, "maximum": _INTEGER_LIMIT}
    if kind.may_default:
        options["default"] = {"description": "First value: a constant or a rule."}
    common = dict(_COMMON)
    if type_name == "calculated":
        common.pop("required")
        common.pop("readonly")
    needed = ("id", "kind", "key", "type", "label", *_NEEDED.get(type_name, ()))
    return _object({**common, "type": {"const": type_name}, **options}, needed)


_SECTION = _object(
    {
        "id": _ID,
        "kind": {"const": "section"},
        "key": _KEY,
        "title": _text(200, "Heading of the section."),
        "hint": _HINT,
        **_VISIBLE,
        "collapsible": {"type": "boolean", "description": "Closed until opened: an optional part."},
        **_ITEMS,
    },
    ("id", "kind", "key", "title", "items"),
    "A titled part of a page. It lays out; answers know nothing of it.",
)
_REPEAT = _object(
    {
        "id": _ID,
        "kind": {"const": "repeat"},
        "key": _KEY,
        "label": _LABEL,
        "hint": _HINT,
        **_VISIBLE,
        "layout": {"enum": ["cards", "table"], "description": "How rows are shown."},
        "min_rows": _count(0, 1000, "Fewest rows of a submission."),
        "max_rows": _count(1, 1000, "Most rows; 100 if not given."),
        "row_title": {"$ref": "#/$defs/rule", "description": "Names a row; sees the row."},
        "add_label": _text(100, "Words of the button that adds a row."),
        **_ITEMS,
    },
    ("id", "kind", "key", "label", "items"),
    "A part that is answered any number of times; each row has a permanent id.",
)
_CONTENT = _object(
    {
        "id": _ID,
        "kind": {"const": "content"},
        "text": _text(20000, "Plain paragraphs, a blank line between them."),
        **_VISIBLE,
    },
    ("id", "kind", "text"),
    "Words between questions.",
)
_PAGE = _object(
    {
        "id": _ID,
        "key": _KEY,
        "title": _text(200, "Heading of the page."),
        "hint": _HINT,
        **_VISIBLE,
        **_ITEMS,
    },
    ("id", "key", "title", "items"),
    "One screen, and the unit of saving.",
)


def _when(property_name: str, value: str, then: Schema) -> Schema:
    condition = {"properties": {property_name: {"const": value}}, "required": [property_name]}
    return {"if": condition, "then": then}


_ITEM = {
    "type": "object",
    "properties": {"kind": {"enum": ["section", "question", "repeat", "content"]}},
    "required": ["kind"],
    "allOf": [
        _when("kind", kind, {"$ref": f"#/$defs/{kind}"})
        for kind in ("section", "question", "repeat", "content")
    ],
}
_QUESTION = {
    "type": "object",
    "description": "One thing asked. What else it may say depends on its type.",
    "properties": {"type": {"enum": list(TYPES)}},
    "required": ["type"],
    "allOf": [_when("type", name, {"$ref": f"#/$defs/question_{name}"}) for name in TYPES],
}

_INLINE_OPTION = _object({"code": _CODE, "label": _LABEL, "hint": _HINT}, ("code", "label"))
_LIST_SOURCE = {
    **_object(
        {
            "list": {**_LIST_KEY, "description": "A shared code list, pinned when published."},
            "options": _array(_INLINE_OPTION, "The form's own.", minItems=1, maxItems=200),
        },
        says="A shared code list, or the form's own options.",
    ),
    "minProperties": 1,
    "maxProperties": 1,
}
_CHECK = _object(
    {
        "id": _ID,
        "when": {"$ref": "#/$defs/rule", "description": "True when something is wrong."},
        "at": {**_KEY, "description": "Form-level question or repeat where it is told."},
        "message": _text(500, "What the worker is told."),
        "severity": {"enum": ["error", "warning"], "description": "A warning stops nothing."},
    },
    ("id", "when", "at", "message"),
)
_AGREEMENT = _object(
    {
        "id": _ID,
        "capacity": {**_KEY, "description": "As whom they are asked: parent, carer, child."},
        "label": _LABEL,
        "hint": _HINT,
    },
    ("id", "capacity", "label"),
    "Somebody without a log-in who is asked to agree.",
)
_TEST = _object(
    {
        "name": _text(200, "What the test shows."),
        "answers": {"type": "object"},
        "expect": _object(
            {
                "visible": {"type": "object", "additionalProperties": {"type": "boolean"}},
                "required": {"type": "object", "additionalProperties": {"type": "boolean"}},
                "values": {"type": "object"},
                "errors": _array({"type": "string"}, "Each “path: code”."),
            }
        ),
    },
    ("name", "answers", "expect"),
)

META_SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "Casethread form definition",
    **_object(
        {
            "formdef": {"const": 1, "description": "Version of this language."},
            "key": {**_KEY, "description": "Permanent name of the form."},
            "title": _text(200, "What the form is called."),
            "kind": _text(64, "What sort of form: referral, assessment, plan."),
            "language": {
                "type": "string",
                "pattern": patterns.LANGUAGE,
                "description": "Language that it is written in (BCP 47).",
            },
            "description": _text(2000, "What it is for."),
            "layout": {"enum": ["pages", "single"], "description": "Pages, or all on one page."},
            "per": {
                "enum": ["case", "subject"],
                "description": "One for the case, or per subject.",
            },
            "authority": {
                "enum": ["another", "in_role"],
                "description": "Who signs: somebody else than its author, or the author in role.",
            },
            "agreement": _array(_AGREEMENT, "Who is asked to agree.", maxItems=20),
            "occurred": {**_KEY, "description": "Date question that says when it happened."},
            "lists": {
                "type": "object",
                "propertyNames": {"pattern": patterns.KEY},
                "additionalProperties": {"$ref": "#/$defs/list_source"},
                "description": "Code lists by the name that questions use.",
            },
            "pages": _array({"$ref": "#/$defs/page"}, "Pages.", minItems=1, maxItems=MAX_PAGES),
            "checks": _array(_CHECK, "Rules across questions.", maxItems=200),
            "translations": {
                "type": "object",
                "propertyNames": {"pattern": patterns.LANGUAGE},
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                },
                "description": "Language -> “<id>.label” -> text.",
            },
            "tests": _array(_TEST, "What the author expects.", maxItems=200),
        },
        ("formdef", "key", "title", "kind", "language", "pages"),
    ),
    "$defs": {
        "id": {
            "type": "string",
            "pattern": patterns.NODE_ID,
            "description": "Permanent, random, unique in the form, never reused.",
        },
        "key": {
            "type": "string",
            "pattern": patterns.KEY,
            "description": "Name in answers and exports; may be changed without losing answers.",
        },
        "rule": {"description": "A rule, or a constant."},
        "decided": {"type": ["boolean", "object"], "description": "True, false, or a rule."},
        "day_or_today": {
            "type": "string",
            "pattern": patterns.DATE_OR_TODAY,
            "description": "A date, or “today”.",
        },
        "items": _array({"$ref": "#/$defs/item"}, "What is on it.", maxItems=MAX_ITEMS),
        "item": _ITEM,
        "page": _PAGE,
        "section": _SECTION,
        "repeat": _REPEAT,
        "content": _CONTENT,
        "question": _QUESTION,
        **{f"question_{name}": _question(name) for name in TYPES},
        "list_source": _LIST_SOURCE,
    },
}

LIST_SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "Casethread code list",
    **_object(
        {
            "key": _LIST_KEY,
            "title": _text(200, "What the list is called."),
            "source": _text(1000, "Where its codes come from."),
            "entries": _array(
                _object(
                    {
                        "code": _CODE,
                        "label": _LABEL,
                        "national": _text(64, "The national code that it returns as."),
                        "valid_from": {**_DAY, "description": "First day it may be given."},
                        "valid_to": {**_DAY, "description": "Last day it may be given."},
                        "hint": _HINT,
                    },
                    ("code", "label"),
                ),
                "The codes, in the order shown.",
                minItems=1,
                maxItems=MAX_ENTRIES,
            ),
        },
        ("key", "title", "source", "entries"),
    ),
}
