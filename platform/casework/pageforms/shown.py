"""What a form page shows at the moment. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.pageforms.fields import Known
from casework.pageforms.names import Posted
from formdefs.state import State


def _nothing(_path: tuple[str, ...]) -> str:
    return ""


def _none(_path: tuple[str, ...]) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Shown:
    """What a page shows now.

    answers: the page's own; typed: inputs that win over the answers, by name; problems: messages by
    the name of the question or repeat; on: the day that lists are offered for; href: where a file
    is found; list_href: where one of the form's lists is searched by the browser, "" for nowhere.
    withheld: why what stands at a path may not be seen, "" if it may; marked: which marks lie on it, in
    words; rows_withheld: how many rows of a repeat may not be seen, in sentences; fixed: keys
    of repeats whose rows nobody adds or takes out; row_title: what one of those rows is called, "" for
    what the form says; notes: HTML that stands under a question or at a row or repeat, by its name; above:
    HTML with the id `<name>-comment` that stands above a question's inputs, which are described by it, or
    at a row or repeat.
    """

    answers: Mapping[str, Any]
    state: State
    on: date
    typed: Posted = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    href: Callable[[str], str] = "/files/{}/".format
    list_href: Callable[[str], str] = "".format
    withheld: Callable[[tuple[str, ...]], str] = _nothing
    marked: Callable[[tuple[str, ...]], str] = _nothing
    rows_withheld: Callable[[tuple[str, ...]], Sequence[str]] = _none
    row_title: Callable[[tuple[str, ...]], str] = _nothing
    fixed: frozenset[str] = frozenset()
    notes: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)
