"""Forms for what people do to clocks."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from casework.web.dates import DateField
from formdefs.codelists import Entry

_WHAT = {
    "pause": "Pause it: the days until it is set going again are not counted",
    "resume": "Set it going again",
    "cancel": "Cancel it: it is no longer needed",
}


class ExplainForm(forms.Form):
    """Why a run of a clock is late."""

    code = forms.ChoiceField(
        label="Reason",
        widget=forms.RadioSelect,
        error_messages={"required": "Select a reason from the list"},
    )
    words = forms.CharField(
        label="Why it is late, in words",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter in words why it is late"},
    )

    def __init__(self, *args: Any, entries: Sequence[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if entries:
            choices = [(one.code, one.label) for one in entries]
            self.fields["code"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["code"]


class DayForm(forms.Form):
    """A day about which is asked what was believed then."""

    on = DateField(label="Day")


class HoldForm(forms.Form):
    """How a clock is held by hand, since when, and why."""

    what = forms.ChoiceField(
        label="What to do",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what to do with the clock"},
    )
    on = DateField(
        label="Since when",
        required=False,
        help_text="Leave empty for now. It may be a day in the past.",
    )
    why = forms.CharField(
        label="Reason", max_length=500, error_messages={"required": "Enter the reason"}
    )

    def __init__(self, *args: Any, paused: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = ("resume", "cancel") if paused else ("pause", "cancel")
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (key, _(_WHAT[key])) for key in offered
        ]
