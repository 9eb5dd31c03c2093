"""Allauth's forms with our labels."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm


class SignInForm(LoginForm):
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].error_messages["required"] = "Enter your username"
        self.fields["login"].widget.attrs |= {"autocapitalize": "none"}
        self.fields["password"].error_messages["required"] = "Enter your password"
        self.fields["password"].help_text = ""


class PasswordForm(ChangePasswordForm):
    """The password now, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, says in (
            ("oldpassword", "Password now", "Enter the password you signed in with"),
            ("password1", "New password", "Enter a new password"),
            ("password2", "New password again", "Enter the new password again"),
        ):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].error_messages["required"] = says
        self.fields[
            "password1"
        ].help_text = "At least 12 characters. Three random words are good; your name or a well-known password is not."


class PasswordAgainForm(ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = "Enter your password"
        self.fields["password"].help_text = ""
