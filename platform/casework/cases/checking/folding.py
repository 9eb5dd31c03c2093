"""Folds a case's events into what the engine makes of it: `evolve`, over the ledger and nothing else.

Kinds that change nothing in the engine's state are passed over, whatever they are.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from casetypes.state import Event as CaseEvent
from casetypes.state import State, evolve
from casework.cases.models import Case, Record, Snapshot, Status
from casework.cases.running.clockwork import cycles_of, happenings_of
from casework.cases.running.loading import forms_read, rules_view, type_of, version_id
from casework.cases.unmasked import documents_of
from casework.ledger.append import contents_of
from casework.ledger.models import Event
from casework.ledger.tombstones import APPROVED

_DECIDED = ("record.signed", "record.finished")


def state_from_events(case: Case) -> State:
    """The case as its events tell it."""
    state = State()
    events = list(Event.objects.filter(stream=case.pk).select_related("actor").order_by("seq"))
    said, first = contents_of(events), type_of(case).first.key
    views = _Views(case, events)
    for event in events:
        for one in _as_engine_has_it(
            event, said.get(event.content or UUID(int=0), {}), first, state, views
        ):
            state = evolve(state, one)
    return state


def _as_engine_has_it(
    event: Event, said: Mapping[str, Any], first: str, state: State, views: "_Views"
) -> Iterator[CaseEvent]:
    """One event of the ledger as the engine's, or as several."""
    refs: dict[str, Any] = json.loads(event.refs)
    subjects = tuple(refs.get("subjects", ()))
    by = str(event.actor.uid) if event.actor else ""
    if event.kind == "case.opened":
        yield CaseEvent("case.opened", subjects, {"stage": refs.get("stage", first)})
    elif event.kind == "case.subject_added":
        stage = {"stage": refs.get("stage", first)}
        yield CaseEvent("subject.joined", (refs["person"],), stage)
    elif event.kind == "case.subject_ended":
        yield CaseEvent("subject.left", (refs["person"],))
    elif event.kind == "case.closed":
        yield CaseEvent("subject.left", state.active)
        yield CaseEvent("case.closed")
    elif event.kind == "clock.changed":
        data = {
            "clock": refs["clock"],
            "subject": refs.get("subject", ""),
            "happenings": happenings_of(said["happenings"]),
            "cycles": cycles_of(said["cycles"]),
            "told": tuple(refs.get("told", ())),
        }
        yield CaseEvent(event.kind, subjects, data)
    elif event.kind == APPROVED:
        yield CaseEvent("record.withdrawn", (), refs)
    elif event.kind in _DECIDED:
        view = {"answers": views.of(refs)}
        yield CaseEvent(event.kind, subjects, {**refs, "by": by}, view)
    else:
        data = {**refs, "subject": refs.get("subject", ""), "by": by}
        for day in ("due", "asked_due"):
            if isinstance(data.get(day), str):
                data[day] = date.fromisoformat(data[day])
        if data.get("given_on"):  # perhaps to nobody
            data.setdefault("owner", "")
        yield CaseEvent(event.kind, subjects, data, said)


class _Views:
    """What rules see of each submission that was decided, as the loading from tables has it."""

    def __init__(self, case: Case, events: Iterable[Event]) -> None:
        named = [
            json.loads(event.refs).get("snapshot") for event in events if event.kind in _DECIDED
        ]
        rows = Snapshot.objects.filter(pk__in=[UUID(one) for one in named if one])
        rows = rows.exclude(record__status=Status.WITHDRAWN)
        read = forms_read(version_id(case))
        forms = dict(Record.objects.filter(case=case).values_list("pk", "form_version__form_id"))
        self._snapshots = {str(row.pk): row for row in rows if forms.get(row.record_id) in read}

    def of(self, refs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The rules' view; empty where no rule of the case type reads the form."""
        snapshot = self._snapshots.get(refs.get("snapshot", ""))
        if snapshot is None:
            return {}
        document = documents_of([snapshot])[snapshot.pk]
        return rules_view(UUID(document["version"]), document["answers"], snapshot.submitted_at)
