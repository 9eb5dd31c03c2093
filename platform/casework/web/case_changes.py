"""What changes a case: its subjects, and its end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from casework import clock
from casework.cases import access
from casework.cases.actions.cases import add_subject, close_case, end_subject
from casework.cases.models import CaseSubject
from casework.cases.work import tasks_asked
from casework.people.models import Person
from casework.people.names import folded
from casework.refusals import Absent, Refused
from casework.web.case_forms import CloseForm, SubjectEndForm, SubjectForm
from casework.web.cases import about, find
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.signed_in import signed_in

page_and_form = require_http_methods(["GET", "HEAD", "POST"])


@page_and_form
def subject_add(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Search a person by name, then make them a subject of the case."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.subjects", case, at)
    typed = request.GET.get("q", "").strip()
    found = find(user, at, typed, without=_current(case_id))
    form = SubjectForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid():
        person: Person = form.cleaned_data["person"]
        try:
            done(
                lambda: add_subject(
                    case_id,
                    person.pk,
                    on=form.cleaned_data["on"],
                    why=form.cleaned_data["why"],
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(request, f"{person.name} is in the case.")
            return redirect("web:case", case_id=case_id)
    searched = len(folded(typed)) >= 2
    context = {
        **about(case),
        "form": form,
        "q": typed,
        "found": found,
        "searched": searched,
        "too_short": bool(typed) and not searched,
    }
    return render(request, "cases/subject_add.jinja", context)


@page_and_form
def subject_end(request: HttpRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """End a person's part in the case."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.subjects", case, at)
    part = CaseSubject.objects.filter(case=case, person=person_id).select_related("person").last()
    if part is None:
        raise Absent
    ends = tasks_asked(case, [person_id], user, at)
    form = SubjectEndForm(request.POST or None, initial={"on": clock.london_day(at)}, ends=ends)
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: end_subject(
                    case_id,
                    person_id,
                    on=form.cleaned_data["on"],
                    why=form.cleaned_data["why"],
                    by=user,
                    at=at,
                    tasks=form.tasks(),
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(request, f"The part of {part.person.name} in the case has ended.")
            return redirect("web:case", case_id=case_id)
    return render(request, "cases/subject_end.jinja", {**about(case), "form": form, "part": part})


@page_and_form
def case_close(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Close the case with a reason; what is unfinished in it is refused with a sentence."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.close", case, at)
    ends = tasks_asked(case, [one.pk for one in _current(case_id)], user, at)
    form = CloseForm(request.POST or None, case=case, on=clock.london_day(at), ends=ends)
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: close_case(
                    case_id,
                    form.cleaned_data["reason_code"],
                    why=form.cleaned_data["why"],
                    by=user,
                    at=at,
                    tasks=form.tasks(),
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal)
        except access.NotAllowed as refusal:
            form.add_error(None, str(refusal).removesuffix("."))
        else:
            messages.success(request, f"Case {case.reference} is closed.")
            return redirect("web:case", case_id=case_id)
    return render(request, "cases/close.jinja", {**about(case), "form": form})


def _current(case_id: UUID) -> list[Person]:
    parts = CaseSubject.objects.filter(case=case_id, to_on=None).select_related("person")
    return [part.person for part in parts]
