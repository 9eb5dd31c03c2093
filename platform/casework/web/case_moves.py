"""Moving one person on by hand, and taking their part up again."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from casework import clock
from casework.cases import access
from casework.cases.actions.working import move_subject, reopen_subject
from casework.cases.models import Case
from casework.cases.work import Standing, standings, tasks_asked
from casework.refusals import Absent, NotAllowed, Refused
from casework.web.case_changes import page_and_form
from casework.web.case_forms import MoveForm, ReopenForm
from casework.web.cases import about
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.signed_in import signed_in


@page_and_form
def subject_move(request: HttpRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Choose how a person moves on; where their part ends, also what becomes of each open action."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.move", case, at)
    standing = _standing(case, person_id)
    ends = [] if standing.over else tasks_asked(case, [person_id], user, at)
    form = MoveForm(request.POST or None, standing=standing, ends=ends)
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: move_subject(
                    case_id,
                    person_id,
                    form.cleaned_data["move"],
                    why=form.cleaned_data["why"],
                    tasks=form.tasks(),
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except (Refused, NotAllowed) as refusal:
            _tell(form, refusal)
        else:
            says = _("{name} has moved on.").format(name=standing.part.person.name)
            messages.success(request, says)
            return redirect("web:case", case_id=case_id)
    context = {**about(case), "form": form, "standing": standing}
    return render(request, "cases/subject_move.jinja", context)


@page_and_form
def subject_reopen(request: HttpRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Take up a person's part again, in a stage, with a reason; a closed case opens with it."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.reopen", case, at)
    standing = _standing(case, person_id)
    form = ReopenForm(request.POST or None, standing=standing)
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: reopen_subject(
                    case_id,
                    person_id,
                    form.cleaned_data["stage"],
                    why=form.cleaned_data["why"],
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except (Refused, NotAllowed) as refusal:
            _tell(form, refusal)
        else:
            says = _("The part of {name} goes on.").format(name=standing.part.person.name)
            messages.success(request, says)
            return redirect("web:case", case_id=case_id)
    context = {**about(case), "form": form, "standing": standing}
    return render(request, "cases/subject_reopen.jinja", context)


def _standing(case: Case, person_id: UUID) -> Standing:
    found = next((one for one in standings(case) if one.part.person_id == person_id), None)
    if found is None:
        raise Absent
    return found


def _tell(form: forms.Form, refusal: Refused | NotAllowed) -> None:
    """Show why it was refused: by field, or, where the role or the case stand against it, above."""
    if isinstance(refusal, Refused):
        show(form, refusal)
    else:
        form.add_error(None, str(refusal).removesuffix("."))
