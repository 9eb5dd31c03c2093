"""In which roles a user acts in one case: one query, the same rules as the lists of `access`."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from casework.accounts.models import TEAM_ROLES, Role, RoleGrant, User
from casework.accounts.roles import roles_of
from casework.cases.models import Case, CaseAccess
from casework.refusals import Absent
from casework.statements import prepared

_STANDING = """
    SELECT role, team_id FROM accounts_rolegrant
    WHERE user_id = %s AND granted_at <= %s AND (ended_at IS NULL OR ended_at > %s)
    UNION ALL
    SELECT effect, NULL FROM cases_caseaccess
    WHERE case_id = %s AND user_id = %s AND given_at <= %s AND (ended_at IS NULL OR ended_at > %s)
    UNION ALL
    SELECT 'own file', NULL FROM cases_casesubject AS part
    JOIN people_person AS person ON person.id = part.person_id
    WHERE part.case_id = %s AND person.user_id = %s
"""


def roles_in(user: User, case: Case, at: datetime) -> frozenset[str]:
    """The roles in which a user acts in a case, in one query. Raises Absent when they do not see it.

    The same rules as the condition of the querysets; a test holds the two together.
    """
    instant, this = prepared(RoleGrant, "granted_at", at), prepared(CaseAccess, "case_id", case.pk)
    here = prepared(RoleGrant, "team_id", case.team_id)
    values = [user.pk, instant, instant, this, user.pk, instant, instant, this, user.pk]
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, values)
        held = cursor.fetchall()
    names = {name for name, _team in held}
    let_in = CaseAccess.ALLOW in names
    if not user.is_active or names & {CaseAccess.DENY, "own file"}:
        raise Absent
    roles = {name for name, team in held if name in TEAM_ROLES and (let_in or team == here)}
    roles |= names & {Role.READ_ONLY.value}
    if not (roles or let_in):
        raise Absent
    return frozenset(roles)


def roles_in_all(user: User, cases: Iterable[Case], at: datetime) -> dict[UUID, frozenset[str]]:
    """The same for cases that the user is known to see, in two queries whatever their number."""
    wanted = {case.pk: case for case in cases}
    held = roles_of(user, at)
    open_now = Q(given_at__lte=at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))
    let_in = set(
        CaseAccess.objects.filter(
            open_now, user=user, case__in=wanted, effect=CaseAccess.ALLOW
        ).values_list("case_id", flat=True)
    )
    everywhere = {role for role, _team in held if role == Role.READ_ONLY}
    return {
        pk: frozenset(
            str(role)
            for role, team in held
            if role in everywhere or (role in TEAM_ROLES and (pk in let_in or team == case.team_id))
        )
        for pk, case in wanted.items()
    }
