"""Registers casework.cases with Django."""

from typing import ClassVar

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """casework.cases."""

    name = "casework.cases"
    label = "cases"
    # Triggers refuse every change to their rows (casework.ledger.triggers).
    immutable: ClassVar = (
        *(
            "snapshot",
            "signoff",
            "recordreturn",
            "agreement",
            "appendment",
            "upload",
            "clockreason",
        ),
    )
    withdrawable: ClassVar = ("upload",)

    def ready(self) -> None:
        """Tell the forms, which lie below, how records are counted."""
        from casework.cases.counting import by_version
        from formdefs.usage import count_with

        count_with(by_version)
