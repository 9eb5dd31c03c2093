"""What changed in a record since it was returned, with the comments beside: for who decides again."""

from dataclasses import dataclass

from casework.cases.masking import Place
from casework.cases.models import Status
from casework.cases.resubmitted import Resubmitted, since_return
from casework.web.records import commenting
from casework.web.records.histories import Line, line
from casework.web.records.opened import Opened
from casework.web.records.row_names import RowNames


@dataclass(frozen=True)
class Beside:
    """A question that changed, or that was commented on. line: None where it did not change."""

    label: str
    where: str
    line: Line | None
    comments: tuple[commenting.Shown, ...]


@dataclass(frozen=True)
class Since:
    """What came of a return. who, when, comment: of the return; items: in the form's order."""

    who: str
    when: object
    comment: str
    items: tuple[Beside, ...]
    changed: int


def since(opened: Opened) -> Since | None:
    """What changed since the record was returned, None where it waits for no signature after a return."""
    snapshot = opened.newest() if opened.record.status == Status.SUBMITTED else None
    found = since_return(opened, snapshot) if snapshot and snapshot.attempt > 1 else None
    if found is None:
        return None
    items = _items(opened, found)
    changed = sum(one.line is not None for one in items)
    return Since(found.back.who, found.back.when, found.back.comment, tuple(items), changed)


def _items(opened: Opened, found: Resubmitted) -> list[Beside]:
    """First what changed, each with its comments; then what was commented on and did not change."""
    before = opened.submission(found.before).state
    said: dict[Place, list[commenting.Shown]] = {}
    shown = commenting.comments(opened, found.back)
    for comment, one in zip(found.back.questions, shown, strict=True):
        said.setdefault(comment.place, []).append(one)
    items = []
    names = RowNames(opened, found.changes, before.row_title)
    for change in found.changes:
        told = line(opened, change, names)
        comments = said.pop((change.question, change.path[1::2]), [])
        items.append(Beside(told.label, told.where, told, tuple(comments)))
    left = (Beside(rest[0].label, rest[0].where, None, tuple(rest)) for rest in said.values())
    return [*items, *left]
