"""Cases: the list, one case, its history, and opening one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from casetypes.versions import newest_versions
from casework import clock
from casework.accounts.models import Team
from casework.accounts.roles import teams_of
from casework.cases import access, families
from casework.cases.actions.cases import open_case
from casework.cases.allocations import allocations_of
from casework.cases.case_types import closing_reasons, published, quick_forms
from casework.cases.clocks import clocks_of
from casework.cases.models import Case, CaseSubject
from casework.cases.running.loading import type_of
from casework.cases.transfers import transfers_of
from casework.cases.upgrading import newer_version
from casework.cases.work import standings, tasks_of
from casework.ledger.reads import note_read
from casework.people.models import Person
from casework.people.names import folded, matching
from casework.refusals import Refused
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.paging import listed
from casework.web.rows import PARTS, case_rows, record_rows
from casework.web.signed_in import signed_in
from casework.web.telling import together, told

RECENT = 8  # things that happened, on the page of a case
LOOKED_AT = 40  # events, for several may be told as one
FOUND = 20
STATES = (("open", "Open"), ("closed", "Closed"), ("all", "Open and closed"))


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases that this user may see, newest first, by whose they are and whether they are open."""
    user, at = signed_in(request), clock.now()
    teams = list(teams_of(user, at).order_by("name"))
    whose, state = request.GET.get("whose", ""), request.GET.get("state", "open")
    found = access.cases_for(user, at)
    if whose == "mine":
        found = found.filter(worker=user)
    elif whose == "nobody":
        found = found.filter(worker=None)
    elif whose in {str(team.pk) for team in teams}:
        found = found.filter(team=UUID(whose))
    if state != "all":
        found = found.filter(closed_at__isnull=state != "closed")
    context = {
        "page": listed(request, case_rows(found), "-opened_at", "-id"),
        "whose": whose,
        "whose_choices": [
            ("", "All that I may see"),
            ("mine", "Allocated to me"),
            ("nobody", "Allocated to nobody"),
            *((str(team.pk), team.name) for team in teams),
        ],
        "state": state,
        "state_choices": STATES,
        "may_open": access.may(user, "case.open", None, at),
    }
    return render(request, "cases/cases.jinja", context)


@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: whom it is about, its records with their states, and what happened last."""
    user, at = signed_in(request), clock.now()
    this = access.case(user, case_id, at)
    note_read("case", this.pk, by=user, at=at)
    records = record_rows(access.records_for(user, at).filter(case=this))
    # The clocks of the page tell their own; a signature moves so many that nothing else would show.
    recent = access.events_for(user, this, at).exclude(kind="clock.changed").order_by("-seq")
    events = list(recent[:LOOKED_AT])
    happened = together(told(events, this, user, at))
    verbs = access.verbs_on(user, this, at)
    context = {
        **about(this),
        "verbs": verbs,
        "newer": newer_version(this) if "case.upgrade" in verbs else None,
        "takes": this.worker_id is None and teams_of(user, at).filter(pk=this.team_id).exists(),
        "quick_forms": quick_forms(this, published()) if "record.start" in verbs else [],
        "standings": standings(this),
        "allocations": allocations_of(this),
        "transfers": transfers_of(this, user, at),
        "clocks": clocks_of(this, at),
        "tasks": tasks_of(this, user, at),
        "today": clock.london_day(at),
        "records": listed(request, records, "-started_at", "-id", size=50),
        "happened": happened[:RECENT],
        "more_happened": len(happened) > RECENT or len(events) == LOOKED_AT,
    }
    return render(request, "cases/case.jinja", context)


@require_safe
def history(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Everything that happened in a case, newest first: who, when, why."""
    user, at = signed_in(request), clock.now()
    this = access.case(user, case_id, at)
    note_read("case", this.pk, by=user, at=at, detail="history")
    page = listed(request, access.events_for(user, this, at), "-seq", size=50)
    context = {**about(this), "page": page, "happened": told(page.rows, this, user, at)}
    return render(request, "cases/history.jinja", context)


def about(case: Case) -> dict[str, Any]:
    """What the head of every page of a case shows."""
    parts = list(CaseSubject.objects.filter(case=case).select_related("person").order_by(*PARTS))
    current = [part for part in parts if part.to_on is None]
    names = [part.person.name for part in current or parts]
    reasons = closing_reasons(case, clock.london_day(case.closed_at)) if case.closed_at else ()
    return {
        "case": case,
        "case_type": type_of(case).title,
        "parts": parts,
        "current": current,
        "names": names,
        "closed_because": next((r.label for r in reasons if r.code == case.close_reason), ""),
    }


class OpenForm(forms.Form):
    """Where a case is opened, and why."""

    case_type = forms.ChoiceField(label="Kind of case", widget=forms.RadioSelect)
    team = forms.ModelChoiceField(
        label="Team",
        queryset=Team.objects.none(),
        empty_label="Select a team",
        error_messages={"required": "Select the team that takes the case"},
    )
    why = forms.CharField(
        label="Why it is opened",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.case_type_id, kind.title) for kind in newest_versions()]
        self.fields["case_type"].choices = kinds  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(pk__in=[team.pk for team in teams])  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["case_type"].initial = kinds[0][0]
            self.fields["case_type"].widget = forms.HiddenInput()
        if len(teams) == 1:
            self.fields["team"].initial = teams[0].pk


@require_http_methods(["GET", "HEAD", "POST"])
def open_(request: HttpRequest) -> HttpResponse:
    """Open a case: choose persons (search, add, take off) and a team, on one page without scripts.

    Every button sends the whole page, so that choosing a person loses nothing typed.
    """
    user, at = signed_in(request), clock.now()
    access.require(user, "case.open", None, at)
    sent = request.POST if request.method == "POST" else request.GET
    chosen = chosen_people(request, user, at)
    teams = [
        team
        for team in teams_of(user, at).filter(active=True)
        if access.may(user, "case.open", team, at)
    ]
    opening = request.method == "POST" and "open" in request.POST
    form = OpenForm(request.POST if opening else None, teams=teams, initial=_typed(request))
    if opening and form.is_valid():
        try:
            opened = done(
                lambda: open_case(
                    case_type=form.cleaned_data["case_type"],
                    team=form.cleaned_data["team"],
                    subjects=[person.pk for person in chosen],
                    by=user,
                    at=at,
                    why=form.cleaned_data["why"],
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(request, f"Case {opened.reference} is open.")
            return redirect("web:case", case_id=opened.pk)
    typed = sent.get("q", "").strip()
    context = {
        "form": form,
        "chosen": chosen,
        "q": typed,
        "found": find(user, at, typed, without=chosen),
        "relatives": families.relatives_of(chosen, user, at) if chosen else [],
        "too_short": bool(typed) and len(folded(typed)) < 2,
        "searched": len(folded(typed)) >= 2,
    }
    return render(request, "cases/open.jinja", context)


def find(user: Any, at: Any, typed: str, *, without: list[Person]) -> list[Person]:
    """Up to FOUND persons that the user may see, by words of their names; none for less than two letters."""
    if len(folded(typed)) < 2:
        return []
    persons = matching(access.persons_for(user, at), typed).exclude(pk__in=[p.pk for p in without])
    return list(persons.order_by("family_name", "given_names", "id")[:FOUND])


def chosen_people(request: HttpRequest, user: Any, at: Any) -> list[Person]:
    """The persons sent with the page, with the one just added and without the one just taken off."""
    sent = request.POST if request.method == "POST" else request.GET
    wanted = [*sent.getlist("person"), *sent.getlist("add"), *sent.getlist("instead")]
    wanted = [one for one in dict.fromkeys(wanted) if one != sent.get("remove")]
    return [access.person(user, one, at) for one in wanted]


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was typed so far, when a button other than “Open the case” was pressed."""
    kept = {name: request.POST[name] for name in ("team", "why") if name in request.POST}
    return {name: value for name, value in kept.items() if value}
