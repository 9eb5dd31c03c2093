"""Registers cms with Django."""

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate


class CmsConfig(AppConfig):
    """The configuration's admin."""

    name = "cms"

    def ready(self) -> None:
        """Make the administrators' group whenever the tables were made or emptied.

        The signal comes once for each app, in the order of INSTALLED_APPS; the permissions of an
        app are made at its own. So we wait for one of the last.
        """
        post_migrate.connect(_set_up, sender=apps.get_app_config("contenttypes"))


def _set_up(using: str, **_signal: Any) -> None:
    from cms import permissions
    from cms.models import SecondPersonTask

    # Somebody may have migrated one other app only.
    if SecondPersonTask._meta.db_table in connections[using].introspection.table_names():
        permissions.set_up()
