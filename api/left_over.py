"""Answers that a record's version of its form does not ask any more, as the API tells them."""

from collections.abc import Collection
from typing import Any

from casework.cases.models import Record
from casework.cases.moved import moves_of, orphans_of
from formdefs.models import FormVersion


def left_over(record: Record, sees: Collection[str]) -> list[dict[str, Any]]:
    """All of them; those of a mark that the reader does not see without their value."""
    moves = moves_of(record)
    if not moves:
        return []
    orphans = orphans_of(record, sees, moves)
    versions = FormVersion.objects.filter(pk__in={orphan.version for orphan in orphans})
    numbers = dict(versions.values_list("pk", "number"))
    return [
        {
            "question": orphan.question,
            "label": orphan.label,
            "path": ".".join(orphan.path),
            "value": orphan.value,
            "says": orphan.says,
            "number": numbers[orphan.version],
            "moved_at": orphan.moved_at.isoformat(),
            "withheld": orphan.withheld,
        }
        for orphan in orphans
    ]
