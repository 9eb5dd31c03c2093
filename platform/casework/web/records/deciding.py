"""What is decided on a record: signed, returned, abandoned, reopened, agreed to.

Each is its own POST; a signature, a return and an agreement carry the SHA-256 of what was shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework.cases import access
from casework.cases.actions import records, signing
from casework.cases.waiting import awaited
from casework.clock import london_day
from casework.refusals import NotNow, Refused, Stale
from casework.web.doing import done, show
from casework.web.drawing import command_id
from casework.web.records.decision_forms import (
    AgreementForm,
    ReasonForm,
    SignForm,
)
from casework.web.records.opened import Opened, open_record
from casework.web.records.reading import shown
from casework.web.work_words import waits_words

CONFLICT, UNPROCESSABLE = 409, 422
page_and_form = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@page_and_form
def sign(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Sign what was shown. GET shows the record, whose page has the button."""
    opened = open_record(request, record_id)
    if request.method != "POST":
        access.require(opened.user, "record.sign", opened.record, opened.at)
        return redirect("web:record", record_id)
    form, command = SignForm(request.POST), command_id(request)
    step = request.POST.get("step", "")
    if not form.is_valid():
        return shown(request, opened, sign_form=form, status=UNPROCESSABLE)
    try:
        given = done(
            lambda: signing.sign(
                record_id,
                comment=form.cleaned_data["comment"],
                seen_sha256=request.POST.get("sha256", ""),
                seen_step=int(step) if step.isdecimal() and len(step) < 4 else None,
                by=opened.user,
                at=opened.at,
                command_id=command,
            )
        )
    except (Stale, NotNow) as late:
        unsent = form.cleaned_data["comment"]
        says = str(late)
        more = {"says": says, "sign_form": form, "unsent": unsent, "status": CONFLICT}
        return shown(request, opened, **more)
    waits = awaited(given.snapshot.record)
    says = f"{opened.form.title} is signed."
    if waits:
        says = f"You have signed {opened.form.title}. It waits for: {waits_words(waits)}."
    messages.success(request, says)
    return redirect("web:record", record_id)


@dataclass(frozen=True)
class _Decision:
    """One of the pages that ask something before they do it."""

    verb: str
    title: str
    says: str
    button: str
    warning: bool
    done: str
    act: Callable[[Opened, forms.Form, Mapping[str, Any]], Any]


@never_cache
@page_and_form
def abandon(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Give up a draft, with a reason."""
    opened = open_record(request, record_id)
    return _decide(request, opened, _ABANDON, ReasonForm(request.POST or None))


@never_cache
@page_and_form
def reopen(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Open what was signed as the next revision, with a reason."""
    opened = open_record(request, record_id)
    return _decide(request, opened, _REOPEN, ReasonForm(request.POST or None))


@never_cache
@page_and_form
def agree(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Note what somebody without a log-in said of what was submitted."""
    opened = open_record(request, record_id)
    form = AgreementForm(
        request.POST or None,
        asked=opened.form.agreement,
        initial={"on": london_day(opened.at), "capacity": request.GET.get("capacity", "")},
    )
    return _decide(request, opened, _AGREE, form)


def _decide(
    request: HttpRequest, opened: Opened, decision: _Decision, form: forms.Form
) -> HttpResponse:
    access.require(opened.user, decision.verb, opened.record, opened.at)
    status, says = 200, ""
    if request.method == "POST" and form.is_valid():
        sent = {
            "by": opened.user,
            "at": opened.at,
            "command_id": command_id(request),
        }
        try:
            done(lambda: decision.act(opened, form, sent))
        except Refused as refusal:
            show(form, refusal)
        except Stale as stale:
            status, says = CONFLICT, str(stale)
        else:
            messages.success(request, decision.done)
            return redirect("web:record", opened.record.pk)
    if form.errors:
        status = UNPROCESSABLE
    context = {
        "opened": opened,
        "record": opened.record,
        "decision": decision,
        "form": form,
        "says": says,
        # What the user was shown: the page they came from says it; else what stands now.
        "sha256": request.POST.get("sha256") or request.GET.get("seen") or newest(opened),
    }
    return render(request, "records/decide.jinja", context, status=status)


def newest(opened: Opened) -> str:
    snapshot = opened.record.snapshots.order_by("revision", "attempt").last()
    return snapshot.sha256 if snapshot else ""


def _record_agreement(opened: Opened, form: forms.Form, sent: Mapping[str, Any]) -> Any:
    return signing.record_agreement(
        opened.record.pk, **form.cleaned_data, seen_sha256=form.data.get("sha256", ""), **sent
    )


_ABANDON = _Decision(
    "record.abandon",
    "Abandon this record",
    "Nobody can fill in an abandoned record any more. What was typed stays readable in the case.",
    "Abandon the record",
    True,
    "The record is abandoned.",
    lambda opened, form, sent: records.abandon(
        opened.record.pk, why=form.cleaned_data["why"], **sent
    ),
)
_REOPEN = _Decision(
    "record.reopen",
    "Reopen this record",
    "A new revision begins with the same answers. What was signed stays readable with its signature.",
    "Reopen the record",
    False,
    "The record is open for changes.",
    lambda opened, form, sent: signing.reopen(
        opened.record.pk, why=form.cleaned_data["why"], **sent
    ),
)
_AGREE = _Decision(
    "record.agree",
    "Note who agrees",
    "Write down what they said of the record as it was submitted. It cannot be changed afterwards; "
    "note it again if they change their mind.",
    "Save what they said",
    False,
    "What they said is noted.",
    _record_agreement,
)
