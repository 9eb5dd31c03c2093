"""Registers casework.people with Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """casework.people."""

    name = "casework.people"
    label = "people"
