"""Who works with a case, and who could: as the pages and the API show it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from casework.accounts.models import Team, User
from casework.accounts.roles import members_of
from casework.cases.models import Allocation, Case
from casework.cases.running.loading import type_of


@dataclass(frozen=True)
class AllocationSeen:
    """An allocation with its role in words."""

    row: Allocation
    title: str


@dataclass(frozen=True)
class Member:
    """Somebody who could have a case. load: the open cases that they lead, in all their teams."""

    user: User
    load: int


def allocations_of(case: Case) -> list[AllocationSeen]:
    """Who works with a case, the lead first, and then who did, the last first. One query."""
    titles = {role.key: role.title for role in type_of(case).allocations.values()}
    rows = Allocation.objects.filter(case=case).select_related("user", "by", "ended_by")
    seen = [AllocationSeen(row, titles.get(row.role, row.role)) for row in rows]
    now = [one for one in seen if one.row.to_at is None]
    over = [one for one in seen if one.row.to_at is not None]
    now.sort(key=lambda one: (not one.row.lead, one.row.from_at))
    return now + sorted(over, key=lambda one: one.row.to_at or one.row.from_at, reverse=True)


def members_with_load(team: Team, at: datetime) -> list[Member]:
    """The workers and managers of a team by name, with the open cases that each has. One query."""
    load = Count("cases", filter=Q(cases__closed_at=None), distinct=True)
    return [Member(one, one.load) for one in members_of(team, at).annotate(load=load)]
