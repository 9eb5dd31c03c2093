"""Publish forms, fragments and code lists: number, compile, write once, and tell the ledger."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from casework.accounts.marks import keys
from casework.accounts.models import User
from casework.canonical import canonical, sha256
from casework.clock import london_day
from casework.ledger.append import append
from formdefs import author_tests
from formdefs.calendars import calendars
from formdefs.compile import compile_form
from formdefs.definition import problems
from formdefs.fragment_definition import problems as fragment_problems
from formdefs.list_definition import problems as list_problems
from formdefs.models import (
    CodeList,
    CodeListVersion,
    Form,
    FormVersion,
    Fragment,
    FragmentVersion,
)
from formdefs.shapes import DefinitionProblem
from formdefs.versions import NotPublished, forms_for, fragment_documents, list_documents, newest

__all__ = [
    "NotPublishable",
    "fragment_problems",
    "list_documents",
    "list_problems",
    "newest",
    "publish",
    "publish_fragment",
    "publish_list",
    "stream_of",
    "withdraw",
]

_STREAMS = UUID("0d2f6d1e-6f0b-5f5c-9a55-6e6f3c0c9f10")  # of this project's configuration


class NotPublishable(Exception):
    """The document was refused and nothing was written; `problems` say all that is wrong."""

    def __init__(self, found: Sequence[DefinitionProblem]) -> None:
        super().__init__(" ".join(str(problem) for problem in found))
        self.problems = list(found)


def stream_of(kind: str, key: str) -> UUID:
    """Return the ledger stream of a document; kind: form, fragment, code_list or case_type."""
    return uuid5(_STREAMS, f"{kind}:{key}")


@transaction.atomic
def publish(
    definition: Mapping[str, Any], *, by: User | None, at: datetime, reason: str
) -> FormVersion:
    """Publish a definition as the next version of its form; a withdrawn form returns to use.

    Pins the newest version of each code list, and the versions of fragments that it names. Its own
    tests are run. Raises NotPublishable with everything wrong.
    """
    lists, fragments = list_documents(), fragment_documents()
    forms = forms_for(definition, fragments)
    found = problems(definition, lists, keys(), fragments, forms)
    refuse([*found, *reason_problems(reason)])
    refuse(author_tests.problems(definition, lists, fragments, calendars(), london_day(at)))
    # Locking the form's row makes two publishers take turns, so no number is given twice.
    form, _ = Form.objects.get_or_create(key=definition["key"])
    form = Form.objects.select_for_update().get(pk=form.pk)
    if form.withdrawn_at is not None:
        form.withdrawn_at = None
        form.save(update_fields=["withdrawn_at"])
    documents = compile_form(definition, lists, fragments, forms)
    texts = {name: canonical(part) for name, part in documents.items()}
    last = form.versions.order_by("-number").first()
    version = FormVersion.objects.create(
        form=form,
        number=last.number + 1 if last else 1,
        title=definition["title"],
        kind=definition["kind"],
        definition=canonical(definition),
        **texts,
        schema_sha256=sha256(texts["schema"]),
        sha256=sha256(texts["manifest"]),
        published_at=at,
        published_by=by,
        reason=reason,
    )
    _tell("form", form.key, "form.published", version, by=by, at=at)
    return version


@transaction.atomic
def publish_list(
    document: Mapping[str, Any], *, by: User | None, at: datetime, reason: str
) -> CodeListVersion:
    """Publish a code list as its next version. Raises NotPublishable with everything wrong.

    What is wrong includes a published code that is gone or has lost its national code. Forms keep the version that they were published with until they are published again.
    """
    refuse([*list_problems(document), *reason_problems(reason)])
    code_list, _ = CodeList.objects.get_or_create(key=document["key"])
    code_list = CodeList.objects.select_for_update().get(pk=code_list.pk)
    last = code_list.versions.order_by("-number").first()
    refuse(list_problems(document, json.loads(last.document) if last else None))
    text = canonical(document)
    version = CodeListVersion.objects.create(
        code_list=code_list,
        number=last.number + 1 if last else 1,
        title=document["title"],
        document=text,
        sha256=sha256(text),
        published_at=at,
        published_by=by,
        reason=reason,
    )
    _tell("code_list", code_list.key, "code_list.published", version, by=by, at=at)
    return version


@transaction.atomic
def publish_fragment(
    document: Mapping[str, Any], *, by: User | None, at: datetime, reason: str
) -> FragmentVersion:
    """Publish a fragment as its next version. Raises NotPublishable with everything wrong.

    Forms keep the version that they include until somebody upgrades them.
    """
    found = fragment_problems(document, list_documents(), keys(), fragment_documents())
    refuse([*found, *reason_problems(reason)])
    fragment, _ = Fragment.objects.get_or_create(key=document["key"])
    fragment = Fragment.objects.select_for_update().get(pk=fragment.pk)
    last = fragment.versions.order_by("-number").first()
    text = canonical(document)
    version = FragmentVersion.objects.create(
        fragment=fragment,
        number=last.number + 1 if last else 1,
        title=document["title"],
        document=text,
        sha256=sha256(text),
        published_at=at,
        published_by=by,
        reason=reason,
    )
    _tell("fragment", fragment.key, "fragment.published", version, by=by, at=at)
    return version


@transaction.atomic
def withdraw(key: str, *, by: User | None, at: datetime, reason: str) -> Form:
    """Withdraw a form: no new records start on it, and all that exists stays.

    Raises NotPublishable without a reason, NotPublished if the form is not in use.
    """
    refuse(reason_problems(reason))
    form = Form.objects.select_for_update().filter(pk=key, withdrawn_at=None).first()
    if form is None:
        raise NotPublished(f"There is no published form “{key}” in use.")
    form.withdrawn_at = at
    form.save(update_fields=["withdrawn_at"])
    stream = stream_of("form", key)
    append(stream, "form.withdrawn", by=by, at=at, refs={"key": key}, content={"reason": reason})
    return form


def refuse(found: Sequence[DefinitionProblem]) -> None:
    """Raise NotPublishable if anything is wrong."""
    if found:
        raise NotPublishable(found)


def reason_problems(reason: str) -> list[DefinitionProblem]:
    """List what is wrong with a reason: that it is missing."""
    if reason.strip():
        return []
    says, fix = "No reason is given.", "Say in a sentence why it is published or withdrawn."
    return [DefinitionProblem("", "", "reason", says, fix)]


def _tell(
    kind: str,
    key: str,
    event: str,
    version: FormVersion | FragmentVersion | CodeListVersion,
    *,
    by: User | None,
    at: datetime,
) -> None:
    append(
        stream_of(kind, key),
        event,
        by=by,
        at=at,
        subject=version.pk,
        refs={"key": key, "number": version.number, "sha256": version.sha256},
        content={"reason": version.reason},
    )
