"""The shipped case types with their forms and lists, read from the library's files, for pure tests."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from casetypes.checks import Known
from casetypes.shipped import documents
from formdefs import fragments

LIBRARY = Path(__file__).resolve().parents[1] / "formdefs/library"
SMALL = Path(__file__).parent / "data/small_case_type.json"


def _files(folder: str) -> list[dict[str, Any]]:
    paths = sorted((LIBRARY / folder).glob("*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


@cache
def calendars() -> dict[str, Any]:
    """The calendars that ship."""
    path = LIBRARY / "calendars/england_wales.json"
    return {"ew": json.loads(path.read_text(encoding="utf-8"))}


@cache
def known() -> Known:
    """Every form that ships, expanded, and every list."""
    shipped = {(one["key"], 1): one for one in _files("fragments")}
    forms = {form["key"]: fragments.expand(form, shipped) for form in _files("forms")}
    return Known(forms, {one["key"]: one for one in _files("lists")})


def shipped(key: str) -> dict[str, Any]:
    """A shipped case type's document, to be changed at will."""
    return copy.deepcopy(next(one for one in documents() if one["key"] == key))


def document(key: str) -> dict[str, Any]:
    """A small case type of that key, to be changed at will: what ships grows, and tests need not."""
    found: dict[str, Any] = json.loads(SMALL.read_text(encoding="utf-8"))
    return found if found["key"] == key else shipped(key)
