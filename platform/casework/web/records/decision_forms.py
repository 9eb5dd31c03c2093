"""Forms for what is decided on a record."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from casework.cases.actions.adding import LONGEST
from casework.cases.models import Agreement
from casework.web.dates import DateField


class SignForm(forms.Form):
    """What is decided with a signature."""

    comment = forms.CharField(
        label="Decision and rationale",
        help_text="It is kept with your signature. Everybody who may see the record can read it.",
        max_length=4000,
        required=False,
        widget=forms.Textarea,
    )


class AppendForm(forms.Form):
    """What is added."""

    text = forms.CharField(
        label="What do you want to add?",
        help_text="Everybody who may see the record can read it. What stands there is not changed.",
        max_length=LONGEST,
        widget=forms.Textarea,
        error_messages={"required": "Enter what you want to add"},
    )


class CommentForm(forms.Form):
    """What has to be changed."""

    comment = forms.CharField(
        label="What needs to be changed?",
        help_text="Everybody who may see the record can read this. Leave it empty if comments beside "
        "questions say it all.",
        max_length=4000,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, beside: bool = False, **more: Any) -> None:
        """`beside`: whether comments beside questions were sent, which may say it all."""
        super().__init__(*args, **more)
        self.beside = beside
        self.fields["comment"].quiet = True  # type: ignore[attr-defined]

    def clean_comment(self) -> str:
        """The general comment, which may be empty where there is another."""
        comment: str = self.cleaned_data["comment"].strip()
        if not comment and not self.beside:
            raise forms.ValidationError("Enter what needs to be changed, here or beside a question")
        return comment


class ReasonForm(forms.Form):
    """Why it is done."""

    why = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": "Enter the reason"},
    )


class AgreementForm(forms.Form):
    """Who was asked, when, and what they said."""

    capacity = forms.ChoiceField(
        label="Who was asked?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select who was asked"},
    )
    name = forms.CharField(
        label="Their name", max_length=200, error_messages={"required": "Enter their name"}
    )
    decision = forms.ChoiceField(
        label="What did they say?",
        choices=Agreement.Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what they said"},
    )
    on = DateField(label="When were they asked?", help_text="For example, 27 3 2026.")
    comments = forms.CharField(
        label="What they said, in their words",
        max_length=4000,
        required=False,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, asked: Sequence[Mapping[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(one["capacity"], one["label"]) for one in asked]
        self.fields["capacity"].choices = choices  # type: ignore[attr-defined]
