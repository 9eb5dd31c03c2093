"""Cases on older versions of their case type, and what a move would do to each, before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from casetypes.clocks import Cycle
from casetypes.models import CaseTypeVersion
from casetypes.state import Event, evolve
from casetypes.versions import case_type_of
from casework.accounts.models import Role, User
from casework.accounts.roles import teams_of
from casework.cases import access
from casework.cases.actions.upgrading import what_follows
from casework.cases.models import EDITABLE, Case, Record
from casework.cases.running.loading import state_of, type_of
from casework.people.models import Person
from casework.refusals import NotNow
from formdefs.models import FormVersion


@dataclass(frozen=True)
class StageMove:
    """Where a person would stand, and where they stand."""

    person: Person
    was: str
    now: str


@dataclass(frozen=True)
class ClockMove:
    """A clock that would be another: its last round as it is and as it would be."""

    title: str
    person: Person | None
    was: Cycle
    now: Cycle


@dataclass(frozen=True)
class Preview:
    """What the move of one case would do. refused: why it cannot be moved, "" if it can.

    drafts: its open records that are on older versions of their forms; they stay on these, and are
    moved by themselves. tasks: how many actions are open; they go on.
    """

    stages: tuple[StageMove, ...] = ()
    clocks: tuple[ClockMove, ...] = ()
    tasks: int = 0
    drafts: tuple[Record, ...] = ()
    refused: str = ""


def newest_of(case_type: str) -> CaseTypeVersion | None:
    """The newest version of a case type, None if it has none."""
    return CaseTypeVersion.objects.filter(case_type=case_type).order_by("-number").first()


def newer_version(case: Case) -> CaseTypeVersion | None:
    """The version that a case could be moved to, None if it is on the newest."""
    newest, was = newest_of(case.case_type), case.type_version
    return newest if newest and was and was.number < newest.number else None


def older_cases(user: User, at: datetime) -> QuerySet[Case]:
    """The open cases, in the teams that a user manages, that are not on their type's newest version."""
    versions = CaseTypeVersion.objects.filter(case_type=OuterRef("case_type")).order_by("-number")
    mine = access.cases_for(user, at).filter(
        closed_at=None, team__in=teams_of(user, at, Role.MANAGER)
    )
    newest = Subquery(versions.values("number")[:1])
    return mine.annotate(newest=newest).filter(type_version__number__lt=F("newest"))


def preview(case: Case, to_version: UUID, user: User, at: datetime) -> Preview:
    """What the move of a case would do. Raises Refused for a version that is not a newer one of its type."""
    old, new, state = type_of(case), case_type_of(to_version), state_of(case)
    drafts = tuple(_drafts(case, user, at))
    open_tasks = sum(task.status == "open" for task in state.tasks.values())
    try:
        events = what_follows(case, to_version, at)
    except NotNow as refusal:
        return Preview(tasks=open_tasks, drafts=drafts, refused=str(refusal))
    after = state
    for event in events:
        after = evolve(after, event)
    people = {str(one.pk): one for one in Person.objects.filter(subject_of__case=case)}
    stages = tuple(
        StageMove(people[one], old.stages[was.stage].title, new.stages[now.stage].title)
        for one, was in state.subjects.items()
        if (now := after.subjects[one]) and was.stage != now.stage and one in people
    )
    clocks = tuple(
        ClockMove(
            old.clocks[event.data["clock"]].title,
            people.get(event.data["subject"]),
            state.clocks[event.data["clock"], event.data["subject"]].cycles[-1],
            event.data["cycles"][-1],
        )
        for event in _of_clocks(events)
    )
    return Preview(stages, clocks, open_tasks, drafts)


def _of_clocks(events: tuple[Event, ...]) -> Iterator[Event]:
    return (event for event in events if event.kind == "clock.changed" and event.data["cycles"])


def _drafts(case: Case, user: User, at: datetime) -> QuerySet[Record]:
    versions = FormVersion.objects.filter(form=OuterRef("form_version__form")).order_by("-number")
    newest = Subquery(versions.values("number")[:1])
    mine = access.records_for(user, at).filter(case=case, status__in=EDITABLE)
    open_now = mine.annotate(newest=newest)
    older = open_now.filter(form_version__number__lt=F("newest")).select_related("form_version")
    return older.defer(*access.documents_of("form_version"))
