"""What a team has before it: cases that nobody has, what waits for a signature, what is late or due."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from casework.accounts.models import Role, Team, User
from casework.accounts.roles import teams_of
from casework.cases import access
from casework.cases.clocks import ClockSeen, clock_seen, kind_of
from casework.cases.merged import Key, Source
from casework.cases.models import Case, CaseSubject, Clock, Record, Status, Task
from casework.cases.my_work import Work, listed
from casework.cases.stages import Standing, standings_in
from casework.cases.transfers import waiting_for
from casework.clock import london_day

SOON = timedelta(days=8)  # today, and the seven days after it


@dataclass(frozen=True)
class Board:
    """A team with how many of each there are, as far as the reader sees them. overdue, soon, proposed
    (cases that other teams propose to it): None for who does not manage the team.
    """

    team: Team
    unallocated: int
    waiting: int
    overdue: int | None
    soon: int | None
    proposed: int | None


@dataclass(frozen=True)
class Waiting:
    """A case in a tray: where its persons stand, and the clock of it that is due first, if one runs."""

    case: Case
    standings: Sequence[Standing]
    clock: ClockSeen | None


def boards(teams: Iterable[Team], user: User, at: datetime) -> list[Board]:
    """What each of some teams has before it; eight queries, however many they are."""
    teams, today = list(teams), london_day(at)
    if not teams:
        return []
    managed = list(teams_of(user, at, Role.MANAGER).filter(pk__in=[team.pk for team in teams]))
    unallocated = _by_team(_unallocated(teams, user, at), "team")
    waiting = _by_team(waiting_in_all(teams, user, at), "case__team")
    late = _count(managed, user, at, before=today)
    soon = _count(managed, user, at, since=today, before=today + SOON)
    proposed = _by_team(waiting_for(managed, user, at), "to_team") if managed else {}
    return [
        Board(
            team=team,
            unallocated=unallocated.get(team.pk, 0),
            waiting=waiting.get(team.pk, 0),
            overdue=late.get(team.pk, 0) if team in managed else None,
            soon=soon.get(team.pk, 0) if team in managed else None,
            proposed=proposed.get(team.pk, 0) if team in managed else None,
        )
        for team in teams
    ]


def unallocated(team: Team, user: User, at: datetime, *, stage: str = "") -> QuerySet[Case]:
    """The open cases of a team that nobody has; stage: only those in which somebody stands there."""
    found = _unallocated([team], user, at)
    if stage:
        there = CaseSubject.objects.filter(stage=stage, to_on=None)
        found = found.filter(pk__in=there.values("case"))
    return found


def overdue(team: Team, user: User, at: datetime, *, after: Key | None, size: int) -> Work:
    """What is overdue in a team: actions and clocks by day."""
    late = _due([team], user, at, before=london_day(at))
    return listed(_sources(late), user, at, after=after, size=size)


def due_soon(team: Team, user: User, at: datetime, *, after: Key | None, size: int) -> Work:
    """What is due in a team today or in the next seven days."""
    today = london_day(at)
    soon = _due([team], user, at, since=today, before=today + SOON)
    return listed(_sources(soon), user, at, after=after, size=size)


def waiting_in_all(teams: Sequence[Team], user: User, at: datetime) -> QuerySet[Record]:
    """The records of some teams that wait for a signature, whoever's, as far as a user sees them."""
    waiting = access.records_for(user, at).filter(status=Status.SUBMITTED)
    return waiting.filter(case__team__in=teams, case__closed_at=None)


def as_waiting(cases: Sequence[Case], at: datetime) -> list[Waiting]:
    """Some cases as their tray shows them; four queries, however many they are."""
    standing = standings_in(cases)
    clocks: dict[UUID, ClockSeen] = {}
    rows = Clock.objects.filter(case__in=[case.pk for case in cases], status="running")
    for row in (
        rows.filter(due_on__isnull=False).select_related("case", "subject").order_by("due_on")
    ):
        seen = clock_seen(row, kind_of(row), at)
        if seen is not None:
            clocks.setdefault(row.case_id, seen)
    return [Waiting(case, standing[case.pk], clocks.get(case.pk)) for case in cases]


def _unallocated(teams: Sequence[Team], user: User, at: datetime) -> QuerySet[Case]:
    return access.cases_for(user, at).filter(team__in=teams, worker=None, closed_at=None)


def _due(
    teams: Sequence[Team], user: User, at: datetime, *, before: date, since: date | None = None
) -> tuple[QuerySet[Task], QuerySet[Clock]]:
    days: dict[str, Any] = {"case__team__in": teams, "due_on__lt": before}
    if since is not None:
        days["due_on__gte"] = since
    return (
        access.tasks_for(user, at).filter(status=Task.OPEN, **days),
        access.clocks_for(user, at).filter(status="running", case__closed_at=None, **days),
    )


def _count(teams: Sequence[Team], user: User, at: datetime, **days: Any) -> Mapping[UUID, int]:
    """How many actions and clocks are due in these days, by team."""
    found: Counter[UUID] = Counter()
    for rows in _due(teams, user, at, **days) if teams else ():
        found.update(_by_team(rows, "case__team"))
    return found


def _sources(due: tuple[QuerySet[Task], QuerySet[Clock]]) -> list[Source]:
    tasks, clocks = due
    return [Source(0, "clock", clocks, due="due_on"), Source(1, "action", tasks, due="due_on")]


def _by_team(rows: QuerySet[Any], team: str) -> Mapping[UUID, int]:
    return dict(rows.order_by().values_list(team).annotate(many=Count("pk")))
