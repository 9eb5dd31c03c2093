"""Registers casework.demo with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """casework.demo."""

    name = "casework.demo"
    label = "demo"
