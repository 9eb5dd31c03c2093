"""People are told of what happens from now on, not of all that the ledger holds already."""

from typing import Any

from django.db import migrations


def begin_from_now(apps: Any, _editor: Any) -> None:
    """Note the newest event as told."""
    newest = apps.get_model("ledger", "Event").objects.order_by("-pk").first()
    if newest is not None:
        apps.get_model("notices", "Told").objects.create(name="events", event=newest.pk)


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("notices", "0001_notices"), ("ledger", "0001_initial")]
    operations = [migrations.RunPython(begin_from_now, migrations.RunPython.noop)]
