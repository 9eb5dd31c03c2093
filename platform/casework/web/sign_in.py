"""Signing in by allauth, in our words: no sign-up, no mail; a lock-out that says so with a 429."""

from http import HTTPStatus
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from casework import clock
from casework.accounts.models import User
from casework.accounts.passwords import note_own_password

LOCKED_OUT = "too_many_login_attempts"
# Allauth's message templates that are worth a banner, and our words for them.
NOTICES = {
    "account/messages/password_changed.txt": "Your password is changed.",
    "usersessions/messages/sessions_logged_out.txt": "Your other sessions are signed out.",
}


class Adapter(DefaultAccountAdapter):
    """Allauth's behaviour, without sign-up and with sentences that say what to do."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        LOCKED_OUT: (
            "There were too many tries with a wrong password. Wait 5 minutes and try again, "
            "or ask an access administrator for a new password."
        ),
        "username_password_mismatch": "The username or the password is not right. Check both and try again.",
        "enter_current_password": "This is not your password now. Enter the one you signed in with.",
        "incorrect_password": "This is not your password. Enter the one you sign in with.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: an access administrator adds users."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Keep a password that its owner chose, which ends the duty to change the first one."""
        super().set_password(user, password)
        note_own_password(user, at=clock.now())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's own account."""
        return reverse("web:account")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """A banner for what changed; none for having signed in or out, which one can see."""
        if message_template in NOTICES:
            messages.success(request, NOTICES[message_template])


class SignIn(LoginView):
    """The sign-in page; 429 while the user name is locked out after five wrong passwords."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """The page with what is wrong."""
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("__all__", LOCKED_OUT):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response
