"""Proposals of cases to other teams, as their readers may know them.

A proposal shows the managers of the team that is asked the case's reference and type, whom it is
about, and the reason. Nothing else of the case is seen before it is taken over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from casework.accounts.models import Role, Team, User
from casework.accounts.roles import teams_of
from casework.cases import access
from casework.cases.models import Case, CaseSubject, Transfer
from casework.cases.running.loading import type_of

RECENT = timedelta(days=14)  # so long a team's tray shows what was answered


@dataclass(frozen=True)
class TransferSeen:
    """A proposal. names: whom the case is about, none where the reader may not know it (any more);
    sees_case: whether they may open the case; answers: whether they answer it for the other team.
    """

    row: Transfer
    case_type: str
    names: tuple[str, ...]
    sees_case: bool
    answers: bool


def transfers_of(case: Case, user: User, at: datetime) -> list[TransferSeen]:
    """The proposals of a case, the last first."""
    rows = access.transfers_for(user, at).filter(case=case).order_by("-proposed_at", "-id")
    return as_seen(with_teams(rows), user, at)


def incoming(team: Team, user: User, at: datetime) -> list[TransferSeen]:
    """What waits for a team's answer, the oldest first; only its managers see any."""
    rows = waiting_for([team], user, at).order_by("proposed_at", "id")
    return as_seen(with_teams(rows), user, at)


def waiting_for(teams: Iterable[Team], user: User, at: datetime) -> QuerySet[Transfer]:
    """The proposals that wait for the answer of teams which the user manages."""
    managed = teams_of(user, at, Role.MANAGER).filter(pk__in=[team.pk for team in teams])
    waiting = Q(to_team__in=managed, status=Transfer.PROPOSED, case__closed_at=None)
    return access.transfers_for(user, at).filter(waiting)


def outgoing(team: Team, user: User, at: datetime) -> list[TransferSeen]:
    """What a team has proposed to others and is not answered, or was lately; the last first."""
    shown = Q(status=Transfer.PROPOSED) | Q(answered_at__gte=at - RECENT)
    rows = access.transfers_for(user, at).filter(shown, from_team=team)
    rows = rows.order_by("-proposed_at", "-id")
    return as_seen(with_teams(rows), user, at)


def with_teams(rows: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """Proposals with all that is shown of them, in one query."""
    return rows.select_related("case", "from_team", "to_team", "proposed_by", "answered_by")


def as_seen(rows: Iterable[Transfer], user: User, at: datetime) -> list[TransferSeen]:
    """Proposals that the user reads, as they may know them; three queries, however many."""
    found = list(rows)
    cases = [row.case_id for row in found]
    seen = set(access.cases_for(user, at).filter(pk__in=cases).values_list("pk", flat=True))
    managed = set(teams_of(user, at, Role.MANAGER).values_list("pk", flat=True))
    names = _names(cases)
    return [_seen(row, names.get(row.case_id, ()), seen, managed) for row in found]


def _seen(
    row: Transfer, names: tuple[str, ...], seen: set[UUID], managed: set[UUID]
) -> TransferSeen:
    waits = row.status == Transfer.PROPOSED
    return TransferSeen(
        row=row,
        case_type=type_of(row.case).title,
        names=names if row.case_id in seen or waits else (),
        sees_case=row.case_id in seen,
        answers=waits and row.to_team_id in managed and row.case.closed_at is None,
    )


def _names(cases: list[UUID]) -> Mapping[UUID, tuple[str, ...]]:
    found: dict[UUID, tuple[str, ...]] = {}
    parts = CaseSubject.objects.filter(case__in=cases, to_on=None).select_related("person")
    for part in parts.order_by("from_on", "person__family_name", "person__given_names", "id"):
        found[part.case_id] = (*found.get(part.case_id, ()), part.person.name)
    return found
