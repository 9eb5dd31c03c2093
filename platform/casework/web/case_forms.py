"""Forms for what changes a case."""

from datetime import date, datetime
from typing import Any

from django import forms

from casework.accounts.models import User
from casework.accounts.roles import members_of
from casework.cases.case_types import closing_reasons
from casework.cases.models import Case, CaseAccess
from casework.people.models import Person
from casework.web.dates import DateField

_WHY = {"required": "Enter the reason"}


class PersonChoice(forms.ModelChoiceField[Person]):
    """One of some persons, with the date of birth that tells namesakes apart."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and date of birth."""
        born = f", born {obj.born_on.day} {obj.born_on:%B %Y}" if obj.born_on else ""
        return f"{obj.name}{born}"


class NamedUser(forms.ModelChoiceField[User]):
    """One of some users, by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Their name."""
        return str(obj.name)


class SubjectForm(forms.Form):
    """Who joins a case, from when, and why."""

    person = PersonChoice(
        label="Who joins the case",
        queryset=Person.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Select who joins the case"},
    )
    on = DateField(label="Day they joined", required=False, help_text="Leave empty for today.")
    why = forms.CharField(label="Reason", max_length=500, error_messages=_WHY)

    def __init__(self, *args: Any, found: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        persons = Person.objects.filter(pk__in=[person.pk for person in found])
        self.fields["person"].queryset = persons  # type: ignore[attr-defined]


class SubjectEndForm(forms.Form):
    """When a person's part in a case ends, and why."""

    on = DateField(label="Last day in the case", help_text="For example, 27 3 2026.")
    why = forms.CharField(label="Reason", max_length=500, error_messages=_WHY)


class AllocateForm(forms.Form):
    """Who works with a case from now on."""

    worker = NamedUser(
        label="Worker", queryset=User.objects.none(), required=False, empty_label="Nobody for now"
    )
    why = forms.CharField(label="Reason", max_length=500, error_messages=_WHY)

    def __init__(self, typed: Any, *, case: Case, at: datetime) -> None:
        super().__init__(typed, initial={"worker": case.worker_id})
        self.fields["worker"].queryset = members_of(case.team, at)  # type: ignore[attr-defined]
        self.fields["worker"].quiet = True  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """Why a case is closed."""

    reason_code = forms.ChoiceField(
        label="Why is the case closed?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select why the case is closed"},
    )
    why = forms.CharField(
        label="What else should be known", required=False, max_length=2000, widget=forms.Textarea
    )

    def __init__(self, *args: Any, case: Case, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = closing_reasons(case, on)
        self.fields["reason_code"].choices = [(one.code, one.label) for one in reasons]  # type: ignore[attr-defined]


class AccessForm(forms.Form):
    """Who is let into a case, or kept out of it."""

    user = NamedUser(
        label="Who",
        queryset=User.objects.none(),
        empty_label="Select a person",
        error_messages={"required": "Select who is let in or kept out"},
    )
    effect = forms.ChoiceField(
        label="What",
        choices=[
            (CaseAccess.ALLOW, "Let in: they see this case beside those of their teams"),
            (CaseAccess.DENY, "Keep out: they do not see this case, whatever their roles"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select let in or keep out"},
    )
    why = forms.CharField(label="Reason", max_length=500, error_messages=_WHY)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.filter(is_active=True).exclude(pk=by.pk)
        self.fields["user"].queryset = others.order_by("last_name", "first_name")  # type: ignore[attr-defined]
