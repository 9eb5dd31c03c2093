"""Read published forms, fragments and code lists: the newest, all of them, and a version loaded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from formdefs.codelists import ListDoc
from formdefs.compile import DOCUMENTS
from formdefs.form import Form as LoadedForm
from formdefs.form import load
from formdefs.fragments import Fragments, expand, expansion
from formdefs.models import CodeListVersion, FormVersion, FragmentVersion
from formdefs.prefill import forms_named


class NotPublished(LookupError):
    """There is no such form to start a record on: never published, or withdrawn."""


def newest(key: str) -> FormVersion:
    """Return the newest version of a form. Raises NotPublished if it has none or is withdrawn."""
    version = (
        FormVersion.objects.select_related("form").filter(form_id=key).order_by("-number").first()
    )
    if version is None:
        raise NotPublished(f"There is no published form “{key}”.")
    if version.form.withdrawn_at is not None:
        raise NotPublished(f"The form “{version.title}” is withdrawn: no new records start on it.")
    return version


def version_of(key: str, number: int | None = None) -> FormVersion:
    """Return a numbered version of a form, or its newest, withdrawn or not. Raises NotPublished."""
    versions = FormVersion.objects.filter(form_id=key).order_by("-number")
    version = (versions if number is None else versions.filter(number=number)).first()
    if version is None:
        name = key if number is None else f"{key}@{number}"
        raise NotPublished(f"There is no published form “{name}”.")
    return version


def documents_of(version: FormVersion) -> dict[str, dict[str, Any]]:
    """Read the six compiled documents of a version."""
    return {name: json.loads(getattr(version, name)) for name in DOCUMENTS}


def form_of(version_id: UUID | str, language: str = "") -> LoadedForm:
    """Return a version loaded, its validator compiled; kept by every process, since none changes.

    language: the one to show it in, its own if none is named. Raises FormVersion.DoesNotExist.
    """
    return _loaded(UUID(str(version_id)), language)


@lru_cache(maxsize=512)
def _loaded(version_id: UUID, language: str) -> LoadedForm:
    if language:  # the same form is not kept twice
        own = _loaded(version_id, "")
        return own if language == own.written_in else load(own.documents, language)
    return load(documents_of(FormVersion.objects.get(pk=version_id)))


def forms_for(definition: Any, fragments: Fragments) -> dict[str, LoadedForm]:
    """Return the newest published version of each form that a definition prefills from, by key.

    Its fragments' sources are among them.
    """
    found: dict[str, LoadedForm] = {}
    if not isinstance(definition, Mapping):
        return found
    for key in sorted(forms_named(expansion(definition, fragments).definition)):
        version = FormVersion.objects.filter(form_id=key).order_by("-number").only("pk").first()
        if version is not None:
            found[key] = form_of(version.pk)
    return found


def form_documents() -> dict[str, tuple[Mapping[str, Any], int]]:
    """Return the newest definition of every form in use, its fragments expanded, and its number."""
    latest = FormVersion.objects.filter(form=OuterRef("form")).order_by("-number")
    rows = FormVersion.objects.filter(
        number=Subquery(latest.values("number")[:1]), form__withdrawn_at=None
    ).values_list("form_id", "definition", "number")
    fragments = fragment_documents()
    return {
        key: (expand(json.loads(definition), fragments), number) for key, definition, number in rows
    }


def list_documents() -> Mapping[str, ListDoc]:
    """Return the newest document of every code list by key, with its `version` number."""
    latest = (
        CodeListVersion.objects.filter(code_list=OuterRef("code_list"))
        .order_by("-number")
        .values("number")[:1]
    )
    rows = CodeListVersion.objects.filter(number=Subquery(latest)).order_by("code_list_id")
    return {row.code_list_id: {**json.loads(row.document), "version": row.number} for row in rows}


def newest_list(key: str) -> ListDoc | None:
    """Return the newest document of one code list, None if it was never published."""
    row = CodeListVersion.objects.filter(code_list=key).order_by("-number").first()
    return json.loads(row.document) if row else None


@dataclass(frozen=True)
class ListUse:
    """A form whose newest version uses a code list, and the version of the list that it pins."""

    form: str
    title: str
    number: int
    list_number: int
    withdrawn: bool


def uses_of_list(key: str) -> list[ListUse]:
    """Return the forms whose newest version uses a code list, by title."""
    of_this_form = FormVersion.objects.filter(form=OuterRef("form")).order_by("-number")
    newest_ones = FormVersion.objects.filter(number=Subquery(of_this_form.values("number")[:1]))
    columns = ("form_id", "title", "number", "manifest", "form__withdrawn_at")
    found = []
    for form, title, number, manifest, withdrawn_at in newest_ones.values_list(*columns):
        pinned = [p for p in json.loads(manifest)["lists"].values() if p.get("key") == key]
        if pinned:
            found.append(ListUse(form, title, number, pinned[0]["version"], bool(withdrawn_at)))
    return sorted(found, key=lambda use: use.title)


@dataclass(frozen=True)
class FragmentUse:
    """A form whose newest version has a fragment in it, and the versions of it that it pins."""

    form: str
    title: str
    number: int
    fragment_numbers: tuple[int, ...]
    withdrawn: bool


def uses_of_fragment(key: str) -> list[FragmentUse]:
    """Return the forms whose newest version has a fragment in it, also inside another, by title."""
    of_this_form = FormVersion.objects.filter(form=OuterRef("form")).order_by("-number")
    newest_ones = FormVersion.objects.filter(number=Subquery(of_this_form.values("number")[:1]))
    columns = ("form_id", "title", "number", "manifest", "form__withdrawn_at")
    found = []
    for form, title, number, manifest, withdrawn_at in newest_ones.values_list(*columns):
        pins = json.loads(manifest).get("fragments", [])  # older versions knew no fragments
        numbers = tuple(pin["version"] for pin in pins if pin["key"] == key)
        if numbers:
            found.append(FragmentUse(form, title, number, numbers, bool(withdrawn_at)))
    return sorted(found, key=lambda use: use.title)


def fragment_documents() -> Fragments:
    """Return the document of every version of every fragment, by its key and number."""
    rows = FragmentVersion.objects.order_by("fragment_id", "number")
    return {(row.fragment_id, row.number): json.loads(row.document) for row in rows}


def expanded(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a definition with the published fragments in place of its includes.

    The same for ever, as versions are immutable. Raises ValueError for one that is not published.
    """
    return expand(definition, fragment_documents())
