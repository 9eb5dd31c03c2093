"""Moving one open record to the newest version of its form: the preview, the move, and its undoing."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework.cases import access
from casework.cases.actions.migrating import NOT_UNDONE, migrate_draft, undo_migration
from casework.cases.moved import last_move, may_be_undone, newer_version
from casework.cases.moving import Preview, preview
from casework.ledger.reads import note_read
from casework.pageforms.words import say
from casework.refusals import NotNow, Refused
from casework.web.doing import done
from casework.web.drawing import command_id
from casework.web.records.opened import Opened, open_record
from formdefs.form import Form, Question
from formdefs.migrate import Told
from formdefs.models import FormVersion
from formdefs.structure import Problem

CONFLICT = 409


@dataclass(frozen=True)
class Line:
    """One answer: where it stands, before and after in lines, and what is said of it."""

    label: str
    where: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    says: str
    problems: tuple[str, ...]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Show what would become of each answer; POST moves the record."""
    opened = open_record(request, record_id)
    access.require(opened.user, "record.migrate", opened.record, opened.at)
    to = newer_version(opened.record)
    if request.method != "POST":
        if to is None:
            messages.success(request, "This record is on the newest version of its form.")
            return redirect("web:record", record_id)
        return _shown(request, opened, to)
    command, wanted = command_id(request), _uuid(request.POST.get("to", ""))
    if to is None or wanted is None:
        return redirect("web:record-move", record_id)
    try:
        done(
            lambda: migrate_draft(
                record_id, to_version=wanted, by=opened.user, at=opened.at, command_id=command
            )
        )
    except Refused as refusal:
        return _shown(request, opened, to, says=str(refusal))
    messages.success(request, f"The record is on version {to.number} of its form now.")
    return redirect("web:record", record_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Ask, then move the record back to the version that it came from."""
    opened = open_record(request, record_id)
    access.require(opened.user, "record.migrate", opened.record, opened.at)
    if request.method != "POST":
        last = last_move(opened.record)
        if last is None or not may_be_undone(opened.record, last):
            raise NotNow(NOT_UNDONE)
        was = FormVersion.objects.only("number").get(pk=last.from_version_id)
        context = {"opened": opened, "record": opened.record, "number": was.number}
        return render(request, "records/move_undo.jinja", context)
    command = command_id(request)
    done(lambda: undo_migration(record_id, by=opened.user, at=opened.at, command_id=command))
    messages.success(request, "The record is back on the version that it came from.")
    return redirect("web:record", record_id)


def offered(opened: Opened) -> dict[str, Any]:
    """What the record's page says of versions: a newer one, and a move that can be undone."""
    if "record.migrate" not in opened.verbs:
        return {"newer": None, "undoable": None}
    last = last_move(opened.record)
    return {
        "newer": newer_version(opened.record),
        "undoable": last if last and may_be_undone(opened.record, last) else None,
    }


def _shown(
    request: HttpRequest, opened: Opened, to: FormVersion, *, says: str = ""
) -> HttpResponse:
    note_read("record", opened.record.pk, by=opened.user, at=opened.at, detail="move previewed")
    found = preview(opened.record, to.pk, by=opened.user, at=opened.at)
    context = {
        "opened": opened,
        "record": opened.record,
        "to": to,
        "preview": found,
        "orphaned": [_line(found, one) for one in found.of("orphaned")],
        "converted": [_line(found, one) for one in found.of("converted")],
        "moved": [_line(found, one) for one in found.of("moved")],
        "kept": [_line(found, one) for one in found.of("kept")],
        "loose": _loose(found),
        "says": says,
    }
    status = CONFLICT if says else 200
    return render(request, "records/move.jinja", context, status=status)


def _line(found: Preview, one: Told) -> Line:
    old, new = found.old, found.new
    question, now = old.questions.get(one.question), new.questions.get(one.question)
    after = _said(new, now, one.after) if one.path and now else ()
    where = _where(old, one.old_path)
    if one.kind == "moved" and question and now:
        before, then = old.page(question.page).title, new.page(now.page).title
        if before != then:
            where = f"from “{before}” to “{then}”"
    return Line(one.label, where, _said(old, question, one.before), after, one.says, one.problems)


def _said(form: Form, question: Question | None, value: Any) -> tuple[str, ...]:
    return tuple((say(form, question, value) if question else str(value)).split("\n"))


def _where(form: Form, path: tuple[str, ...]) -> str:
    nodes = [form.find(path[:end]) for end in range(1, len(path) - 1, 2)]
    return ", ".join(node.label for node in nodes if node)


def _loose(found: Preview) -> list[Problem]:
    """What would be wrong and belongs to no single answer, such as too many rows."""
    told = {one.path for one in found.told}
    return [problem for problem in found.problems if problem.path not in told]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
