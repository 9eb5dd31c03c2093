"""A form worked out over all answers, as its reader may know of it. Pure."""

from typing import Any

from casework.cases.masking import Answers, Mask
from formdefs.form import Path, Question, Repeat
from formdefs.marking import read_by
from formdefs.state import State


class Seen(State):
    """A form worked out over all answers, that tells its reader only what they may see.

    What shows, is required or locked is decided by all answers; what is worth something is told
    through the mask.
    """

    def __init__(self, whole: State, mask: Mask) -> None:
        self.whole, self.mask = whole, mask

    def __getattr__(self, name: str) -> Any:
        if name in ("whole", "mask"):
            raise AttributeError(name)
        return getattr(self.whole, name)

    @property
    def answers(self) -> Answers:  # type: ignore[override]
        """The answers that the form was worked out over, without what may not be seen."""
        return self.mask.masked(self.whole.answers)

    @property
    def order(self) -> tuple[Path, ...]:
        """Paths of what the reader sees, in document order, hidden ones too."""
        whole: tuple[Path, ...] = self.whole.order
        if not self.mask.hidden:
            return whole
        return tuple(path for path in whole if not self.mask.withheld(path))

    def value(self, path: Path) -> Any:
        """Return the answer as it counts, None for one that may not be seen."""
        return self.mask.masked_at(path, self.whole.value(path))

    def default(self, question: Question, row: Path = ()) -> Any:
        """Return what a question begins with, nothing where it may not be seen."""
        if question.id in self.mask.hidden:
            return None
        return self.whole.default(question, row)

    def row_title(self, path: Path) -> str:
        """Return a row's title, "" where it is made of what may not be seen."""
        repeat = self.form.find(path[:-1])
        if isinstance(repeat, Repeat) and self.mask.hidden:
            read = read_by(self.form, repeat.row_title, repeat, inside=True)
            if self.mask.withheld(path) or read & self.mask.hidden:
                return ""
        return self.whole.row_title(path)
