"""Passwords: temporary ones that an administrator passes on, and what ends a log-in at once."""

import secrets
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from casework.accounts.models import User
from casework.accounts.tokens import end_all_tokens
from casework.ledger.append import append

# Without letters and digits that are mistaken for each other when read aloud.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def temporary_password() -> str:
    """A password of 20 random characters in groups of five: 99 bits, easy to read out."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


def set_temporary_password(user: User) -> str:
    """Give the (unsaved) user a temporary password, to be changed at the next sign-in; return it."""
    plain = temporary_password()
    user.set_password(plain)
    user.must_change_password = True
    return plain


def note_own_password(user: User, *, at: datetime) -> None:
    """Write that a user chose their own password, after which none needs to be asked for."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        locked.must_change_password = False
        locked.save(update_fields=["must_change_password"])
        append(user.uid, "user.password_changed", by=user, at=at)
    user.must_change_password = False


def end_log_ins(user: User, *, by: User, at: datetime) -> None:
    """End every session and token of a user, inside the transaction of the caller.

    The password the caller sets makes the sessions void that allauth does not list.
    """
    for session in UserSession.objects.filter(user=user):
        session.end()
    end_all_tokens(user, by=by, at=at)
