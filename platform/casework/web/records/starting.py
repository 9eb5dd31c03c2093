"""Starting a record in a case: which form, about whom."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework import clock
from casework.cases import access
from casework.cases.actions.records import start_record
from casework.cases.case_types import startable_forms
from casework.cases.models import Case, CaseSubject
from casework.cases.stages import standings
from casework.refusals import NotNow, Refused
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.records import touching
from casework.web.records.opened import open_record, page_url
from casework.web.rows import PARTS
from casework.web.signed_in import signed_in

UNPROCESSABLE = 422


class StartForm(forms.Form):
    """The form and the persons covered."""

    form = forms.ChoiceField(
        label="Which form?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select a form"},
    )
    subjects = forms.MultipleChoiceField(
        label="Who is it about?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select who the record is about"},
    )

    def __init__(self, *args: Any, case: Case, **more: Any) -> None:
        super().__init__(*args, **more)
        parts = CaseSubject.objects.filter(case=case, to_on=None).select_related("person")
        parts = parts.order_by(*PARTS)  # in which the rows of a record about each of them come, too
        people = [(str(part.person_id), part.person.name) for part in parts]
        self.fields["form"].choices = [  # type: ignore[attr-defined]
            (version.form_id, version.title) for version in startable_forms(case)
        ]
        self.fields["form"].hints = {  # type: ignore[attr-defined]
            key: _("Asked for now: {names}").format(names=", ".join(names))
            for key, names in _asked_for(case).items()
        }
        self.fields["subjects"].choices = people  # type: ignore[attr-defined]
        self.fields["subjects"].initial = [person_id for person_id, _name in people]


def _asked_for(case: Case) -> dict[str, list[str]]:
    """The forms that are asked for where somebody stands and nobody has begun: about whom."""
    asked: dict[str, list[str]] = {}
    for standing in standings(case):
        for need in standing.needed:
            if need.record is None:
                asked.setdefault(need.form, []).append(standing.part.person.name)
    return asked


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Choose a form and its subjects; POST starts the record and opens its first page."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "record.start", case, at)
    form = StartForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        command = command_id(request)
        try:
            record = done(
                lambda: start_record(
                    case.pk,
                    form_key=form.cleaned_data["form"],
                    subjects=[UUID(one) for one in form.cleaned_data["subjects"]],
                    by=user,
                    at=at,
                    command_id=command,
                )
            )
        except Refused as refusal:
            show(form, refusal, form_key="form")
        except NotNow as refusal:  # not this form, or not about these, as the case stands
            form.add_error("form", str(refusal))
        else:
            opened = open_record(request, record.pk)
            if "touches" in request.POST:  # begun from the page of an action
                touching.keep(opened, {touching.NAME: request.POST.getlist("touches")})
            return redirect(page_url(record, opened.visible_screens[0]))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "records/start.jinja", {"case": case, "form": form}, status=status)
