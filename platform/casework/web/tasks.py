"""One action, with its story and what becomes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casework import clock
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.working import change_task
from casework.cases.beside import evidence_for, links_of
from casework.cases.models import Task
from casework.cases.running.loading import type_of
from casework.cases.thread import Judgement, judgements_on
from casework.cases.work import TaskSeen, page_of, place_of, seen_tasks
from casework.ledger.reads import note_read
from casework.pageforms.names import joined
from casework.pageforms.words import say
from casework.refusals import NotAllowed, Refused
from casework.web.case_changes import page_and_form
from casework.web.case_forms import TaskForm
from casework.web.cases import about
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.rows import case_rows
from casework.web.signed_in import signed_in
from casework.web.wording import day
from casework.web.work_words import priority_words
from casework.web.writing import writable
from formdefs.form import Question


@dataclass(frozen=True)
class Step:
    """One thing that happened to an action."""

    who: str
    what: str
    why: str
    when: datetime


@page_and_form
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One action: who asked for it where, what happened to it, and what becomes of it."""
    user, at = signed_in(request), clock.now()
    found = access.task(user, task_id, at)
    may = access.may(user, "task.change", found.case, at)
    if request.method == "POST":
        access.require(user, "task.change", found.case, at)
    else:
        note_read("case", found.case_id, by=user, at=at, detail="action")
    named = evidence_for(found, user, at) if may and found.status == Task.OPEN else []
    form = TaskForm(request.POST or None, task=found, at=at, evidence=named) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            done(
                lambda: change_task(
                    task_id, by=user, at=at, command_id=command_id(request), **form.cleaned_data
                )
            )
        except Refused as refusal:
            show(form, refusal)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal).removesuffix("."))
        else:
            messages.success(request, _("The action is changed."))
            return redirect("web:task", task_id=task_id)
    (seen,) = seen_tasks([found], user, at)
    place = None if seen.withheld else place_of(found)
    context = {
        **about(found.case),
        "seen": seen,
        "page": page_of(found),
        "rows": ".".join(map(str, place[1])) if place else "",
        "anchor": joined(place[0]) if place else "",
        "reviews": [_review(one) for one in judgements_on(found, user, at)],
        "points": seen.points,
        "story": list(_story(seen)),
        "links": links_of(found, user, at),
        **_writing(found, user, at),
        "form": form if found.status == Task.OPEN else None,
        "today": clock.london_day(at),
    }
    return render(request, "tasks/task.jinja", context)


@dataclass(frozen=True)
class Reviewed:
    """What one review said of an action. href: the address of its row."""

    title: str
    href: str
    when: datetime
    says: str
    words: str
    withheld: bool


def _review(one: Judgement) -> Reviewed:
    question = one.form.find(one.status)
    says = say(one.form, question, one.code) if isinstance(question, Question) else one.code
    href = f"{reverse('web:record', args=[one.record.pk])}#{joined(one.row)}"
    return Reviewed(one.form.title, href, one.decided_at, says, one.words, one.withheld)


def _writing(task: Task, user: User, at: datetime) -> dict[str, Any]:
    """What may be written about an action: the forms that ask what they touch, and about whom."""
    (case,) = case_rows(access.cases_for(user, at).filter(pk=task.case_id))
    found = writable([case], user, at) if task.status == Task.OPEN else []
    case_type = type_of(task.case)
    forms = [one for each in found for one in each.forms if case_type.use(one.form_id).touches]
    about = set(task.subjects.all())
    people = [one for each in found for one in each.people if not about or one in about]
    return {"quick_forms": forms, "people": people}


def _story(seen: TaskSeen) -> Iterator[Step]:
    """What happened to it, oldest first; words only where its reader may see them."""
    before = None
    told = not seen.withheld and bool(seen.outcome or not seen.task.stated)
    rows = seen.task.history.select_related("history_user", "owner")
    for row in rows.order_by("history_date", "history_id"):
        who = row.history_user.name if row.history_user else "Casethread"
        why = row.outcome if row.outcome and row.outcome == seen.outcome else ""
        if before is None:
            asked = _("signed what asks for it") if row.row else _("brought it up")
            yield Step(who, asked, "", row.history_date)
        else:
            said = row.history_change_reason or ""
            other = said if said not in (row.outcome, "Task changed") else ""
            yield Step(who, _what(before, row), (why or other) if told else "", row.history_date)
        before = row


def _what(before: Task, row: Task) -> str:
    if row.status == Task.DONE:
        return _("said that it is done")
    if row.status == Task.CANCELLED:
        return _("ended it: it will not be done")
    parts = []
    if row.owner_id != before.owner_id:
        parts.append(
            _("gave it to {name}").format(name=row.owner.name if row.owner else _("nobody"))
        )
    if row.due_on != before.due_on:
        parts.append(_("set the day to {day}").format(day=day(row.due_on)))
    if row.priority != before.priority:
        parts.append(_("set the priority to {priority}").format(priority=priority_words(row)))
    if row.ticked != before.ticked:
        parts.append(_("ticked points of the checklist"))
    return "; ".join(parts) or _("changed it")
