"""Registers cms with Django."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """cms."""

    name = "cms"
