"""Access administration: which role sees which mark, and how that came to be."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from casework import clock
from casework.accounts.mark_sights import end_sight, give_sight
from casework.accounts.marks import stream_of
from casework.accounts.models import SIGHTED_ROLES, Mark, MarkSight, Role
from casework.accounts.refusals import NotAccepted
from casework.ledger.append import contents_of
from casework.ledger.models import Event
from casework.refusals import Absent
from casework.web.access_forms import ReasonForm, show_refused
from casework.web.rights import for_access_administrators
from casework.web.signed_in import signed_in

_KINDS = {"mark.added": "Added", "mark.sight_given": "Sees it", "mark.sight_ended": "No longer"}
_SHOWN = 200


@dataclass(frozen=True)
class Decided:
    """One decision in the table's history."""

    when: datetime
    who: str
    mark: str
    roles: str
    what: str
    why: str


@require_safe
@for_access_administrators
def marks(request: HttpRequest) -> HttpResponse:
    """The table of marks by roles, and every change of it, newest first."""
    rows = list(Mark.objects.all())
    open_sights = MarkSight.objects.filter(ended_at__isnull=True)
    context = {
        "marks": rows,
        "roles": [Role(role) for role in SIGHTED_ROLES],
        "sees": set(open_sights.values_list("mark_id", "role")),
        "history": _history(rows),
    }
    return render(request, "access/marks.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_access_administrators
def sight(request: HttpRequest, mark: str, role: str) -> HttpResponse:
    """Let a role see a mark, or end that it does, with a reason."""
    found = Mark.objects.filter(pk=mark).first()
    if found is None or role not in SIGHTED_ROLES:
        raise Absent
    sees = MarkSight.objects.filter(mark=found, role=role, ended_at__isnull=True).exists()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        action = end_sight if request.POST.get("do") == "end" else give_sight
        try:
            action(mark, role, by=signed_in(request), at=clock.now(), why=form.cleaned_data["why"])
        except NotAccepted as refusal:
            show_refused(form, refusal)
        else:
            says = "no longer sees" if action is end_sight else "now sees"
            messages.success(request, f"The role “{Role(role).label}” {says} {found.title}.")
            return redirect("web:access-marks")
    context = {"mark": found, "role": Role(role), "sees": sees, "form": form}
    return render(request, "access/mark_sight.jinja", context)


def _history(marks: list[Mark]) -> list[Decided]:
    titles = {stream_of(mark.key): mark.title for mark in marks}
    events = list(
        Event.objects.filter(stream__in=list(titles))
        .select_related("actor")
        .order_by("-pk")[:_SHOWN]
    )
    said = contents_of(events)
    found = []
    for event in events:
        refs = json.loads(event.refs)
        roles = refs.get("roles", [refs["role"]] if "role" in refs else [])
        found.append(
            Decided(
                event.recorded_at,
                event.actor.name if event.actor else "Casethread",
                titles[event.stream],
                ", ".join(Role(role).label for role in roles),
                _KINDS.get(event.kind, event.kind),
                str(said[event.content].get("why", "")) if event.content in said else "",
            )
        )
    return found
