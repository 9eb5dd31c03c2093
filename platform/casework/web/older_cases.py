"""Cases on older versions of their case type, for the managers of their teams: move one, or all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from casetypes.models import CaseTypeVersion
from casework import clock
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.upgrading import upgrade_case
from casework.cases.models import Case
from casework.cases.upgrading import newer_version, newest_of, older_cases, preview
from casework.refusals import Absent, NotAllowed, NotNow, Refused, Stale
from casework.web import batches
from casework.web.case_changes import page_and_form
from casework.web.cases import about
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.older_drafts import manager
from casework.web.paging import listed
from casework.web.signed_in import signed_in


class WhyForm(forms.Form):
    """Why cases are moved."""

    why = forms.CharField(
        label="Reason",
        max_length=500,
        error_messages={"required": "Enter why the case is moved"},
    )


@never_cache
@require_safe
def types(request: HttpRequest) -> HttpResponse:
    """The case types of which there are such cases, with how many."""
    user, at = manager(request)
    cases: Any = older_cases(user, at)  # with `newest`, which types do not know
    rows = cases.values("case_type", "newest").annotate(cases=Count("pk")).order_by("case_type")
    found = [{**row, "version": newest_of(row["case_type"])} for row in rows]
    return render(request, "older_cases/types.jinja", {"types": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_type(request: HttpRequest, key: str) -> HttpResponse:
    """The cases of one type with what a move would do to each; POST moves the next batch."""
    user, at = manager(request)
    newest = newest_of(key)
    if newest is None:
        raise Absent
    cases = older_cases(user, at).filter(case_type=key)
    form = WhyForm(request.POST or None)
    progress = batches.read(request.POST.get("progress", ""))
    if request.method == "POST" and (progress or form.is_valid()):
        progress = progress or batches.Progress(cases.count(), what=form.cleaned_data["why"])
        return _batch(request, user, at, newest, cases, progress)
    rows = cases.select_related("worker", "type_version").prefetch_related("subjects__person")
    page = listed(request, rows, "opened_at", "id", size=25)
    context = {
        "newest": newest,
        "page": page,
        "total": cases.count(),
        "previews": {case.pk: preview(case, newest.pk, user, at) for case in page.rows},
        "form": form,
    }
    return render(request, "older_cases/case_type.jinja", context)


@page_and_form
def case_upgrade(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What the move of one case would do, and the button that does it."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.upgrade", case, at)
    newest, was = newer_version(case), case.type_version
    if newest is None:
        messages.info(request, _("This case is on the newest version of its type."))
        return redirect("web:case", case_id=case_id)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: upgrade_case(
                    case_id,
                    to_version=newest.pk,
                    why=form.cleaned_data["why"],
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal)
        except NotNow as refusal:
            form.add_error(None, str(refusal).removesuffix("."))
        else:
            says = _("The case is on version {n} of its type now.").format(n=newest.number)
            messages.success(request, says)
            return redirect("web:case", case_id=case_id)
    seen = preview(case, newest.pk, user, at)
    context = {**about(case), "form": form, "newest": newest, "was": was, "seen": seen}
    return render(request, "older_cases/case.jinja", context)


def _batch(
    request: HttpRequest,
    user: User,
    at: datetime,
    newest: CaseTypeVersion,
    cases: QuerySet[Case],
    progress: batches.Progress,
) -> HttpResponse:
    def move(case: Case) -> str:
        try:
            upgrade_case(case.pk, to_version=newest.pk, why=progress.what, by=user, at=at)
        except Refused as refusal:
            found = {problem.code for problem in refusal.problems}
            return "" if "not_newer" in found else str(refusal)  # somebody else has just moved it
        except (NotAllowed, NotNow, Stale, Absent) as refusal:
            return str(refusal)
        return ""

    batches.go_on(progress, cases, move)
    failed = {str(one.pk): one for one in cases.filter(pk__in=progress.failed_ids)}
    context = {
        "newest": newest,
        "progress": progress,
        "failed": [(failed[pk], why) for pk, why in progress.failed if pk in failed],
    }
    return render(request, "older_cases/progress.jinja", context)
