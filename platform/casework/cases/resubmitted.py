"""What changed in a record between its return and its being submitted again, as one reader may know it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casework.cases import merge
from casework.cases.history import Change, masked
from casework.cases.marks import earlier_masks
from casework.cases.masking import place_of
from casework.cases.models import Snapshot
from casework.cases.reading import Reading
from casework.cases.returned import Returned, returned
from casework.cases.unmasked import documents_of
from formdefs.form import Form
from formdefs.places import in_document
from formdefs.versions import form_of


@dataclass(frozen=True)
class Resubmitted:
    """A submission beside the one before it that was returned. changes: in the form's order."""

    back: Returned
    before: Snapshot
    after: Snapshot
    changes: tuple[Change, ...]


def since_return(reading: Reading, snapshot: Snapshot) -> Resubmitted | None:
    """What a submission changed since the last was returned; None for the first of its revision, and
    where the one before was returned before comments were kept. Raises Altered.
    """
    earlier = Snapshot.objects.filter(
        record=reading.record, revision=snapshot.revision, attempt__lt=snapshot.attempt
    )
    before = earlier.order_by("attempt").last()
    back = returned(reading.record, reading.mask, before)
    if before is None or back is None:
        return None
    documents = documents_of([before, snapshot])
    found = _changes(documents[before.pk], documents[snapshot.pk], snapshot)
    masks = [reading.mask, *earlier_masks(reading.record, reading.mask)]
    return Resubmitted(back, before, snapshot, tuple(masked(found, masks)))


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], snapshot: Snapshot
) -> Iterable[Change]:
    """Each answer that differs, by permanent ids: the record may have moved between form versions."""
    was, now = UUID(before["version"]), UUID(after["version"])
    old = _by_place(form_of(was), before["answers"])
    new = _by_place(form_of(now), after["answers"])
    order = in_document(form_of(now), after["answers"])
    changed = [
        place for place in new if place not in old or not merge.same(old[place][1], new[place][1])
    ]
    gone = [place for place in old if place not in new]
    changed.sort(key=lambda place: order(new[place][0]))
    head = (snapshot.submitted_at, snapshot.submitted_by.name, "")
    for place in (*changed, *gone):
        path, version = (old[place][0], was) if place in old else (new[place][0], now)
        node = form_of(version).find(path)
        yield Change(
            *head,
            node.page if node else "",
            path,
            node.id if node else "",
            old[place][1] if place in old else None,
            new[place][1] if place in new else None,
            version=version,
            version_after=now,
        )


def _by_place(form: Form, answers: Mapping[str, Any]) -> dict[Any, tuple[tuple[str, ...], Any]]:
    """Each answer with its path, by its question and the rows that lead there."""
    return {place_of(form, path) or path: (path, value) for path, value in merge.leaves(answers)}
