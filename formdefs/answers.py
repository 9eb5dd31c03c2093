"""Judge answers: what is wrong with a draft, and with a submission. Pure.

A draft is judged by types and limits only; a submission by everything that shows. Problems come in
document order, and their codes are the same on pages and in the API.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from formdefs import messages
from formdefs.form import Form, Path, Question, Repeat
from formdefs.limits import limit_problems
from formdefs.places import Answers, in_document, places, rows
from formdefs.said import said
from formdefs.state import Facts, State, evaluate_form, without_empty
from formdefs.structure import Problem, structure_problems

__all__ = [
    "CODES",
    "Problem",
    "clean",
    "draft_problems",
    "in_order",
    "problems_in",
    "submission_problems",
]

CODES = (
    *("type", "max_length", "min_length", "pattern", "invalid", "minimum", "maximum"),
    *("not_before", "not_after", "required", "unknown_code", "retired_code", "not_offered"),
    *("exclusive", "max_rows", "min_rows", "max_files", "unknown_question", "row_id", "check"),
)
"""Every code that a problem may have; published, so none is ever renamed."""


def clean(answers: Answers) -> dict[str, Any]:
    """Drop what is no answer: nulls, blank text, empty lists and objects, at any depth."""
    return without_empty(answers) or {}


def draft_problems(
    form: Form, answers: Answers, page: str | None = None, on: date | None = None
) -> list[Problem]:
    """Find what keeps the answers from being kept as a draft: types and limits.

    page: id or key of the page whose answers these are; without it they are the whole form's. on:
    the day that limits of "today" mean; without it those wait for the submission.
    """
    answers, close = _cleaned(form, answers)
    found = structure_problems(form, close) if close else []
    if page is not None:
        elsewhere = answers.keys() & (form.answered.keys() - form.keys_of(page))
        found += [_unknown(key, form.answered[key].id) for key in sorted(elsewhere)]
    broken = {problem.path for problem in found}
    found += limit_problems(form, answers, on, broken, answers.keys() - close.keys())
    return in_order(found, form, answers)


def submission_problems(form: Form, answers: Answers, facts: Facts, on: date) -> list[Problem]:
    """Find everything that keeps the answers from being submitted, and warnings.

    on: the day that the record is of, on which its codes must be in force. A limit of "today" means
    the day of the facts, for a record tells of later days too. What does not show is not judged:
    it will not be part of what is submitted.
    """
    return problems_in(evaluate_form(form, _cleaned(form, answers)[0], facts), on)


def problems_in(state: State, on: date) -> list[Problem]:
    """Find the same in a form that has been worked out."""
    form, facts = state.form, state.facts
    answers, close = _cleaned(form, state.answers)
    if answers != state.answers:  # blanks are no answers to rules either
        state = evaluate_form(form, answers, facts)
    today = date.fromisoformat(facts["today"]) if "today" in facts else on
    wrong = structure_problems(form, close) if close else []
    found = [problem for problem in wrong if _counts(state, problem)]
    broken = {problem.path for problem in found}
    limits = limit_problems(form, answers, today, broken, answers.keys() - close.keys())
    found += [problem for problem in limits if _counts(state, problem)]
    found += _submission_problems(state, answers, on, broken)
    found += _check_problems(state)
    return in_order(found, form, answers)


def in_order(found: list[Problem], form: Form, answers: Answers) -> list[Problem]:
    """Sort problems as their questions stand; what has no place comes after its scope's."""
    if len(found) < 2:
        return found
    key = in_document(form, answers)
    return sorted(found, key=lambda problem: key(problem.path))


def _unknown(key: str, question: str) -> Problem:
    return Problem(question, (key,), "unknown_question", f"“{key}” is not asked on this page")


def _counts(state: State, problem: Problem) -> bool:
    """Say whether a problem's question shows; what is no question always counts."""
    node = state.form.find(problem.path)
    return node is None or state.visible(problem.path)


def _cleaned(form: Form, answers: Answers) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the answers without what is none, and of those what must be looked at closely."""
    untidy = form.tidy.untidy(answers)
    if not untidy:
        return dict(answers), {}
    close = clean({key: answers[key] for key in untidy})
    kept = {k: close.get(k) if k in untidy else value for k, value in answers.items()}
    return {key: value for key, value in kept.items() if value is not None}, close


def _submission_problems(
    state: State, answers: Answers, on: date, broken: set[Path]
) -> Iterator[Problem]:
    """Yield what only a submission must have: answers, rows, and codes in force."""
    for path, node, value in places(state.form, answers):
        if path in broken:
            continue
        if isinstance(node, Repeat):
            if len(rows(value)) < node.min_rows and state.visible(path):
                yield Problem(node.id, path, "min_rows", messages.too_few_rows(node))
        elif value is None:
            if node.type != "calculated" and state.required(path):
                yield Problem(node.id, path, "required", messages.missing(node))
        elif node.list and state.visible(path):
            yield from _not_to_be_chosen(state, node, path, value, on)


def _not_to_be_chosen(
    state: State, node: Question, path: Path, value: Any, on: date
) -> Iterator[Problem]:
    known, keeps = state.form.lists[node.list].by_code, state.offers(path)
    for code in value if isinstance(value, list) else [value]:
        if code not in known:
            continue
        if not known[code].in_force(on):
            why = messages.validity(known[code], on)
            retired = said("cannot be “{answer}”: {why}", answer=known[code].label, why=why)
            yield Problem(node.id, path, "retired_code", messages.about(node, retired))
        elif keeps and not keeps(known[code]):
            says = messages.not_offered(known[code])
            yield Problem(node.id, path, "not_offered", messages.about(node, says))


def _check_problems(state: State) -> Iterator[Problem]:
    for check in state.form.checks:
        for path in state.places_of(check):
            if state.wrong(check, path):
                node = state.form.at(path)
                yield Problem(node.id, path, "check", check.message, check.severity)
