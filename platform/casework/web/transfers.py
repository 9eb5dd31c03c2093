"""Cases between teams: a case is proposed from its page, and taken over, refused or taken back."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from casework import clock
from casework.accounts.models import Team, User
from casework.accounts.roles import members_of
from casework.cases import access
from casework.cases.actions.transferring import (
    accept_transfer,
    propose_transfer,
    refuse_transfer,
    withdraw_transfer,
)
from casework.cases.models import Case, Task, Transfer
from casework.cases.transfers import TransferSeen, as_seen
from casework.cases.work import tasks_of
from casework.ledger.reads import note_read
from casework.refusals import Refused
from casework.web.case_forms import NamedUser, TaskEnds
from casework.web.cases import about
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.signed_in import signed_in

page_and_form = require_http_methods(["GET", "HEAD", "POST"])
ACCEPT, REFUSE = "accept", "refuse"


class ProposeForm(TaskEnds):
    """To which team, why, and what becomes of the open actions: they go on unless told otherwise."""

    to_team = forms.ModelChoiceField(
        label=lazy("Team"),
        queryset=Team.objects.none(),
        empty_label=lazy("Select a team"),
        error_messages={"required": lazy("Select the team that it is proposed to")},
    )
    why = forms.CharField(
        label=lazy("Reason"),
        help_text=lazy(
            "The managers of that team read this and whom the case is about. "
            "They see nothing else of it before they take it over."
        ),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": lazy("Enter the reason")},
    )
    field_order = ("to_team", "why")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(active=True).exclude(pk=case.team_id).order_by("name")
        self.fields["to_team"].queryset = teams  # type: ignore[attr-defined]
        for one in self.ends:
            self.fields[f"end-{one.task.pk}"].initial = "carry"


class AnswerForm(forms.Form):
    """Whether the team takes the case over, and who works with it then; or why not."""

    answer = forms.ChoiceField(
        label=lazy("What does your team answer?"),
        choices=[(ACCEPT, lazy("We take it over")), (REFUSE, lazy("We refuse it"))],
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Select whether your team takes it over or refuses it")},
    )
    worker = NamedUser(
        label=lazy("Who works with it then"),
        queryset=User.objects.none(),
        required=False,
        empty_label=lazy("Nobody yet: it goes to the tray"),
    )
    why = forms.CharField(
        label=lazy("Reason"),
        help_text=lazy("If you refuse it, the team that proposed it reads this."),
        required=False,
        max_length=2000,
        widget=forms.Textarea,
    )

    def __init__(self, *args: Any, team: Team, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].queryset = members_of(team, at)  # type: ignore[attr-defined]
        self.fields["why"].quiet = True  # type: ignore[attr-defined]
        self.fields["worker"].quiet = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A refusal needs its reason."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") == REFUSE and not cleaned.get("why", "").strip():
            self.add_error("why", _("Enter why the team does not take it over"))
        return cleaned


@page_and_form
def case_transfer(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Propose a case to another team; one that is proposed already is shown as it stands."""
    user, at = signed_in(request), clock.now()
    case = access.case(user, case_id, at)
    access.require(user, "case.transfer", case, at)
    waiting = Transfer.objects.filter(case=case, status=Transfer.PROPOSED).first()
    if waiting is not None:
        return redirect("web:transfer", transfer_id=waiting.pk)
    ends = [one for one in tasks_of(case, user, at) if one.task.status == Task.OPEN]
    form = ProposeForm(request.POST or None, case=case, ends=ends)
    if request.method == "POST" and form.is_valid():
        team = form.cleaned_data["to_team"]
        try:
            row = done(
                lambda: propose_transfer(
                    case_id,
                    team,
                    why=form.cleaned_data["why"],
                    tasks=form.tasks(),
                    by=user,
                    at=at,
                    command_id=command_id(request),
                )
            )
        except Refused as refusal:
            show(form, refusal)
        else:
            says = _("{case} is proposed to {team}. It stays with {here} until they take it over.")
            here = row.from_team.name
            messages.success(request, says.format(case=case.reference, team=team.name, here=here))
            return redirect("web:case", case_id=case_id)
    return render(request, "transfers/propose.jinja", {**about(case), "form": form})


@page_and_form
def transfer(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """How a proposal stands; who may, answers it here, or takes it back."""
    user, at = signed_in(request), clock.now()
    row = access.transfer(user, transfer_id, at)
    (seen,) = as_seen([row], user, at)
    note_read("case", row.case_id, by=user, at=at, detail="proposal to another team")
    form = AnswerForm(request.POST or None, team=row.to_team, at=at) if seen.answers else None
    if request.method == "POST":
        access.require(user, "case.receive", row.to_team, at)
        if form is None or form.is_valid():
            try:
                return _answered(request, seen, form, user, at)
            except Refused as refusal:
                assert form is not None
                show(form, refusal)
    takes_back = row.status == Transfer.PROPOSED and access.may(user, "case.transfer", row.case, at)
    context = {"seen": seen, "row": row, "form": form, "takes_back": takes_back}
    return render(request, "transfers/transfer.jinja", context)


def _answered(
    request: HttpRequest, seen: TransferSeen, form: AnswerForm | None, user: User, at: Any
) -> HttpResponse:
    """Carry out the answer. One that comes too late is refused by the action, with its sentence."""
    row, command = seen.row, command_id(request)
    cleaned: dict[str, Any] = form.cleaned_data if form else {"answer": ACCEPT}
    why = cleaned.get("why", "")
    if cleaned["answer"] == REFUSE:
        done(lambda: refuse_transfer(row.pk, why=why, by=user, at=at, command_id=command))
        says = _("{case} is refused, and stays with {team}.")
        messages.success(request, says.format(case=row.case.reference, team=row.from_team.name))
        return redirect("web:tray", team_id=row.to_team_id)
    worker = cleaned.get("worker")
    done(
        lambda: accept_transfer(row.pk, worker=worker, why=why, by=user, at=at, command_id=command)
    )
    says = _("{case} is with {team} now.")
    messages.success(request, says.format(case=row.case.reference, team=row.to_team.name))
    return redirect("web:case", case_id=row.case_id)


@require_POST
def transfer_withdraw(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Take a proposal back."""
    user, at = signed_in(request), clock.now()
    row = access.transfer(user, transfer_id, at)
    why = request.POST.get("why", "")[:2000]
    done(
        lambda: withdraw_transfer(
            transfer_id, why=why, by=user, at=at, command_id=command_id(request)
        )
    )
    messages.success(
        request, _("The proposal to {team} is taken back.").format(team=row.to_team.name)
    )
    return redirect("web:case", case_id=row.case_id)
