"""What stands where a record was: that it was withdrawn, by whom and why; or that somebody asked for it."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casework import clock
from casework.cases.actions.withdrawing import withdrawn
from casework.cases.models import Withdrawal
from casework.ledger.append import contents_of
from casework.ledger.models import Event
from casework.ledger.reads import note_read
from casework.web.records.opened import Opened
from casework.web.signed_in import signed_in


def tombstone(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The page of a withdrawn record. Raises Absent if it was not withdrawn, or is not seen."""
    user, at = signed_in(request), clock.now()
    found = withdrawn(user, record_id, at)
    note_read("record", record_id, by=user, at=at, detail="tombstone")
    said = words_of(found.asked_event, found.decided_event)
    context = {"withdrawal": found, "record": found.record, "asked": said[0], "decided": said[1]}
    return render(request, "records/withdrawn.jinja", context)


def pending(opened: Opened) -> dict[str, Any] | None:
    """What somebody asked of the record and nobody has decided yet."""
    rows = Withdrawal.objects.filter(record=opened.record, status=Withdrawal.ASKED)
    asked = rows.select_related("asked_by", "asked_event").first()
    if asked is None:
        return None
    may_decide = "withdrawal.decide" in opened.verbs and asked.asked_by_id != opened.user.pk
    return {"asked": asked, "why": words_of(asked.asked_event)[0], "may_decide": may_decide}


def words_of(*events: Event | None) -> list[str]:
    """The reasons that events give, in their order."""
    said = contents_of([event for event in events if event])
    return [
        str(said.get(event.content, {}).get("why", "")) if event and event.content else ""
        for event in events
    ]
