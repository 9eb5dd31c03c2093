"""Everything that happens to a record from its submission on: signed, returned, reopened, agreed to.

A signature, a return and an agreement name the SHA-256 of exactly what their maker was shown.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from casetypes.asked_records import step_at
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_in_case, refs_of
from casework.cases.listed import Listed
from casework.cases.marks import mask_for
from casework.cases.models import Agreement, Record, SignOff, Snapshot, Status
from casework.cases.running.asking import asked, follow
from casework.cases.running.loading import places_of, rules_view, type_of
from casework.cases.submitting import occurred, snapshot_document, submittable
from casework.cases.thread import titles_of
from casework.cases.unmasked import document_of, form
from casework.cases.waiting import wait
from casework.clock import london_day
from casework.ledger.append import append
from casework.ledger.models import Event
from casework.people.keeping import keep
from casework.refusals import Stale, refused
from formdefs.versions import form_of

_SIGNED = ("record.signed", "record.step_signed")
SIGNED_SINCE = (
    "Somebody has signed this record since you opened it. Look at whose signature is next."
)
CHANGED = "This record has been submitted again since you opened it. Read it again, then decide."


@transaction.atomic
def submit(
    record_id: UUID,
    *,
    seen: Mapping[str, int] | None,
    by: User,
    at: datetime,
    set_aside: Collection[str] = (),
    command_id: UUID | None = None,
) -> Snapshot:
    """Submit the record as it stands, for signature; its author is now who submits it.

    Where the case type asks no signature of its form, that finishes it.

    `seen`: version of each page, by page id, as the user checked it (0 or left out: never saved);
    None trusts what is stored. Warnings do not stop it. `set_aside`: paths of hidden answers to keep
    with the record beside its answers; the others are left out of what is submitted. Raises
    Incomplete with every problem in document order, Refused, Stale, Absent, NotAllowed, NotNow.
    """
    record, roles = locked_in_case(record_id, by, at)
    if event := done_before(command_id, "record.submitted", by, record=record_id):
        return Snapshot.objects.get(pk=refs_of(event)["snapshot"])
    access.check(by, "record.submit", record, roles)
    loaded = form(record)
    mask = mask_for(record, loaded, roles, by, at)
    listed = Listed(record, loaded)
    actions = titles_of(listed, by, at)
    content = submittable(record, loaded, seen, at, set_aside, mask, listed, actions)
    happened_at = occurred(loaded, content.answers)
    view = rules_view(record.form_version_id, content.answers, at)
    events = asked(
        record.case,
        "record.submit",
        {"record": str(record.pk), "answers": view},
        by=by,
        roles=roles,
        at=at,
        occurred=happened_at,
    )
    over = next((n for n, event in enumerate(events) if event.kind == "record.finished"), None)
    finished = over is not None
    record.status = Status.FINISHED if finished else Status.SUBMITTED
    record.author, record.changed_at = by, at
    needed = events[0].data.get("asked", ())
    wait(record, loaded, type_of(record.case), needed, 0)
    record.occurred_on = london_day(happened_at or at)
    attempts = record.snapshots.filter(revision=record.revision)
    snapshot = Snapshot(
        record=record,
        revision=record.revision,
        attempt=(attempts.aggregate(last=Max("attempt"))["last"] or 0) + 1,
        submitted_by=by,
        submitted_at=at,
        finished=finished,
    )
    keep(record, by=by, at=at, why="Record finished" if finished else "Record submitted")
    event = append(
        record.case_id,
        "record.submitted",
        by=by,
        at=at,
        occurred_at=happened_at,
        refs={
            **_refs(snapshot),
            "attempt": snapshot.attempt,
            "asked": list(needed),
            "pages": content.versions,
        },
        content=snapshot_document(snapshot, loaded, content),
        command_id=command_id,
    )
    snapshot.content, snapshot.sha256 = event.content, event.digest  # type: ignore[assignment]
    snapshot.save(force_insert=True)
    follow(record.case, events[1:over], by=by, at=at)
    if over is not None:
        told: dict[str, Any] = {"occurred_at": happened_at, "sha256": snapshot.sha256}
        note(snapshot, "record.finished", by, at, None, **told)
        follow(record.case, events[over + 1 :], by=by, at=at)
    return snapshot


@transaction.atomic
def sign(
    record_id: UUID,
    *,
    seen_sha256: str,
    by: User,
    at: datetime,
    comment: str = "",
    seen_step: int | None = None,
    command_id: UUID | None = None,
) -> SignOff:
    """Sign what was submitted and shown; `comment` may say what was decided and why.

    The record is decided with the last signature of its chain; until then it waits for the next.
    `seen_step`: the place in its chain of the signature that the user meant to give, None for whatever
    is next.
    The event's digest binds the comment to the signature. Raises Stale if what was shown is not
    what stands now, Altered if its text no longer has its digest; NotAllowed for whose signature is
    not next, for a writer where the form or the chain asks for another, and for who does not see all
    that was submitted; Absent, NotNow.
    """
    record, roles = locked_in_case(record_id, by, at)
    if event := done_before(command_id, _SIGNED, by, record=record_id):
        refs = refs_of(event)
        return SignOff.objects.get(snapshot=refs["snapshot"], step=refs.get("step", 0))
    access.check(by, "record.sign", record, roles)
    snapshot = shown(record, seen_sha256)
    document = document_of(snapshot)
    decided = decision(record, document, snapshot.submitted_at)
    events = asked(record.case, "record.sign", decided, by=by, roles=roles, at=at)
    case_type, loaded = type_of(record.case), form(record)
    own, place = events[0], events[0].data["step"]
    if seen_step not in (None, place):
        raise Stale(SIGNED_SINCE)
    step = step_at(case_type, loaded.key, place)
    sign_off = SignOff.objects.create(
        snapshot=snapshot,
        step=place,
        last=own.kind == "record.signed",
        role=step.role,
        title=step.title,
        signer=by,
        signed_at=at,
        sha256=snapshot.sha256,
    )
    asked_for = places_of(record)
    wait(record, loaded, case_type, asked_for, asked_for.index(place) + 1)
    if sign_off.last:
        record.status = Status.SIGNED
    record.changed_at = at
    comment = comment.strip()
    done = "Record signed" if sign_off.last else "One signature given, the next is waited for"
    keep(record, by=by, at=at, why=comment or done)
    said = {"comment": comment} if comment else None
    note(snapshot, own.kind, by, at, command_id, said, sha256=snapshot.sha256, step=place)
    follow(record.case, events[1:], by=by, at=at)
    return sign_off


@transaction.atomic
def reopen(
    record_id: UUID, *, why: str, by: User, at: datetime, command_id: UUID | None = None
) -> Record:
    """Open what was signed as the record's next revision, with the same pages and row ids.

    The signed revision and its signature stay as they are. Raises Absent, NotAllowed, NotNow,
    Refused.
    """
    record, roles = locked_in_case(record_id, by, at)
    if done_before(command_id, "record.reopened", by, record=record_id):
        return record
    access.check(by, "record.reopen", record, roles)
    if not why.strip():
        raise refused("why", "required", "Enter why the record is reopened")
    asked(
        record.case,
        "record.reopen",
        {"record": str(record.pk), "why": why},
        by=by,
        roles=roles,
        at=at,
    )
    # A revision that was given up may have been submitted once, so its number is not used again.
    submitted = record.snapshots.aggregate(last=Max("revision"))["last"] or 0
    record.revision = max(record.revision, submitted) + 1
    record.status, record.changed_at = Status.DRAFT, at
    keep(record, by=by, at=at, why=why)
    append(
        record.case_id,
        "record.reopened",
        by=by,
        at=at,
        refs={"case": str(record.case_id), "record": str(record.id), "revision": record.revision},
        content={"why": why},
        command_id=command_id,
    )
    return record


@transaction.atomic
def record_agreement(
    record_id: UUID,
    *,
    capacity: str,
    name: str,
    decision: str,
    on: date,
    comments: str,
    seen_sha256: str,
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Agreement:
    """Note what somebody without a log-in said of exactly the submission that they were shown.

    `capacity` is one that the form asks. Raises Absent, NotAllowed, NotNow, Stale, Refused.
    """
    record, roles = locked_in_case(record_id, by, at)
    if event := done_before(command_id, "record.agreement", by, record=record_id):
        return Agreement.objects.get(pk=refs_of(event)["agreement"])
    access.check(by, "record.agree", record, roles)
    snapshot = shown(record, seen_sha256)
    if capacity not in {asked["capacity"] for asked in form(record).agreement}:
        raise refused("capacity", "unknown_code", "Choose who was asked")
    if decision not in Agreement.Decision.values:
        raise refused("decision", "unknown_code", "Choose what they said")
    if not name.strip():
        raise refused("name", "required", "Enter the name of who was asked")
    if on > london_day(at):
        raise refused("on", "not_after", "The day they were asked must be today or in the past")
    agreement = Agreement(
        snapshot=snapshot,
        capacity=capacity,
        decision=decision,
        on=on,
        recorded_by=by,
        recorded_at=at,
    )
    said = {"name": name.strip(), "comments": comments.strip(), "decision": decision}
    named: dict[str, Any] = {
        "agreement": str(agreement.id),
        "capacity": capacity,
        "on": on.isoformat(),
    }
    event = note(snapshot, "record.agreement", by, at, command_id, said, **named)
    agreement.content, agreement.sha256 = event.content, event.digest  # type: ignore[assignment]
    agreement.save(force_insert=True)
    return agreement


def decision(record: Record, document: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What a signature tells the engine: the answers as rules see them, and when it happened."""
    loaded = form_of(document["version"])
    happened_at = occurred(loaded, document["answers"])
    return {
        "record": str(record.pk),
        "answers": rules_view(UUID(document["version"]), document["answers"], at),
        "occurred": happened_at,
        "worker": str(record.case.worker.uid) if record.case.worker else "",
    }


def shown(record: Record, seen_sha256: str) -> Snapshot:
    """The newest submission. Raises Stale unless it is the one that the user was shown."""
    snapshot = record.snapshots.latest("revision", "attempt")
    if snapshot.sha256 != seen_sha256:
        raise Stale(CHANGED)
    snapshot.record = record
    return snapshot


def _refs(snapshot: Snapshot) -> dict[str, Any]:
    record = snapshot.record
    return {
        "case": str(record.case_id),
        "record": str(record.id),
        "revision": snapshot.revision,
        "snapshot": str(snapshot.id),
    }


def note(
    snapshot: Snapshot,
    kind: str,
    by: User,
    at: datetime,
    command_id: UUID | None,
    content: Mapping[str, Any] | None = None,
    *,
    occurred_at: datetime | None = None,
    **refs: Any,
) -> Event:
    """Append an event about a submission to the stream of its case."""
    return append(
        snapshot.record.case_id,
        kind,
        by=by,
        at=at,
        occurred_at=occurred_at,
        refs={**_refs(snapshot), **refs},
        content=content,
        command_id=command_id,
    )
