"""`manage.py remind`: remind people of what is due soon and of what is overdue, once for each day."""

from typing import Any

from django.core.management.base import BaseCommand

from casework import clock
from casework.notices.reminding import remind


class Command(BaseCommand):
    """Look at every open action and running clock. `manage.py jobs` calls it each hour."""

    help = "Make notices of actions and clocks that are due soon or overdue."

    def handle(self, **options: Any) -> None:
        """Remind, and say of how many, if any."""
        if found := remind(clock.now()):
            self.stdout.write(f"{found} reminders")
