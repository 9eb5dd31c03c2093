"""What a form page shows at the moment. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.pageforms.fields import Known
from casework.pageforms.names import Posted
from formdefs.state import State


@dataclass(frozen=True)
class Shown:
    """What a page shows now.

    answers: the page's own; typed: inputs that win over the answers, by name; problems: messages by
    the name of the question or repeat; on: the day that lists are offered for; href: where a file
    is found; list_href: where one of the form's lists is searched by the browser, "" for nowhere.
    """

    answers: Mapping[str, Any]
    state: State
    on: date
    typed: Posted = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    href: Callable[[str], str] = "/files/{}/".format
    list_href: Callable[[str], str] = "".format
