"""One's own account: tokens for programs, sessions, password."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework import clock
from casework.accounts.models import Token, User
from casework.accounts.roles import grants_of
from casework.accounts.tokens import LONGEST, SCOPES, BadToken, end_token, make_token, tokens_of
from casework.refusals import Absent
from casework.web.dates import DateField
from casework.web.signed_in import signed_in


class TokenForm(forms.Form):
    """What a token is for, what it may do, and until when."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        help_text="Which program will use it, for example “Reporting database”.",
        error_messages={"required": "Enter a name that says which program uses the token"},
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="It can never do more than you may yourself.",
        error_messages={"required": "Select what the token may do"},
    )
    ends_on = DateField(
        label="Last day it works", help_text="At most a year from now. For example, 31 3 2027."
    )


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, one's roles, tokens and sessions."""
    user, at = signed_in(request), clock.now()
    return render(request, "account/account.jinja", _account(user, at))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
def token_add(request: HttpRequest) -> HttpResponse:
    """Make a token, and show its text this once."""
    user, at = signed_in(request), clock.now()
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, plain = make_token(
                by=user,
                at=at,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=_end_of(form.cleaned_data["ends_on"], at),
            )
        except BadToken as bad:
            form.add_error("ends_on", str(bad).removesuffix("."))
        else:
            return render(request, "account/token_made.jinja", {"token": token, "plain": plain})
    return render(request, "account/token_add.jinja", {"form": form})


@require_POST
def token_end(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End one of one's own tokens."""
    try:
        end_token(token_id, by=signed_in(request), at=clock.now())
    except Token.DoesNotExist:
        raise Absent from None
    messages.success(request, "The token no longer works.")
    return redirect("web:account")


def _account(user: User, at: datetime) -> dict[str, Any]:
    return {
        "grants": grants_of(user, at),
        "tokens": tokens_of(user, at),
        "scopes": SCOPES,
        "sessions": len(UserSession.objects.purge_and_list(user)),
    }


def _end_of(day: Any, at: datetime) -> datetime:
    """The last instant of a day in London, but no later than a token may last."""
    end = datetime.combine(day, time(23, 59, 59), tzinfo=clock.LONDON)
    return at + LONGEST if timedelta() < end - (at + LONGEST) < timedelta(days=1) else end
