"""A form with every type of question, for tests of form pages: top level, in cards, and in a table."""

from datetime import date
from typing import Any

from formdefs.answer_types import TYPES
from formdefs.compile import compile_form
from formdefs.form import Form, load

ON = date(2026, 11, 24)
FACTS = {"today": "2026-11-24", "calendars": {}, "lists": {}}
COLOURS = {
    "key": "test.colours",
    "title": "Colours",
    "source": "this test",
    "entries": [
        {"code": "r", "label": "Red <hot>", "hint": "The colour of a door"},
        {"code": "g", "label": "Green & calm"},
        {
            "code": "b",
            "label": "Blue checked",
            "valid_from": "2000-01-01",
            "valid_to": "2020-01-01",
        },
        {"code": "none", "label": "None of these"},
    ],
}
LISTS = {
    "colours": {"list": "test.colours"},
    "many": {"options": [{"code": f"c{n}", "label": f"Choice {n}"} for n in range(12)]},
}
_MORE: dict[str, dict[str, Any]] = {
    "choice": {"list": "colours"},
    "choices": {"list": "colours", "exclusive": ["none"]},
    "calculated": {"value": {"cat": ["It is ", {"var": "text_q"}]}, "result": "text"},
    "file": {"max_files": 3},
    "long_text": {"max_length": 500},
}


def question(kind: str, number: int, **more: Any) -> dict[str, Any]:
    """One question of a type; its key is the type and `_q`."""
    return {
        "id": f"q{number:03d}{kind.replace('_', '')[:6]}",
        "kind": "question",
        "key": f"{kind}_q",
        "type": kind,
        "label": f"The {kind} “<b>asked</b>”",
        **({"hint": f"Hint & help for {kind}"} if number % 2 else {}),
        **_MORE.get(kind, {}),
        **more,
    }


def definition() -> dict[str, Any]:
    """One page with every type, then the same types in rows, nested, and in a table."""
    types = list(TYPES)
    top = [question(kind, number) for number, kind in enumerate(types)]
    top.append({**question("choice", 90), "key": "long_list", "list": "many"})
    for number, kind in ((91, "choice"), (92, "choices")):
        asked = {**question(kind, number, key=f"search_{kind}"), "list": "many"}
        asked.pop("exclusive", None)
        top.append(asked | {"display": "search"})
    plain = [kind for kind in types if kind != "calculated"]
    cards = [question(kind, 100 + n, key=f"card_{kind}") for n, kind in enumerate(plain)]
    table = [
        question(kind, 200 + n, key=f"cell_{kind}")
        for n, kind in enumerate(["text", "date", "choice"])
    ]
    inner = {
        "id": "rinner",
        "kind": "repeat",
        "key": "actions",
        "label": "Actions",
        "layout": "table",
        "max_rows": 3,
        "items": table,
    }
    return {
        "formdef": 1,
        "key": "everything",
        "title": "Everything",
        "kind": "test",
        "language": "en",
        "lists": LISTS,
        "pages": [
            {"id": "page1", "key": "one", "title": "One of each", "items": [_section(top)]},
            {
                "id": "page2",
                "key": "rows",
                "title": "Rows",
                "items": [
                    {
                        "id": "router",
                        "kind": "repeat",
                        "key": "needs",
                        "label": "Needs",
                        "row_title": {"var": "card_text"},
                        "items": [*cards, inner],
                    }
                ],
            },
        ],
    }


def _section(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "sect1",
        "kind": "section",
        "key": "all",
        "title": "All <of> them",
        "items": items,
    }


def form(source: dict[str, Any] | None = None) -> Form:
    """The form, or another definition, compiled and loaded."""
    return load(compile_form(source or definition(), {"test.colours": COLOURS}))
