"""What a move to a newer version of the form would do to records, before anybody moves them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from casework.accounts.models import Role, User
from casework.accounts.roles import teams_of
from casework.cases import access
from casework.cases.actions.migrating import left_on, plan_between
from casework.cases.marks import mask_for
from casework.cases.models import EDITABLE, Record, RecordPage
from casework.cases.unmasked import answers_on, pages_of
from formdefs.form import Form
from formdefs.migrate import KINDS, Migrated, Told, apply
from formdefs.migrate_plan import Kind
from formdefs.models import FormVersion
from formdefs.structure import Problem
from formdefs.versions import form_of


@dataclass(frozen=True)
class Preview:
    """What would become of each answer that its reader sees, in the old form's order.

    withheld: how many they do not see; problems: what the new form would find wrong.
    """

    old: Form
    new: Form
    told: tuple[Told, ...]
    withheld: int
    problems: tuple[Problem, ...]

    def of(self, kind: Kind) -> list[Told]:
        """The answers that fare so."""
        return [one for one in self.told if one.kind == kind]


def preview(record: Record, to_version: UUID, *, by: User, at: datetime) -> Preview:
    """What the move would do, as this user may see it. Raises Absent for who does not see the case."""
    plan = plan_between(record.form_version_id, to_version)
    rows = pages_of(record)
    done = apply(plan, {page: answers_on(row) for page, row in rows.items()})
    mask = mask_for(record, plan.old, None, by, at)
    seen = tuple(one for one in done.told if not mask.withheld(one.old_path))
    paths = {one.path for one in seen if one.path}
    problems = tuple(p for p in done.problems if p.path in paths or not mask.hidden)
    return Preview(plan.old, plan.new, seen, len(done.told) - len(seen), problems)


def totals(records: Sequence[Record], to_version: UUID) -> dict[UUID, Mapping[Kind, int]]:
    """How many answers of each record would fare which way; one query for all of them."""
    pages: dict[UUID, dict[str, RecordPage]] = {record.pk: {} for record in records}
    for row in RecordPage.objects.filter(record__in=list(pages)):
        pages[row.record_id][row.page] = row
    return {
        record.pk: _counts(
            apply(
                plan_between(record.form_version_id, to_version),
                {page: answers_on(row) for page, row in pages[record.pk].items()},
            )
        )
        for record in records
    }


def older_drafts(user: User, at: datetime) -> QuerySet[Record]:
    """The open records, in the teams that a user manages, that are not on their form's newest version."""
    versions = FormVersion.objects.filter(form=OuterRef("form_version__form")).order_by("-number")
    seen = access.records_for(user, at).filter(
        status__in=EDITABLE,
        case__closed_at=None,
        case__team__in=teams_of(user, at, Role.MANAGER),
    )
    newest = Subquery(versions.values("number")[:1])
    return seen.annotate(newest=newest).filter(form_version__number__lt=F("newest"))


def stood_on(
    record: Record, version: UUID, *, by: User, at: datetime
) -> Mapping[str, Mapping[str, Any]] | None:
    """The pages of a record as they stood when it left a version, as a user sees them; None if it
    was never on that version.
    """
    found = left_on(record, version)
    if found is None:
        return None
    mask = mask_for(record, form_of(version), None, by, at)
    return {page: mask.masked(answers) for page, answers in found[1].items()}


def _counts(done: Migrated) -> Mapping[Kind, int]:
    kinds: Iterable[Kind] = [one.kind for one in done.told]
    return {kind: sum(one == kind for one in kinds) for kind in KINDS}
