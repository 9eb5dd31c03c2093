"""Signing in: accounts are made by an access administrator, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Allauth's behaviour, without sign-up."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Nobody signs up."""
        return False
