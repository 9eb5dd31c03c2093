"""The JSON Schema (2020-12) of a case type, `CASE_TYPE_SCHEMA`. Pure.

The file `docs/reference/casetype.schema.json` is this, published. A rule is of the one rule
language (`formdefs.rules`); what it may read is in `casetypes.names`.
"""

from typing import Any

from casetypes.periods import UNITS
from formdefs import patterns
from formdefs.meta_parts import CODE, DIALECT, LIST_KEY, array_of, count, object_of, text

Schema = dict[str, Any]

# What can happen in a case, as triggers name it -> what `of` names with it ("" for nothing).
EVENTS = {
    "case.opened": "",
    "case.closed": "",
    "subject.joined": "",
    "record.started": "form",
    "record.submitted": "form",
    "record.signed": "form",
    "record.finished": "form",
    "record.returned": "form",
    "stage.entered": "stage",
    "stage.left": "stage",
    "task.done": "task",
    "tasks.done": "task",
    "clock.overdue": "clock",
}
ROLES = ("worker", "manager")
VERBS = ("start", "fill", "submit", "sign", "move", "task", "close", "override")

_ID = {"$ref": "#/$defs/id"}
_KEY = {"$ref": "#/$defs/key"}
_RULE = {"$ref": "#/$defs/rule"}
_TRIGGER = {"$ref": "#/$defs/trigger"}
_PERIOD = {"$ref": "#/$defs/period"}
_TITLE = text(200, "What people call it.")
_NOTE = text(1000, "Where it comes from; what to confirm before relying on it.")
_DEFAULT = text(1000, "A default: who has to confirm or change it, and why. Nobody is bound by it.")
_ROLES = array_of({"enum": list(ROLES)}, "Roles in the case's team.", minItems=1, uniqueItems=True)


def _triggers(says: str) -> Schema:
    return array_of(_TRIGGER, says, minItems=1, maxItems=20)


def _or_rule(schema: Schema, says: str) -> Schema:
    return {"anyOf": [schema, {"type": "object"}], "description": f"{says} A key, or a rule."}


_FORM = object_of(
    {
        "id": _ID,
        "form": {**_KEY, "description": "Key of the form."},
        "per": {"enum": ["case", "subject"], "description": "As the form says."},
        "sign_off": {**_KEY, "description": "Its chain; without one, submitting finishes it."},
        "touches": {
            "type": "boolean",
            "description": "Whether its writer is asked which open actions it touches.",
        },
        "subjects": object_of(
            {
                "repeat": {**_KEY, "description": "Form-level repeat with a row for each subject."},
                "subject": {**_KEY, "description": "Person question in the row."},
            },
            ("repeat", "subject"),
            "Binds a repeat to the subjects: each sees the shared parts and their own row.",
        ),
        "judges": object_of(
            {
                "task": {**_KEY, "description": "Template whose open tasks are its rows."},
                "also": array_of(_KEY, "More templates whose open tasks are its rows."),
                "repeat": {**_KEY, "description": "Form-level repeat with a row for each task."},
                "status": {**_KEY, "description": "Choice question: what became of it."},
                "done": array_of({"type": "string"}, "Codes that close it as done."),
                "cancelled": array_of({"type": "string"}, "Codes that close it as not done."),
                "outcome": {**_KEY, "description": "Text question: what came of it."},
                "because": array_of(
                    {"type": "string"},
                    "Codes that need words in `outcome`: not considered, because.",
                ),
            },
            ("task", "repeat", "status", "done"),
            "A review: lists the open tasks with their status, and none may be left without one.",
        ),
        "copy": array_of(
            _KEY, "Sections that may be copied to another subject's record.", minItems=1
        ),
    },
    ("id", "form", "per"),
    "A form that cases of this type use.",
)
_STAGE = object_of(
    {
        "id": _ID,
        "key": _KEY,
        "title": _TITLE,
        "first": {"const": True, "description": "Where every subject begins."},
        "end": {"const": True, "description": "Where a subject's part is over."},
        "aside": {
            "const": True,
            "description": "Off the usual way: shown only while a subject is there.",
        },
        "forms": array_of(
            object_of(
                {
                    "form": _KEY,
                    "need": {"enum": ["one", "any"], "description": "Asked for, or as needed."},
                },
                ("form", "need"),
            ),
            "What is written here.",
        ),
    },
    ("id", "key", "title"),
)
_MOVE = object_of(
    {
        "id": _ID,
        "key": _KEY,
        "title": _TITLE,
        "from": array_of(_KEY, "Stages that it leads out of.", minItems=1, uniqueItems=True),
        "to": {**_KEY, "description": "The stage that it leads to."},
        "on": _TRIGGER,
        "roles": _ROLES,
        "when": {**_RULE, "description": "Only while this holds; refused by hand otherwise."},
        "otherwise": text(300, "What is said when `when` does not hold."),
        "reason": {"enum": ["required", "optional"], "description": "Whether a reason is asked."},
        "outcome": _or_rule(text(64, "A key."), "What the subject's part came to."),
        "closing": _or_rule(CODE, "Reason for closing, where the whole case ends with it."),
        "tasks": {
            "enum": ["carry", "close", "ask"],
            "description": "What becomes of open tasks at an end: they go on, are closed with the "
            "move's title for a reason, or each must be told.",
        },
    },
    ("id", "key", "title", "from", "to"),
    "A way from stage to stage, for one subject: by itself (`on`) or by hand (`roles`).",
)
_CLOCK = object_of(
    {
        "id": _ID,
        "key": _KEY,
        "title": _TITLE,
        "per": {"enum": ["case", "subject"]},
        "statutory": {"type": "boolean", "description": "Never paused, overridden or skipped."},
        "basis": _NOTE,
        "note": _DEFAULT,
        "start": _triggers("What starts it."),
        "restart": _triggers("What ends the run and starts another."),
        "stop": _triggers("What it waits for."),
        "cancel": _triggers("What makes it needless."),
        "pause": _triggers("What halts it."),
        "resume": _triggers("What sets it going again."),
        "limit": _PERIOD,
        "limits": array_of(
            object_of({"when": _RULE, "limit": _PERIOD}, ("limit",)),
            "The first whose rule holds when it starts.",
            minItems=1,
            maxItems=30,
        ),
        "again": {
            "const": True,
            "description": "Stopped, it runs again, with the first limit whose rule holds then.",
        },
        "then": array_of(_PERIOD, "The next runs' limits, the last again and again.", minItems=1),
        "from": {"enum": ["held", "due"], "description": "What the next run counts from."},
        "warn": array_of(_PERIOD, "How long before the end to warn.", maxItems=5),
        "late_entry": {**_PERIOD, "description": "Recorded later than this is flagged."},
        "reasons": {**LIST_KEY, "description": "List of reasons for being late."},
        "calendar": {**_KEY, "description": "Whose working days; England and Wales if left out."},
    },
    ("id", "key", "title", "per", "start", "stop"),
)
_CHAIN = object_of(
    {
        "id": _ID,
        "key": _KEY,
        "steps": array_of(
            object_of(
                {
                    "role": {"enum": list(ROLES)},
                    "title": _TITLE,
                    "when": {**_RULE, "description": "Only asked for while this holds."},
                    "not": array_of({"enum": ["author", "earlier"]}, "Who may not sign."),
                },
                ("role",),
            ),
            "One after another.",
            minItems=1,
            maxItems=5,
        ),
    },
    ("id", "key", "steps"),
)
_TASK = object_of(
    {
        "id": _ID,
        "key": _KEY,
        "title": _TITLE,
        "on": _TRIGGER,
        "per": {"enum": ["case", "subject"]},
        "role": {"enum": list(ROLES), "description": "Whose it is while it has no owner."},
        "due": {**_PERIOD, "description": "From the day that it came up."},
        "priority": {"enum": ["high", "normal", "low"]},
        "note": _DEFAULT,
        "checklist": array_of(text(200, "A point."), "What it takes.", maxItems=20),
        "rows": object_of(
            {
                "repeat": array_of(
                    _KEY, "Keys from the outermost repeat to the row's.", minItems=1
                ),
                "title": _KEY,
                "due": _KEY,
                "owner": _KEY,
                "outsider": {**_KEY, "description": "Text question: who else."},
                "evidence": {**_KEY, "description": "Text question: how it will be known."},
            },
            ("repeat", "title"),
            "One for each row of the record, for ever, however often the record is signed again.",
        ),
        "cancel": _triggers("What makes it needless."),
    },
    ("id", "key", "title", "on"),
)
_CHECK = object_of(
    {
        "id": _ID,
        "on": {
            "enum": [
                "case.close",
                "subject.close",
                "record.start",
                "record.submit",
                "record.sign",
                "move",
            ]
        },
        "of": _KEY,
        "when": {**_RULE, "description": "True when it is refused."},
        "message": text(300, "What is said then."),
        "basis": _NOTE,
    },
    ("id", "on", "when", "message"),
    "An invariant: a command that would break it is refused.",
)
_NOTICE = object_of(
    {
        "id": _ID,
        "on": {
            "enum": [
                "task.assigned",
                "task.due",
                "task.overdue",
                "clock.due",
                "clock.overdue",
                "record.submitted",
                "record.returned",
                "record.signed",
                "case.transferred",
            ]
        },
        "of": _KEY,
        "to": array_of(
            {"enum": ["owner", "author", "worker", "managers"]}, "Who is told.", minItems=1
        ),
    },
    ("id", "on", "to"),
)
_ALLOCATION = object_of(
    {
        "id": _ID,
        "key": _KEY,
        "title": _TITLE,
        "lead": {"const": True, "description": "Who holds it answers for the case. One only."},
        "reasons": array_of(text(200, "A reason."), "Reasons that are offered.", maxItems=20),
    },
    ("id", "key", "title"),
    "A role in which somebody works with a case.",
)
_PERMISSION = object_of(
    {
        "role": {"enum": list(ROLES)},
        "forms": array_of(_KEY, "These forms; all if left out.", minItems=1),
        "may": array_of({"enum": list(VERBS)}, "What.", minItems=1, uniqueItems=True),
    },
    ("role", "may"),
)

CASE_TYPE_SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "Casethread case type",
    **object_of(
        {
            "casetype": {"const": 1, "description": "Version of this language."},
            "key": {**_KEY, "description": "Permanent name of the case type."},
            "title": _TITLE,
            "description": text(2000, "What it is for."),
            "subjects": object_of(
                {
                    "called": text(40, "What a subject is called: tenant, applicant."),
                    "most": count(1, 50, "Most subjects of one case."),
                    "group": {**_KEY, "description": "A subject has one open case in the group."},
                },
                ("called",),
            ),
            "closing": object_of({"list": LIST_KEY}, ("list",), "Reasons for closing."),
            "forms": array_of(_FORM, "Forms that its cases use.", minItems=1, maxItems=60),
            "stages": array_of(_STAGE, "Stages.", minItems=1, maxItems=60),
            "moves": array_of(_MOVE, "Moves.", maxItems=200),
            "clocks": array_of(_CLOCK, "Clocks.", maxItems=60),
            "sign_offs": array_of(_CHAIN, "Sign-off chains.", maxItems=30),
            "tasks": array_of(_TASK, "Task templates.", maxItems=60),
            "checks": array_of(_CHECK, "Invariants.", maxItems=60),
            "notices": array_of(_NOTICE, "Who is told of what.", maxItems=60),
            "permissions": array_of(_PERMISSION, "Who may do what.", maxItems=60),
            "allocations": array_of(
                _ALLOCATION, "Roles in which people work with a case.", minItems=1, maxItems=20
            ),
            "lists": array_of(LIST_KEY, "Code lists that it names elsewhere.", uniqueItems=True),
            "retention": object_of(
                {"keep": _PERIOD, "from": {"enum": ["case.closed"]}, "basis": _NOTE},
                ("keep", "from", "basis"),
            ),
            "upgrade": array_of(
                object_of(
                    {
                        "from": count(1, 100_000, "Version that cases come from."),
                        "stages": {"type": "object", "additionalProperties": _KEY},
                        "clocks": {"enum": ["keep", "recompute"]},
                    },
                    ("from",),
                ),
                "How running cases of older versions move to this one.",
            ),
        },
        ("casetype", "key", "title", "subjects", "closing", "forms", "stages", "moves"),
    ),
    "$defs": {
        "id": {"type": "string", "pattern": patterns.NODE_ID, "description": "Permanent."},
        "key": {"type": "string", "pattern": patterns.KEY},
        "rule": {"description": "A rule, or a constant."},
        "period": object_of(
            {"n": count(0, 10_000, "How many."), "unit": {"enum": list(UNITS)}}, ("n", "unit")
        ),
        "trigger": object_of(
            {
                "event": {"enum": list(EVENTS)},
                "of": {**_KEY, "description": "Of which form, stage, task or clock."},
                "when": {**_RULE, "description": "Only for the subjects for whom this holds."},
            },
            ("event",),
        ),
    },
}
