"""Access administration: teams. Adding and changing them asks for the role again in the action."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from casework import clock
from casework.accounts import administer
from casework.accounts.models import Role, Team
from casework.accounts.refusals import NotAccepted
from casework.accounts.roles import members_of
from casework.refusals import Absent
from casework.web.access_forms import TeamChangeForm, TeamForm, show_refused
from casework.web.rights import for_access_administrators
from casework.web.signed_in import signed_in


@require_safe
@for_access_administrators
def teams(request: HttpRequest) -> HttpResponse:
    """Every team, by name."""
    return render(
        request, "access/teams.jinja", {"teams": Team.objects.order_by("-active", "name")}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_access_administrators
def team_add(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = administer.add_team(
                form.cleaned_data["name"], by=signed_in(request), at=clock.now()
            )
        except NotAccepted as refusal:
            show_refused(form, refusal)
        else:
            messages.success(request, f"{added.name} is added.")
            return redirect("web:access-team", team_id=added.pk)
    return render(request, "access/team_add.jinja", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_access_administrators
def team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """A team: its members; POST renames it or takes it out of use."""
    this = Team.objects.filter(pk=team_id).first()
    if this is None:
        raise Absent
    initial = {"name": this.name, "active": "yes" if this.active else "no"}
    form = TeamChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            administer.change_team(
                team_id,
                by=signed_in(request),
                at=clock.now(),
                name=form.cleaned_data["name"],
                active=form.cleaned_data["active"] == "yes",
            )
        except NotAccepted as refusal:
            show_refused(form, refusal)
        else:
            messages.success(request, "The team is changed.")
            return redirect("web:access-team", team_id=team_id)
    at = clock.now()
    members = {
        "Managers": members_of(this, at, Role.MANAGER),
        "Workers": members_of(this, at, Role.WORKER),
    }
    return render(request, "access/team.jinja", {"team": this, "members": members, "form": form})
