"""Households: who lives with whom, and where."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from casework import clock
from casework.cases import access, families
from casework.ledger.reads import note_read
from casework.people.living import add_household, join_household, leave_household, move_household
from casework.people.models import Person
from casework.people.names import folded
from casework.refusals import NotAllowed, Refused, Stale
from casework.web.case_forms import PersonChoice
from casework.web.cases import find
from casework.web.dates import DateField
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.person_forms import ADDRESS, PersonForm
from casework.web.signed_in import signed_in

page_and_form = require_http_methods(["GET", "HEAD", "POST"])
_NOT = "Only workers and managers who work with somebody in this household may change it."


class AddressForm(forms.Form):
    """An address in its parts, and since when it is theirs."""

    on = DateField(label=gettext_lazy("First day"), required=False)
    why = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whole = PersonForm.base_fields
        parts = {f"address_{part}": whole[f"address_{part}"] for part in (*ADDRESS, "protected")}
        self.fields = {**parts, **self.fields}
        for field in self.fields.values():
            field.quiet = True  # type: ignore[attr-defined]

    def address(self) -> dict[str, Any]:
        """The address as an answer; empty if nothing was typed."""
        return address_of(self.cleaned_data)


class NewHouseholdForm(AddressForm):
    """A household's name, and who lives in it besides the person it is made from."""

    name = forms.CharField(
        label=gettext_lazy("Name of the household"),
        max_length=120,
        help_text=gettext_lazy("By which you know it, such as the family name and the street."),
        error_messages={"required": gettext_lazy("Enter a name of the household")},
    )
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Who else lives there"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("name", "members")

    def __init__(self, *args: Any, others: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["name", "members", "on"])
        self.fields["members"].choices = [(str(one.pk), one.name) for one in others]  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    """Who joins, and when."""

    person = PersonChoice(
        label=gettext_lazy("Who lives there too"),
        queryset=Person.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select who lives there too")},
    )
    on = DateField(label=gettext_lazy("First day"), required=False)

    def __init__(self, *args: Any, found: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        persons = Person.objects.filter(pk__in=[one.pk for one in found])
        self.fields["person"].queryset = persons  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """The last day, and why."""

    on = DateField(
        label=gettext_lazy("Last day"),
        error_messages={"required": gettext_lazy("Enter the last day")},
    )
    why = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        error_messages={"required": gettext_lazy("Enter the reason")},
    )


def address_of(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The address of a form's values; nothing where only the box is ticked."""
    address = {part: cleaned[f"address_{part}"] for part in ADDRESS if cleaned[f"address_{part}"]}
    return address | ({"protected": True} if address and cleaned["address_protected"] else {})


@page_and_form
def household_add(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Make a household from a person: those they are related to may be chosen to live there."""
    user, at = signed_in(request), clock.now()
    person = access.person(user, person_id, at)
    access.require(user, "person.change", person, at)
    related = families.relations_of(person, user, at)
    others = {one.other.pk: one.other for one in related if one.other and not one.over}
    others |= {one.pk: one for one in families.kin_of(person, user, at)}
    form = NewHouseholdForm(
        request.POST or None,
        others=list(others.values()),
        initial={"name": person.family_name},
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            household = done(
                lambda: add_household(
                    sent["name"],
                    [person.pk, *map(UUID, sent["members"])],
                    from_on=sent["on"],
                    address=form.address(),
                    why=sent["why"],
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal, from_on="on", address="address_line1")
        else:
            messages.success(request, _("The household is kept."))
            return redirect("web:household", household_id=household.pk)
    return render(request, "people/household_add.jinja", {"person": person, "form": form})


@page_and_form
def household(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Who lives there, and where; somebody joins."""
    user, at = signed_in(request), clock.now()
    home = families.home(user, household_id, at)
    may_change = families.may_change_home(home, user, at)
    if request.method == "POST" and not may_change:
        raise NotAllowed(_NOT)
    shows = home.protected and request.GET.get("address") == "show"
    note_read(
        "household", home.household.pk, by=user, at=at, detail="protected address" if shows else ""
    )
    typed = request.GET.get("q", "").strip()
    living = [seen for member, seen in home.members if seen and member.to_on is None]
    found = find(user, at, typed, without=living) if may_change else []
    form = JoinForm(request.POST or None, found=found)
    if request.method == "POST" and form.is_valid():
        joins: Person = form.cleaned_data["person"]
        try:
            done(
                lambda: join_household(
                    household_id,
                    joins.pk,
                    on=form.cleaned_data["on"],
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal, from_on="on")
        else:
            messages.success(request, _("{name} is in the household.").format(name=joins.name))
            return redirect("web:household", household_id=household_id)
    context = {
        "home": home,
        "may_change": may_change,
        "shows_address": shows,
        "form": form,
        "q": typed,
        "found": found,
        "searched": len(folded(typed)) >= 2,
        "too_short": bool(typed) and len(folded(typed)) < 2,
    }
    return render(request, "people/household.jinja", context)


@page_and_form
def household_leave(request: HttpRequest, household_id: UUID, person_id: UUID) -> HttpResponse:
    """Say that a member lives there no more."""
    user, at = signed_in(request), clock.now()
    home = families.home(user, household_id, at)
    person = access.person(user, person_id, at)
    access.require(user, "person.change", person, at)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: leave_household(
                    household_id,
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
            messages.success(request, _("{name} has left the household.").format(name=person.name))
            return redirect("web:household", household_id=household_id)
    context = {"home": home, "person": person, "form": form}
    return render(request, "people/household_leave.jinja", context)


@page_and_form
def household_move(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Say where they all live now; the address before ends."""
    user, at = signed_in(request), clock.now()
    home = families.home(user, household_id, at)
    if not families.may_change_home(home, user, at):
        raise NotAllowed(_NOT)
    form = AddressForm(request.POST or None)
    seen = request.POST.get("seen_version", "")
    version = (
        int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else home.household.version
    )
    stale = ""
    if request.method == "POST" and form.is_valid():
        try:
            done(
                lambda: move_household(
                    household_id,
                    form.address(),
                    seen_version=version,
                    on=form.cleaned_data["on"],
                    why=form.cleaned_data["why"],
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal, from_on="on", address="address_line1")
        except Stale as error:
            stale, version = str(error), home.household.version
        else:
            messages.success(request, _("The address is saved."))
            return redirect("web:household", household_id=household_id)
    context = {"home": home, "form": form, "seen_version": version, "stale": stale}
    return render(request, "people/household_move.jinja", context, status=409 if stale else 200)
