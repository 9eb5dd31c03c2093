"""The JSON Schema (2020-12) of forms, fragments and code lists. Pure.

Built from the table of answer types, so that a new type or option is written down once. The files
`docs/reference/*.schema.json` are these, published.
"""

from formdefs import patterns
from formdefs.answer_types import TYPES
from formdefs.meta_parts import (
    ATTRIBUTES,
    CODE,
    DAY,
    DIALECT,
    HINT,
    ID,
    ITEMS,
    KEY,
    LABEL,
    LIST_KEY,
    MARK,
    PREFILL,
    TRANSLATED,
    VISIBLE,
    Schema,
    array_of,
    count,
    object_of,
    question_of,
    text,
)

MAX_PAGES = 60
MAX_ITEMS = 200  # in one page, section or repeat
MAX_ENTRIES = 10_000  # in one code list

_SECTION = object_of(
    {
        "id": ID,
        "kind": {"const": "section"},
        "key": KEY,
        "title": text(200, "Heading of the section."),
        "hint": HINT,
        **VISIBLE,
        **MARK,
        "collapsible": {"type": "boolean", "description": "Closed until opened: an optional part."},
        **ITEMS,
    },
    ("id", "kind", "key", "title", "items"),
    "A titled part of a page. It lays out; answers know nothing of it.",
)
_REPEAT = object_of(
    {
        "id": ID,
        "kind": {"const": "repeat"},
        "key": KEY,
        "label": LABEL,
        "hint": HINT,
        **VISIBLE,
        **MARK,
        "layout": {"enum": ["cards", "table"], "description": "How rows are shown."},
        "min_rows": count(0, 1000, "Fewest rows of a submission."),
        "max_rows": count(1, 1000, "Most rows; 100 if not given."),
        "row_title": {"$ref": "#/$defs/rule", "description": "Names a row; sees the row."},
        "add_label": text(100, "Words of the button that adds a row."),
        "prefill": {"$ref": "#/$defs/prefill"},
        **ITEMS,
    },
    ("id", "kind", "key", "label", "items"),
    "A part that is answered any number of times; each row has a permanent id.",
)
_CONTENT = object_of(
    {
        "id": ID,
        "kind": {"const": "content"},
        "text": text(20000, "Plain paragraphs, a blank line between them."),
        **VISIBLE,
    },
    ("id", "kind", "text"),
    "Words between questions.",
)
_INCLUDE = object_of(
    {
        "id": ID,
        "kind": {"const": "include"},
        "key": {**KEY, "description": "What the keys of its answers begin with."},
        "title": text(200, "Heading; the fragment's title if not given."),
        "hint": HINT,
        "fragment": {**KEY, "description": "Key of a published fragment."},
        "version": count(1, 100_000, "Its version; another is taken by upgrading."),
        "prefixed": {
            "type": "boolean",
            "description": "False: the fragment's keys stay as they are; it stands in a scope once.",
        },
        **VISIBLE,
        **MARK,
        "collapsible": {"type": "boolean", "description": "Closed until opened: an optional part."},
    },
    ("id", "kind", "key", "fragment", "version"),
    "A fragment, linked: it becomes a section with the items of that version.",
)
_PAGE = object_of(
    {
        "id": ID,
        "key": KEY,
        "title": text(200, "Heading of the page."),
        "hint": HINT,
        **VISIBLE,
        **ITEMS,
    },
    ("id", "key", "title", "items"),
    "One screen, and the unit of saving.",
)


def _when(property_name: str, value: str, then: Schema) -> Schema:
    condition = {"properties": {property_name: {"const": value}}, "required": [property_name]}
    return {"if": condition, "then": then}


_KINDS = ("section", "question", "repeat", "content", "include")
_ITEM = {
    "type": "object",
    "properties": {"kind": {"enum": list(_KINDS)}},
    "required": ["kind"],
    "allOf": [_when("kind", kind, {"$ref": f"#/$defs/{kind}"}) for kind in _KINDS],
}
_QUESTION = {
    "type": "object",
    "description": "One thing asked. What else it may say depends on its type.",
    "properties": {"type": {"enum": list(TYPES)}},
    "required": ["type"],
    "allOf": [_when("type", name, {"$ref": f"#/$defs/question_{name}"}) for name in TYPES],
}

_INLINE_OPTION = object_of(
    {"code": CODE, "label": LABEL, "hint": HINT, "attributes": ATTRIBUTES, **TRANSLATED},
    ("code", "label"),
)
_LIST_SOURCE = {
    **object_of(
        {
            "list": {**LIST_KEY, "description": "A shared code list, pinned when published."},
            "options": array_of(_INLINE_OPTION, "The form's own.", minItems=1, maxItems=200),
        },
        says="A shared code list, or the form's own options.",
    ),
    "minProperties": 1,
    "maxProperties": 1,
}
_CHECK = object_of(
    {
        "id": ID,
        "when": {"$ref": "#/$defs/rule", "description": "True when something is wrong."},
        "at": {
            "type": "string",
            "pattern": patterns.KEY_PATH,
            "description": "Question or repeat where it is told; “needs.by_when” in every row.",
        },
        "message": text(500, "What the worker is told."),
        "severity": {"enum": ["error", "warning"], "description": "A warning stops nothing."},
    },
    ("id", "when", "at", "message"),
)
_AGREEMENT = object_of(
    {
        "id": ID,
        "capacity": {**KEY, "description": "As whom they are asked: patient, tenant, guardian."},
        "label": LABEL,
        "hint": HINT,
    },
    ("id", "capacity", "label"),
    "Somebody without a log-in who is asked to agree.",
)
_TEST = object_of(
    {
        "name": text(200, "What the test shows."),
        "answers": {"type": "object", "description": "A row may go without its _id."},
        "today": {**DAY, "description": "The day it is; the day of running if not given."},
        "expect": object_of(
            {
                "visible": {"type": "object", "additionalProperties": {"type": "boolean"}},
                "required": {"type": "object", "additionalProperties": {"type": "boolean"}},
                "values": {"type": "object"},
                "options": {
                    "type": "object",
                    "additionalProperties": array_of({"type": "string"}, "Codes offered."),
                },
                "errors": array_of({"type": "string"}, "Each “path: code”; the code may be none."),
            },
            says="By path; a row by its number from 0 or its _id: needs.0.by_when.",
        ),
    },
    ("name", "answers", "expect"),
)

_DEFS: Schema = {
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
    "prefill": PREFILL,
    "decided": {"type": ["boolean", "object"], "description": "True, false, or a rule."},
    "day_or_today": {
        "type": "string",
        "pattern": patterns.DATE_OR_TODAY,
        "description": "A date, or “today”.",
    },
    "items": array_of({"$ref": "#/$defs/item"}, "What is on it.", maxItems=MAX_ITEMS),
    "item": _ITEM,
    "page": _PAGE,
    "section": _SECTION,
    "repeat": _REPEAT,
    "content": _CONTENT,
    "include": _INCLUDE,
    "question": _QUESTION,
    **{f"question_{name}": question_of(name) for name in TYPES},
    "list_source": _LIST_SOURCE,
}
_LANGUAGE = {
    "type": "string",
    "pattern": patterns.LANGUAGE,
    "description": "Language that it is written in (BCP 47).",
}
_LISTS = {
    "type": "object",
    "propertyNames": {"pattern": patterns.KEY},
    "additionalProperties": {"$ref": "#/$defs/list_source"},
    "description": "Code lists by the name that questions use.",
}
_TRANSLATIONS = {
    "type": "object",
    "propertyNames": {"pattern": patterns.LANGUAGE},
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
    "description": "Language -> “<id>.label” -> text.",
}

META_SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "Casethread form definition",
    **object_of(
        {
            "formdef": {"const": 1, "description": "Version of this language."},
            "key": {**KEY, "description": "Permanent name of the form."},
            "title": text(200, "What the form is called."),
            "kind": text(64, "What sort of form: request, review, plan."),
            "language": _LANGUAGE,
            "description": text(2000, "What it is for."),
            "layout": {"enum": ["pages", "single"], "description": "Pages, or all on one page."},
            "per": {
                "enum": ["case", "subject"],
                "description": "One for the case, or per subject.",
            },
            "authority": {
                "enum": ["another", "in_role"],
                "description": "Who signs: somebody else than its author, or the author in role.",
            },
            "agreement": array_of(_AGREEMENT, "Who is asked to agree.", maxItems=20),
            "occurred": {**KEY, "description": "Date question that says when it happened."},
            "lists": _LISTS,
            "pages": array_of({"$ref": "#/$defs/page"}, "Pages.", minItems=1, maxItems=MAX_PAGES),
            "checks": array_of(_CHECK, "Rules across questions.", maxItems=200),
            "translations": _TRANSLATIONS,
            "tests": array_of(_TEST, "What the author expects.", maxItems=200),
        },
        ("formdef", "key", "title", "kind", "language", "pages"),
    ),
    "$defs": _DEFS,
}

FRAGMENT_SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "Casethread fragment",
    **object_of(
        {
            "fragment": {"const": 1, "description": "Version of this language."},
            "key": {**KEY, "description": "Permanent name of the fragment."},
            "title": text(200, "Heading, where an include gives no other."),
            "description": text(2000, "What it is for: told to those who include it."),
            "language": _LANGUAGE,
            "lists": _LISTS,
            "items": array_of(
                {"$ref": "#/$defs/item"}, "What is in it.", minItems=1, maxItems=MAX_ITEMS
            ),
            "checks": array_of(_CHECK, "Rules across its own questions.", maxItems=200),
            "translations": _TRANSLATIONS,
        },
        ("fragment", "key", "title", "language", "items"),
    ),
    "$defs": {name: part for name, part in _DEFS.items() if name != "page"},
}

LIST_SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "Casethread code list",
    **object_of(
        {
            "key": LIST_KEY,
            "title": text(200, "What the list is called."),
            "source": text(1000, "Where its codes come from."),
            "entries": array_of(
                object_of(
                    {
                        "code": CODE,
                        "label": LABEL,
                        "national": text(64, "The national code that it returns as."),
                        "valid_from": {**DAY, "description": "First day it may be given."},
                        "valid_to": {**DAY, "description": "Last day it may be given."},
                        **TRANSLATED,
                        "hint": HINT,
                        "attributes": ATTRIBUTES,
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
