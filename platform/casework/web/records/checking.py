"""Check your answers: everything as it stands, what is still wrong, and the button that submits."""

from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework.accounts.models import Role
from casework.cases import access
from casework.cases.actions.signing import submit
from casework.cases.running.loading import type_of
from casework.refusals import Incomplete, Refused, Stale
from casework.web import language
from casework.web.doing import done
from casework.web.drawing import command_id
from casework.web.records import summary
from casework.web.records.actions import action_notes
from casework.web.records.commenting import notes, to_mend, together
from casework.web.records.copied import read_notes
from casework.web.records.filling import target_of, told
from casework.web.records.opened import Opened, open_record, page_url
from casework.web.records.progress import steps
from casework.web.work_words import role_words
from formdefs.structure import Problem

CONFLICT, UNPROCESSABLE = 409, 422
SET_ASIDE = "_set_aside"  # name of the boxes; their values are paths


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Show the answers; POST submits them as they were shown."""
    opened = open_record(request, record_id)
    access.require(opened.user, "record.submit", opened.record, opened.at)
    if request.method != "POST":
        return _shown(request, opened)
    command = command_id(request)
    try:
        done(
            lambda: submit(
                opened.record.pk,
                seen=_seen(request),
                set_aside=request.POST.getlist(SET_ASIDE),
                by=opened.user,
                at=opened.at,
                command_id=command,
            )
        )
    except Incomplete:
        return _shown(request, opened, status=UNPROCESSABLE)
    except Refused as refusal:
        return _shown(request, opened, says=str(refusal), status=UNPROCESSABLE)
    except Stale as stale:
        return _shown(request, opened, says=str(stale), status=CONFLICT)
    says = _("%(form)s is submitted for sign-off.")
    if opened.finishes:
        says = _("%(form)s is finished.")
    messages.success(request, says % {"form": opened.form.title})
    return redirect("web:record", opened.record.pk)


def _shown(
    request: HttpRequest, opened: Opened, *, says: str = "", status: int = 200
) -> HttpResponse:
    errors = [problem for problem in opened.problems if problem.severity == "error"]
    warnings = [problem for problem in opened.problems if problem.severity != "error"]
    dropped = summary.dropped(opened, _kept(request, opened))
    context = {
        "opened": opened,
        "record": opened.record,
        "steps": steps(opened),
        "signers": signers(opened),
        "notes": together(
            read_notes(opened), notes(opened, to_mend(opened)), action_notes(opened, opened.counted)
        ),
        "pages": summary.pages(opened, opened.counted, opened.state),
        "dropped": [(where, list(items)) for where, items in groupby(dropped, lambda a: a.where)],
        "set_aside_name": SET_ASIDE,
        "errors": [_linked(opened, problem) for problem in errors],
        "warnings": [_linked(opened, problem) for problem in warnings],
        "wrong": {
            ".".join(problem.path): language.in_words(problem.message)
            for problem in reversed(opened.problems)
        },
        "unsaved": [
            screen
            for screen in opened.visible_screens
            if any(page.id in opened.autosaves for page in screen.pages)
        ],
        "versions": {page_id: row.version for page_id, row in opened.rows.items()},
        "hrefs": {
            page.id: page_url(opened.record, screen)
            for screen in opened.screens
            for page in screen.pages
        },
        "says": says,
    }
    return render(request, "records/check.jinja", context, status=status)


def _kept(request: HttpRequest, opened: Opened) -> list[str]:
    """The paths ticked to be set aside; at first those that the submission before kept."""
    if request.method == "POST":
        return request.POST.getlist(SET_ASIDE)
    before = opened.newest()
    kept = opened.document_of(before).get("set_aside", []) if before else []
    return [one["path"] for one in kept]


def _linked(opened: Opened, problem: Problem) -> dict[str, str]:
    """A problem with the address of its question, on the page where it can be answered."""
    node = opened.form.find(problem.path) or opened.form.find(problem.path[:1])
    screen = opened.screen(opened.form.page(node.page).key) if node else None
    if screen is None:
        return {"text": told(opened, problem)}
    href = f"{page_url(opened.record, screen)}?problems#{target_of(opened, problem)}"
    return {"text": told(opened, problem), "href": href}


def _seen(request: HttpRequest) -> dict[str, int]:
    """The versions of the pages that were shown."""
    return {
        name.removeprefix("_version."): int(value)
        for name, value in request.POST.items()
        if name.startswith("_version.") and isinstance(value, str) and value.isdecimal()
    }


def signers(opened: Opened) -> list[str]:
    """Who signs the record one after another, in words, where its chain is more than a manager."""
    steps = type_of(opened.record.case).chain(opened.form.key)
    if len(steps) == 1 and steps[0].role == Role.MANAGER and not steps[0].title:
        return []
    return [
        role_words(step.role, step.title)
        if step.when is True
        else _("%(who)s, where the answers ask for it") % {"who": role_words(step.role, step.title)}
        for step in steps
    ]
