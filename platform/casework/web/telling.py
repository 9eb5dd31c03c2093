"""Tells what happened in a case as sentences: who did what to whom, when and why."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.accounts.models import Team, User
from casework.cases.access import persons_for, records_for
from casework.cases.models import Case, Record, Task
from casework.cases.running.loading import type_of
from casework.clock import london_day
from casework.ledger.append import contents_of
from casework.ledger.models import Event
from casework.people.models import Person

# What an event says, by kind (and effect). What stands in braces are names put in.
SENTENCES: Mapping[str, str] = {
    "case.opened": "opened the case",
    "case.subject_added": "added {person} to the case",
    "case.subject_ended": "ended the part of {person} in the case",
    "case.allocated": "allocated the case to {worker}",
    "case.allocation_ended": "ended the allocation of the case to {worker}",
    "case.transfer_proposed": "proposed the case to {team}",
    "case.transfer_accepted": "took the case over for {team}",
    "case.transfer_refused": "refused the case for {team}",
    "case.transfer_withdrawn": "withdrew the proposal to {team}",
    "case.closed": "closed the case",
    "case.access_given.allow": "let {user} into the case",
    "case.access_given.deny": "kept {user} out of the case",
    "case.access_ended.allow": "ended that {user} is let into the case",
    "case.access_ended.deny": "ended that {user} is kept out of the case",
    "subject.moved": "moved {person} to {stage}",
    "case.upgraded": "moved the case to another version of its type",
    "case.reopened": "opened the case again",
    "clock.changed": "set {clock} going, or stopped it",
    "clock.explained": "said why {clock} is late",
    "clock.overdue": "noted that {clock} is overdue",
    "task.created": "asked for an action",
    "task.changed": "changed an action",
    "record.started": "started {form}",
    "record.page_saved": "saved a page of {form}",
    "record.copied": "copied answers into {form} from another’s",
    "record.refreshed": "took answers of {form} again from their source",
    "record.submitted": "submitted {form}",
    "record.signed": "signed {form}",
    "record.finished": "finished {form}",
    "record.step_signed": "signed {form}, which waits for another signature",
    "record.appended": "added to {form}",
    "record.touched": "said which actions {form} touches",
    "record.returned": "returned {form}",
    "record.abandoned": "abandoned {form}",
    "record.reopened": "reopened {form}",
    "record.agreement": "noted what somebody said of {form}",
    "record.marked": "put a mark on an answer of {form}",
    "record.mark_released": "took a mark off an answer of {form}",
    "withdrawal.asked": "asked that {form} is withdrawn",
    "withdrawal.approved": "approved that a record is withdrawn, and it went",
    "withdrawal.refused": "refused that {form} is withdrawn",
    "file.stored": "added a file to {form}",
}
# The same of several of them that follow one another.
SEVERAL: Mapping[str, str] = {
    "record.page_saved": "saved pages of {form}, {times} times",
    "task.created": "asked for {times} actions",
    "clock.overdue": "noted that {times} clocks are overdue",
}
# What they hold is large, and no reason; or a reason that not everybody may read.
_ANSWERS = {
    *("record.page_saved", "record.started", "record.refreshed", "clock.changed"),
    *("record.marked", "record.mark_released"),
}


@dataclass(frozen=True)
class Happened:
    """One event for a page. `why` is empty where no reason was given; `record` and `task` (the id of an
    action) where none is named.

    `occurred_at` is set only where it is another day than it was recorded.
    """

    event: Event
    who: str
    what: str
    why: str
    record: Record | None
    occurred_at: datetime | None
    task: UUID | None = None
    times: int = 1


def told(events: Iterable[Event], case: Case, user: User, at: datetime) -> list[Happened]:
    """The events of a case in their order, with the names that this user may see; seven queries in all."""
    events = list(events)
    refs = {event.pk: _refs(event) for event in events}
    contents = contents_of(event for event in events if event.kind not in _ANSWERS)
    records = _records(_ids(refs, "record"), user, at)
    found = persons_for(user, at).in_bulk(
        _ids(refs, "person") | {event.subject for event in events if event.subject}
    )
    persons: dict[UUID | None, Person] = {**found}
    uids = _ids(refs, "worker", "user")
    actors = [event.actor_id for event in events if event.actor_id]
    users = list(User.objects.filter(uid__in=uids) | User.objects.filter(pk__in=actors))
    by_uid: dict[UUID | None, str] = {one.uid: one.name for one in users}
    teams: dict[UUID | None, str] = {
        team.pk: team.name for team in Team.objects.filter(pk__in=_ids(refs, "to_team"))
    }
    by_pk = {one.pk: one.name for one in users}
    case_type = type_of(case)
    tasks: dict[Any, UUID] = dict(
        Task.objects.filter(case=case, key__in=_texts(refs, "task")).values_list("key", "pk")
    )

    def tell(event: Event) -> Happened:
        named = refs[event.pk]
        record = records.get(_id(named.get("record")))
        names = {
            "person": _name(persons.get(_id(named.get("person")) or event.subject)),
            "worker": by_uid.get(_id(named.get("worker")), "nobody"),
            "user": by_uid.get(_id(named.get("user")), "somebody"),
            "team": teams.get(_id(named.get("to_team")), "another team"),
            "form": f"“{record.form_version.title}”" if record else "a record",
            "stage": _called(case_type.stages, named.get("to"), "another stage"),
            "clock": _called(case_type.clocks, named.get("clock"), "a clock"),
        }
        kind = f"{event.kind}.{named['effect']}" if "effect" in named else event.kind
        sentence = SENTENCES.get(kind, event.kind.replace(".", " ").replace("_", " "))
        content = contents.get(event.content) if event.content else None
        late = london_day(event.occurred_at) != london_day(event.recorded_at)
        return Happened(
            event=event,
            who=by_pk.get(event.actor_id, "Casethread") if event.actor_id else "Casethread",
            what=sentence.format(**names),
            why=str((content or {}).get("why") or (content or {}).get("comment") or ""),
            record=record,
            occurred_at=event.occurred_at if late else None,
            task=tasks.get(named.get("task")),
        )

    return [tell(event) for event in events]


def together(happened: Iterable[Happened]) -> list[Happened]:
    """The same, newest first, with what one person did again and again on one day told once."""
    found: list[Happened] = []
    for one in happened:
        if found and _again(found[-1], one):
            last = found.pop()
            times = last.times + 1
            form = f"“{last.record.form_version.title}”" if last.record else "a record"
            what = SEVERAL[one.event.kind].format(form=form, times=times)
            found.append(replace(last, what=what, times=times))
        else:
            found.append(one)
    return found


def _again(last: Happened, one: Happened) -> bool:
    return (
        one.event.kind in SEVERAL
        and (one.event.kind, one.event.actor_id) == (last.event.kind, last.event.actor_id)
        and one.record == last.record
        and not (one.why or last.why)
        and london_day(one.event.recorded_at) == london_day(last.event.recorded_at)
    )


def _records(ids: set[UUID], user: User, at: datetime) -> dict[UUID | None, Record]:
    found = records_for(user, at).filter(pk__in=ids).select_related("form_version")
    return {one.pk: one for one in found.only("id", "form_version__title")}


def _refs(event: Event) -> dict[str, Any]:
    refs: dict[str, Any] = json.loads(event.refs)
    return refs


def _ids(refs: Mapping[int, Mapping[str, Any]], *names: str) -> set[UUID]:
    found = {_id(named.get(name)) for named in refs.values() for name in names}
    return {one for one in found if one is not None}


def _texts(refs: Mapping[int, Mapping[str, Any]], name: str) -> set[str]:
    return {str(named[name]) for named in refs.values() if name in named}


def _called(kinds: Mapping[str, Any], key: Any, otherwise: str) -> str:
    """The title of a stage or a clock; of one that the case's version has no more, `otherwise`."""
    return f"“{kinds[key].title}”" if key in kinds else otherwise


def _id(value: Any) -> UUID | None:
    return UUID(value) if isinstance(value, str) else None


def _name(person: Person | None) -> str:
    return person.name if person else "a person"
