"""A question to fill, with all that is needed for it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from casework.pageforms.compile_question import CompiledQuestion
from casework.pageforms.fields import Typed
from casework.pageforms.shown import Shown
from formdefs.codelists import Entry
from formdefs.form import Form

Values = dict[str, str]

NO_LONGER = " (no longer offered)"


@dataclass(frozen=True)
class Given:
    """A question to fill: under which name, what stands in its inputs, and its answer if it has one.

    offered: the codes that its `options` rule keeps; None for all. offers: the same of one entry,
    where the list is too long to ask of each.
    """

    item: CompiledQuestion
    form: Form
    now: Shown
    name: str
    typed: Typed
    answer: Any
    offered: frozenset[str] | None = None
    offers: Callable[[Entry], bool] | None = None
