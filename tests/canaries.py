"""Canaries: answers that nobody without the right to their mark may meet anywhere."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from formdefs.form import Form, Path, Question, Repeat
from formdefs.places import rows

CANARY = "CANARY"
_PLAIN = ("text", "long_text")


def marked(definition: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """The definition with every third question that can hold a canary marked, in rows too."""
    made = copy.deepcopy(dict(definition))
    counted = 0
    for item in _items(made):
        if item["kind"] == "question" and _holds(item) and item["key"] != made.get("occurred"):
            counted += 1
            if counted % 3 == 0:
                item["mark"] = mark
    return made


def filled(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with a canary in every answer that can hold one, each its own."""
    return _filled(form.answered, answers, ())


def holding(form: Form, answers: Mapping[str, Any]) -> dict[Path, str]:
    """The places that hold canaries, each with its own."""
    return dict(_holding(form.answered, answers, ()))


def _filled(answered: Any, values: Mapping[str, Any], above: Path) -> dict[str, Any]:
    kept = dict(values)
    for key, node in answered.items():
        path, value = (*above, key), values.get(key)
        if isinstance(node, Repeat):
            if value:
                kept[key] = [
                    {"_id": row_id, **_filled(node.answered, row, (*path, row_id))}
                    for row_id, row in rows(value)
                ]
        elif value is not None and _holds(node.raw):
            kept[key] = _with(node, value, canary(path))
    return kept


def canary(path: Path) -> str:
    """The canary of a place; no other's is part of it."""
    return f"{CANARY}-{'-'.join(path)}."


def _with(question: Question, value: Any, text: str) -> Any:
    if question.type == "address":
        return {**value, "line1": text}
    if question.type == "person":
        return {"id": None, "name": text}
    if question.type == "people":
        return [{"id": None, "name": text}]
    if question.type == "file":
        return [{**one, "name": f"{text}pdf"} for one in value]
    return text


def _holding(answered: Any, values: Mapping[str, Any], above: Path) -> Iterator[tuple[Path, str]]:
    for key, node in answered.items():
        path, value = (*above, key), values.get(key)
        if value is None:
            continue
        if isinstance(node, Repeat):
            for row_id, row in rows(value):
                yield from _holding(node.answered, row, (*path, row_id))
        elif _holds(node.raw):
            yield path, canary(path)


def _holds(raw: Mapping[str, Any]) -> bool:
    if raw["type"] in _PLAIN:
        return "pattern" not in raw and raw.get("max_length", 500) >= 90
    return raw["type"] in ("address", "person", "people", "file")


def _items(holder: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in holder.get("pages", holder.get("items", ())):
        if "kind" in item:
            yield item
        yield from _items(item)
