"""Forms for what changes a case."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.accounts.roles import members_of
from casework.cases.case_types import closing_reasons
from casework.cases.models import Case, CaseAccess, Record, Task, Upload
from casework.cases.work import Standing, TaskSeen
from casework.people.models import Person
from casework.web.dates import DateField
from casework.web.wording import day

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


class TaskEnds(forms.Form):
    """What becomes of each open action at the end of a part: it is carried on, or closed."""

    def __init__(self, *args: Any, ends: Sequence[TaskSeen] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends = ends
        for place, one in enumerate(ends, 1):
            title = one.title or _("Withheld")
            self.fields[f"end-{one.task.pk}"] = forms.ChoiceField(
                label=_("Action {n}: {title}").format(n=place, title=title),
                choices=[("carry", _("Carry it on")), ("close", _("Close it"))],
                widget=forms.RadioSelect,
                required=False,
            )
            why = forms.CharField(label=_("Why it is closed"), max_length=500, required=False)
            why.quiet = True  # type: ignore[attr-defined]
            self.fields[f"why-{one.task.pk}"] = why
            self.fields[f"end-{one.task.pk}"].quiet = True  # type: ignore[attr-defined]

    def asked(self) -> bool:
        """Whether what was chosen asks what becomes of the actions."""
        return True

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing, at each action."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for one in self.ends if self.asked() else ():
            end, why = f"end-{one.task.pk}", f"why-{one.task.pk}"
            if not cleaned.get(end):
                self.add_error(end, _("Select whether this action is carried on or closed"))
            elif cleaned[end] == "close" and not cleaned.get(why):
                self.add_error(why, _("Enter why this action is closed"))
        return cleaned

    def tasks(self) -> dict[str, dict[str, str]]:
        """What was chosen, as actions take it."""
        return {
            one.task.key: {
                "end": self.cleaned_data.get(f"end-{one.task.pk}", ""),
                "why": self.cleaned_data.get(f"why-{one.task.pk}", ""),
            }
            for one in self.ends
        }


class MoveForm(TaskEnds):
    """How a person moves on, and why."""

    move = forms.ChoiceField(
        label="How they move on",
        widget=forms.RadioSelect,
        error_messages={"required": "Select how they move on"},
    )
    why = forms.CharField(label="Reason", max_length=500, error_messages=_WHY)
    field_order = ("move", "why")

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asking = {
            move.key
            for move in standing.moves
            if move.tasks == "ask" and any(s.end for s in standing.stages if s.key == move.to)
        }
        titles = {stage.key: stage.title for stage in standing.stages}
        self.fields["move"].choices = [  # type: ignore[attr-defined]
            (
                move.key,
                move.title
                if move.title == titles[move.to]
                else _("{move} (to {stage})").format(move=move.title, stage=titles[move.to]),
            )
            for move in standing.moves
        ]

    def asked(self) -> bool:
        """Whether the chosen move ends their part and asks."""
        return self.cleaned_data.get("move") in self.asking


class ReopenForm(forms.Form):
    """In which stage a person's part goes on, and why."""

    stage = forms.ChoiceField(
        label="Stage to go on in",
        widget=forms.RadioSelect,
        error_messages={"required": "Select the stage to go on in"},
    )
    why = forms.CharField(label="Reason", max_length=500, error_messages=_WHY)

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = [(one.key, one.title) for one in standing.stages if not one.end]
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]


Evidence = Sequence[tuple[str, Record, Upload | None]]


class TaskForm(forms.Form):
    """What becomes of an action: it goes on with an owner and a day, or it is over."""

    status = forms.ChoiceField(
        label="How it stands",
        choices=[(Task.OPEN, "It goes on"), (Task.DONE, "It is done"), (Task.CANCELLED, "It will not be done")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select how it stands"},
    )  # fmt: skip
    outcome = forms.CharField(
        label="What came of it, or why it was not done",
        required=False,
        max_length=2000,
        widget=forms.Textarea,
    )
    owner = NamedUser(
        label="Owner", queryset=User.objects.none(), required=False, empty_label="As it is"
    )
    due = DateField(label="Day it is due", required=False)
    evidence = forms.ChoiceField(
        label="What shows that it is done (optional)",
        help_text="A record of this case that is written, or a file in one.",
        required=False,
    )
    priority = forms.ChoiceField(
        label="Priority",
        choices=[(Task.HIGH, "High"), (Task.NORMAL, "Normal"), (Task.LOW, "Low")],
        required=False,
    )
    ticked = forms.TypedMultipleChoiceField(
        label="Checklist", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    why = forms.CharField(
        label="Reason for a new owner, day or priority", required=False, max_length=500
    )

    def __init__(self, typed: Any, *, task: Task, at: datetime, evidence: Evidence) -> None:
        initial = {"status": Task.OPEN, "owner": task.owner_id, "due": task.due_on}
        initial |= {"priority": task.priority, "ticked": json.loads(task.ticked)}
        super().__init__(typed, initial=initial)
        self.fields["ticked"].choices = list(enumerate(json.loads(task.checklist)))  # type: ignore[attr-defined]
        if not json.loads(task.checklist):
            del self.fields["ticked"]
        self.fields["owner"].queryset = members_of(task.case.team, at)  # type: ignore[attr-defined]
        self.fields["evidence"].choices = [("", "Nothing"), *map(_shows, evidence)]  # type: ignore[attr-defined]
        for name in ("owner", "due", "outcome", "priority", "ticked", "evidence", "why"):
            if name in self.fields:
                self.fields[name].quiet = True  # type: ignore[attr-defined]

    def clean_priority(self) -> str | None:
        """What is not sent stays."""
        return self.cleaned_data["priority"] or None

    def clean(self) -> dict[str, Any]:
        """Ask what came of what is over."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("status") == Task.DONE and not cleaned.get("outcome"):
            self.add_error("outcome", "Enter what came of it")
        if cleaned.get("status") == Task.CANCELLED and not cleaned.get("outcome"):
            self.add_error("outcome", "Enter why it was not done")
        if cleaned.get("evidence") and cleaned.get("status") != Task.DONE:
            self.add_error("evidence", "Only what is done has evidence")
        kind, _colon, named = cleaned.pop("evidence", "").partition(":")
        chosen = UUID(named) if named else None
        cleaned["evidence"] = chosen if kind == "record" else None
        cleaned["evidence_file"] = chosen if kind == "file" else None
        return cleaned


def _shows(one: tuple[str, Record, Upload | None]) -> tuple[str, str]:
    """A record or file as it is chosen: what it is, and of when."""
    value, record, file = one
    written = f"{record.form_version.title}, {day(record.occurred_on or record.changed_at)}"
    return value, f"{file.name} ({written})" if file else written


class SubjectEndForm(TaskEnds):
    """When a person's part in a case ends, and why."""

    on = DateField(label="Last day in the case", help_text="For example, 27 3 2026.")
    why = forms.CharField(label="Reason", max_length=500, error_messages=_WHY)


class CloseForm(TaskEnds):
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
