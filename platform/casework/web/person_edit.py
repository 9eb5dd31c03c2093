"""Changing what is known of a person, so that two who do so at once lose nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from casework import clock
from casework.accounts.models import User
from casework.cases import access
from casework.cases.same import Found, same_for
from casework.ledger.reads import note_read
from casework.people.actions import change_person
from casework.people.models import Person
from casework.refusals import Refused, Stale
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.people import described
from casework.web.person_forms import LABELS, PersonEditForm, details_of, values_of
from casework.web.signed_in import signed_in


@dataclass(frozen=True)
class Difference:
    """One detail that somebody else changed while it was being edited here.

    `both`: this user changed it too, so theirs is what the form shows now.
    """

    label: str
    before: Any
    now: Any
    mine: Any
    both: bool


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Change a person's details over the version that was seen; on a clash show both and ask again."""
    user, at = signed_in(request), clock.now()
    person = access.person(user, person_id, at)
    access.require(user, "person.change", person, at)
    sent = request.POST if request.method == "POST" else request.GET
    protected = bool(person.address.get("protected"))
    shows_address = not protected or sent.get("address") == "show"
    if request.method != "POST":
        detail = "protected address" if protected and shows_address else "to change"
        note_read("person", person.pk, by=user, at=at, detail=detail)
    form = PersonEditForm(
        request.POST or None, initial=values_of(person), with_address=shows_address
    )
    seen = _whole(sent.get("seen_version", ""), person.version)
    differences: list[Difference] = []
    same = Found()
    if request.method == "POST" and form.is_valid() and "another" not in request.POST:
        same = _newly_same(person, form.cleaned_data, user, at)
    if request.method == "POST" and form.is_valid() and not same:
        try:
            done(
                lambda: change_person(
                    person_id,
                    by=user,
                    at=at,
                    why=form.cleaned_data["why"],
                    seen_version=seen,
                    command_id=command_id(request),
                    **details_of(form.cleaned_data, person),
                )
            )
        except Refused as refusal:
            show(form, refusal)
        except Stale:
            form, differences = _merged(person, seen, form.cleaned_data, shows_address)
            seen = person.version
        else:
            messages.success(request, "The changes are saved.")
            if form.cleaned_data["user_name"] == user.get_username():
                return redirect("web:people")  # nobody sees their own file
            return redirect("web:person", person_id=person_id)
    context = {
        "person": person,
        "form": form,
        "seen_version": seen,
        "differences": differences,
        "same": same,
        "protected": protected,
        "shows_address": shows_address,
    }
    return render(request, "people/edit.jinja", context, status=409 if differences else 200)


def _newly_same(person: Person, typed: Mapping[str, Any], user: User, at: datetime) -> Found:
    """Who may be the same by what was typed, where that changes by what persons are told apart."""
    after, before = described(typed), described(values_of(person))
    return same_for(after, user, at, but=person.pk) if after != before else Found()


def _merged(
    person: Person, seen: int, mine: Mapping[str, Any], with_address: bool
) -> tuple[PersonEditForm, list[Difference]]:
    """The form with both people's changes, mine where both changed one detail; and what they changed.

    The common base is the person as this user saw them: the history row of that version.
    """
    base = values_of(person.history.filter(version=seen).latest())
    theirs = values_of(person)
    names = [name for name in theirs if name in mine and name in base]
    merged = {n: mine[n] if mine[n] != base[n] else theirs[n] for n in names}
    differences = [
        Difference(
            label=LABELS[name],
            before=base[name],
            now=theirs[name],
            mine=mine[name],
            both=mine[name] not in (base[name], theirs[name]),
        )
        for name in names
        if theirs[name] != base[name]
    ]
    merged["why"] = mine["why"]
    return PersonEditForm(initial=merged, with_address=with_address), differences


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise
