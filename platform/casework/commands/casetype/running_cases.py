"""What keeps running cases of older versions from moving to a case type, for who publishes it."""

from collections.abc import Iterator, Mapping
from typing import Any

from casetypes.diff import upgrade_problems
from casetypes.models import CaseTypeVersion
from casetypes.versions import case_type_of
from casework.cases.models import Case, CaseSubject


def kept_back(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each older version with running cases that could not move, and why."""
    running = Case.objects.filter(case_type=document["key"], closed_at=None)
    versions = CaseTypeVersion.objects.filter(pk__in=running.values("type_version"))
    for version in versions.order_by("number"):
        cases = running.filter(type_version=version)
        old = case_type_of(version.pk)
        stages = CaseSubject.objects.filter(case__in=cases).values_list("stage", flat=True)
        occupied = frozenset(stage or old.first.key for stage in stages.distinct())
        for problem in upgrade_problems(old.document, document, version.number, occupied):
            count = cases.count()
            called = "1 running case" if count == 1 else f"{count} running cases"
            yield (
                f"{called} of version {version.number} cannot move to it: "
                f"{problem.says} {problem.fix}"
            )
