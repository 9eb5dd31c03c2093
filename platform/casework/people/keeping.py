"""Saves a row that keeps its history, with who changed it, when and why."""

from datetime import datetime

from django.db import models

from casework.accounts.models import User


def keep(row: models.Model, *, by: User, at: datetime, why: str) -> None:
    """Save the row and one history row beside it.

    The row was loaded under a lock in this transaction, or is new: simple-history writes all of the
    instance, so a stale one would put old values into the history. All three names are set at every
    save, because they stick to the instance.
    """
    vars(row).update(_history_user=by, _history_date=at, _change_reason=why or None)
    row.save()
