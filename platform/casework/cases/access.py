"""Who sees what: the one door to cases, persons, records, files and events.

By default workers see the cases of their teams, managers those of the teams that they manage, and
read-only users all cases. An allow on a case lets one user in, with the role they hold elsewhere; a
deny keeps one out, and beats everything. Nobody sees their own file. Administrators' roles give no
case. What a user may not see is told exactly like what does not exist (Absent).

Each queryset is one condition in the database, so that no list, count or join forgets it.
"""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from casework import statements
from casework.accounts.models import TEAM_ROLES, Role, RoleGrant, Team, User
from casework.accounts.roles import grants_at, roles_of
from casework.cases import rights
from casework.cases.marks import mask_for
from casework.cases.models import (
    Case,
    CaseAccess,
    CaseSubject,
    Clock,
    Record,
    Status,
    Task,
    Transfer,
    Upload,
)
from casework.cases.seen_files import withheld_files
from casework.cases.signers import why_not_whole
from casework.cases.standing import roles_in
from casework.cases.writers import signed, wrote
from casework.ledger.models import Event
from casework.people.models import Person
from casework.refusals import Absent as Absent
from casework.refusals import NotAllowed as NotAllowed
from casework.refusals import NotNow
from formdefs.versions import form_of

Thing = Case | Record | Person | Team | None  # a team: where a case would be opened; None: anywhere
Row = TypeVar("Row", bound=Model)
_WITH = ("case", "case__team", "case__worker", "author", "form_version")
_DOCUMENTS = ("definition", "schema", "ui", "rules", "texts", "lists", "manifest")


def documents_of(version: str) -> tuple[str, ...]:
    """The long texts of a form version, by a lookup to it: what a query that shows its title defers."""
    return tuple(f"{version}__{part}" for part in _DOCUMENTS)


# What a user sees: querysets -----------------------------------------------------------------


def cases_for(user: User, at: datetime) -> QuerySet[Case]:
    """The cases that a user sees."""
    return _seen(Case.objects.all(), user, at, "")


def records_for(user: User, at: datetime) -> QuerySet[Record]:
    """The records in the cases that a user sees, without those that were withdrawn."""
    return _seen(Record.objects.exclude(status=Status.WITHDRAWN), user, at, "case")


def uploads_for(user: User, at: datetime) -> QuerySet[Upload]:
    """The files in the records that a user sees, marked ones too: for counts, never to be given out."""
    return _seen(Upload.objects.all(), user, at, "record__case")


def tasks_for(user: User, at: datetime) -> QuerySet[Task]:
    """The actions in the cases that a user sees; their words through `casework.cases.work`."""
    return _seen(Task.objects.all(), user, at, "case")


def clocks_for(user: User, at: datetime) -> QuerySet[Clock]:
    """The clocks of the cases that a user sees."""
    return _seen(Clock.objects.all(), user, at, "case")


def transfers_for(user: User, at: datetime) -> QuerySet[Transfer]:
    """The proposals of cases to other teams that a user reads: of the cases that they see, those that
    wait for a team which they manage, and those that such a team has made. What of the case goes with
    a proposal is in `casework.cases.transfers`.
    """
    if not user.is_active:
        return Transfer.objects.none()
    managed = _grants(user, at).filter(role=Role.MANAGER).values("team")
    waits = Q(to_team__in=managed, status=Transfer.PROPOSED, case__closed_at=None)
    theirs = (waits | Q(from_team__in=managed)) & _not_kept_out(user, at, "case")
    return Transfer.objects.filter(_sees(user, at, "case") | theirs)


def events_for(user: User, case: Case, at: datetime) -> QuerySet[Event]:
    """The events of a case, none if the user does not see it, in the order they were recorded."""
    seen = cases_for(user, at).filter(pk=case.pk).values("pk")
    return Event.objects.filter(stream__in=seen).order_by("seq")


def persons_for(user: User, at: datetime) -> QuerySet[Person]:
    """The subjects, past ones too, of the cases that a user sees, and never the user themself.

    Workers and managers also see persons who have been in no case at all, to open one.
    """
    return _persons(user, at, _sees(user, at, "case"))


def _persons(user: User, at: datetime, sees: Q) -> QuerySet[Person]:
    if not user.is_active:
        return Person.objects.none()
    parts = CaseSubject.objects.filter(person=OuterRef("pk"))
    in_no_case = ~Exists(parts) & Exists(_grants(user, at).filter(role__in=TEAM_ROLES))
    return Person.objects.filter(Exists(parts.filter(sees)) | in_no_case).exclude(user=user)


def _seen(rows: QuerySet[Row], user: User, at: datetime, case: str) -> QuerySet[Row]:
    return rows.filter(_sees(user, at, case)) if user.is_active else rows.none()


def _sees(user: User, at: datetime, case: str, *, in_team: bool = False) -> Q:
    """The condition on rows that reach their case by a lookup ("" on cases themselves).

    The subqueries depend on the user alone, so the database runs each once, whatever it lists.
    in_team: leave out what only a read-only role shows.
    """
    team, this = (f"{case}__team", case) if case else ("team", "pk")
    grants = _grants(user, at)
    let_in = _exceptions(user, at, CaseAccess.ALLOW)
    sees = Q(**{f"{team}__in": grants.filter(role__in=TEAM_ROLES).values("team")})
    sees |= Q(**{f"{this}__in": let_in})
    if not in_team:
        sees |= Q(Exists(grants.filter(role=Role.READ_ONLY)))
    return sees & _not_kept_out(user, at, this)


def _not_kept_out(user: User, at: datetime, this: str) -> Q:
    """The condition that beats all others: nobody kept them out, and it is not their own file."""
    kept_out = _exceptions(user, at, CaseAccess.DENY)
    own = CaseSubject.objects.filter(person__user=user).values("case")
    return ~Q(**{f"{this}__in": kept_out}) & ~Q(**{f"{this}__in": own})


def _exceptions(user: User, at: datetime, effect: str) -> QuerySet[CaseAccess, Any]:
    return CaseAccess.objects.filter(_open_at(at), user=user, effect=effect).values("case")


def _grants(user: User, at: datetime) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(grants_at(at), user=user)


def _open_at(at: datetime) -> Q:
    return Q(given_at__lte=at) & (Q(ended_at__isnull=True) | Q(ended_at__gt=at))


# One thing, or Absent --------------------------------------------------------------------------


# They read the row by its key and then ask for the user's roles in its case, which costs a third of
# building the condition above and gives the same answer.


def case(user: User, case_id: UUID | str, at: datetime) -> Case:
    """The case with its team and worker. Raises Absent."""
    found = _one(Case.objects.select_related("team", "worker"), case_id)
    roles_in(user, found, at)
    return found


def task(user: User, task_id: UUID | str, at: datetime) -> Task:
    """The action with its case, owner and the record that asked for it. Raises Absent."""
    with_all = Task.objects.select_related(
        "case__team", "case__worker", "owner", "source__form_version"
    ).defer(*documents_of("source__form_version"))
    found = _one(with_all, task_id)
    roles_in(user, found.case, at)
    return found


def clock(user: User, clock_id: UUID | str, at: datetime) -> Clock:
    """The clock with its case and the person whose it is. Raises Absent."""
    whole = Clock.objects.select_related("case__team", "case__worker", "subject")
    found = _one(whole, clock_id)
    roles_in(user, found.case, at)
    return found


def transfer(user: User, transfer_id: UUID | str, at: datetime) -> Transfer:
    """The proposal with its case, its teams and who made and answered it. Raises Absent."""
    with_all = transfers_for(user, at).select_related(
        "case__team", "case__worker", "from_team", "to_team", "proposed_by", "answered_by"
    )
    return _one(with_all, transfer_id)


def person(user: User, person_id: UUID | str, at: datetime) -> Person:
    """The person. Raises Absent."""
    return _one(persons_for(user, at), person_id)


def record(user: User, record_id: UUID | str, at: datetime) -> Record:
    """The record with its case, team, author and form version (without documents). Raises Absent."""
    return record_and_roles(user, record_id, at)[0]


def record_and_roles(
    user: User, record_id: UUID | str, at: datetime
) -> tuple[Record, frozenset[str]]:
    """The same, and the roles in which the user acts in its case. Raises Absent."""
    try:
        found = statements.first_with(Record, {"id": record_id}, _WITH, leave_out=_DOCUMENTS)
    except (ValidationError, ValueError):
        found = None  # what is no id at all is no more there than an unknown one
    if found is None or found.status == Status.WITHDRAWN:
        raise Absent
    return found, roles_in(user, found.case, at)


def upload(user: User, upload_id: UUID | str, at: datetime) -> Upload:
    """The file with its record and case. Raises Absent, also for one that answers what is withheld."""
    found = _one(Upload.objects.select_related("record__case"), upload_id)
    roles = roles_in(user, found.record.case, at)
    mask = mask_for(found.record, form_of(found.record.form_version_id), roles, user, at)
    if withheld_files(mask, found.record, [found], user):
        raise Absent
    return found


def _one(rows: QuerySet[Row], pk: UUID | str) -> Row:
    try:
        return rows.get(pk=pk)
    except (rows.model.DoesNotExist, ValidationError, ValueError):  # type: ignore[attr-defined]
        raise Absent from None  # what is no id at all is no more there than an unknown one


# What a user may do ------------------------------------------------------------------------------


def may(user: User, verb: str, thing: Thing, at: datetime) -> bool:
    """Say whether a user may do this now; the verbs are in casework.cases.rights."""
    return verb in verbs_on(user, thing, at, (verb,))


def verbs_on(
    user: User, thing: Thing, at: datetime, verbs: tuple[str, ...] = tuple(rights.VERBS)
) -> frozenset[str]:
    """All that a user may do to a thing now, in three or four queries: for a page's buttons.

    With a case: also the verbs of records and files that need no record yet (`record.start`).
    """
    try:
        roles = _roles_for(user, thing, at)
    except Absent:
        return frozenset()
    return verbs_with(user, thing, roles, verbs)


def verbs_with(
    user: User,
    thing: Thing,
    roles: frozenset[str],
    verbs: tuple[str, ...] = tuple(rights.VERBS),
) -> frozenset[str]:
    """The same for roles that are known already."""
    return frozenset(verb for verb in verbs if _refusal(user, verb, thing, roles) is None)


def why_not(user: User, verb: str, thing: Thing, roles: frozenset[str]) -> str:
    """Say why a user may not do this now; "" if they may."""
    refusal = _refusal(user, verb, thing, roles)
    return str(refusal) if refusal else ""


def require(user: User, verb: str, thing: Thing, at: datetime) -> None:
    """Raise Absent if the user does not see the thing, NotAllowed or NotNow if they may not do this."""
    check(user, verb, thing, _roles_for(user, thing, at))


def check(user: User, verb: str, thing: Thing, roles: frozenset[str]) -> None:
    """Do the same with the roles that `roles_in` gave, without asking the database for them again."""
    refusal = _refusal(user, verb, thing, roles)
    if refusal is not None:
        raise refusal


def _roles_for(user: User, thing: Thing, at: datetime) -> frozenset[str]:
    if isinstance(thing, Record):
        return roles_in(user, thing.case, at)
    if isinstance(thing, Case):
        return roles_in(user, thing, at)
    if isinstance(thing, Person):
        return _roles_on_person(user, thing, at)
    team = thing.pk if thing else None
    held = roles_of(user, at)
    return frozenset(str(role) for role, where in held if where and team in (None, where))


def _roles_on_person(user: User, person: Person, at: datetime) -> frozenset[str]:
    if not persons_for(user, at).filter(pk=person.pk).exists():
        raise Absent
    working = _persons(user, at, _sees(user, at, "case", in_team=True))
    if not working.filter(pk=person.pk).exists():
        return frozenset()
    return frozenset(str(role) for role, _team in roles_of(user, at))


def _refusal(user: User, verb: str, thing: Thing, roles: frozenset[str]) -> NotAllowed | None:
    signing = isinstance(thing, Record) and verb in rights.SIGNING
    awaited = thing.waits_for if signing and isinstance(thing, Record) else ""
    if says := rights.not_allowed(verb, roles, awaited):
        return NotAllowed(says)
    case = thing.case if isinstance(thing, Record) else thing if isinstance(thing, Case) else None
    status = thing.status if isinstance(thing, Record) else None
    if says := rights.not_now(verb, closed=bool(case and case.closed_at), status=status):
        return NotNow(says)
    if verb == "record.sign" and isinstance(thing, Record):
        if "author" in thing.waits_not and wrote(user, thing):
            return NotAllowed(rights.own_work(awaited))
        if "earlier" in thing.waits_not and signed(user, thing):
            return NotAllowed(rights.signed_before(awaited))
        if says := why_not_whole(user, thing, roles):
            return NotAllowed(says)
    return None
