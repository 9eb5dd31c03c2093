"""Registers casetypes with Django."""

from typing import ClassVar

from django.apps import AppConfig


class CasetypesConfig(AppConfig):
    """casetypes."""

    name = "casetypes"
    # Triggers refuse every change to their rows (casework.ledger.triggers).
    immutable: ClassVar = ("casetypeversion",)
