"""`manage.py tell_overdue`: write down what has become overdue, once for each run of a clock."""

from typing import Any

from django.core.management.base import BaseCommand

from casework import clock
from casework.cases.actions.working import tell_overdue


class Command(BaseCommand):
    """Ask every case whose running clocks are past due. `manage.py jobs` calls it."""

    help = "Write down which clocks have become overdue, once for each of their runs."

    def handle(self, **options: Any) -> None:
        """Tell, and say in how many cases, if any."""
        if told := tell_overdue(clock.now()):
            self.stdout.write(f"{told} told")
