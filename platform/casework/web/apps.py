"""Registers casework.web with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """casework.web."""

    name = "casework.web"
    label = "web"
