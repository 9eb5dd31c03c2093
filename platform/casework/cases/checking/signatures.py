"""Compares a case's submissions, signatures, agreements and files with the events that tell of them."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage

from casework.cases.models import Agreement, Case, RecordReturn, SignOff, Snapshot, Upload
from casework.ledger.append import contents_of
from casework.ledger.models import Event, Tombstone
from casework.ledger.tombstones import APPROVED, key_of

_KINDS = (
    "record.submitted", "record.signed", "record.step_signed", "record.finished",
    "record.returned", "record.agreement", "file.stored",
)  # fmt: skip
_SIGNED = ("record.signed", "record.step_signed", "record.finished")


def signature_findings(case: Case) -> Iterator[str]:
    """What is wrong with them: sentences that name the row."""
    events = list(Event.objects.filter(stream=case.pk, kind__in=_KINDS).order_by("seq"))
    refs: dict[int, dict[str, Any]] = {event.pk: json.loads(event.refs) for event in events}
    by_kind = {
        kind: [(event, refs[event.pk]) for event in events if event.kind == kind] for kind in _KINDS
    }
    submitted = {told["snapshot"]: event for event, told in by_kind["record.submitted"]}
    rows = {str(row.pk): row for row in Snapshot.objects.filter(record__case=case)}
    for snapshot, row in rows.items():
        event = submitted.get(snapshot)
        if event is None:
            yield f"submission {snapshot}: no event tells of it"
        elif (event.digest, event.content, event.actor_id, event.recorded_at) != (
            row.sha256, row.content, row.submitted_by_id, row.submitted_at
        ):  # fmt: skip
            yield f"submission {snapshot}: it is not what its event says"
    for snapshot in submitted.keys() - rows.keys():
        yield f"submission {snapshot}: it is gone from its table"
    signed = {
        (told.get("snapshot"), event.actor_id, event.recorded_at)
        for kind in _SIGNED
        for event, told in by_kind[kind]
    }
    signatures = list(SignOff.objects.filter(snapshot__record__case=case))
    for one in signatures:
        if (str(one.snapshot_id), one.signer_id, one.signed_at) not in signed:
            yield f"signature on submission {one.snapshot_id}: no event tells of it as it stands"
        elif one.sha256 != rows[str(one.snapshot_id)].sha256:
            yield f"signature on submission {one.snapshot_id}: it is of another text"
    there = {(str(one.snapshot_id), one.signed_at) for one in signatures}
    for event, told in (*by_kind["record.signed"], *by_kind["record.step_signed"]):
        if (told["snapshot"], event.recorded_at) not in there:
            yield f"signature on submission {told['snapshot']}: it is gone from its table"
    yield from _returns(case, by_kind["record.returned"])
    yield from _agreements(case, by_kind["record.agreement"])
    yield from _uploads(case, by_kind["file.stored"])


def _returns(case: Case, told: list[tuple[Event, dict[str, Any]]]) -> Iterator[str]:
    events = {refs["snapshot"]: event for event, refs in told}
    rows = RecordReturn.objects.filter(snapshot__record__case=case)
    returned = {str(row.snapshot_id): row for row in rows}
    for snapshot, row in returned.items():
        event = events.get(snapshot)
        if event is None or (event.digest, event.content) != (row.sha256, row.content):
            yield f"return of submission {snapshot}: it is not what an event says"
    for snapshot in events.keys() - returned.keys():
        yield f"return of submission {snapshot}: it is gone from its table"


def _agreements(case: Case, told: list[tuple[Event, dict[str, Any]]]) -> Iterator[str]:
    events = {refs["agreement"]: event for event, refs in told}
    said = contents_of(events.values())
    rows = {str(row.pk): row for row in Agreement.objects.filter(snapshot__record__case=case)}
    for agreement, row in rows.items():
        event = events.get(agreement)
        content = said.get(event.content or UUID(int=0)) if event else None
        if event is None or (event.digest, event.content) != (row.sha256, row.content):
            yield f"agreement {agreement}: it is not what an event says"
        elif content is not None and content["decision"] != row.decision:
            yield f"agreement {agreement}: its decision is not what its event says"
    for agreement in events.keys() - rows.keys():
        yield f"agreement {agreement}: it is gone from its table"


def _uploads(case: Case, told: list[tuple[Event, dict[str, Any]]]) -> Iterator[str]:
    events = {refs["upload"]: event for event, refs in told}
    said = contents_of(events.values())
    rows = {str(row.pk): row for row in Upload.objects.filter(record__case=case)}
    for upload, row in rows.items():
        event = events.get(upload)
        content = said.get(event.content or UUID(int=0)) if event else None
        if event is None:
            yield f"file {upload}: no event tells of it"
        elif content is not None and content != {
            "name": row.name, "type": row.content_type, "sha256": row.sha256
        }:  # fmt: skip
            yield f"file {upload}: its row is not what its event says"
    missing = {key_of(UUID(one)): one for one in events.keys() - rows.keys()}
    gone = set(
        Tombstone.objects.filter(what="cases_upload", key__in=missing).values_list("key", flat=True)
    )
    for refs in map(
        json.loads,
        Event.objects.filter(stream=case.pk, kind=APPROVED).values_list("refs", flat=True),
    ):
        for name in refs.get("files", ()):
            if default_storage.exists(name):
                yield f"file {name} on the disk: its record was withdrawn, and it is still there"
    for key in missing.keys() - gone:
        yield f"file {missing[key]}: it is gone from its table"
