"""Checks whom answers name by id: persons whom the user sees, workers who are here now.

Otherwise a name on a page would tell that somebody whom the user may not know of is in the files.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from casework.accounts.models import User
from casework.cases import access
from formdefs.form import Page, Path, Question
from formdefs.places import places_in
from formdefs.structure import Problem

_UNSEEN = "“{label}”: choose a person you can see, or type the name"
_GONE = "“{label}”: choose somebody who works here now"
_Named = tuple[Path, Question, str]  # an id in an answer


def naming_problems(
    page: Page,
    answers: Mapping[str, Any],
    before: Sequence[Mapping[str, Any]],
    by: User,
    at: datetime,
) -> list[Problem]:
    """The answers of a page that name somebody whom the user may not name.

    Whoever stood in the same answer before, as the user saw the page or as it stands, may stay:
    who saves a page need not see everybody whom others named on it. At most one query for the
    persons and one for the workers; none where nobody new is named by id.
    """
    known = {(path, one) for earlier in before for path, _node, one in _named(page, earlier)}
    new = [found for found in _named(page, answers) if (found[0], found[2]) not in known]
    workers = {one for _path, node, one in new if node.type == "worker"}
    persons = {one for _path, node, one in new if node.type != "worker"}
    allowed = _here(workers) | _seen(persons, by, at)
    return [
        Problem(node.id, path, "unknown_code", _says(node))
        for path, node, one in new
        if one not in allowed
    ]


def _named(page: Page, answers: Mapping[str, Any]) -> Iterator[_Named]:
    """Yield every id of a person or worker with the answer that it stands in."""
    for path, node, value in places_in(page.answered, answers):
        if not isinstance(node, Question) or node.type not in ("person", "people", "worker"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping) and one.get("id"):
                yield path, node, str(one["id"])


def _seen(ids: Iterable[str], by: User, at: datetime) -> set[str]:
    found = access.persons_for(by, at).filter(pk__in=ids) if ids else ()
    return {str(person.pk) for person in found}


def _here(ids: Iterable[str]) -> set[str]:
    found = User.objects.filter(uid__in=ids, is_active=True) if ids else ()
    return {str(user.uid) for user in found}


def _says(question: Question) -> str:
    says = _GONE if question.type == "worker" else _UNSEEN
    return says.format(label=question.label)
