"""A small form for the engine's tests: one of everything that saving has to mind."""

from copy import deepcopy
from typing import Any

from formdefs.models import FormVersion
from formdefs.publish import publish
from tests.cast import AT

FORM: dict[str, Any] = {
    "formdef": 1,
    "key": "small",
    "title": "Small form",
    "kind": "note",
    "language": "en",
    "per": "case",
    "authority": "another",
    "occurred": "seen_on",
    "agreement": [{"id": "agr1", "capacity": "parent", "label": "Parent"}],
    "pages": [
        {
            "id": "page1",
            "key": "visit",
            "title": "The visit",
            "items": [
                {"id": "qseen", "kind": "question", "key": "seen", "type": "yes_no", "label": "Seen?", "required": True},
                {"id": "qdate", "kind": "question", "key": "seen_on", "type": "date", "label": "When?", "not_after": "today"},
                {"id": "qwhy1", "kind": "question", "key": "why_not", "type": "text", "label": "Why not?",
                 "visible": {"==": [{"var": "seen"}, False]}, "required": True, "max_length": 50},
                {"id": "qtext", "kind": "question", "key": "story", "type": "long_text", "label": "What happened?"},
                {"id": "qaddr", "kind": "question", "key": "place", "type": "address", "label": "Where?"},
            ],
        },
        {
            "id": "page2",
            "key": "plan",
            "title": "The plan",
            "items": [
                {"id": "rneed", "kind": "repeat", "key": "needs", "label": "Needs", "max_rows": 3, "items": [
                    {"id": "qneed", "kind": "question", "key": "need", "type": "text", "label": "Need"},
                    {"id": "qcost", "kind": "question", "key": "cost", "type": "integer", "label": "Cost"},
                    {"id": "qtwice", "kind": "question", "key": "twice", "type": "calculated", "result": "integer",
                     "label": "Twice", "value": {"*": [{"var": "cost"}, 2]}},
                    {"id": "ractn", "kind": "repeat", "key": "actions", "label": "Actions", "items": [
                        {"id": "qwhat", "kind": "question", "key": "what", "type": "text", "label": "What"},
                    ]},
                ]},
                {"id": "qfile", "kind": "question", "key": "papers", "type": "file", "label": "Papers",
                 "max_files": 2, "max_bytes": 1000, "accept": ["application/pdf", "text/plain"]},
                {"id": "qtotal", "kind": "question", "key": "total", "type": "calculated", "result": "integer",
                 "label": "Total", "value": {"sum": [{"var": "needs"}, {"var": "cost"}]}},
            ],
        },
    ],
    "checks": [],
}  # fmt: skip


def publish_small(by: Any, **changes: Any) -> FormVersion:
    """Publish the form, with some top-level parts changed."""
    return publish({**deepcopy(FORM), **changes}, by=by, at=AT, reason="For a test")


def publish_wide(by: Any, questions: int) -> FormVersion:
    """Publish a form with one page of so many text questions, keys q0, q1, …."""
    items = [
        {"id": f"wide{n}", "kind": "question", "key": f"q{n}", "type": "text", "label": f"Q {n}"}
        for n in range(questions)
    ]
    page = {"id": "pagew", "key": "wide", "title": "Wide", "items": items}
    wide = {"key": "wide", "title": "Wide form", "pages": [page], "agreement": []}
    return publish({**without(FORM, "occurred"), **wide}, by=by, at=AT, reason="For a test")


def without(definition: dict[str, Any], key: str) -> dict[str, Any]:
    """The definition without one of its parts."""
    return {name: part for name, part in definition.items() if name != key}
