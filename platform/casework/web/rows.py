"""Cases and records with what their rows in a list show, in a fixed number of queries."""

from django.db.models import Prefetch, QuerySet

from casework.cases.access import documents_of
from casework.cases.models import Case, CaseSubject, Record

PARTS = ("from_on", "person__family_name", "person__given_names", "id")  # subjects, as listed


def case_rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Each case with its team, worker and subjects, past ones too."""
    parts = CaseSubject.objects.select_related("person").order_by(*PARTS)
    return cases.select_related("team", "worker").prefetch_related(
        Prefetch("subjects", queryset=parts)
    )


def record_rows(records: QuerySet[Record]) -> QuerySet[Record]:
    """Each record with its form's title, case, author and subjects; without the form's documents."""
    with_case = records.select_related("form_version", "case__team", "case__worker", "author")
    return with_case.prefetch_related("subjects").defer(*documents_of("form_version"))
