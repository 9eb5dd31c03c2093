"""Who is let into a case or kept out of it, beside its team."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from casework import clock
from casework.cases import access
from casework.cases.actions.sharing import end_access, grant_access
from casework.cases.models import CaseAccess
from casework.refusals import Absent, Refused
from casework.web.case_forms import AccessForm
from casework.web.cases import about
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def case_access(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Who is let into the case or kept out, beside its team; managers add and end exceptions."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.share", case, at)
    ending = request.method == "POST" and "end" in request.POST
    form = AccessForm(request.POST if request.method == "POST" and not ending else None, by=user)
    if ending:
        _end_exception(request, case_id)
        return redirect("web:case-access", case_id=case_id)
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: grant_access(
                    case_id,
                    form.cleaned_data["user"],
                    form.cleaned_data["effect"],
                    why=form.cleaned_data["why"],
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(request, "Who may see the case is changed, from now on.")
            return redirect("web:case-access", case_id=case_id)
    exceptions = CaseAccess.objects.filter(case=case, ended_at=None).select_related(
        "user", "given_by"
    )
    context = {**about(case), "form": form, "exceptions": exceptions.order_by("given_at")}
    return render(request, "cases/access.jinja", context)


def _end_exception(request: HttpRequest, case_id: UUID) -> None:
    rows = CaseAccess.objects.filter(case=case_id, ended_at=None).select_related("user")
    exception = rows.filter(pk=_asked(request)).first()
    if exception is None:
        raise Absent
    done(
        lambda: end_access(
            case_id,
            exception.user,
            exception.effect,
            why="Ended on the page",
            by=signed_in(request),
            at=clock.now(),
            command_id=command_id(request),
        )
    )
    messages.success(request, "The exception is ended.")


def _asked(request: HttpRequest) -> UUID:
    """The exception named by the button that was pressed. Raises Absent for what is no id."""
    try:
        return UUID(request.POST["end"])
    except ValueError:
        raise Absent from None
