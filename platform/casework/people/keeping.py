"""Saves a row of a model with history: the row, and beside it who changed it, when and why."""

from datetime import datetime
from typing import Any

from django.db import models

from casework import statements
from casework.accounts.models import User


def keep(row: models.Model, *, by: User, at: datetime, why: str) -> None:
    """Insert or update the row, and insert its history row as simple-history would.

    The row was loaded under a lock in this transaction, or is new: the history row takes all of the
    instance, so a stale one would put old values into the history. Nothing is left on the instance
    for its next save to repeat.
    """
    new = row._state.adding
    (statements.insert if new else statements.update)(row)
    history: type[models.Model] = type(row).history.model  # type: ignore[attr-defined]
    values: dict[str, Any] = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields
    }
    statements.insert(
        history(
            **values,
            history_date=at,
            history_type="+" if new else "~",
            history_user=by,
            history_change_reason=why or None,
        )
    )
