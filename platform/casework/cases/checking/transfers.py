"""Compares a case's team, and its proposals to other teams, with the events that tell of them."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from casework.cases.models import Case, Transfer
from casework.ledger.append import contents_of
from casework.ledger.models import Event

PROPOSED = "case.transfer_proposed"
_ANSWERS = {
    "case.transfer_accepted": Transfer.ACCEPTED,
    "case.transfer_refused": Transfer.REFUSED,
    "case.transfer_withdrawn": Transfer.WITHDRAWN,
}


def transfer_findings(case: Case) -> Iterator[str]:
    """Sentences on what differs; none if nothing does."""
    kinds = ("case.opened", PROPOSED, *_ANSWERS)
    events = list(Event.objects.filter(stream=case.pk, kind__in=kinds).order_by("seq"))
    said = contents_of(events)
    team, folded = "", dict[str, dict[str, Any]]()
    for event in events:
        refs, words = json.loads(event.refs), said.get(event.content or UUID(int=0))
        if event.kind == "case.opened":
            team = refs.get("team", "")
        elif event.kind == PROPOSED:
            folded[refs["transfer"]] = _proposed(event, refs, words)
        else:
            folded.setdefault(refs["transfer"], {}).update(_answered(event, words))
            team = refs["to_team"] if event.kind == "case.transfer_accepted" else team
    if team and team != str(case.team_id):
        yield f"the case is with team {case.team_id} in its table, and with {team} by its events"
    rows = {str(row.pk): row for row in Transfer.objects.filter(case=case)}
    for one in folded.keys() - rows.keys():
        yield f"proposal {one}: it is in the events, and not in its table"
    for one in rows.keys() - folded.keys():
        yield f"proposal {one}: it is in its table, and not in the events"
    for one in folded.keys() & rows.keys():
        for name, value in folded[one].items():
            if getattr(rows[one], name) != value:
                yield f"proposal {one}: its {name} is not what its events say"


def _proposed(event: Event, refs: dict[str, Any], words: Any) -> dict[str, Any]:
    found = {
        "from_team_id": UUID(refs["from_team"]),
        "to_team_id": UUID(refs["to_team"]),
        "proposed_by_id": event.actor_id,
        "proposed_at": event.recorded_at,
        "status": Transfer.PROPOSED,
        "answered_by_id": None,
        "answered_at": None,
    }
    # Words that were withdrawn are compared with nothing.
    return found | ({"reason": words["why"], "tasks": words["tasks"]} if words else {})


def _answered(event: Event, words: Any) -> dict[str, Any]:
    found = {
        "status": _ANSWERS[event.kind],
        "answered_by_id": event.actor_id,
        "answered_at": event.recorded_at,
    }
    return found | ({"answer": words["why"]} if words else {})
