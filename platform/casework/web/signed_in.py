"""The user of a request whose address needs a sign-in."""

from django.http import HttpRequest

from casework.accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The signed-in user. The gate lets nobody else reach a view that asks."""
    assert isinstance(request.user, User)
    return request.user
