"""`manage.py settings_table`: the reference page of the environment variables, from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from casework.environment import DEMO_KEY, SETTINGS

HEAD = """# Settings

Every setting is an environment variable. This page is written by `manage.py settings_table`.

| variable | default | what it is for |
|---|---|---|
"""


def settings_table() -> str:
    """The page as Markdown."""
    rows = (
        f"| `{setting.name}` | {_default(setting.default)} | {setting.help} |"
        for setting in SETTINGS
    )
    return HEAD + "\n".join(rows) + "\n"


def _default(value: str) -> str:
    if value == DEMO_KEY:
        return "a demo key, refused in production"
    return f"`{value}`" if value else "empty"


class Command(BaseCommand):
    """Print the page."""

    help = "Print docs/reference/settings.md."

    def handle(self, **options: Any) -> None:
        """Print it."""
        self.stdout.write(settings_table(), ending="")
