"""Read published case types: the newest of each, a numbered one, and a version loaded."""

import json
from functools import lru_cache
from uuid import UUID

from django.db.models import OuterRef, Subquery

from casetypes.definition import CaseType, load
from casetypes.models import CaseTypeVersion
from formdefs.versions import NotPublished


def case_type_of(version_id: UUID | str) -> CaseType:
    """Return a version loaded; kept by every process, since none changes.

    Raises CaseTypeVersion.DoesNotExist.
    """
    return _loaded(UUID(str(version_id)))


@lru_cache(maxsize=256)
def _loaded(version_id: UUID) -> CaseType:
    return load(json.loads(CaseTypeVersion.objects.get(pk=version_id).document))


def version_of(key: str, number: int | None = None) -> CaseTypeVersion:
    """Return a numbered version of a case type, or its newest. Raises NotPublished."""
    versions = CaseTypeVersion.objects.filter(case_type_id=key).order_by("-number")
    version = (versions if number is None else versions.filter(number=number)).first()
    if version is None:
        name = key if number is None else f"{key}@{number}"
        raise NotPublished(f"There is no published case type “{name}”.")
    return version


def newest_versions() -> list[CaseTypeVersion]:
    """Return the newest version of every case type, by title."""
    latest = (
        CaseTypeVersion.objects.filter(case_type=OuterRef("case_type"))
        .order_by("-number")
        .values("number")[:1]
    )
    return list(CaseTypeVersion.objects.filter(number=Subquery(latest)).order_by("title"))
