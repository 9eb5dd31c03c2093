"""API tokens: made by their owner, shown once, kept as a digest, ended at once."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from casework import statements
from casework.accounts.models import Token, User
from casework.ledger.append import append

SCOPES = {
    "forms:read": "Read forms and their versions",
    "persons:read": "Search and read persons",
    "persons:write": "Add and change persons",
    "cases:read": "Read cases",
    "cases:write": "Open, change and close cases",
    "records:read": "Read records and files",
    "records:write": "Start, fill, submit and abandon records",
    "records:sign": "Sign and return records",
    "events:read": "Read the events of cases",
}
LONGEST = timedelta(days=365)
_PREFIX = "ct_"  # so that a scanner of leaked secrets can know one


class BadToken(Exception):
    """A token cannot be made as asked; the text says what to change."""


def make_token(
    *, by: User, at: datetime, name: str, scopes: Iterable[str], expires_at: datetime
) -> tuple[Token, str]:
    """Make a token for its owner; return it and its text, which is kept nowhere and shown once.

    Raises BadToken without a name, for no scopes or unknown ones, and for an end that has passed or
    is more than a year away.
    """
    return _make(by, by=by, at=at, name=name, scopes=scopes, expires_at=expires_at)


def make_token_by_command(
    user: User, *, at: datetime, name: str, scopes: Iterable[str], expires_at: datetime
) -> tuple[Token, str]:
    """The same for whoever can run commands; the event says that nobody signed in made it."""
    if not user.is_active:
        raise BadToken(f"{user.username} has been deactivated.")
    return _make(user, by=None, at=at, name=name, scopes=scopes, expires_at=expires_at)


def _make(
    user: User,
    *,
    by: User | None,
    at: datetime,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
) -> tuple[Token, str]:
    wanted = sorted(set(scopes))
    if not name.strip():
        raise BadToken("Enter a name that says which program uses the token.")
    if not wanted or not set(wanted) <= set(SCOPES):
        raise BadToken("Select what the token may do.")
    if not at < expires_at <= at + LONGEST:
        raise BadToken("The token must end after today and within a year.")
    plain = _PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = Token.objects.create(
            user=user,
            name=name.strip(),
            digest=_digest(plain),
            scopes=wanted,
            created_at=at,
            expires_at=expires_at,
        )
        append(user.uid, "token.made", by=by, at=at, subject=token.id, refs={"scopes": wanted})
    return token, plain


def find_token(plain: str, at: datetime) -> Token | None:
    """The token with this text, its user loaded, if it is good at this instant and its user active.

    Every request of the API asks: two statements by unique keys, each built once.
    """
    token = statements.first(Token, {"digest": _digest(plain)})
    if token is None or token.ended_at or token.expires_at <= at:
        return None
    token.user = statements.rows(User, {"id": token.user_id})[0]
    return token if token.user.is_active else None


def tokens_of(user: User, at: datetime) -> QuerySet[Token]:
    """A user's tokens that still work, newest first."""
    return Token.objects.filter(user=user, ended_at__isnull=True, expires_at__gt=at)


def end_token(token_id: UUID, *, by: User, at: datetime) -> None:
    """End one's own token. Raises Token.DoesNotExist for another's, an absent or an ended one."""
    with transaction.atomic():
        token = Token.objects.select_for_update().get(pk=token_id, user=by, ended_at__isnull=True)
        _end(token, by=by, at=at)


def end_all_tokens(user: User, *, by: User, at: datetime) -> None:
    """End every token of a user, inside the transaction of the caller."""
    for token in Token.objects.select_for_update().filter(user=user, ended_at__isnull=True):
        _end(token, by=by, at=at)


def _end(token: Token, *, by: User, at: datetime) -> None:
    token.ended_at = at
    token.save(update_fields=["ended_at"])
    append(token.user.uid, "token.ended", by=by, at=at, subject=token.id)


def _digest(plain: str) -> str:
    # The text has 256 random bits, so one round without a salt is enough and can be looked up.
    return hashlib.sha256(plain.encode()).hexdigest()
