"""What stands in the inputs of a page or row that nobody has filled in yet: the form's defaults. Pure."""

from collections.abc import Mapping
from typing import Any

from casework.pageforms.names import Path
from formdefs.form import Question, Repeat
from formdefs.state import State


def defaults(
    answered: Mapping[str, Question | Repeat], state: State, row: Path = ()
) -> dict[str, Any]:
    """Return the defaults of one scope by key: the form level of a page, or a row that is new."""
    found = {}
    for key, node in answered.items():
        value = state.default(node, row) if isinstance(node, Question) else None
        if value is not None:
            found[key] = value
    return found
