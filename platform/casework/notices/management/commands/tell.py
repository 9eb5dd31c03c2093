"""`manage.py tell`: tell people what happened, and send what is to be mailed."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from casework import clock
from casework.notices.mailing import mail_again, mail_digests
from casework.notices.telling import tell_events

KEPT = timedelta(days=7)  # what became of an e-mail is known so long


class Command(BaseCommand):
    """Everything about notices that no person waits for. `manage.py jobs` calls it."""

    help = "Make notices of what happened, and send those that go by e-mail."

    def handle(self, **options: Any) -> None:
        """Tell and mail; then end."""
        at = clock.now()
        found = tell_events(at) + mail_digests(at)
        if found:
            self.stdout.write(f"{found} notices")
        mail_again(at)
        DBTaskResult.objects.finished().filter(finished_at__lt=at - KEPT).delete()
        # The worker of `db_worker --batch`, without taking over the signals of the process.
        Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="notices",
            startup_delay=False,
            max_tasks=None,
            worker_id="tell",
            excluded_queue_names=[],
        ).run()
