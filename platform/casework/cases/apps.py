"""Registers casework.cases with Django."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """casework.cases."""

    name = "casework.cases"
    label = "cases"
