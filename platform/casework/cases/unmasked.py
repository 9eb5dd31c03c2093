"""Reads a record whole: its pages, its answers, its submissions. Only for what is decided and written.

Faces may not import this (an import contract, and a test): what somebody is shown is read through
`casework.cases.reading`, which leaves out what they may not see.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.cases.facts import facts_at
from casework.cases.models import Record, RecordPage, SignOff, Snapshot
from casework.ledger.append import contents_of
from casework.ledger.chain import digest
from casework.ledger.models import Content, Event
from casework.refusals import Absent
from formdefs.form import Form
from formdefs.state import effective
from formdefs.versions import form_of


class Altered(Exception):
    """What is stored is no longer what was submitted: its digest differs. Nothing may be signed on it."""


@dataclass(frozen=True)
class Signature:
    """One signature, and what its signer wrote with it: "" for nothing, or what was withdrawn."""

    sign_off: SignOff
    comment: str


@dataclass(frozen=True)
class Revision:
    """One submission, read back. `document` is what `snapshot_document` wrote.

    signatures: those given so far, in the order of the chain.
    """

    snapshot: Snapshot
    document: Mapping[str, Any]
    signatures: tuple[Signature, ...]

    @property
    def sign_off(self) -> SignOff | None:
        """The signature that decided it, None until it is decided."""
        last = self.signatures[-1].sign_off if self.signatures else None
        return last if last and last.last else None

    @property
    def decision(self) -> str:
        """What the last signer wrote; "" until it is decided, or for nothing."""
        return self.signatures[-1].comment if self.sign_off else ""


def form(record: Record) -> Form:
    """The form version that the record is bound to, loaded."""
    return form_of(record.form_version_id)


def pages_of(record: Record) -> dict[str, RecordPage]:
    """The saved pages of a record by page id; a page never saved is not there (version 0)."""
    return {page.page: page for page in RecordPage.objects.filter(record=record)}


def answers_on(page: RecordPage | None) -> dict[str, Any]:
    """The answers of one page, none if it was never saved."""
    answers: dict[str, Any] = json.loads(page.answers) if page else {}
    return answers


def joined(pages: Mapping[str, RecordPage]) -> dict[str, Any]:
    """The answers of many pages as one: page by page, keys do not meet."""
    return {key: value for page in pages.values() for key, value in answers_on(page).items()}


def answers_of(record: Record) -> dict[str, Any]:
    """All that is typed in a record, hidden answers too, without calculated ones."""
    return joined(pages_of(record))


def effective_answers(record: Record, at: datetime) -> dict[str, Any]:
    """The answers that count at an instant: nothing hidden, calculated ones filled in.

    A draft's. What was submitted is in its revision, as it counted then.
    """
    loaded = form(record)
    return effective(loaded, answers_of(record), facts_at(at, loaded))


def revision(record: Record, number: int) -> Revision:
    """The last submission of a revision. Raises Absent if it was never submitted, Altered."""
    snapshots = record.snapshots.filter(revision=number).select_related("submitted_by")
    snapshot = snapshots.order_by("-attempt").first()
    if snapshot is None:
        raise Absent
    return Revision(snapshot, document_of(snapshot), signatures_on(snapshot))


def signatures_on(snapshot: Snapshot) -> tuple[Signature, ...]:
    """The signatures on a submission in the order of the chain, with their signers' words."""
    given = list(SignOff.objects.filter(snapshot=snapshot).select_related("signer"))
    if not given:
        return ()
    case = Record.objects.filter(pk=snapshot.record_id).values("case")
    events = Event.objects.filter(
        stream__in=case,
        kind__in=("record.signed", "record.step_signed"),
        refs__contains=f'"{snapshot.pk}"',
    )
    told = [event for event in events if event.content]
    said = contents_of(told)
    # The only signature of a submission from before there were chains names no step.
    steps = {
        json.loads(event.refs).get("step", given[0].step): said.get(event.content, {})
        for event in told
        if event.content
    }
    return tuple(Signature(one, str(steps.get(one.step, {}).get("comment", ""))) for one in given)


def decision_on(snapshot: Snapshot) -> str:
    """What was decided and why, in the words of who signed last; "" if nothing was written or it was
    withdrawn.
    """
    given = signatures_on(snapshot)
    return given[-1].comment if given and given[-1].sign_off.last else ""


def document_of(snapshot: Snapshot) -> dict[str, Any]:
    """What was submitted, checked against its digest. Raises Altered."""
    return documents_of([snapshot])[snapshot.pk]


def documents_of(snapshots: Sequence[Snapshot]) -> dict[UUID, dict[str, Any]]:
    """The same of many by their ids, in one query."""
    contents = Content.objects.in_bulk([snapshot.content for snapshot in snapshots])
    found = {}
    for snapshot in snapshots:
        content = contents.get(snapshot.content)
        if content is None or digest(content.salt, content.body) != snapshot.sha256:
            raise Altered("What was submitted has been withdrawn or changed.")
        found[snapshot.pk] = json.loads(content.body)
    return found
