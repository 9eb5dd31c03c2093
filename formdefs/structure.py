"""Judge the shape of answers by the form's JSON Schema, in sentences. Pure.

The verdict is the schema's: no problem here exactly if any JSON Schema validator finds the answers
valid. The sentences are ours, by keyword and question; a validator's own text is never shown.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from formdefs import messages
from formdefs.answer_types import TYPES
from formdefs.form import Form, Path, Question, Repeat
from formdefs.places import Answers, row_ids
from formdefs.said import said


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the answers.

    question: id of the question or repeat, "" where the form asks nothing; path: its place with row
    ids; part: the part of a composed answer, such as an address's "postcode".
    """

    question: str
    path: Path
    code: str
    message: str
    severity: str = "error"
    part: str = ""


def structure_problems(form: Form, answers: Answers) -> list[Problem]:
    """List what the schema refuses, at most one problem for each part of each answer."""
    try:
        if form.validator.is_valid(answers):
            return []
        found = [
            p for e in form.validator.iter_errors(answers) for p in _problems(form, answers, e)
        ]
    except ValueError:  # what no JSON text holds: a lone surrogate, endless depth
        return [
            _unreadable(form, key) for key, value in answers.items() if _fails(form, key, value)
        ]
    first: dict[tuple[Path, str], Problem] = {}
    for problem in sorted(found, key=lambda p: _WEIGHT.get(p.code, 1)):
        first.setdefault((problem.path, problem.part), problem)
    return list(first.values())


_WEIGHT = {"type": 0}  # an answer of the wrong type breaks other rules too: that one is told


def _fails(form: Form, key: str, value: Any) -> bool:
    try:
        return not form.validator.is_valid({key: value})
    except ValueError:
        return True


def _unreadable(form: Form, key: str) -> Problem:
    node = form.answered.get(key)
    # The key itself may hold what cannot be written.
    name = node.label if node else key.encode("utf-8", "replace").decode()
    says = f"“{name}” has characters or nesting that cannot be kept"
    return Problem(node.id if node else "", (name if node is None else key,), "type", says)


def _problems(
    form: Form, answers: Answers, error: jsonschema_rs.ValidationError
) -> Iterator[Problem]:
    path, node, rest = _follow(form, answers, list(error.instance_path))
    kind: Any = error.kind  # one class for each keyword, with the keyword's own attributes
    if node is None or (len(path) % 2 == 0 and not rest):
        yield from _problems_of_scope(node, path, kind)
    elif isinstance(node, Question):
        yield _problem_of_answer(node, path, kind, ".".join(str(step) for step in rest))
    elif rest:
        yield _wrong_row_id(node, path)
    elif kind.name == "maxItems":
        says = messages.at_most(kind.limit, "row")
        yield Problem(node.id, path, "max_rows", messages.about(node, says))
    else:
        yield Problem(node.id, path, "type", messages.about(node, "must be a list of rows"))


def _follow(
    form: Form, answers: Any, steps: list[Any]
) -> tuple[Path, Question | Repeat | None, list[Any]]:
    """Follow a validator's path. Return ours, the question or repeat there, and what is left over.

    A path of even length is the form's level or a row: one of the repeat that is returned.
    """
    answered: Mapping[str, Question | Repeat] = form.answered
    path: Path = ()
    node: Question | Repeat | None = None
    while steps and steps[0] in answered:
        key, *steps = steps
        node, path = answered[key], (*path, key)
        if isinstance(node, Question) or not steps:
            break
        index, *steps = steps
        path = (*path, row_ids(answers[key])[index])
        answers, answered = answers[key][index], node.answered
    return path, node, steps


def _problems_of_scope(
    repeat: Question | Repeat | None, path: Path, kind: Any
) -> Iterator[Problem]:
    if kind.name == "additionalProperties":
        for key in kind.unexpected:
            says = f"“{key}” is not asked in this form"
            yield Problem("", (*path, key), "unknown_question", says)
    elif isinstance(repeat, Repeat) and kind.name == "required":
        yield _wrong_row_id(repeat, path)
    elif repeat is not None:
        says = messages.about(repeat, "has a row that is not a set of answers")
        yield Problem(repeat.id, path, "type", says)


def _wrong_row_id(repeat: Repeat, path: Path) -> Problem:
    says = "has a row without its “_id”, 8 to 32 small letters and digits"
    return Problem(repeat.id, path, "row_id", messages.about(repeat, says))


def _problem_of_answer(question: Question, path: Path, kind: Any, rest: str) -> Problem:
    part = rest.rpartition(".")[2] if question.type != "choices" else ""
    code, says = _judged(question, kind, part)
    return Problem(question.id, path, code, says, part=rest if question.type != "choices" else "")


def _judged(question: Question, kind: Any, part: str) -> tuple[str, str]:
    """Return the code and the sentence for one broken keyword."""
    named = _NAMED.get(kind.name)
    if named and not (kind.name == "minLength" and part):
        code, says = named(question, kind.limit)
        return code, messages.about(question, says, part)
    if kind.name == "enum" and question.list:
        return "unknown_code", messages.about(question, "must be one of the answers offered")
    if kind.name == "enum" and question.type == "file":
        accepted = messages.either(question.accept)
        return "type", messages.about(question, said("must be of the kind {kind}", kind=accepted))
    if kind.name == "pattern" and question.pattern:
        wrong = messages.about(question, "must be written in the way that is asked for")
        return "pattern", question.pattern_message or wrong
    if kind.name == "not":
        return "invalid", messages.about(question, "has characters that cannot be kept", part)
    if kind.name == "uniqueItems":
        return "invalid", messages.about(question, "has the same answer twice")
    if part in ("postcode", "phone", "email") and kind.name == "pattern":
        return "invalid", messages.about(question, TYPES[part].wrong, part)
    return messages.wrong(question)


def _of_size(question: Question, limit: Any, code: str, most: str) -> tuple[str, str]:
    if question.type == "file":
        return "maximum", said("must be {size} or smaller", size=messages.size(limit))
    return code, said(f"must be {{limit}} or {most}", limit=limit)


_NAMED: Mapping[str, Callable[[Question, Any], tuple[str, str]]] = {
    "maxLength": lambda _q, limit: ("max_length", messages.at_most(limit, "character")),
    "minLength": lambda _q, limit: (
        "min_length",
        said("must be {number} characters or more", number=f"{limit:,}"),
    ),
    "minimum": lambda q, limit: _of_size(q, limit, "minimum", "more"),
    "maximum": lambda q, limit: _of_size(q, limit, "maximum", "less"),
    "maxItems": lambda q, limit: (
        ("max_files", messages.at_most(limit, "file"))
        if q.type == "file"
        else ("type", TYPES[q.type].wrong)
    ),
}
