"""Which drafts include a fragment, what a newer version would change in them, and taking it up.

Taking up a version, and replacing an include by a copy, write a new revision of the draft and
publish nothing.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from wagtail.models import Revision, WorkflowState

from casework.accounts.marks import keys
from casework.accounts.models import User
from cms import diff
from cms.drafts import latest, locked, save_text
from cms.jsontext import pretty
from cms.models import Draft, FormDraft, FragmentDraft
from formdefs import definition, fragment_definition
from formdefs.codelists import ListDoc
from formdefs.compile import compile_form
from formdefs.diff import compare
from formdefs.form import load
from formdefs.fragment_changes import copied, upgraded
from formdefs.fragments import Fragments, expansion, includes
from formdefs.shapes import DefinitionProblem
from formdefs.versions import fragment_documents, list_documents

_KINDS: tuple[type[Draft], ...] = (FormDraft, FragmentDraft)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


class NotTakenUp(Exception):
    """A draft was left as it is; the text says why, and what to do."""


@dataclass(frozen=True)
class Difference:
    """One thing that a newer version changes in a draft; severity: "" where it is not known."""

    says: str
    severity: str = ""


@dataclass(frozen=True)
class Use:
    """A draft that includes a fragment itself, as it was last saved.

    numbers: the versions that it includes; prevents: why it cannot take up the newest, "" if it
    can; differences: what would change in it.
    """

    draft: Draft
    revision: int
    numbers: tuple[int, ...]
    prevents: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def name(self) -> str:
        """What a page calls it: which draft, and as of which revision."""
        return f"{self.draft.kind}-{self.draft.pk}-{self.revision}"


@dataclass(frozen=True)
class _Known:
    """What checks and compiling need to know."""

    lists: Mapping[str, ListDoc]
    fragments: Fragments
    marks: Any

    @classmethod
    def now(cls) -> "_Known":
        return cls(list_documents(), fragment_documents(), keys())

    def problems(self, kind: str, document: Any) -> list[DefinitionProblem]:
        judged = definition if kind == FormDraft.kind else fragment_definition
        return judged.problems(document, self.lists, self.marks, self.fragments)


def uses(key: str, newest: int | None, by: User) -> list[Use]:
    """Return the drafts that include a fragment, by title; for older includes, what would change.

    newest: the number of its newest version, None if it was never published.
    """
    known = _Known.now()
    found = [
        _judged(row, document, numbers, key, newest, by, known)
        for row, document in _drafts()
        if (numbers := _numbers(document, key))
    ]
    return sorted(found, key=lambda use: use.draft.title)


def take_up(name: str, key: str, version: int, *, by: User) -> Draft:
    """Let a draft, named as `Use.name`, include a version of a fragment where it has an older one.

    Raises NotTakenUp when it was changed since, is locked or not theirs to change, or would have
    new problems.
    """
    with transaction.atomic():
        draft = _locked_row(name, by)
        known = _Known.now()
        document = json.loads(draft.definition)
        newer = upgraded(document, key, version)
        if prevents := _new_problems(draft.kind, document, newer, known):
            raise NotTakenUp(f"“{draft.title}” is left as it is. {prevents}")
        draft.definition = pretty(newer)
        save_text(draft, by=by, action="cms.upgrade", fragment=key, version=version)
        return draft


def copy(name: str, include_id: str, *, by: User) -> Draft:
    """Replace an include of a draft, named as `Use.name`, by a copy of what is in the fragment.

    Raises NotTakenUp when the draft was changed since, is locked or not theirs to change, or has no
    such include that can be expanded.
    """
    with transaction.atomic():
        draft = _locked_row(name, by)
        document = json.loads(draft.definition)
        include = next((i for i in includes(document) if i.id == include_id), None)
        try:
            with_copy = copied(
                document, include_id, fragment_documents(), lambda: _new_id(draft.definition)
            )
        except (LookupError, ValueError) as refusal:
            raise NotTakenUp(f"“{draft.title}” is left as it is. {refusal}") from refusal
        assert include is not None
        draft.definition = pretty(with_copy)
        said = {"fragment": str(include.fragment), "key": include.key}
        save_text(draft, by=by, action="cms.copy", **said)
        return draft


def name_of(draft: Draft) -> str:
    """Return what `take_up` and `copy` call a draft as it is now."""
    return f"{draft.kind}-{draft.pk}-{draft.latest_revision_id}"


def _drafts() -> Iterator[tuple[Draft, Mapping[str, Any]]]:
    """Yield every form and fragment as it was last saved, with its document, where one can be read."""
    for kind in _KINDS:
        for row in _with_locks(kind.objects.select_related("latest_revision", "locked_by")):
            text = row.latest_revision.content["definition"] if row.latest_revision else ""
            try:
                document = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(document, Mapping):
                yield row, document


def _with_locks(rows: QuerySet[Draft]) -> Iterator[Draft]:
    """Yield drafts with what `get_lock` asks of each, read at once (as Wagtail does for its pages)."""
    active = WorkflowState.objects.active().select_related("current_task_state__task")
    scheduled = Revision.objects.filter(approved_go_live_at__isnull=False)
    for row in rows.prefetch_related(
        Prefetch("_workflow_states", active, to_attr="_current_workflow_states"),
        Prefetch("_revisions", scheduled, to_attr="scheduled"),
    ):
        row.scheduled_revision = next(iter(row.scheduled), None)
        yield row


def _numbers(document: Mapping[str, Any], key: str) -> tuple[int, ...]:
    found = {i.fragment.version for i in includes(document) if i.fragment.key == key}
    return tuple(sorted(found))


def _judged(
    row: Draft,
    document: Mapping[str, Any],
    numbers: tuple[int, ...],
    key: str,
    newest: int | None,
    by: User,
    known: _Known,
) -> Use:
    revision = row.latest_revision_id or 0
    if newest is None or numbers[0] >= newest:
        return Use(row, revision, numbers)
    newer = upgraded(document, key, newest)
    refusal = locked(row, by)
    prevents = " ".join(refusal) if refusal else _new_problems(row.kind, document, newer, known)
    return Use(row, revision, numbers, prevents, tuple(_differences(row, document, newer, known)))


def _new_problems(kind: str, before: Any, after: Any, known: _Known) -> str:
    """Tell the problems that a document has only after a change; "" if there are none."""
    had = {(problem.at, problem.says) for problem in known.problems(kind, before)}
    new = [p for p in known.problems(kind, after) if (p.at, p.says) not in had]
    return " ".join(str(problem) for problem in new)


def _differences(
    row: Draft, before: Mapping[str, Any], after: Mapping[str, Any], known: _Known
) -> Iterator[Difference]:
    """Yield what changes: by the semantic difference, or node by node where a draft has problems."""
    if not known.problems(row.kind, before) and not known.problems(row.kind, after):
        if isinstance(row, FragmentDraft):
            before, after = (fragment_definition.as_form(d) for d in (before, after))
        old, new = (load(compile_form(d, known.lists, known.fragments)) for d in (before, after))
        for change in compare(old, new).changes:
            yield Difference(change.says, change.severity.title)
        return
    expanded = [expansion(document, known.fragments).definition for document in (before, after)]
    for node in diff.node_changes(*expanded):
        parts = f" ({', '.join(node.parts)})" if node.parts else ""
        yield Difference(f"{node.how.capitalize()}: {node.kind} “{node.name}”{parts}.")


def _locked_row(name: str, by: User) -> Draft:
    """Return the draft that a page named, as it was last saved, with its row locked."""
    kind, _, rest = name.partition("-")
    pk, _, revision = rest.partition("-")
    model = next((model for model in _KINDS if model.kind == kind), None)
    row = None
    if model and pk.isdecimal():
        rows = model.objects.select_for_update()
        row = rows.filter(pk=pk).first()
    if model is None or row is None:
        raise NotTakenUp("There is no such draft any more.")
    if not by.has_perm(f"cms.change_{model._meta.model_name}"):
        raise NotTakenUp(f"You may not change “{row.title}”.")
    if str(row.latest_revision_id) != revision:
        says = f"“{row.title}” was changed since you opened this page. Look at it again."
        raise NotTakenUp(says)
    draft = latest(row)
    if refusal := locked(draft, by):
        raise NotTakenUp(" ".join(refusal))
    return draft


def _new_id(text: str) -> str:
    """Return a random id that a text does not have."""
    while True:
        made = "n" + "".join(secrets.choice(_ALPHABET) for _ in range(7))
        if made not in text:
            return made
