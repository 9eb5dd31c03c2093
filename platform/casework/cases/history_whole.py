"""The whole history of a record: what changed in it, and what was added to it once it was finished."""

from casework.cases.beside import added_to
from casework.cases.history import Change, changes_of
from casework.cases.masking import Mask
from casework.cases.models import Record


def whole_history(record: Record, mask: Mask) -> list[Change]:
    """Every change, as far as a reader may be told, and every appendment that was not withdrawn."""
    added = [
        Change(
            *(one.appendment.added_at, one.who, "", "", ("appendment",), "", None, one.text),
            kind="state",
        )
        for one in added_to(record)
        if one.text is not None
    ]
    return sorted([*changes_of(record, mask), *added], key=lambda change: change.when)
