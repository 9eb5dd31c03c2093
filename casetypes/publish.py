"""Publish case types: number, check, write once, and tell the ledger."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from casetypes.checks import Known, problems
from casetypes.models import CaseTypeKey, CaseTypeVersion
from casetypes.rows import Row, block, found_at
from casetypes.shipped import documents
from casework.accounts.models import User
from casework.canonical import canonical, sha256
from casework.ledger.append import append
from formdefs.calendars import calendars
from formdefs.publish import reason_problems, refuse, stream_of
from formdefs.shapes import DefinitionProblem
from formdefs.versions import form_documents, list_documents

# What the language can say and a stored case does not carry out yet: parts of rows, by block.
_NOT_RUN = {
    "retention": ("keep",),
}


def not_run(document: Mapping[str, Any]) -> Iterator[DefinitionProblem]:
    """Yield what would be published and then silently not happen: better refused than believed."""
    fix = "Take it off until this version of Casethread does it."
    for name, parts in _NOT_RUN.items():
        for row in _rows(document, name):
            for part in parts:
                if part in row.raw:
                    says = (
                        f"“{name}” with “{part}” can be written, but nothing is done with it yet."
                    )
                    yield found_at(row, f"/{part}", "not_run", says, fix)


def known() -> Known:
    """The published forms, code lists and calendars that a case type may name."""
    forms = {key: definition for key, (definition, _number) in form_documents().items()}
    return Known(forms, list_documents(), frozenset(calendars()))


def publish_shipped(
    *, by: User | None, at: datetime, reason: str
) -> Iterator[tuple[CaseTypeVersion, bool]]:
    """Publish every case type that ships and was never published; yield each, and whether it was.

    What an administrator published since is not undone. Raises NotPublishable.
    """
    for document in documents():
        same = CaseTypeVersion.objects.filter(
            case_type=document["key"], sha256=sha256(canonical(document))
        ).first()
        yield same or publish_case_type(document, by=by, at=at, reason=reason), same is None


def _rows(document: Mapping[str, Any], name: str) -> list[Row]:
    whole = document.get(name)
    return [Row(f"/{name}", "", whole)] if isinstance(whole, Mapping) else block(document, name)


@transaction.atomic
def publish_case_type(
    document: Mapping[str, Any], *, by: User | None, at: datetime, reason: str
) -> CaseTypeVersion:
    """Publish a case type as its next version.

    Cases keep the version that they were opened with until they are moved. Raises NotPublishable
    with everything wrong.
    """
    refuse([*problems(document, known()), *reason_problems(reason)])
    refuse(list(not_run(document)))
    numbers = {key: number for key, (_definition, number) in form_documents().items()}
    # Locking the key's row makes two publishers take turns, so no number is given twice.
    key, _ = CaseTypeKey.objects.get_or_create(key=document["key"])
    key = CaseTypeKey.objects.select_for_update().get(pk=key.pk)
    last = key.versions.order_by("-number").first()
    text = canonical(document)
    version = CaseTypeVersion.objects.create(
        case_type=key,
        number=last.number + 1 if last else 1,
        title=document["title"],
        document=text,
        forms=canonical({use["form"]: numbers[use["form"]] for use in document["forms"]}),
        sha256=sha256(text),
        published_at=at,
        published_by=by,
        reason=reason,
    )
    append(
        stream_of("case_type", key.key),
        "case_type.published",
        by=by,
        at=at,
        subject=version.pk,
        refs={"key": key.key, "number": version.number, "sha256": version.sha256},
        content={"reason": reason},
    )
    return version
