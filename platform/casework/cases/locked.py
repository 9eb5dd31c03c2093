"""Puts read-only answers back as they were, whatever was sent for them. Pure."""

from collections.abc import Mapping
from typing import Any

from formdefs.form import Form, Page, Path, Question, Repeat
from formdefs.places import row_ids
from formdefs.state import Facts, State, evaluate_form

Answers = Mapping[str, Any]


def put_back(
    form: Form, page: Page, sent: Answers, before: Answers | None, beside: Answers, facts: Facts
) -> dict[str, Any]:
    """The answers of a page with every one that is read-only as it was before.

    `before`: the page as it was, None if it was never saved; `beside`: the answers of the other
    pages. What is new, a page or a row, begins with the form's defaults. Whether an answer is
    read-only follows from the answers as they are kept: so what is put back is looked at again,
    and nobody opens one lock by sending something else for another.
    """
    other = {key: value for key, value in beside.items() if key not in page.answered}
    kept = dict(sent)
    for _ in form.questions:
        state = evaluate_form(form, {**other, **kept}, facts)
        earlier, kept = kept, _scope(page.answered, kept, before, state)
        if kept == earlier:
            break
    return kept


def _scope(
    answered: Mapping[str, Question | Repeat],
    sent: Answers,
    before: Answers | None,
    state: State,
    above: Path = (),
) -> dict[str, Any]:
    kept = dict(sent)
    for key, node in answered.items():
        path = (*above, key)
        if isinstance(node, Repeat):
            if isinstance(rows := sent.get(key), list):
                kept[key] = _rows(node, rows, (before or {}).get(key), state, path)
        elif node.readonly is not False and state.locked(path):
            kept[key] = state.default(node, above) if before is None else before.get(key)
            if kept[key] is None:
                del kept[key]
    return kept


def _rows(repeat: Repeat, sent: list[Any], before: Any, state: State, path: Path) -> list[Any]:
    known = {row["_id"]: row for row in before or ()}
    return [
        _scope(repeat.answered, row, known.get(row_id), state, (*path, row_id))
        if isinstance(row, Mapping)
        else row
        for row_id, row in zip(row_ids(sent), sent, strict=True)
    ]
