"""Registers casework.accounts with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """casework.accounts."""

    name = "casework.accounts"
    label = "accounts"
