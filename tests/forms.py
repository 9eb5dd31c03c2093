"""Makers of small definitions and lists for tests of the form language."""

from itertools import count
from typing import Any

TODAY = "2026-11-24"


def question(type_name: str, key: str = "", **more: Any) -> dict[str, Any]:
    """A question of a type, whose key is the type's name unless told, and its id made from it."""
    key = key or type_name
    made = {
        "id": f"q{key.replace('_', '')}00"[:16],
        "kind": "question",
        "key": key,
        "type": type_name,
        "label": key.replace("_", " ").capitalize(),
    }
    return made | more


def repeat(key: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A repeat of these items."""
    made = {
        "id": f"r{key.replace('_', '')}00"[:16],
        "kind": "repeat",
        "key": key,
        "label": key.capitalize(),
    }
    return made | {"items": list(items)} | more


def section(key: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A section of these items."""
    made = {"id": f"s{key.replace('_', '')}00"[:16], "kind": "section", "key": key}
    return made | {"title": key.capitalize(), "items": list(items)} | more


def page(*items: dict[str, Any], key: str = "page_1", **more: Any) -> dict[str, Any]:
    """A page of these items."""
    return {
        "id": f"p{key.replace('_', '')}00"[:16],
        "key": key,
        "title": key,
        "items": list(items),
    } | more


def a_form(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A form of one page with these items; `pages=` instead of items for more."""
    made = {
        "formdef": 1,
        "key": "a_form",
        "title": "A form",
        "kind": "assessment",
        "language": "en",
        "pages": [page(*items)],
    }
    return made | more


def a_fragment(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A fragment of these items."""
    made = {"fragment": 1, "key": "visit", "title": "Visit", "language": "en"}
    return {**made, "items": list(items), **more}


def include(key: str, fragment: str = "visit", version: int = 1, **more: Any) -> dict[str, Any]:
    """An item that includes a version of a fragment."""
    made = {"id": f"i{key.replace('_', '')}00"[:16], "kind": "include", "key": key}
    return {**made, "fragment": fragment, "version": version, **more}


def a_list(*codes: str, key: str = "a.list") -> dict[str, Any]:
    """A code list with these codes."""
    entries = [{"code": code, "label": f"Label of {code}"} for code in codes]
    return {"key": key, "title": "A list", "source": "Tests", "entries": entries}


_ROWS = count(1)


def row(**answers: Any) -> dict[str, Any]:
    """A row with these answers and an id of its own."""
    return {"_id": f"row{next(_ROWS):05d}", **answers}
