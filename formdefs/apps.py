"""Registers formdefs with Django."""

from typing import ClassVar

from django.apps import AppConfig


class FormdefsConfig(AppConfig):
    """formdefs."""

    name = "formdefs"
    # Triggers refuse every change to their rows (casework.ledger.triggers).
    immutable: ClassVar = ("formversion", "codelistversion", "fragmentversion")
