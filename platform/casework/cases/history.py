"""Who changed what, when and why: of a record, of any of its questions, of a person, of a case.

Read from the history rows that every save writes, in a handful of queries whatever their number;
oldest first.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from casework.accounts.models import Team, User
from casework.cases import merge
from casework.cases.marks import earlier_masks
from casework.cases.masking import Mask, path_of
from casework.cases.models import (
    AnswerMark,
    Case,
    CaseAccess,
    Record,
    RecordMove,
    RecordPage,
    SignOff,
)
from casework.cases.moved import contents, moves_of
from casework.cases.returned import returns_of
from casework.cases.writers import MOVED
from casework.ledger.append import contents_of
from casework.ledger.models import Content, Event
from casework.people.actions import FIELDS
from casework.people.models import Person
from formdefs.form import Form, Path, Repeat
from formdefs.models import FormVersion
from formdefs.versions import form_of

_CASE_FIELDS = ("team_id", "worker_id", "closed_at", "close_reason")
_CASE_EVENTS = (
    *("case.subject_added", "case.subject_ended", "case.access_given", "case.access_ended"),
)


_ASIDE = "Set aside when the record was submitted"


@dataclass(frozen=True)
class Change:
    """One answer, detail or state that changed. before, after: None for nothing there.

    path: keys and row ids of an answer, the name of a detail otherwise; page and question: their
    permanent ids, "" where it is no answer. version: the form version in which an answer has this
    path and was before; version_after: in which it is after, where the record moved between two.
    kind: "answer", "state", "comment" (of who returned it; `after` is the words), "marked" or
    "released" (with the `mark`). withheld: the marks for which
    the reader is told nothing but that something changed.
    """

    when: datetime
    who: str
    why: str
    page: str
    path: Path
    question: str
    before: Any
    after: Any
    version: UUID | None = None
    version_after: UUID | None = None
    kind: str = "answer"
    mark: str = ""
    withheld: tuple[str, ...] = ()


def changes_of(record: Record, mask: Mask) -> list[Change]:
    """Every change of the record's answers, marks and state, as far as a reader may be told."""
    rows = Record.history.filter(id=record.pk).select_related("history_user")
    kept = list(rows.order_by("history_id"))
    states = [
        change
        for change in (*_of_fields(kept, ("status", "revision")), *_of_signatures(record, kept))
        if change.after is not None
    ]
    states = [replace(change, kind="state") for change in states]
    answers = _of_answers(record, mask, moves_of(record), None)
    told = masked(answers, [mask, *earlier_masks(record, mask)])
    return _in_order(states, told, _of_marks(record, mask), _of_returns(record, mask))


def question_history(record: Record, mask: Mask, path: Path) -> list[Change]:
    """Every change of the answer at a path, through the rows it stands in; of a repeat or a row, of
    all within. Nothing for a path that the form does not ask.

    Where the record moved between versions of its form, a question is followed by its permanent id.
    """
    node = mask.form.find(path)
    if node is None:
        return []
    moves = moves_of(record)
    inside = {node.id, *(q.id for q in mask.form.questions.values() if node.id in q.repeats)}
    changes = [
        change
        for change in _of_answers(record, mask, moves, None if moves else node.page)
        if (change.question in inside if moves else change.path[::2][: len(path[::2])] == path[::2])
        and change.path[1::2][: len(path) // 2] == path[1::2]
    ]
    beside = [*_of_marks(record, mask), *_of_returns(record, mask)]
    beside = [change for change in beside if change.path[: len(path)] == path]
    return _in_order(masked(changes, [mask, *earlier_masks(record, mask)]), beside)


def _of_answers(
    record: Record, mask: Mask, moves: Sequence[RecordMove], page: str | None
) -> list[Change]:
    """All changes of answers by saving, moving and submitting, marked ones too."""
    return _in_order(_of_moves(moves), _of_pages(record, moves, page), _of_set_aside(record))


def person_changes(person: Person) -> list[Change]:
    """Every change of a person's details, and of the user whom they are said to be (by name)."""
    rows = Person.history.filter(id=person.pk).select_related("history_user")
    return _named(_of_fields(rows.order_by("history_id"), (*FIELDS, "user_id")))


def case_changes(case: Case) -> list[Change]:
    """Every change of a case: its team, worker and closing, its subjects, who was let in or kept out.

    Users, teams and persons are given by their names.
    """
    rows = Case.history.filter(id=case.pk).select_related("history_user").order_by("history_id")
    fields = list(_of_fields(rows, _CASE_FIELDS))
    events = Event.objects.filter(stream=case.pk, kind__in=_CASE_EVENTS).select_related("actor")
    listed = list(events.order_by("seq"))
    return _in_order(_named(fields), _of_events(listed))


def _of_pages(record: Record, moves: Sequence[RecordMove], page: str | None) -> list[Change]:
    """The changes of answers by saving; what a move laid down anew is told by the move."""
    rows = RecordPage.history.filter(record_id=record.pk).select_related("history_user")
    if page is not None:
        rows = rows.filter(page=page)
    laid = [(move.from_version_id, json.loads(move.pages)) for move in moves if move.moved]
    changes = []
    for _page, versions in groupby(rows.order_by("page", "version"), lambda row: row.page):
        for row, earlier in _pairs(versions):
            version = _version_of(row, laid, record.form_version_id)
            if version is None:
                continue
            loaded = form_of(version)
            changes += [
                Change(
                    *(*_when_who_why(row), row.page, path, _question(loaded, path), before, after),
                    version=version,
                )
                for path, before, after in _answers(loaded, earlier, row)
            ]
    return _in_order(changes)


def _version_of(row: Any, laid: Sequence[tuple[UUID, Any]], now: UUID) -> UUID | None:
    """The form version on which a page was saved; None where a move laid it down."""
    for version, pages in laid:
        before, after = pages.get(row.page, (0, 0))
        if row.version <= before:
            return version
        if row.version <= after:
            return None
    return now


def _of_moves(moves: Sequence[RecordMove]) -> list[Change]:
    """That a record moved, and what became of the answers that did not stay as they were."""
    said = contents([move for move in moves if move.content])
    numbers = dict(
        FormVersion.objects.filter(
            pk__in={pk for move in moves for pk in (move.from_version_id, move.to_version_id)}
        ).values_list("pk", "number")
    )
    changes = []
    for move in moves:
        was, to = move.from_version_id, move.to_version_id
        why = f"{MOVED}{numbers[to]}" if move.moved else "Typed before the record was moved"
        head = (move.moved_at, move.moved_by.name, why)
        if move.moved:
            changes.append(
                Change(*head, "", ("version",), "", numbers[was], numbers[to], kind="state")
            )
        told = said.get(move.pk, {})
        for one in told.get("converted", ()):
            path, before, after = tuple(one["old_path"]), one["before"], one["after"]
            if not merge.same(before, after):
                changes.append(
                    Change(
                        *head,
                        "",
                        path,
                        one["question"],
                        before,
                        after,
                        version=was,
                        version_after=to,
                    )
                )
        for one in told.get("orphans", ()):
            path, before = tuple(one["path"]), one["value"]
            changes.append(
                Change(
                    *head, "", path, one["question"], before, None, version=was, version_after=to
                )
            )
    return changes


def masked(changes: Iterable[Change], masks: Sequence[Mask]) -> list[Change]:
    """The changes with those that may not be told put together: one for each place and save.

    What any version of the form withholds is withheld: an answer may have had its mark on an earlier.
    """
    told: dict[Any, Change] = {}
    for number, change in enumerate(changes):
        mask = next((mask for mask in masks if mask.withheld(change.path)), None)
        if mask is None or change.kind == "state":
            told[number] = change
            continue
        path = mask.outermost(change.path)
        node = mask.form.find(path)
        bare = replace(change, path=path, question=node.id if node else "", before=None, after=None)
        told.setdefault((bare.when, path), replace(bare, withheld=mask.withheld(path)))
    return list(told.values())


def _of_marks(record: Record, mask: Mask) -> list[Change]:
    """When which mark was put and taken off, by whom; why, for who sees what it lies on."""
    rows = AnswerMark.objects.filter(record=record).select_related("marked_by", "released_by")
    found = []
    for row in rows:
        path = path_of(mask.form, (row.node, tuple(row.rows.split(".")) if row.rows else ()))
        if path is None:
            continue
        node, withheld = mask.form.at(path), mask.withheld(path)
        where = (node.page, path, node.id, None, None)
        if row.marked_by and row.marked_at:
            who = row.marked_by.name
            found.append(Change(row.marked_at, who, "", *where, kind="marked", mark=row.mark))
        if row.released_by and row.released_at:
            who, why = row.released_by.name, "" if withheld else row.why
            found.append(Change(row.released_at, who, why, *where, kind="released", mark=row.mark))
    return found


def _of_signatures(record: Record, rows: Sequence[Any]) -> Iterator[Change]:
    """In which role, or called what, each signature of a chain of several was given."""
    reasons = {(row.history_date, row.history_user_id): row.history_change_reason for row in rows}
    given = SignOff.objects.filter(snapshot__record=record).select_related("signer")
    for one in given.order_by("signed_at", "step"):
        if one.step or one.title or not one.last:
            why = reasons.get((one.signed_at, one.signer_id)) or ""
            head = (one.signed_at, one.signer.name, why)
            yield Change(*head, "", ("signature",), "", None, one.title or one.role)


def _of_returns(record: Record, mask: Mask) -> list[Change]:
    """The comments beside questions with which the record was returned; those of what is asked still."""
    return [
        Change(
            *(back.when, back.who, back.why, mask.form.at(one.path).page, one.path, one.place[0]),
            *(None, one.words or None),
            kind="comment",
            withheld=one.withheld,
        )
        for back in returns_of(record, mask, record.snapshots.all())
        for one in back.questions
        if one.path is not None
    ]


def _answers(loaded: Form, earlier: Any, row: Any) -> Iterator[tuple[Path, Any, Any]]:
    changed = merge.changes(json.loads(earlier.answers) if earlier else {}, json.loads(row.answers))
    paths = {path: tuple(path.split(".")) for path in changed}
    for path in sorted(changed, key=lambda path: _place(loaded, paths[path])):
        yield paths[path], changed[path].get("before"), changed[path].get("after")


def _of_set_aside(record: Record) -> list[Change]:
    """What each submission kept beside the answers; nothing of one that was withdrawn."""
    snapshots = list(record.snapshots.select_related("submitted_by"))
    bodies = Content.objects.in_bulk([snapshot.content for snapshot in snapshots])
    changes = []
    for snapshot in snapshots:
        body = bodies.get(snapshot.content)
        document = json.loads(body.body) if body else {}
        if not document.get("set_aside"):
            continue
        version = UUID(document["version"])  # the record may have moved to another since
        for kept in document["set_aside"]:
            question = form_of(version).questions[kept["question"]]
            path = tuple(kept["path"].split("."))
            head = (snapshot.submitted_at, snapshot.submitted_by.name, _ASIDE, question.page)
            changes.append(Change(*head, path, question.id, None, kept["value"], version=version))
    return changes


def _place(loaded: Form, path: Path) -> tuple[Any, ...]:
    """Where an answer stands in the form: ranks of its keys, and its row ids, by turns."""
    place: list[Any] = []
    answered = loaded.answered
    for turn, part in enumerate(path):
        if turn % 2:
            place.append(part)
            continue
        place.append(list(answered).index(part) if part in answered else len(answered))
        node = answered.get(part)
        answered = node.answered if isinstance(node, Repeat) else {}
    return tuple(place)


def _question(loaded: Form, path: Path) -> str:
    node = loaded.find(path)
    return node.id if node else ""


def _of_fields(rows: Iterable[Any], fields: Sequence[str]) -> Iterator[Change]:
    """The changes of some columns between history rows of one thing."""
    for row, earlier in _pairs(rows):
        for field in fields:
            before, after = getattr(earlier, field, None) or None, getattr(row, field) or None
            if before != after:
                name = field.removesuffix("_id")
                yield Change(*_when_who_why(row), "", (name,), "", before, after)


def _of_events(events: Sequence[Event]) -> list[Change]:
    """The subjects and exceptions that came and went, by the events that tell of them."""
    said = contents_of(events)
    refs = [json.loads(event.refs) for event in events]
    persons = Person.objects.in_bulk([named["person"] for named in refs if "person" in named])
    uids = [named["user"] for named in refs if "user" in named]
    users = {str(user.uid): user.name for user in User.objects.filter(uid__in=uids)}
    changes = []
    for event, named in zip(events, refs, strict=True):
        if "person" in named:
            path, value = "subjects", persons[UUID(named["person"])].name
        else:
            path = "let in" if named["effect"] == CaseAccess.ALLOW else "kept out"
            value = users[named["user"]]
        ended = event.kind.endswith("_ended")
        sides = (value, None) if ended else (None, value)
        who = event.actor.name if event.actor else ""
        why = (said.get(event.content) or {}).get("why", "") if event.content else ""
        changes.append(Change(event.recorded_at, who, why, "", (path,), "", *sides))
    return changes


def _named(found: Iterable[Change]) -> list[Change]:
    """The same changes with the names of users and teams in place of their keys."""
    changes = list(found)
    values = {"worker": set[Any](), "user": set[Any](), "team": set[Any]()}
    for change in changes:
        if change.path[0] in values:
            values[change.path[0]].update({change.before, change.after} - {None})
    users = User.objects.filter(pk__in=values["worker"] | values["user"])
    user_names = {user.pk: user.name for user in users}
    names: Mapping[str, Mapping[Any, str]] = {
        "worker": user_names,
        "user": user_names,
        "team": {team.pk: team.name for team in Team.objects.filter(pk__in=values["team"])},
    }

    def name(change: Change, value: Any) -> Any:
        known = names.get(change.path[0])
        return known.get(value) if known else value

    return [
        Change(
            *(change.when, change.who, change.why, change.page, change.path, change.question),
            *(name(change, change.before), name(change, change.after)),
        )
        for change in changes
    ]


def _pairs(rows: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Each row with the one before it, None before the first."""
    earlier = None
    for row in rows:
        yield row, earlier
        earlier = row


def _when_who_why(row: Any) -> tuple[datetime, str, str]:
    who = row.history_user.name if row.history_user else ""
    return row.history_date, who, row.history_change_reason or ""


def _in_order(*parts: list[Change]) -> list[Change]:
    return sorted((change for part in parts for change in part), key=lambda change: change.when)
