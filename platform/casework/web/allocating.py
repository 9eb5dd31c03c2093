"""Allocating a case: to a worker in two clicks, taken from the tray, and ended."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework import clock
from casework.accounts.models import User
from casework.accounts.roles import members_of
from casework.cases import access
from casework.cases.actions.allocating import allocate, end_allocation, take
from casework.cases.allocations import allocations_of, members_with_load
from casework.cases.models import Allocation, Case
from casework.cases.running.loading import type_of
from casework.refusals import Absent, Refused
from casework.web.case_forms import NamedUser
from casework.web.cases import about
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.signed_in import signed_in

page_and_form = require_http_methods(["GET", "HEAD", "POST"])


class AllocateForm(forms.Form):
    """In which role somebody works with a case from now on, and why; who, the buttons say."""

    worker = NamedUser(
        label="Worker",
        queryset=User.objects.none(),
        error_messages={
            "required": "Select who gets the case",
            "invalid_choice": "Select somebody who works in the team",
        },
    )
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect, required=False)
    reason = forms.ChoiceField(label="Reason", widget=forms.RadioSelect, required=False)
    why = forms.CharField(label="Another reason", max_length=500, required=False)

    def __init__(self, typed: Any, *, case: Case, at: Any) -> None:
        kind = type_of(case)
        reasons = dict.fromkeys(r for role in kind.allocations.values() for r in role.reasons)
        first = next(iter(reasons), "")
        super().__init__(typed, initial={"role": kind.lead.key, "reason": first})
        roles = [(role.key, role.title) for role in kind.allocations.values()]
        self.fields["worker"].queryset = members_of(case.team, at)  # type: ignore[attr-defined]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["reason"].choices = [(one, one) for one in reasons]  # type: ignore[attr-defined]
        for name in ("role", "reason", "why"):
            self.fields[name].quiet = True  # type: ignore[attr-defined]
        if not reasons:
            del self.fields["reason"]
            self.fields["why"].label = "Reason"

    def clean(self) -> dict[str, Any]:
        """A typed reason counts before a chosen one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["why"] = cleaned.get("why") or cleaned.get("reason") or ""
        if not cleaned["why"] and "why" not in self.errors:
            self.add_error("reason" if "reason" in self.fields else "why", "Enter the reason")
        return cleaned


class EndForm(forms.Form):
    """Why an allocation ends."""

    why = forms.CharField(
        label="Reason", max_length=500, error_messages={"required": "Enter the reason"}
    )


@page_and_form
def case_allocate(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The workers of the case's team with what they have; each has a button that allocates it."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.allocate", case, at)
    form = AllocateForm(request.POST or None, case=case, at=at)
    if request.method == "POST" and form.is_valid():
        sent = {name: form.cleaned_data[name] for name in ("worker", "role", "why")}
        try:
            done(lambda: allocate(case_id, **sent, by=user, at=at, command_id=command_id(request)))
        except Refused as refusal:
            show(form, refusal)
        else:
            says = _("{case} is allocated to {name}.")
            messages.success(request, says.format(case=case.reference, name=sent["worker"].name))
            return redirect("web:case", case_id=case_id)
    context = {
        **about(case),
        "form": form,
        "members": members_with_load(case.team, at),
        "allocations": [one for one in allocations_of(case) if one.row.to_at is None],
    }
    return render(request, "cases/allocate.jinja", context)


@page_and_form
def allocation_end(request: HttpRequest, case_id: UUID, allocation_id: UUID) -> HttpResponse:
    """End somebody's work with a case, with a reason."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.allocate", case, at)
    rows = Allocation.objects.filter(case=case).select_related("user")
    row = rows.filter(pk=allocation_id).first()
    if row is None:
        raise Absent
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        try:
            done(
                lambda: end_allocation(
                    case_id, allocation_id, why=why, by=user, at=at, command_id=command_id(request)
                )
            )
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(request, _("{name} no longer has it.").format(name=row.user.name))
            return redirect("web:case", case_id=case_id)
    context = {**about(case), "form": form, "row": row}
    return render(request, "cases/allocation_end.jinja", context)


@require_POST
def case_take(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take a case from one's own team's tray."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    done(lambda: take(case_id, by=user, at=at, command_id=command_id(request)))
    messages.success(request, _("{case} is yours.").format(case=case.reference))
    return redirect("web:case", case_id=case_id)
