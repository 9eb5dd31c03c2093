"""A record to be read: as it stands, as it was signed, and printed."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casework.cases import access
from casework.cases.beside import added_to, touched_by
from casework.cases.copying import others_in, sections_of
from casework.cases.decided import decided
from casework.cases.models import DECIDED, Status
from casework.cases.waiting import awaited
from casework.ledger.models import Content
from casework.ledger.reads import note_read
from casework.refusals import Absent
from casework.web.records import commenting, summary
from casework.web.records.actions import action_notes, fixed_of
from casework.web.records.copied import read_notes
from casework.web.records.decision_forms import AppendForm, SignForm
from casework.web.records.moved import left_over
from casework.web.records.moving import offered
from casework.web.records.opened import Opened, open_record
from casework.web.records.progress import steps
from casework.web.records.since import since
from casework.web.records.tombstone import pending, tombstone

EDITING = (Status.DRAFT, Status.RETURNED, Status.ABANDONED)


@never_cache
@require_safe
def record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The record as it stands: what is typed so far, or what was submitted."""
    try:
        opened = open_record(request, record_id)
    except Absent:
        return tombstone(request, record_id)
    return shown(request, opened)


def shown(request: HttpRequest, opened: Opened, *, status: int = 200, **more: Any) -> HttpResponse:
    """The record's page, noted as read; also when one of its panels was sent wrongly filled."""
    note_read("record", opened.record.pk, by=opened.user, at=opened.at)
    context = {**_context(opened), **more}
    asked_for = request.GET.get("view", "")
    decides = {"record.sign", "record.return"} & opened.verbs
    context["changes_only"] = context["since"] and (
        asked_for == "changes" or (bool(decides) and asked_for != "whole")
    )
    return render(request, "records/record.jinja", context, status=status)


def _context(opened: Opened) -> dict[str, Any]:
    """What the record's page shows."""
    submission = None
    if opened.record.status not in EDITING:
        submission = submitted(opened, opened.record.revision)
    back = commenting.to_mend(opened)
    drafted = summary.pages(opened, opened.counted, opened.state) if not submission else []
    return {
        "opened": opened,
        "record": opened.record,
        "steps": steps(opened) if opened.record.status in EDITING else [],
        "pages": submission["pages"] if submission else drafted,
        "notes": commenting.together(
            read_notes(opened),
            commenting.notes(opened, back),
            action_notes(opened, _answers(opened, submission)),
        ),
        "submission": submission,
        "returned": (back and {"who": back.who, "when": back.when, "why": back.comment})
        or _returned(opened),
        "comments": commenting.comments(opened, back),
        "since": since(opened) if submission else None,
        "withdrawal": pending(opened),
        "revisions": _revisions(opened),
        "asked": asked(opened),
        "why_not_sign": opened.why_not("record.sign") if submission else "",
        "sign_form": SignForm(),
        "append_form": AppendForm(),
        "touched": touched_by(opened.record, opened.user, opened.at),
        "left_over": left_over(opened),
        "may_copy": bool(
            submission
            and access.verbs_with(opened.user, opened.record.case, opened.roles, ("record.start",))
            and sections_of(opened.record, opened.form)
            and others_in(opened.record)
        ),
        **offered(opened),
        "says": "",
        "unsent": "",
    }


def _answers(opened: Opened, submission: dict[str, Any] | None) -> Mapping[str, Any]:
    """The answers that a record's page shows."""
    found: Mapping[str, Any] = submission["document"]["answers"] if submission else opened.counted
    return found


@never_cache
@require_safe
def revision(request: HttpRequest, record_id: UUID, revision: int) -> HttpResponse:
    """What was submitted as one revision, and who signed it. Raises Absent if there is none."""
    opened = open_record(request, record_id)
    submission = submitted(opened, revision)
    note_read(
        "record", opened.record.pk, by=opened.user, at=opened.at, detail=f"revision {revision}"
    )
    context = {
        "opened": opened,
        "record": opened.record,
        "submission": submission,
        "pages": submission["pages"],
    }
    context["asked"] = submission["asked"]
    return render(request, "records/revision.jinja", context)


@never_cache
@require_safe
def printed(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The record on paper: without protected answers; who printed it when is stamped and noted."""
    opened = open_record(request, record_id)
    note_read("record", opened.record.pk, by=opened.user, at=opened.at, detail="printed")
    drafted = opened.record.status in EDITING
    submission = None if drafted else submitted(opened, opened.record.revision, printed=True)
    if about := request.GET.get("about"):
        return _own_copy(request, opened, submission, about)
    parts = (
        submission["pages"]
        if submission
        else summary.pages(opened, opened.counted, opened.state, printed=True)
    )
    context = {
        "opened": opened,
        "record": opened.record,
        "submission": submission,
        "pages": parts,
        "notes": read_notes(opened),
        "touched": touched_by(opened.record, opened.user, opened.at),
        "asked": asked(opened),
        "with_set_aside": "set-aside" in request.GET,
        "person": None,
        "left_over": left_over(opened, printed=True),
        "at": opened.at,
    }
    return render(request, "records/print.jinja", context)


def _own_copy(
    request: HttpRequest, opened: Opened, submission: dict[str, Any] | None, about: str
) -> HttpResponse:
    """One person's copy: what all share and their own rows, with the digest of it. Raises Absent."""
    person = next((one for one in opened.people if str(one.pk) == about), None)
    if person is None:
        raise Absent
    view, digest = opened.own_view(person.pk)
    state = submission["state"] if submission else opened.state
    held = [
        one
        for one in (submission["held"] if submission else opened.withheld)
        if len(one.path) < 2 or one.path[0] not in fixed_of(opened)
    ]
    context = {
        "opened": opened,
        "record": opened.record,
        "submission": submission,
        "person": person,
        "digest": digest,
        "with_set_aside": False,
        "left_over": [],
        "asked": {},
        "pages": summary.pages(opened, view["answers"], state, held=held, printed=True),
        "notes": {},
        "at": opened.at,
    }
    return render(request, "records/print.jinja", context)


def submitted(opened: Opened, number: int, *, printed: bool = False) -> dict[str, Any]:
    """The last submission of a revision as pages show it. Raises Absent."""
    read = opened.revision(number)
    found = read.revision
    return {
        "snapshot": found.snapshot,
        "document": read.document,
        "state": read.state,
        "held": read.withheld,
        "signatures": found.signatures,
        "decided": found.snapshot.finished or found.sign_off is not None,
        "waits": awaited(opened.record) if number == opened.record.revision else None,
        "pages": summary.pages(
            opened, read.document["answers"], read.state, held=read.withheld, printed=printed
        ),
        "set_aside": summary.set_aside(
            opened, read.document.get("set_aside", []), read.state, printed=printed
        ),
        "added": added_to(opened.record) if found.snapshot.finished else [],
        "asked": {one["capacity"]: one["label"] for one in read.state.form.agreement},
        "agreements": _agreements(found.snapshot.agreements.select_related("recorded_by")),
    }


def _agreements(agreements: Any) -> list[dict[str, Any]]:
    """What people without a log-in said of a submission, with the words from the ledger's content."""
    kept = list(agreements)
    bodies = Content.objects.in_bulk([agreement.content for agreement in kept])
    return [
        {"agreement": agreement, "said": contents(bodies.get(agreement.content))}
        for agreement in kept
    ]


def contents(row: Content | None) -> dict[str, Any]:
    """What a content row holds; nothing if it was withdrawn."""
    held: dict[str, Any] = json.loads(row.body) if row else {}
    return held


def asked(opened: Opened) -> dict[str, str]:
    """The labels of the people whom the form asks, by capacity."""
    return {one["capacity"]: one["label"] for one in opened.form.agreement}


def _returned(opened: Opened) -> dict[str, Any] | None:
    """The same of one that was returned before comments were kept with its return."""
    if opened.record.status != Status.RETURNED:
        return None
    entry = opened.record.history.filter(status=Status.RETURNED).select_related("history_user")
    last = entry.order_by("-history_date").first()
    if last is None:
        return None
    return {
        "who": last.history_user.name,
        "when": last.history_date,
        "why": last.history_change_reason,
    }


def _revisions(opened: Opened) -> list[Any]:
    """The revisions that were signed or finished, but the one shown, newest first."""
    snapshots = decided(opened.record.snapshots.all())
    snapshots = snapshots.select_related("submitted_by").prefetch_related("sign_offs__signer")
    current = opened.record.revision if opened.record.status in DECIDED else None
    return [snapshot for snapshot in snapshots.reverse() if snapshot.revision != current]
