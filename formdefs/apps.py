"""Registers formdefs with Django."""

from django.apps import AppConfig


class FormdefsConfig(AppConfig):
    """formdefs."""

    name = "formdefs"
