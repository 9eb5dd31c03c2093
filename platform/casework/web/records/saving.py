"""What was sent for a screen: its files stored, its answers saved, or kept as typed.

Nothing that was typed is lost: what cannot be saved is kept as an autosave, with the inputs that
could not be read beside the answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from casework.cases.actions.autosaving import TYPED, autosave, drop_autosave
from casework.cases.actions.records import Saved, save_page
from casework.cases.incoming import described
from casework.cases.uploads import store
from casework.pageforms.defaults import defaults
from casework.pageforms.fields import Known
from casework.pageforms.names import joined, new_row_id, split
from casework.pageforms.parse import Parsed, parse
from casework.refusals import Refused
from casework.web.records.actions import fixed_in
from casework.web.records.opened import Opened, Screen
from formdefs.form import Page, Question, Repeat
from formdefs.structure import Problem


@dataclass
class Filled:
    """A request for a screen, and what came of it."""

    request: HttpRequest
    opened: Opened
    screen: Screen
    known: Known
    posted: dict[str, list[str]] = field(default_factory=dict)
    parsed: dict[str, Parsed] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    saved: list[Saved] = field(default_factory=list)

    def last(self, name: str) -> str:
        """The last value sent under a name of the page's own, "" for none."""
        return (self.posted.get(name) or [""])[-1]

    def seen(self, page: Page) -> int:
        """The version of a page that the typing began from."""
        sent = self.last(f"_version.{page.id}")
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def receive(request: HttpRequest, opened: Opened, screen: Screen) -> Filled:
    """Take in a request for a screen; files that came with it are stored at once."""
    known = opened.known_for(screen)
    filled = Filled(request, opened, screen, known)
    if request.method == "POST":
        filled.posted = {name: list(map(str, values)) for name, values in request.POST.lists()}
        _store_files(filled)
    return filled


def _store_files(filled: Filled) -> None:
    """Store the files that were sent, and name them among those present."""
    request, opened = filled.request, filled.opened
    files = dict(filled.known.files)
    ids = {page.id for page in filled.screen.pages}
    for name in request.FILES:
        question = opened.form.find(split(name))
        if (
            not isinstance(question, Question)
            or question.type != "file"
            or question.page not in ids
        ):
            continue
        for file in request.FILES.getlist(name):
            assert isinstance(file, UploadedFile)
            try:
                upload = store(opened.record.pk, question.id, file, by=opened.user, at=opened.at)
            except Refused as refused:
                filled.problems += [
                    Problem(question.id, split(name), p.code, p.message) for p in refused.problems
                ]
            else:
                files[str(upload.pk)] = described(upload)
                filled.posted.setdefault(f"{name}.present", []).append(str(upload.pk))
    filled.known = Known(filled.known.persons, filled.known.workers, files)


def read(filled: Filled) -> None:
    """Read what was sent into `parsed`, whether or not it can be saved."""
    filled.parsed = {
        page.id: parse(page, filled.posted, filled.opened.page_answers(page), filled.known)
        for page in filled.screen.pages
    }


def save(filled: Filled, answers: Mapping[str, Any]) -> None:
    """Save the answers of each page of the screen. Raises Clash, Refused, NotNow."""
    opened = filled.opened
    command = _uuid(filled.last("command_id"))
    decided_on = filled.last("_decided_on")
    for page in filled.screen.pages:
        filled.saved.append(
            save_page(
                opened.record.pk,
                page.id,
                answers[page.id],
                seen_version=filled.seen(page),
                resolutions=_resolutions(filled),
                decided_on=int(decided_on)
                if decided_on.isascii() and decided_on.isdigit()
                else None,
                by=opened.user,
                at=opened.at,
                command_id=uuid5(command, page.id),
            )
        )


def _resolutions(filled: Filled) -> dict[str, str]:
    """What was decided on the clash page, by path; an edited answer is mine, typed anew."""
    prefix = "_resolve."
    return {
        name.removeprefix(prefix): "theirs" if values[-1] == "theirs" else "mine"
        for name, values in filled.posted.items()
        if name.startswith(prefix) and values
    }


def keep_typed(filled: Filled) -> datetime:
    """Keep what was sent as this user's autosave, right or wrong. Raises Refused if it is too long."""
    opened = filled.opened
    for page in filled.screen.pages:
        parsed = filled.parsed[page.id]
        kept = {**parsed.answers, **({TYPED: parsed.typed} if parsed.typed else {})}
        autosave(
            opened.record.pk,
            page.id,
            kept,
            base_version=min(filled.seen(page), opened.version(page)),
            by=opened.user,
            at=opened.at,
        )
    return opened.at


def discard(opened: Opened, screen: Screen) -> None:
    """Throw away what this user has typed on a screen and not saved."""
    for page in screen.pages:
        drop_autosave(opened.record.pk, page.id, opened.user)


def change_rows(filled: Filled) -> str:
    """Add or remove the row that a button named; return the id of the element to go on at."""
    added, removed = filled.last("_add"), filled.last("_remove")
    if added in fixed_in(filled.opened) or removed.rpartition(".")[0] in fixed_in(filled.opened):
        return added or removed.rpartition(".")[0]
    for page in filled.screen.pages:
        answers = filled.parsed[page.id].answers
        if removed:
            path = split(removed)
            _rows_at(answers, path[:-1])[:] = [
                row for row in _rows_at(answers, path[:-1]) if row["_id"] != path[-1]
            ]
            _forget_typed(filled.parsed[page.id], removed)
        node = filled.opened.form.find(split(added)) if added else None
        if isinstance(node, Repeat) and node.page == page.id:
            return _add_row(filled, answers, node, split(added))
    return joined(split(removed)[:-1]) if removed else f"{added}-group"


def _add_row(filled: Filled, answers: dict[str, Any], repeat: Repeat, path: tuple[str, ...]) -> str:
    holder = _row_at(answers, path[:-1])
    if holder is None or len(holder.get(repeat.key) or []) >= repeat.max_rows:
        return joined(path)
    row_id = new_row_id()
    holder[repeat.key] = [*(holder.get(repeat.key) or []), {"_id": row_id}]
    state = filled.opened.state_with(answers)
    holder[repeat.key][-1] |= defaults(repeat.answered, state, (*path, row_id))
    return joined((*path, row_id))


def _row_at(answers: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any] | None:
    """The row at a path, or the answers themselves for (); None if there is no such row."""
    holder: dict[str, Any] | None = answers
    for key, row_id in zip(path[::2], path[1::2], strict=True):
        rows = holder.get(key) if holder else None
        holder = next((row for row in rows or () if row["_id"] == row_id), None)
    return holder


def _rows_at(answers: dict[str, Any], path: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of the repeat at a path; a list of nobody's if there is none."""
    if not path or len(path) % 2 == 0:
        return []
    holder = _row_at(answers, path[:-1])
    found = holder.get(path[-1]) if holder else None
    return found if isinstance(found, list) else []


def _forget_typed(parsed: Parsed, row: str) -> None:
    for name in [name for name in parsed.typed if name.startswith(f"{row}.")]:
        del parsed.typed[name]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
