"""Who changed what in a record, when and why: all of it, or one question's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casework.accounts.models import Role
from casework.cases.history import Change, question_history
from casework.cases.history_whole import whole_history
from casework.cases.masking import said
from casework.cases.models import Status, Upload
from casework.cases.standing import roles_in
from casework.ledger.models import Read
from casework.ledger.reads import last_reads, note_read
from casework.pageforms.names import joined, split
from casework.pageforms.words import NOT_ANSWERED, lines
from casework.refusals import Absent
from casework.web import language
from casework.web.records.opened import Opened, open_record
from casework.web.records.row_names import RowNames
from casework.web.work_words import role_words
from formdefs.form import Form, Question
from formdefs.versions import form_of


@dataclass(frozen=True)
class Line:
    """One change of one answer or state, in words."""

    label: str
    where: str
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """All that one person changed in one save."""

    who: str
    when: datetime
    why: str
    lines: tuple[Line, ...]


@never_cache
@require_safe
def record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The record's history, newest first; with `?question=path`, that of one question."""
    opened = open_record(request, record_id)
    asked = request.GET.get("question", "")
    if asked:
        node = opened.form.find(split(asked))
        if node is None:
            raise Absent
        changes, label = question_history(opened.record, opened.mask, split(asked)), node.label
    else:
        changes, label = whole_history(opened.record, opened.mask), ""
    note_read("record", opened.record.pk, by=opened.user, at=opened.at, detail="history")
    context = {
        "opened": opened,
        "record": opened.record,
        "asked": asked,
        "label": label,
        "entries": entries(opened, changes),
        "readings": [] if asked else _readings(opened),
    }
    return render(request, "records/history.jinja", context)


def entries(opened: Opened, changes: list[Change]) -> list[Entry]:
    """Return the changes by who saved them together, newest first."""
    found: dict[tuple[datetime, str, str], list[Line]] = {}
    names = RowNames(opened, changes)
    for change in changes:
        key = (change.when, change.who, change.why)
        found.setdefault(key, []).append(line(opened, change, names))
    return [
        Entry(who, when, why, tuple(lines)) for (when, who, why), lines in reversed(found.items())
    ]


def _readings(opened: Opened) -> list[tuple[Read, str]]:
    """Who opened the record or a file of it last, and how: for managers of the case."""
    if Role.MANAGER not in roles_in(opened.user, opened.record.case, opened.at):
        return []
    files = Upload.objects.filter(record=opened.record).values_list("pk", flat=True)
    reads = last_reads([opened.record.pk, *files])
    return [(read, _READ_HOW.get((read.kind, read.detail), read.detail)) for read in reads]


_READ_HOW: Mapping[tuple[str, str], str] = {
    ("record", ""): "opened",
    ("record", "api"): "read by a program",
    ("upload", ""): "a file, downloaded",
    ("upload", "api"): "a file, downloaded by a program",
}
_NOTHING = "–"
_STATES: Mapping[str, str] = {
    "status": "State",
    "revision": "Revision",
    "version": "Version of the form",
    "signature": "Signed as",
    "appendment": "Added",
}


def line(opened: Opened, change: Change, names: RowNames) -> Line:
    """A change in words; `names`: what the rows are called."""
    form = _form(opened, change.version)
    node = form.find(change.path)
    if node is not None and change.kind == "comment":
        where = names.said(form, change.path if len(change.path) % 2 else (*change.path, ""))
        words = (change.after or f"Withheld: {said(change.withheld, opened.mark_titles)}",)
        return Line(f"Comment on “{node.label}”", where, joined(change.path), (_NOTHING,), words)
    if node is not None and (change.withheld or change.mark):
        where = names.said(form, change.path if len(change.path) % 2 else (*change.path, ""))
        name = joined(change.path) if form is opened.form else ""
        return Line(node.label, where, name, *_told_of_marks(opened, change))
    if isinstance(node, Question):
        now = _form(opened, change.version_after) if change.version_after else form
        later = now.questions.get(node.id, node)
        return Line(
            node.label,
            names.said(form, change.path),
            joined(change.path) if form is opened.form else "",
            _said(form, node, change.before),
            _said(now if later is not node else form, later, change.after),
        )
    label = _STATES.get(change.path[0], change.path[0])
    return Line(label, "", "", _state(change.before), _state(change.after))


def _form(opened: Opened, version: UUID | None) -> Form:
    """The version of the form that a change was made on, in the language of who reads it."""
    if version in (None, opened.record.form_version_id):
        return opened.form
    return form_of(version, language.current())


def _told_of_marks(opened: Opened, change: Change) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is told of a change that may not be told, or of a mark put or taken off."""
    if not change.mark:
        says = (f"Withheld: {said(change.withheld, opened.mark_titles)}",)
        return says, says
    mark = (said((change.mark,), opened.mark_titles).capitalize(),)
    return ((_NOTHING,), mark) if change.kind == "marked" else (mark, ("Released",))


def _said(form: Form, question: Question, answer: Any) -> tuple[str, ...]:
    return lines(form, question, answer) or (NOT_ANSWERED,)


def _state(value: Any) -> tuple[str, ...]:
    if value is None:
        return (_NOTHING,)
    roles = {role: role_words(role, "") for role in (Role.WORKER.value, Role.MANAGER.value)}
    labels: Mapping[Any, Any] = {**dict(Status.choices), **roles}
    return (str(labels.get(value, value)),)
