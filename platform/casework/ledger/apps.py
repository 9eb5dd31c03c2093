"""Registers casework.ledger with Django, and puts up the triggers after every migration."""

from typing import ClassVar

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate


class LedgerConfig(AppConfig):
    """casework.ledger."""

    name = "casework.ledger"
    label = "ledger"
    immutable: ClassVar = (
        "event", "content", "read", "seal", "sealedrow", "tombstone", "anchorsent",
    )  # fmt: skip
    withdrawable: ClassVar = ("content",)

    def ready(self) -> None:
        """Install the triggers once all apps' tables are as they will stay, and check that they are there."""
        from casework.ledger import triggers

        # Sent once per app when everything has migrated: one receiver, one sender, one installation.
        post_migrate.connect(
            triggers.install_after_migrate, sender=self, dispatch_uid="casework.ledger.triggers"
        )
        pre_migrate.connect(
            triggers.remove_before_migrate, sender=self, dispatch_uid="casework.ledger.triggers"
        )
        register(triggers.check, Tags.database)
