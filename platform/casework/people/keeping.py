"""Saves a row of a model with history: the row, and beside it who changed it, when and why."""

from datetime import datetime
from functools import cache
from typing import Any

from django.db import models

from casework import statements
from casework.accounts.models import User


def keep(row: models.Model, *, by: User | None, at: datetime, why: str) -> None:
    """Insert or update the row, and insert its history row as simple-history would.

    The row was loaded under a lock in this transaction, or is new: the history row takes all of the
    instance, so a stale one would put old values into the history. Nothing is left on the instance
    for its next save to repeat.
    """
    new = row._state.adding
    (statements.insert if new else statements.update)(row)
    values: dict[str, Any] = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields
    }
    statements.insert(
        _history_of(type(row))(
            **values,
            history_date=at,
            history_type="+" if new else "~",
            history_user=by,
            history_change_reason=why or None,
        )
    )


@cache
def _history_of(model: type[models.Model]) -> type[models.Model]:
    """The model of its history rows. Asked once: simple-history builds a manager at every asking."""
    history: type[models.Model] = model.history.model  # type: ignore[attr-defined]
    return history
