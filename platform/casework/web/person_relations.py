"""What a person is to others: said, put right and ended on pages."""

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
from casework.people.models import Person
from casework.people.names import folded
from casework.people.relating import LONGEST_NOTE, change_relation, relate
from casework.people.relations import ends, seen_from
from casework.refusals import Absent, Refused, Stale
from casework.web.case_forms import PersonChoice
from casework.web.cases import find
from casework.web.dates import DateField
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.signed_in import signed_in

page_and_form = require_http_methods(["GET", "HEAD", "POST"])


def _note() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea,
    )


class RelationForm(forms.Form):
    """Who the other is, what they are, since when."""

    other = PersonChoice(
        label=gettext_lazy("The other person"),
        queryset=Person.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Select the other person")},
    )
    end = forms.ChoiceField(
        error_messages={"required": gettext_lazy("Select what they are")},
    )
    from_on = DateField(
        label=gettext_lazy("First day"),
        required=False,
        help_text=gettext_lazy("Leave it empty if it has always been so, or is not known."),
    )
    note = _note()

    def __init__(
        self, *args: object, person: Person, found: list[Person], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        persons = Person.objects.filter(pk__in=[one.pk for one in found])
        self.fields["other"].queryset = persons  # type: ignore[attr-defined]
        end = self.fields["end"]
        end.label = _("To {name} they are").format(name=person.name)
        end.choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((one.code, one.choice) for one in ends().values()),
        ]
        if len(found) == 1:
            self.initial.setdefault("other", found[0].pk)


class RelationChangeForm(forms.Form):
    """From when to when, or that it never was; and why."""

    from_on = DateField(label=gettext_lazy("First day"), required=False)
    to_on = DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave it empty while it lasts."),
    )
    note = _note()
    mistaken = forms.BooleanField(
        label=gettext_lazy("It never was so: it was entered by mistake"), required=False
    )
    why = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        max_length=500,
        error_messages={"required": gettext_lazy("Enter the reason")},
    )


@page_and_form
def relation_add(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Search the other person by name, then say what they are to this one."""
    user, at = signed_in(request), clock.now()
    person = access.person(user, person_id, at)
    access.require(user, "person.change", person, at)
    typed = request.GET.get("q", "").strip()
    found = find(user, at, typed, without=[person])
    form = RelationForm(request.POST or None, person=person, found=found)
    if request.method == "POST" and form.is_valid():
        other: Person = form.cleaned_data["other"]
        try:
            done(
                lambda: relate(
                    person.pk,
                    other.pk,
                    form.cleaned_data["end"],
                    from_on=form.cleaned_data["from_on"],
                    note=form.cleaned_data["note"],
                    why="Said on the page",
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal)
        else:
            says = _("{other} and {name} are linked.").format(other=other.name, name=person.name)
            messages.success(request, says)
            return redirect("web:person", person_id=person.pk)
    searched = len(folded(typed)) >= 2
    context = {
        "person": person,
        "form": form,
        "q": typed,
        "found": found,
        "searched": searched,
        "too_short": bool(typed) and not searched,
    }
    return render(request, "people/relation_add.jinja", context)


@page_and_form
def relation_change(request: HttpRequest, person_id: UUID, relation_id: UUID) -> HttpResponse:
    """Put a relation right, end it, or say that it never was."""
    user, at = signed_in(request), clock.now()
    person = access.person(user, person_id, at)
    relation = families.relation(user, relation_id, at)
    if person.pk not in (relation.person_id, relation.other_id):
        raise Absent
    access.require(user, "person.change", person, at)
    seen = request.POST.get("seen_version", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else relation.version
    initial = {name: getattr(relation, name) for name in ("from_on", "to_on", "note")}
    form = RelationChangeForm(request.POST or None, initial=initial)
    stale = ""
    if request.method == "POST" and form.is_valid():
        details = {n: form.cleaned_data[n] for n in ("from_on", "to_on", "note", "mistaken")}
        try:
            done(
                lambda: change_relation(
                    relation.pk,
                    seen_version=version,
                    why=form.cleaned_data["why"],
                    by=user,
                    at=at,
                    command_id=command_id(request),
                    **details,
                )
            )
        except Refused as refusal:
            show(form, refusal)
        except Stale as error:
            stale, version = str(error), relation.version
        else:
            messages.success(request, _("The change is saved."))
            return redirect("web:person", person_id=person.pk)
    first = relation.person_id == person.pk
    context = {
        "person": person,
        "other": relation.other if first else relation.person,
        "end": seen_from(relation.kind, first=first),
        "relation": relation,
        "form": form,
        "seen_version": version,
        "stale": stale,
    }
    status = 409 if stale else 200
    return render(request, "people/relation_change.jinja", context, status=status)
