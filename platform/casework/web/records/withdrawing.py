"""Asking that a record is withdrawn, and deciding on it: two pages, two persons."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework.cases import access
from casework.cases.actions.withdrawing import SAME, ask_withdrawal, decide_withdrawal
from casework.cases.models import Withdrawal
from casework.refusals import Absent, NotAllowed, Refused
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.records.opened import open_record
from casework.web.records.tombstone import pending

UNPROCESSABLE = 422


class AskForm(forms.Form):
    """Why a record is to be withdrawn."""

    reason = forms.ChoiceField(
        label="Why is it to be withdrawn?",
        choices=Withdrawal.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select why it is to be withdrawn"},
    )
    why = forms.CharField(
        label="Say more",
        help_text="This stays when the record is gone. Do not repeat what the record says.",
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": "Enter why, in your words"},
    )


class DecideForm(forms.Form):
    """What the second person decides."""

    approve = forms.ChoiceField(
        label="Is this record withdrawn?",
        choices=[
            ("yes", "Withdraw it: what it says is taken away now, and nobody can bring it back"),
            ("no", "Keep it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether it is withdrawn"},
    )
    why = forms.CharField(
        label="Reason",
        help_text="This stays when the record is gone. Do not repeat what the record says.",
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": "Enter why, in your words"},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Ask that the record is withdrawn."""
    opened = open_record(request, record_id)
    access.require(opened.user, "withdrawal.ask", opened.record, opened.at)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            done(
                lambda: ask_withdrawal(
                    record_id, sent["reason"], why=sent["why"],
                    by=opened.user, at=opened.at, command_id=command_id(request),
                )
            )  # fmt: skip
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(request, "Another person who manages the team now decides on it.")
            return redirect("web:record", record_id)
    context = {
        "opened": opened,
        "record": opened.record,
        "form": form,
        "asked": None,
        "title": "Ask that this record is withdrawn",
        "says": "What is withdrawn is gone for good, with its history and files. A second person, "
        "who manages the team, decides. That there was a record, who asked and who decided stays.",
        "label": "Ask for it",
        "warning": False,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "records/withdraw.jinja", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Decide on what somebody else asked. Raises Absent where nobody did."""
    opened = open_record(request, record_id)
    access.require(opened.user, "withdrawal.decide", opened.record, opened.at)
    waiting = pending(opened)
    if waiting is None:
        raise Absent
    asked: Withdrawal = waiting["asked"]
    if asked.asked_by_id == opened.user.pk:
        raise NotAllowed(SAME)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve = form.cleaned_data["approve"] == "yes"
        try:
            done(
                lambda: decide_withdrawal(
                    asked.pk, approve=approve, why=form.cleaned_data["why"],
                    by=opened.user, at=opened.at, command_id=command_id(request),
                )
            )  # fmt: skip
        except Refused as refusal:
            show(form, refusal)
        else:
            messages.success(
                request, "The record is withdrawn." if approve else "The record stays."
            )
            return redirect("web:record", record_id)
    context = {
        "opened": opened,
        "record": opened.record,
        "form": form,
        "asked": waiting,
        "title": "Decide whether this record is withdrawn",
        "says": "",
        "label": "Decide",
        "warning": True,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "records/withdraw.jinja", context, status=status)
