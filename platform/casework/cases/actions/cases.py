"""Everything that can happen to a case: opened, its subjects added or ended, closed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction

from casetypes.versions import case_type_of, version_of
from casework.accounts import roles as grants
from casework.accounts.models import Team, User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_case
from casework.cases.case_types import closing_reasons
from casework.cases.models import EDITABLE, Case, CaseSubject, Counter, Record, Status
from casework.cases.one_open import check_one_open
from casework.cases.running.asking import asked, follow
from casework.cases.running.loading import type_of
from casework.clock import LONDON, london_day
from casework.ledger.append import append
from casework.ledger.models import Event
from casework.people.keeping import keep
from casework.people.models import Person
from casework.refusals import Absent, NotNow, refused
from formdefs.versions import NotPublished

OPEN = (*EDITABLE, Status.SUBMITTED)


@transaction.atomic
def open_case(
    *,
    case_type: str,
    team: Team,
    subjects: Sequence[UUID],
    by: User,
    at: datetime,
    occurred_at: datetime | None = None,
    why: str = "",
    command_id: UUID | None = None,
) -> Case:
    """Open a case about some persons in a team, with the next number.

    Numbers have no gaps and no doubles: the counter's row is locked until the case is there.
    Raises NotAllowed, Absent for a person whom the user does not see, Refused.
    """
    access.require(by, "case.open", team, at)
    Counter.objects.get_or_create(name="case")
    counter = Counter.objects.select_for_update().get(name="case")
    if event := done_before(command_id, "case.opened", by):
        return Case.objects.get(pk=event.stream)
    try:
        version = version_of(case_type)
    except NotPublished:
        says = f"There is no case type “{case_type}”"
        raise refused("case_type", "unknown_code", says) from None
    if not team.active:
        raise refused("team", "inactive", f"{team.name} is no longer a team")
    opened_at = _occurred(occurred_at, at)
    persons = _visible_persons(subjects, by, at)
    check_one_open(case_type_of(version.pk), persons, by=by, at=at, argument="subjects")
    counter.last += 1
    counter.save()
    case = Case(
        number=counter.last,
        case_type=case_type,
        type_version=version,
        team=team,
        opened_at=opened_at,
        opened_by=by,
    )
    first = case_type_of(version.pk).first.key
    keep(case, by=by, at=at, why=why or "Case opened")
    named = {"subjects": [str(person.pk) for person in persons]}
    roles = {str(role) for role, where in grants.roles_of(by, at) if where == team.pk}
    events = asked(case, "case.open", named, by=by, roles=roles, at=at, occurred=occurred_at)
    CaseSubject.objects.bulk_create(
        CaseSubject(case=case, person=person, from_on=london_day(opened_at), stage=first)
        for person in persons
    )
    append(
        case.id,
        "case.opened",
        by=by,
        at=at,
        occurred_at=occurred_at,
        refs={
            "case": str(case.id),
            "number": case.number,
            "case_type": case_type,
            "team": str(team.pk),
            "type_version": str(version.pk),
            "stage": first,
            "subjects": [str(person.pk) for person in persons],
        },
        content={"why": why} if why else None,
        command_id=command_id,
    )
    follow(case, events[1:], by=by, at=at)
    return case


@transaction.atomic
def add_subject(
    case_id: UUID,
    person_id: UUID,
    *,
    why: str = "",
    by: User,
    at: datetime,
    on: date | None = None,
    command_id: UUID | None = None,
) -> CaseSubject:
    """Make a person a subject of the case from a day on (today, unless told otherwise).

    Raises Absent, NotAllowed, NotNow, Refused.
    """
    case, roles = locked_case(case_id, by, at)
    if done_before(command_id, "case.subject_added", by, case=case_id, person=person_id):
        return CaseSubject.objects.filter(case=case, person=person_id).latest("part")
    access.check(by, "case.subjects", case, roles)
    (person,) = _visible_persons([person_id], by, at)
    before = CaseSubject.objects.filter(case=case, person=person).order_by("part").last()
    if before and before.to_on is None:
        raise refused("person", "already", f"This case is about {person.name} already")
    earliest = london_day(case.opened_at)
    from_on = _past_day(on, at, not_before=(before and before.to_on) or earliest)
    check_one_open(type_of(case), [person], by=by, at=at, argument="person", but=case)
    named = {"subject": str(person_id), "why": why}
    occurred = _beginning(from_on, at)
    events = asked(case, "subject.join", named, by=by, roles=roles, at=at, occurred=occurred)
    subject = CaseSubject.objects.create(
        case=case,
        person=person,
        part=before.part + 1 if before else 1,
        from_on=from_on,
        stage=type_of(case).first.key,
    )
    _note(
        case,
        "case.subject_added",
        by,
        at,
        why,
        command_id,
        person=person_id,
        on=from_on,
        stage=subject.stage,
    )
    follow(case, events[1:], by=by, at=at)
    return subject


@transaction.atomic
def end_subject(
    case_id: UUID,
    person_id: UUID,
    *,
    on: date,
    why: str,
    by: User,
    at: datetime,
    tasks: Mapping[str, Mapping[str, str]] | None = None,
    command_id: UUID | None = None,
) -> CaseSubject:
    """End a person's part in the case, on a day, with a reason. What was written stays.

    `tasks`: for each open task of theirs alone, by its key, {"end": "carry"} or {"end": "close",
    "why"}. The case is closed with the last part. Raises Absent, NotAllowed, NotNow, Refused.
    """
    case, roles = locked_case(case_id, by, at)
    parts = CaseSubject.objects.filter(case=case, person=person_id)
    if done_before(command_id, "case.subject_ended", by, case=case_id, person=person_id):
        return parts.latest("part")
    access.check(by, "case.subjects", case, roles)
    part = parts.filter(to_on=None).first()
    if part is None:
        raise Absent
    _reason(why)
    part.to_on = _past_day(on, at, not_before=part.from_on)
    named = {"subject": str(person_id), "why": why, "tasks": dict(tasks or {})}
    events = asked(case, "subject.leave", named, by=by, roles=roles, at=at)
    part.save()
    _note(case, "case.subject_ended", by, at, why, command_id, person=person_id, on=part.to_on)
    follow(case, events, by=by, at=at)
    return part


@transaction.atomic
def close_case(
    case_id: UUID,
    reason_code: str,
    *,
    why: str = "",
    by: User,
    at: datetime,
    tasks: Mapping[str, Mapping[str, str]] | None = None,
    command_id: UUID | None = None,
) -> Case:
    """Close the case with a reason from its type's list. Its subjects' parts end that day.

    `tasks`: what becomes of each open task, as `end_subject` has it. Raises Absent, NotAllowed, NotNow (it has unfinished records), Refused (no such reason).
    """
    case, roles = locked_case(case_id, by, at)
    if done_before(command_id, "case.closed", by, case=case_id):
        return case
    access.check(by, "case.close", case, roles)
    if unfinished := Record.objects.filter(case=case, status__in=OPEN).count():
        raise NotNow(
            f"This case has {unfinished} unfinished record{'s' if unfinished > 1 else ''}. "
            "Sign or abandon every record, then close the case."
        )
    if reason_code not in {entry.code for entry in closing_reasons(case, london_day(at))}:
        raise refused("reason_code", "unknown_code", "Choose why the case is closed")
    named = {"reason_code": reason_code, "why": why, "tasks": dict(tasks or {})}
    events = asked(case, "case.close", named, by=by, roles=roles, at=at)
    case.closed_at, case.closed_by, case.close_reason = at, by, reason_code
    case.version += 1
    keep(case, by=by, at=at, why=why or "Case closed")
    for part in CaseSubject.objects.filter(case=case, to_on=None):
        part.to_on = max(london_day(at), part.from_on)
        part.save()
    _note(case, "case.closed", by, at, why, command_id, reason_code=reason_code)
    follow(case, [event for event in events if event.kind != "case.closed"], by=by, at=at)
    return case


def _note(
    case: Case, kind: str, by: User, at: datetime, why: str, command_id: UUID | None, **refs: Any
) -> Event:
    """Append an event to the case's stream."""
    named = {name: value if value is None else str(value) for name, value in refs.items()}
    return append(
        case.id,
        kind,
        by=by,
        at=at,
        refs={"case": str(case.id), **named},
        content={"why": why} if why else None,
        command_id=command_id,
    )


def _visible_persons(ids: Sequence[UUID], by: User, at: datetime) -> list[Person]:
    """The persons in the order asked, each once. Raises Refused for none, Absent for one not seen.

    Whoever opens a case on a person comes to see all of them, so they must see them already.
    """
    if not ids:
        raise refused("subjects", "required", "Choose who the case is about")
    wanted = list(dict.fromkeys(ids))
    found = access.persons_for(by, at).in_bulk(wanted)
    if len(found) < len(wanted):
        raise Absent
    return [found[person_id] for person_id in wanted]


def _occurred(occurred_at: datetime | None, at: datetime) -> datetime:
    if occurred_at is not None and occurred_at > at:
        raise refused("occurred_at", "not_after", "The day must be today or in the past")
    return occurred_at or at


def _past_day(on: date | None, at: datetime, *, not_before: date) -> date:
    """The day, or today. Raises Refused outside the time from `not_before` until today."""
    day = on or london_day(at)
    if not not_before <= day <= london_day(at):
        raise refused(
            "on", "not_before", f"The day must be from {not_before:%-d %B %Y} until today"
        )
    return day


def _beginning(on: date, at: datetime) -> datetime:
    """When a part that began on a day began: now, if that is today."""
    return at if on == london_day(at) else datetime.combine(on, time(), LONDON)


def _reason(why: str) -> None:
    if not why.strip():
        raise refused("why", "required", "Enter a reason")
