"""Answers that a record's version of its form does not ask any more, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.accounts.models import User
from casework.cases.moved import Orphan, moves_of, orphans_of
from casework.pageforms.words import say
from casework.web.records.opened import Opened
from casework.web.records.summary import PROTECTED
from formdefs.versions import form_of

WITHHELD = "Withheld from you"


@dataclass(frozen=True)
class LeftOver:
    """One such answer: where it stood, its lines, why it has no place, and who had typed it, if it
    was not saved.
    """

    label: str
    where: str
    lines: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    says: str
    moved_at: datetime
    typed_by: str


def left_over(opened: Opened, *, printed: bool = False) -> list[LeftOver]:
    """All of them, as this reader may see them; on paper without protected ones."""
    moves = moves_of(opened.record)
    if not moves:
        return []
    orphans = orphans_of(opened.record, opened.mask.sees, moves)
    uids = {orphan.typed_by for orphan in orphans if orphan.typed_by}
    names = {str(user.uid): user.name for user in User.objects.filter(uid__in=uids)} if uids else {}
    return [_told(orphan, names.get(orphan.typed_by, ""), printed) for orphan in orphans]


def _told(orphan: Orphan, typed_by: str, printed: bool) -> LeftOver:
    form = form_of(orphan.version)
    question = form.questions.get(orphan.question)
    files: tuple[tuple[str, str], ...] = ()
    if orphan.withheld:
        lines: tuple[str, ...] = (WITHHELD,)
    elif printed and orphan.protected:
        lines = (PROTECTED,)
    else:
        text = say(form, question, orphan.value) if question else _plain(orphan.value)
        lines = tuple(text.split("\n"))
        if question and question.type == "file" and isinstance(orphan.value, list):
            files = tuple((str(one["id"]), str(one["name"])) for one in orphan.value)
    where = [
        node.label for end in range(1, len(orphan.path) - 1, 2) if (node := form.find(orphan.path[:end]))
    ]  # fmt: skip
    says = (orphan.label, ", ".join(where), lines, files, orphan.says, orphan.moved_at)
    return LeftOver(*says, typed_by)


def _plain(value: Any) -> str:
    """What is no answer to any question, as it is: a record shows whatever it holds."""
    return value if isinstance(value, str) else str(value)
