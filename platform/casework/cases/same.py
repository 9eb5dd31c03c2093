"""Who may be the person that is about to be saved, as far as the user may be told.

Of a match whom they may not see it is told whom to ask, never who it is or what is known; and only
where a number, or name and birthday, are the same, so that nobody fishes for names. Nothing is told
of a user's own file. Each such answer is noted in the ledger of reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.accounts.models import Role, RoleGrant, User
from casework.accounts.roles import grants_at
from casework.cases import access
from casework.cases.models import CaseSubject
from casework.ledger.reads import note_read
from casework.people.finding_same import Same, maybe_same
from casework.people.likeness import STRONG, Described
from casework.people.models import Person


@dataclass(frozen=True)
class Ask:
    """Whom to ask about a match: a team, and its managers by name."""

    team: str
    managers: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Who may be the same: the ones whom the user sees, and whom to ask about others."""

    seen: Sequence[Same] = ()
    ask: Sequence[Ask] = ()

    def __bool__(self) -> bool:
        return bool(self.seen or self.ask)


def same_for(person: Described, user: User, at: datetime, *, but: UUID | None = None) -> Found:
    """Find them. but: the person themself, when they are changed. Call it before anything is saved."""
    matches = maybe_same(person, but=but)
    if not matches:
        return Found()
    persons = access.persons_for(user, at).filter(pk__in=[one.person.pk for one in matches])
    visible = set(persons.values_list("pk", flat=True))
    hidden = [
        one.person
        for one in matches
        if one.person.pk not in visible and one.why in STRONG and one.person.user_id != user.pk
    ]
    for one in hidden:
        note_read("person", one.pk, by=user, at=at, detail="told whom to ask: may be the same")
    return Found([one for one in matches if one.person.pk in visible], _whom(hidden, at))


def _whom(persons: Sequence[Person], at: datetime) -> list[Ask]:
    """The teams of their open cases, or of their last one, with the managers: two queries."""
    if not persons:
        return []
    parts = CaseSubject.objects.filter(person__in=persons).select_related("case__team")
    teams = {}
    for person in persons:
        own = [part.case for part in parts if part.person_id == person.pk]
        own.sort(key=lambda case: (case.closed_at is None, case.opened_at))
        if own:
            teams[own[-1].team_id] = own[-1].team
    grants = RoleGrant.objects.filter(
        grants_at(at), team__in=teams, role=Role.MANAGER, user__is_active=True
    ).select_related("user")
    managers: dict[UUID | None, list[str]] = {}
    for grant in grants:
        managers.setdefault(grant.team_id, []).append(grant.user.name)
    ordered = sorted(teams.values(), key=lambda team: team.name)
    return [Ask(team.name, tuple(sorted(managers.get(team.pk, ())))) for team in ordered]
