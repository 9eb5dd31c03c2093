"""What happened to one record of the demo, as steps that each know their time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from casework.accounts.models import User
from casework.cases.actions.marking import mark_answer
from casework.cases.actions.records import abandon, save_page, start_record
from casework.cases.actions.returning import return_record
from casework.cases.actions.signing import record_agreement, reopen, sign, submit
from casework.cases.models import Record
from casework.cases.unmasked import answers_on, pages_of
from casework.clock import london_day
from casework.demo.world import World
from formdefs.form import Form
from formdefs.versions import form_of, newest

Step = tuple[datetime, Callable[[], object]]
_WRITING = timedelta(hours=2)  # before it is submitted, if it was started earlier
_PER_PAGE = timedelta(minutes=11)


@dataclass
class _Doing:
    """The record that the steps act on; its id is known once it has been started."""

    case_id: UUID
    row: Mapping[str, Any]
    world: World
    record_id: UUID | None = None

    @property
    def record(self) -> Record:
        assert self.record_id, "A record is started first."
        return Record.objects.get(pk=self.record_id)

    @property
    def shown(self) -> str:
        """The digest of the newest submission: what a signer or a parent is shown."""
        newest_first = self.record.snapshots.order_by("-revision", "-attempt")
        return newest_first.values_list("sha256", flat=True)[0]


def steps(row: Mapping[str, Any], case_id: UUID, world: World) -> Iterator[Step]:
    """Yield everything that happened to a record of `families.json`: started, written, and then."""
    doing = _Doing(case_id, row, world)
    by, begun = world.users[row["by"]], world.at(row["at"])
    yield begun, partial(_start, doing, by=by, at=begun)
    pages = list(_by_page(form_of(newest(row["form"]).pk), world.resolved(row["answers"])))
    for (page, answers), at in zip(pages, _times(row, begun, len(pages), world), strict=True):
        yield at, partial(_save_on, doing, page, answers, by=by, at=at)
    for step in row["then"]:
        at = world.at(step["at"])
        does = partial(_DOES[step["do"]], doing, world.resolved(step))
        yield at, partial(does, by=world.users[step["by"]], at=at)


def _times(row: Mapping[str, Any], begun: datetime, count: int, world: World) -> Iterator[datetime]:
    """When each page was written: one after the other, and done before the record was submitted."""
    submitted = [world.at(step["at"]) for step in row["then"] if step["do"] == "submit"]
    until = submitted[0] if submitted else world.now
    if "written" in row:
        begun = world.at(row["written"])
    elif submitted:
        begun = max(begun, until - _WRITING)
    each = min(_PER_PAGE, (until - begun) / (count + 1))
    return (begun + each * place for place in range(1, count + 1))


def _by_page(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Split answers by the page that asks for them, by page id."""
    for page in form.pages:
        if mine := {key: answers[key] for key in page.answered if key in answers}:
            yield page.id, mine


def _start(doing: _Doing, *, by: User, at: datetime) -> None:
    row = doing.row
    subjects = [doing.world.persons[key].pk for key in row["about"]]
    record = start_record(doing.case_id, form_key=row["form"], subjects=subjects, by=by, at=at)
    doing.record_id = record.pk


def _save_on(
    doing: _Doing, page: str, answers: Mapping[str, Any], *, by: User, at: datetime
) -> None:
    stored = pages_of(doing.record).get(page)
    whole = {**answers_on(stored), **answers}
    version = stored.version if stored else 0
    save_page(doing.record.pk, page, whole, seen_version=version, by=by, at=at)


def _save(doing: _Doing, step: Mapping[str, Any], *, by: User, at: datetime) -> None:
    for page, answers in _by_page(form_of(doing.record.form_version_id), step["answers"]):
        _save_on(doing, page, answers, by=by, at=at)


def _submit(doing: _Doing, _step: Mapping[str, Any], *, by: User, at: datetime) -> None:
    submit(doing.record.pk, seen=None, by=by, at=at)


def _sign(doing: _Doing, step: Mapping[str, Any], *, by: User, at: datetime) -> None:
    comment = step.get("comment", "")
    sign(doing.record.pk, comment=comment, seen_sha256=doing.shown, by=by, at=at)


def _return(doing: _Doing, step: Mapping[str, Any], *, by: User, at: datetime) -> None:
    comment = step["comment"]
    return_record(doing.record.pk, comment=comment, seen_sha256=doing.shown, by=by, at=at)


def _abandon(doing: _Doing, step: Mapping[str, Any], *, by: User, at: datetime) -> None:
    abandon(doing.record.pk, why=step["why"], by=by, at=at)


def _reopen(doing: _Doing, step: Mapping[str, Any], *, by: User, at: datetime) -> None:
    reopen(doing.record.pk, why=step["why"], by=by, at=at)


def _agree(doing: _Doing, step: Mapping[str, Any], *, by: User, at: datetime) -> None:
    said = {part: step[part] for part in ("capacity", "name", "decision", "comments")}
    sha256 = doing.shown
    record_agreement(doing.record.pk, **said, on=london_day(at), seen_sha256=sha256, by=by, at=at)


def _mark(doing: _Doing, step: Mapping[str, Any], *, by: User, at: datetime) -> None:
    path = tuple(step["path"].split("."))
    mark_answer(doing.record.pk, path, step["mark"], by=by, at=at)


_DOES: dict[str, Callable[..., None]] = {
    "save": _save,
    "submit": _submit,
    "sign": _sign,
    "return": _return,
    "abandon": _abandon,
    "reopen": _reopen,
    "agree": _agree,
    "mark": _mark,
}
