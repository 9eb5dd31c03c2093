"""A contact comes in: on one page who it is about, which case it begins, and what is written first.

Every button sends the whole page, so that finding and choosing people loses nothing that is typed.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework import clock
from casework.accounts.models import Team, User
from casework.accounts.roles import teams_of
from casework.cases import access, families
from casework.cases.actions.contacting import start_by_contact
from casework.cases.case_types import first_forms
from casework.cases.same import Found, same_for
from casework.ledger.append import already
from casework.people.models import Person
from casework.people.names import folded
from casework.refusals import Refused
from casework.web.cases import chosen_people, find
from casework.web.dates import PARTS, DateField
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.people import described
from casework.web.person_forms import ADDRESS, IDENTIFIERS, PLAIN, PersonForm, details_of
from casework.web.records.opened import open_record, page_url
from casework.web.signed_in import signed_in

# What a new person is asked for here; all else is filled in on their own page.
ASKED = ("given_names", "family_name", "born_on", "sex", "identifiers_nhs_number", "phone")
_ELSEWHERE: Mapping[str, Any] = {
    **dict.fromkeys((*PLAIN, *(f"identifiers_{one}" for one in IDENTIFIERS)), ""),
    **dict.fromkeys(f"address_{part}" for part in ADDRESS),
    **dict.fromkeys(("born_on", "due_on", "died_on")),
    "address_protected": False,
}


class ContactForm(PersonForm):
    """A new person, if there is one; and the case that a contact begins."""

    first = forms.ChoiceField(
        label=lazy("What is written first, in which kind of case?"),
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Select what is written first")},
    )
    team = forms.ModelChoiceField(
        label=lazy("Team"),
        queryset=Team.objects.none(),
        empty_label=lazy("Select a team"),
        error_messages={"required": lazy("Select the team that takes the case")},
    )
    came_on = DateField(label=lazy("Day it came in"), help_text=lazy("For example, 27 3 2026."))
    came_at = forms.TimeField(
        label=lazy("Time it came in"),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H%M"],
        help_text=lazy("For example, 14:30. Leave it empty if it came just now."),
        error_messages={"invalid": lazy("Enter the time as hours and minutes, such as 14:30")},
        widget=forms.TextInput,
    )
    why = forms.CharField(
        label=lazy("Who it came from, and what about, in a line"), required=False, max_length=1000
    )

    def __init__(self, *args: Any, teams: list[Team], chosen: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        for name in list(self.fields):
            if name in PersonForm.base_fields and name not in ASKED:
                del self.fields[name]
        for name in ("came_at", "why"):  # of the case: the page does not say that all is optional
            self.fields[name].quiet = False  # type: ignore[attr-defined]
        offered = first_forms()
        first = self.fields["first"]
        first.choices = [(one.value, one.title) for one in offered]  # type: ignore[attr-defined]
        first.hints = {one.value: one.case_type_title for one in offered}  # type: ignore[attr-defined]
        in_teams = Team.objects.filter(pk__in=[team.pk for team in teams])
        self.fields["team"].queryset = in_teams  # type: ignore[attr-defined]
        if len(teams) == 1:
            self.fields["team"].initial = teams[0].pk

    @property
    def names_somebody(self) -> bool:
        """Whether something is typed of a new person."""
        return any(self.cleaned_data.get(name) for name in ASKED)

    def clean(self) -> dict[str, Any]:
        """Somebody is needed: chosen, or new with a name."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        named = cleaned.get("given_names") or cleaned.get("family_name")
        if self.names_somebody and not named and "given_names" not in self.errors:
            self.add_error("given_names", _("Enter a given name or a family name"))
        elif not self.names_somebody and not self.chosen and not self.errors.keys() & set(ASKED):
            says = _("Choose who it is about, or enter who is not here yet")
            self.add_error("given_names", says)
        return cleaned

    def person(self) -> dict[str, Any]:
        """The new person, as they are compared and added."""
        return {**_ELSEWHERE, **{name: self.cleaned_data[name] for name in ASKED}}

    def occurred_at(self, at: datetime) -> datetime | None:
        """When it came in; None for now."""
        on, hour = self.cleaned_data["came_on"], self.cleaned_data["came_at"]
        if hour is None and on == clock.london_day(at):
            return None
        return datetime.combine(on, hour or time(), clock.LONDON)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Choose or enter who it is about, the case and its first form; POST lands on that form's first page."""
    user, at = signed_in(request), clock.now()
    access.require(user, "case.open", None, at)
    sent = request.POST if request.method == "POST" else request.GET
    chosen = chosen_people(request, user, at)
    mine = teams_of(user, at).filter(active=True).order_by("name")
    teams = [team for team in mine if access.may(user, "case.open", team, at)]
    starting = request.method == "POST" and "start" in request.POST
    form = ContactForm(
        request.POST if starting else None,
        teams=teams,
        chosen=bool(chosen),
        initial=_typed(sent, clock.london_day(at)),
    )
    same = Found()
    if starting and form.is_valid():
        same = _may_be_same(request, form, user, at)
        if not same:
            try:
                return _started(request, form, chosen, user, at)
            except Refused as refusal:
                show(form, refusal, form_key="first", case_type="first", occurred_at="came_on")
    typed = sent.get("q", "").strip()
    context = {
        "form": form,
        "same": same,
        "chosen": chosen,
        "q": typed,
        "found": find(user, at, typed, without=chosen),
        "relatives": families.relatives_of(chosen, user, at) if chosen else [],
        "too_short": bool(typed) and len(folded(typed)) < 2,
        "searched": len(folded(typed)) >= 2,
    }
    return render(request, "cases/contact.jinja", context)


def _may_be_same(request: HttpRequest, form: ContactForm, user: User, at: datetime) -> Found:
    """Who may be the new person, unless that was answered, or the form is sent again."""
    if not form.names_somebody or "another" in request.POST or already(command_id(request)):
        return Found()
    return same_for(described(form.person()), user, at)


def _started(
    request: HttpRequest, form: ContactForm, chosen: list[Person], user: User, at: datetime
) -> HttpResponse:
    """Start it all, and go on to the first page of the record. Raises Refused."""
    case_type, _colon, form_key = form.cleaned_data["first"].partition(":")
    record = done(
        lambda: start_by_contact(
            case_type=case_type,
            form_key=form_key,
            team=form.cleaned_data["team"],
            subjects=[person.pk for person in chosen],
            new_person=details_of(form.person()) if form.names_somebody else None,
            by=user,
            at=at,
            occurred_at=form.occurred_at(at),
            why=form.cleaned_data["why"],
            command_id=command_id(request),
        )
    )
    opened = open_record(request, record.pk)
    return redirect(page_url(record, opened.visible_screens[0]))


def _typed(sent: Mapping[str, str], today: date) -> dict[str, Any]:
    """What was typed so far, when another button than the last was pressed; today at first.

    A person who is chosen in place of the new one takes their fields with them.
    """
    names = ["first", "team", "came_at", "why"]
    names += [] if "instead" in sent else [one for one in ASKED if one != "born_on"]
    kept: dict[str, Any] = {name: sent[name] for name in names if name in sent}
    for name in ("came_on", *(() if "instead" in sent else ("born_on",))):
        if f"{name}-day" in sent:
            kept[name] = tuple(sent.get(f"{name}-{part}", "") for part in PARTS)
    return {"came_on": today, **kept}
