"""Which actions of its case a record touches: boxes beside its questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casework.cases.actions.adding import set_touched
from casework.cases.beside import asks_touches, touchable, touched_by
from casework.cases.work import TaskSeen
from casework.web.records.opened import Opened

NAME = "_touches"  # of the boxes; their values are ids of actions


@dataclass(frozen=True)
class Box:
    """One action, and whether its box is ticked."""

    seen: TaskSeen
    ticked: bool


def boxes(opened: Opened, posted: Mapping[str, Sequence[str]]) -> list[Box]:
    """The actions to choose from: the open ones, as sent, or as kept; none where nobody asks.

    An action whose title its reader may not see is left out, and stays as it is.
    """
    if not asks_touches(opened.record, opened.form.key):
        return []
    kept = {str(one.task.pk) for one in touched_by(opened.record, opened.user, opened.at)}
    ticked = set(posted[NAME]) if NAME in posted else kept
    offered = touchable(opened.record, opened.user, opened.at)
    return [Box(one, str(one.task.pk) in ticked) for one in offered if not one.withheld]


def keep(opened: Opened, posted: Mapping[str, Sequence[str]]) -> None:
    """Keep what was ticked, where the page asked it. What is no open action any more is left out."""
    if NAME not in posted:
        return
    ticked = set(posted[NAME])
    chosen = {box.seen.task.pk for box in boxes(opened, posted) if str(box.seen.task.pk) in ticked}
    mine = touched_by(opened.record, opened.user, opened.at)
    chosen |= {one.task.pk for one in mine if one.withheld}
    if chosen != {one.task.pk for one in mine}:
        set_touched(opened.record.pk, chosen, by=opened.user, at=opened.at)
