"""What a case type offers now: the forms to start and the reasons to close, as published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from casetypes.versions import case_type_of, newest_versions
from casework.cases.models import Case
from casework.cases.running.loading import type_of
from formdefs.codelists import Entry
from formdefs.codelists import load as load_list
from formdefs.models import FormVersion
from formdefs.versions import list_documents

_LISTED = ("id", "form_id", "number", "title", "kind")


def closing_reasons(case: Case, on: date) -> tuple[Entry, ...]:
    """The reasons for which a case may be closed on a day; none while their list is not published."""
    key = type_of(case).closing_list
    document = list_documents().get(key)
    return load_list(key, document).offered(on) if document else ()


def published() -> dict[str, FormVersion]:
    """The newest version of every form that is not withdrawn, by the form's key; no documents."""
    versions = FormVersion.objects.filter(form__withdrawn_at=None).only(*_LISTED)
    return {version.form_id: version for version in versions.order_by("form_id", "number")}


def quick_forms(case: Case, known: Mapping[str, FormVersion]) -> list[FormVersion]:
    """The forms of a case's type that nobody signs, in its order; known: what is `published`."""
    case_type = type_of(case)
    return [known[key] for key in case_type.forms if key in known and not case_type.chain(key)]


@dataclass(frozen=True)
class FirstForm:
    """A form with which a case of a type may begin. value: both keys, as a choice of the two."""

    value: str
    title: str
    case_type_title: str


def first_forms() -> list[FirstForm]:
    """What may be written first in a case of each type: what its first stage needs, then all else there."""
    known, found = published(), []
    for version in newest_versions():
        first = case_type_of(version.pk).first
        for key in dict.fromkeys((*first.needed, *first.forms)):
            if key in known:
                value = f"{version.case_type_id}:{key}"
                found.append(FirstForm(value, known[key].title, version.title))
    return found


def startable_forms(case: Case) -> list[FormVersion]:
    """The newest version of every form that is not withdrawn: the case type's own first, by title.

    What only other case types use is left out.
    """
    newest = published()
    own = type_of(case).forms
    order = {key: place for place, key in enumerate(own)}
    theirs = {key for version in newest_versions() for key in case_type_of(version.pk).forms}
    offered = [v for v in newest.values() if v.form_id in own or v.form_id not in theirs]
    return sorted(offered, key=lambda v: (order.get(v.form_id, len(order)), v.title))
