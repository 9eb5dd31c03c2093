"""One open case for a person in each group of case types (`subjects.group`)."""

from collections.abc import Sequence
from datetime import datetime

from casetypes.definition import CaseType
from casework.accounts.models import User
from casework.cases import access
from casework.cases.models import Case, CaseSubject
from casework.cases.running.loading import type_of
from casework.people.models import Person
from casework.refusals import refused


def check_one_open(
    case_type: CaseType,
    persons: Sequence[Person],
    *,
    by: User,
    at: datetime,
    argument: str,
    but: Case | None = None,
) -> None:
    """Refuse a second open part of any of these persons in a case of the same group.

    Locks the persons, so that two who do this at once take turns. `but`: the case that they are to
    join. A case that the user does not see is not named. Raises Refused.
    """
    if not case_type.group:
        return
    ids = [person.pk for person in persons]
    names = {
        row.pk: row.name
        for row in Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    }
    parts = CaseSubject.objects.filter(person__in=ids, to_on=None, case__closed_at=None)
    if but is not None:
        parts = parts.exclude(case=but)
    for part in parts.select_related("case").order_by("id"):
        if type_of(part.case).group != case_type.group:
            continue
        seen = access.cases_for(by, at).filter(pk=part.case_id).exists()
        where = f" ({part.case.reference})" if seen else ""
        says = f"{names[part.person_id]} has an open case of this kind already{where}"
        raise refused(argument, "one_open", f"{says}. Go on in that one, or have it closed first")
