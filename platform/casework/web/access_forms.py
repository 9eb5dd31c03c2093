"""Forms of access administration."""

from typing import Any

from django import forms

from casework.accounts.models import TEAM_ROLES, Role, Team
from casework.accounts.refusals import NotAccepted

ROLE_HINTS = {
    Role.WORKER.value: "Sees the cases of the team; fills and submits records.",
    Role.MANAGER.value: "Sees the cases of the team; allocates, signs and returns.",
    Role.READ_ONLY.value: "Sees every case that is not denied to them; changes nothing.",
    Role.ADMINISTRATOR.value: "Edits and publishes forms and code lists; sees no cases.",
    Role.ACCESS_ADMINISTRATOR.value: "Adds users and teams and gives roles; sees no cases.",
}


class UserForm(forms.Form):
    """A person who gets a log-in."""

    first_name = forms.CharField(
        label="First name", max_length=150, error_messages={"required": "Enter their first name"}
    )
    last_name = forms.CharField(
        label="Last name", max_length=150, error_messages={"required": "Enter their last name"}
    )
    email = forms.EmailField(
        label="Work email",
        required=False,
        error_messages={"invalid": "Enter an email address such as name@example.gov.uk"},
    )


class NewUserForm(UserForm):
    """A new log-in: the user name cannot be changed afterwards."""

    username = forms.CharField(
        label="Username",
        max_length=150,
        help_text="What they sign in with. Letters, digits and . - _ @ +",
        error_messages={"required": "Enter a username"},
        widget=forms.TextInput({"autocapitalize": "none"}),
    )
    field_order = ("first_name", "last_name", "username", "email")


class RoleForm(forms.Form):
    """A role to give, where, and why."""

    role = forms.ChoiceField(
        label="Role",
        choices=Role.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select a role"},
    )
    team = forms.ModelChoiceField(
        label="Team",
        queryset=Team.objects.filter(active=True),
        required=False,
        empty_label="No team",
        help_text="For workers and managers.",
    )
    why = forms.CharField(
        label="Reason",
        max_length=500,
        error_messages={"required": "Enter the reason"},
        help_text="For example “Joined the team on 1 December”.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].hints = ROLE_HINTS  # type: ignore[attr-defined]
        self.fields["team"].quiet = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A team for the roles that are held in one, and for no others."""
        cleaned: dict[str, Any] = super().clean() or {}
        role, team = cleaned.get("role"), cleaned.get("team")
        if role in TEAM_ROLES and team is None and "team" not in self.errors:
            self.add_error("team", "Select a team: this role is held in one")
        if role and role not in TEAM_ROLES and team is not None:
            self.add_error("team", "Select “No team”: this role is not held in one")
        return cleaned


class ReasonForm(forms.Form):
    """Why something is done."""

    why = forms.CharField(
        label="Reason", max_length=500, error_messages={"required": "Enter the reason"}
    )


class TeamForm(forms.Form):
    """A team's name."""

    name = forms.CharField(
        label="Name of the team",
        max_length=120,
        error_messages={"required": "Enter the team’s name"},
    )


class TeamChangeForm(TeamForm):
    """A team's name, and whether it is in use."""

    active = forms.ChoiceField(
        label="Is the team in use?",
        choices=[("yes", "Yes"), ("no", "No, nobody can be given a role in it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether the team is in use"},
    )


def show_refused(form: forms.Form, refusal: NotAccepted) -> None:
    """Put each sentence at its field, or above the form where the form has no such field."""
    for name, says in refusal.problems.items():
        form.add_error(name if name in form.fields else None, says.removesuffix("."))
