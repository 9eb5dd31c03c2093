"""One clock of a case: saying why it is late, and holding it by hand."""

from datetime import datetime, time
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework import clock
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.clocks import explain_clock, hold_clock
from casework.cases.clock_story import believed, story_of
from casework.cases.clocks import ClockSeen, CycleSeen, clocks_of, cycles_at
from casework.cases.late import offered
from casework.cases.models import Clock
from casework.ledger.reads import note_read
from casework.refusals import Absent, NotAllowed, NotNow, Refused
from casework.web.case_changes import page_and_form
from casework.web.cases import about
from casework.web.clock_forms import DayForm, ExplainForm, HoldForm
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.signed_in import signed_in


@require_safe
def story(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """How a clock came about: each working of it, and what was believed on a day that is asked for."""
    user, at = signed_in(request), clock.now()
    row, found = _found(user, clock_id, at)
    note_read("case", row.case_id, by=user, at=at, detail="clock")
    told = story_of(row)
    form = DayForm(request.GET if "on-day" in request.GET else None)
    asked = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    then = datetime.combine(asked, time.max, clock.LONDON) if asked else None
    stood = believed(told, min(then, at)) if then else None
    context = {
        **about(row.case),
        "form": form,
        "clock": found,
        "story": [(one, cycles_at(found.kind, one.cycles, one.recorded)) for one in told],
        "asked": asked,
        "stood": stood,
        "then": cycles_at(found.kind, stood.cycles, min(then, at)) if stood and then else (),
    }
    return render(request, "clocks/clock.jinja", context)


@page_and_form
def explain(request: HttpRequest, clock_id: UUID, run: int) -> HttpResponse:
    """Say why a run of a clock is late; what was said before stays beside it."""
    user, at = signed_in(request), clock.now()
    row, found = _found(user, clock_id, at)
    access.require(user, "clock.explain", row.case, at)
    seen = _run(found, run)
    form = ExplainForm(request.POST or None, entries=offered(found.kind, clock.london_day(at)))
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: explain_clock(
                    clock_id,
                    run,
                    code=form.cleaned_data.get("code", ""),
                    words=form.cleaned_data["words"],
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except (Refused, NotNow) as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("The reason is kept with the clock."))
            return redirect("web:case", case_id=row.case_id)
    context = {**about(row.case), "form": form, "clock": found, "seen": seen}
    return render(request, "clocks/explain.jinja", context)


@page_and_form
def hold(request: HttpRequest, clock_id: UUID) -> HttpResponse:
    """Pause, set going again or cancel a clock by hand; of a statutory one, say why nobody can."""
    user, at = signed_in(request), clock.now()
    row, found = _found(user, clock_id, at)
    access.require(user, "clock.hold", row.case, at)
    paused = found.now.standing == "paused"
    free = not found.kind.statutory and found.now.cycle.open
    form = HoldForm(request.POST or None, paused=paused)
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: hold_clock(
                    clock_id, by=user, at=at, command_id=command_id(request), **form.cleaned_data
                )
            )
        except (Refused, NotAllowed, NotNow) as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("The clock is changed."))
            return redirect("web:case", case_id=row.case_id)
    context = {**about(row.case), "form": form, "clock": found, "free": free}
    return render(request, "clocks/hold.jinja", context)


def _found(user: User, clock_id: UUID, at: datetime) -> tuple[Clock, ClockSeen]:
    """The clock, as its row and as it reads. Raises Absent."""
    row = access.clock(user, clock_id, at)
    found = next((one for one in clocks_of(row.case, at) if one.id == row.pk), None)
    if found is None:
        raise Absent
    return row, found


def _run(found: ClockSeen, number: int) -> CycleSeen:
    seen = next((one for one in found.cycles if one.cycle.number == number), None)
    if seen is None:
        raise Absent
    return seen


def _tell(form: forms.Form, refusal: Refused | NotAllowed | NotNow) -> None:
    """Show why it was refused: by field, or, where the role or the clock stand against it, above."""
    if isinstance(refusal, Refused):
        show(form, refusal)
    else:
        form.add_error(None, str(refusal).removesuffix("."))
