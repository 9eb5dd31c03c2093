"""Two people changed one answer: both are shown, and whoever saves second decides. Nothing is lost.

The page carries all that was sent, and each decision: mine, theirs, or a new answer typed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from markupsafe import Markup

from casework.pageforms.compile import CompiledPage
from casework.pageforms.compile_question import compile_question
from casework.pageforms.markup import CARD
from casework.pageforms.names import joined
from casework.pageforms.render import Shown, render_alone
from casework.pageforms.words import NOT_ANSWERED, lines
from casework.refusals import Clash, Conflict
from casework.web.records.filling import WHO, with_rows
from casework.web.records.opened import Opened
from casework.web.records.progress import steps
from casework.web.records.saving import Filled
from formdefs.form import Form, Question, Repeat
from formdefs.places import rows

CONFLICT = 409
EDIT = "_edit."  # before the names of the inputs in which a new answer is typed
_OWN = ("csrfmiddlewaretoken", "_decided_on", "_js")
_REMOVED = ("This row was removed",)


@dataclass(frozen=True)
class Choice:
    """One answer, or one row, to decide on; sides are lines of text. field: inputs for a new answer."""

    name: str
    label: str
    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    who: str
    when: datetime
    field: Markup | None


def ask(filled: Filled, clash: Clash) -> HttpResponse:
    """The page that asks."""
    opened = filled.opened
    context = {
        "opened": opened,
        "record": opened.record,
        "screen": filled.screen,
        "steps": steps(opened, filled.screen),
        "choices": [_choice(filled, conflict) for conflict in _in_order(opened, clash)],
        "sent": _sent(filled),
        "decided_on": clash.version,
        "command_id": str(uuid4()),
        "who": WHO.sign(str(opened.user.uid)),
    }
    return render(filled.request, "records/clash.jinja", context, status=CONFLICT)


def edited(filled: Filled) -> None:
    """Put the new answers typed on that page in the place of those sent before."""
    chosen = {
        name.removeprefix("_resolve.")
        for name, values in filled.posted.items()
        if name.startswith("_resolve.") and values[-1] == "edit"
    }
    for path in chosen:
        mine = [name for name in filled.posted if name == path or name.startswith(f"{path}.")]
        for name in mine:
            del filled.posted[name]
    for name in [name for name in filled.posted if name.startswith(EDIT)]:
        bare = name.removeprefix(EDIT)
        if any(bare == path or bare.startswith(f"{path}.") for path in chosen):
            filled.posted[bare] = filled.posted[name]
        del filled.posted[name]


def too_late(filled: Filled, says: str) -> HttpResponse:
    """What was sent for a record that can no longer be filled in, to be read and copied."""
    opened = filled.opened
    typed = []
    for page in filled.screen.pages:
        before, sent = opened.page_answers(page), filled.parsed[page.id].answers
        for key, node in page.answered.items():
            if sent.get(key) != before.get(key):
                typed.append((node.label, _lines(opened.form, node, sent.get(key))))
        typed += [(name, tuple(v)) for name, v in filled.parsed[page.id].typed.items()]
    context = {"opened": opened, "record": opened.record, "typed": typed, "says": says}
    return render(filled.request, "records/too_late.jinja", context, status=CONFLICT)


def _sent(filled: Filled) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, values in filled.posted.items()
        if name not in _OWN and not name.startswith(("_resolve.", EDIT)) and name != "command_id"
        for value in values
    ]


def _in_order(opened: Opened, clash: Clash) -> list[Conflict]:
    """The conflicts as their questions stand on the page; rows that are gone come last."""
    rank = {path: place for place, path in enumerate(opened.state.order)}
    return sorted(clash.conflicts, key=lambda conflict: rank.get(conflict.path, len(rank)))


def _choice(filled: Filled, conflict: Conflict) -> Choice:
    opened = filled.opened
    node = opened.form.find(conflict.path if len(conflict.path) % 2 else conflict.path[:-1])
    assert node is not None
    row = len(conflict.path) % 2 == 0
    sides = [
        _REMOVED if row and side is None else _lines(opened.form, node, [side] if row else side)
        for side in (conflict.base, conflict.mine, conflict.theirs)
    ]
    field = _field(filled, node, conflict) if isinstance(node, Question) and not row else None
    return Choice(
        joined(conflict.path),
        with_rows(opened, node.label, conflict.path),
        sides[0],
        sides[1],
        sides[2],
        conflict.who,
        conflict.when,
        field,
    )


def _field(filled: Filled, question: Question, conflict: Conflict) -> Markup | None:
    """The question's inputs with my answer in them, to be changed; none where files are meant."""
    if question.type == "file":
        return None
    opened = filled.opened
    item = compile_question(opened.form, question, CARD)
    page = CompiledPage(filled.screen.pages[0], opened.form, (item,), persons=False)
    now = Shown({question.key: conflict.mine}, opened.state, opened.on, known=filled.known)
    return render_alone(item, page, f"{EDIT}{joined(conflict.path)}", now)


def _lines(form: Form, node: Question | Repeat, value: Any) -> tuple[str, ...]:
    if isinstance(node, Question):
        return lines(form, node, value) or (NOT_ANSWERED,)
    return tuple(_row_lines(form, node, value)) or (NOT_ANSWERED,)


def _row_lines(form: Form, repeat: Repeat, value: Any) -> list[str]:
    found = []
    for _row_id, row in rows(value):
        for key, node in repeat.answered.items():
            if isinstance(row, Mapping) and row.get(key) is not None:
                said = [
                    line for line in _lines(form, node, row[key]) if not isinstance(line, Markup)
                ]
                found.append(f"{node.label}: {', '.join(said)}")
    return found
