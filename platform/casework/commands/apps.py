"""Registers casework.commands with Django: commands that stand above every face."""

from django.apps import AppConfig


class CommandsConfig(AppConfig):
    """casework.commands."""

    name = "casework.commands"
    label = "commands"
