"""What somebody typed and other answers have hidden since: not part of what is submitted. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from formdefs.form import Path, Question, Repeat
from formdefs.places import places
from formdefs.state import State, without_empty


@dataclass(frozen=True)
class Hidden:
    """One typed answer whose question does not show. where: its page and rows, in words."""

    question: Question
    path: Path
    value: Any
    where: str

    @property
    def name(self) -> str:
        """The path joined, as the API and inputs have it."""
        return ".".join(self.path)


def hidden(state: State) -> Iterator[Hidden]:
    """Yield every answer that was typed and does not count, in document order."""
    for path, node, value in places(state.form, state.answers):
        if isinstance(node, Question) and not state.visible(path):
            kept = without_empty(value)
            if kept is not None:
                yield Hidden(node, path, kept, _where(state, node, path))


def _where(state: State, question: Question, path: Path) -> str:
    """Name the page, and each row by its number: its title may be hidden too."""
    parts = [state.form.page(question.page).title]
    for end in range(2, len(path), 2):
        repeat = state.form.at(path[: end - 1])
        if isinstance(repeat, Repeat):
            rows = state.standing((*repeat.repeats, repeat.id))
            beside = [row.path for row in rows if row.path[:-1] == path[: end - 1]]
            parts.append(f"{repeat.label}: {beside.index(path[:end]) + 1}")
    return ", ".join(parts)
