"""Registers casework.ledger with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """casework.ledger."""

    name = "casework.ledger"
    label = "ledger"
