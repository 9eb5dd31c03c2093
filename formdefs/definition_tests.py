"""Judge the author's tests of a definition without running them: what they name must be there. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from formdefs.places import row_ids, row_place
from formdefs.tree import Node

Finding = tuple[list[Any], str, str, str]  # steps inside the test, code, what is wrong, what to do

_KEYED = ("visible", "required", "values", "options")


def test_problems(test: Mapping[str, Any], nodes: list[Node]) -> Iterator[Finding]:
    """Yield what is wrong with one test; its parts of the wrong shape are told elsewhere."""
    asked = {node.path_keys: node for node in nodes if node.holds_answer}
    answers = test.get("answers")
    if isinstance(answers, Mapping):
        yield from _answer_problems(answers, asked, (), ["answers"])
    else:
        answers = {}
    expect = test.get("expect")
    expect = expect if isinstance(expect, Mapping) else {}
    for part in _KEYED:
        told = expect.get(part)
        for path in told if isinstance(told, Mapping) else ():
            yield from _path_problems(path, part, answers, asked, ["expect", part, path])
    errors = expect.get("errors")
    for index, error in enumerate(errors if isinstance(errors, list) else ()):
        at = ["expect", "errors", index]
        path, colon, _code = str(error).rpartition(": ")
        if not colon:
            says = f"“{error}” is not a path and a code."
            yield at, "test_error", says, "Write “path: code”, as in “needs.0.by_when: required”."
        else:
            yield from _path_problems(path, "errors", answers, asked, at)


def _path_problems(
    path: str,
    part: str,
    answers: Mapping[str, Any],
    asked: Mapping[tuple[str, ...], Node],
    at: list[Any],
) -> Iterator[Finding]:
    steps = path.split(".")
    node = asked.get(tuple(steps[::2]))
    row_given = len(steps) % 2 == 0  # a problem of a whole row
    if node is None or (row_given and node.kind != "repeat"):
        says = f"The test names “{path}”, which the form does not ask."
        fix = "Name a question by its key; inside rows by repeat, row and key: “needs.0.by_when”."
        yield at, "unknown_question", says, fix
    elif part == "options" and not node.raw.get("list"):
        says = f"“{path}” offers no options."
        yield at, "unknown_question", says, "Name a question with a list."
    elif part == "required" and node.raw.get("type") == "calculated":
        says = f"“{path}” is worked out, so nobody has to answer it."
        yield at, "unknown_question", says, "Take it off."
    elif not _has_rows(answers, steps):
        says = f"The test names “{path}”, and its answers have no such row."
        yield at, "unknown_row", says, "Name a row by its number from 0 or its _id, or add it."


def _has_rows(answers: Any, steps: list[str]) -> bool:
    for key, row in zip(steps[::2], steps[1::2], strict=False):
        rows = answers.get(key) if isinstance(answers, Mapping) else None
        if not isinstance(rows, list):
            return False
        place = row_place(row, row_ids(rows))
        if place is None:
            return False
        answers = rows[place]
    return True


def _answer_problems(
    answers: Mapping[str, Any],
    asked: Mapping[tuple[str, ...], Node],
    scope: tuple[str, ...],
    at: list[Any],
) -> Iterator[Finding]:
    for key, value in answers.items():
        if scope and key == "_id":
            continue
        node = asked.get((*scope, key))
        if node is None or node.raw.get("type") == "calculated":
            worked_out = "works out itself" if node else "does not ask"
            says = f"The test answers “{key}”, which the form {worked_out}."
            yield [*at, key], "unknown_question", says, "Mend the key, or take it off."
        elif node.kind == "repeat" and isinstance(value, list):
            for index, row in enumerate(value):
                if isinstance(row, Mapping):
                    yield from _answer_problems(row, asked, node.path_keys, [*at, key, index])
