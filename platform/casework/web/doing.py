"""Carrying out an action from a page: once, however often the form is sent, and refusals at their field."""

from collections.abc import Callable
from typing import TypeVar

from django import forms

from casework.ledger.append import Repeated
from casework.refusals import Refused

Result = TypeVar("Result")


def done(action: Callable[[], Result]) -> Result:
    """Carry out an action that has a command id; try again where the same form was just sent twice."""
    try:
        return action()
    except Repeated:
        return action()


def show(form: forms.Form, refusal: Refused, **fields: str) -> None:
    """Put each problem at the field named by its path, or above the form.

    `fields` names the field of an argument that the form calls otherwise.
    """
    for problem in refusal.problems:
        name = "_".join(problem.path)
        name = fields.get(name, name)
        form.add_error(name if name in form.fields else None, problem.message)
