"""What the rows of a record are called in its history: rows taken out since, and those of other versions too."""

from collections.abc import Callable, Iterable
from typing import Any

from casework.cases.history import Change
from casework.web.records.opened import Opened
from formdefs.form import Form, Path, Repeat
from formdefs.places import rows
from formdefs.state import State, evaluate_form

_GONE = "a row since taken out"


class RowNames:
    """Names rows by their title, else by their number as they stand.

    A row that is no longer there has the title that it had last, as far as the changes tell it to
    this reader; `before`: gives it where that is known otherwise, by the row's path.
    """

    def __init__(
        self,
        opened: Opened,
        changes: Iterable[Change],
        before: Callable[[Path], str] | None = None,
    ) -> None:
        self.opened, self.before = opened, before
        self.changes = [change for change in changes if change.kind == "answer"]
        self._last: dict[Form, State] = {}

    def said(self, form: Form, path: Path) -> str:
        """Return where a question in rows stands, from the outermost row in; "" outside all rows."""
        parts = []
        for end in range(2, len(path), 2):
            repeat = form.find(path[: end - 1])
            label = repeat.label if isinstance(repeat, Repeat) else path[end - 2]
            parts.append(f"{label}: {self._row(form, path[:end])}")
        return ", ".join(parts)

    def _row(self, form: Form, path: Path) -> str:
        number = self._number(path)
        title = self.opened.state.row_title(path) if number and form is self.opened.form else ""
        title = title or (self.before(path) if self.before else "")
        title = title or (self._as_last(form).row_title(path) if form.find(path[:-1]) else "")
        return title.strip() or (f"row {number}" if number else _GONE)

    def _number(self, path: Path) -> int:
        """The row's number as the record stands, 0 if it is not there."""
        within: Any = self.opened.answers
        number = 0
        for key, row_id in zip(path[::2], path[1::2], strict=True):
            listed = list(rows(within.get(key)))
            number = next((n for n, (one, _row) in enumerate(listed, 1) if one == row_id), 0)
            if not number:
                return 0
            within = listed[number - 1][1]
        return number

    def _as_last(self, form: Form) -> State:
        """The form over every answer in rows as it last was, taken out or not."""
        if form not in self._last:
            answers: dict[str, Any] = {}
            for change in self.changes:
                told = change.before if change.after is None else change.after
                if len(change.path) > 1 and told is not None and form.find(change.path):
                    _put(answers, change.path, told)
            self._last[form] = evaluate_form(form, answers, self.opened.facts)
        return self._last[form]


def _put(answers: dict[str, Any], path: Path, value: Any) -> None:
    """Set an answer in rows; the rows around it come into being."""
    within = answers
    for key, row_id in zip(path[:-1:2], path[1::2], strict=True):
        listed = within.setdefault(key, [])
        found = next((row for row in listed if row["_id"] == row_id), None)
        if found is None:
            found = {"_id": row_id}
            listed.append(found)
        within = found
    within[path[-1]] = value
