"""Persons: finding one by name, adding one, and what is known of one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from casework import clock
from casework.cases import access, families
from casework.cases.clocks import due_for
from casework.cases.same import Found, same_for
from casework.ledger.append import already
from casework.ledger.reads import note_read
from casework.people.actions import add_person
from casework.people.likeness import Described
from casework.people.models import Person
from casework.people.names import folded, matching
from casework.people.relations import groups
from casework.refusals import Refused
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.paging import listed
from casework.web.person_forms import PersonForm, details_of
from casework.web.rows import case_rows, record_rows
from casework.web.signed_in import signed_in
from casework.web.writing import writable

LEAST_LETTERS = 2
ORDER = ("family_name", "given_names", "id")


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Search by name: words in any order, each the beginning of a name, accents or not."""
    user, at = signed_in(request), clock.now()
    typed = request.GET.get("q", "").strip()
    letters = len(folded(typed).replace(" ", ""))
    found = (
        matching(access.persons_for(user, at), typed)
        if letters >= LEAST_LETTERS
        else Person.objects.none()
    )
    context = {
        "q": typed,
        "too_short": bool(typed) and letters < LEAST_LETTERS,
        "searched": letters >= LEAST_LETTERS,
        "page": listed(request, found, *ORDER),
        "may_add": access.may(user, "person.add", None, at),
        "may_open": access.may(user, "case.open", None, at),
    }
    return render(request, "people/people.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    """Add a person, after showing those who may be the same."""
    user, at = signed_in(request), clock.now()
    access.require(user, "person.add", None, at)
    form = PersonForm(request.POST or None, initial={"given_names": request.GET.get("name", "")})
    same = Found()
    if request.method == "POST" and form.is_valid():
        if "another" not in request.POST and not already(command_id(request)):
            same = same_for(described(form.cleaned_data), user, at)
        if not same:
            try:
                person = done(
                    lambda: add_person(
                        by=user,
                        at=at,
                        why="Added on the page",
                        command_id=command_id(request),
                        **details_of(form.cleaned_data),
                    )
                )
            except Refused as refusal:
                same = Found()
                show(form, refusal)
            else:
                messages.success(request, f"{person.name} is added.")
                return redirect("web:person", person_id=person.pk)
    return render(request, "people/add.jinja", {"form": form, "same": same})


@require_safe
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What is known of a person, their cases and records. A protected address is asked for, and noted."""
    user, at = signed_in(request), clock.now()
    this = access.person(user, person_id, at)
    shows_address = request.GET.get("address") == "show"
    detail = "protected address" if shows_address and this.address.get("protected") else ""
    note_read("person", this.pk, by=user, at=at, detail=detail)
    own_cases = case_rows(access.cases_for(user, at).filter(subjects__person=this).distinct())
    records = record_rows(access.records_for(user, at).filter(subjects=this))
    related = families.relations_of(this, user, at)
    shown = list(own_cases.order_by("-opened_at", "-id"))
    context = {
        "person": this,
        "related": [
            (title, [one for one in related if one.end.group == group])
            for group, title in groups().items()
        ],
        "kin": families.kin_of(this, user, at),
        "homes": families.homes_of(this, user, at),
        "shows_address": shows_address,
        "due": due_for(this, user, at),
        "cases": shown,
        "writable": writable(shown, user, at),
        "records": listed(request, records, "-started_at", "-id"),
        "may_change": access.may(user, "person.change", this, at),
        "may_open": access.may(user, "case.open", None, at),
    }
    return render(request, "people/person.jinja", context)


def described(typed: Mapping[str, Any]) -> Described:
    """What was typed of a person, as it is compared with others."""
    names = (typed["given_names"], typed["family_name"], typed["known_as"])
    return Described(names, typed["born_on"], details_of(typed)["identifiers"])
