"""What lies beside the answers goes with them to another version of the form: typing, and marks."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casework.accounts.models import User
from casework.canonical import canonical
from casework.cases import merge
from casework.cases.actions.autosaving import TYPED
from casework.cases.actions.marking import carry
from casework.cases.marks import lying_on, mask_for
from casework.cases.masking import Mask, path_of
from casework.cases.models import Autosave, Prefill, Record, RecordPage
from casework.refusals import Absent
from formdefs.form import Form, Path
from formdefs.migrate import Migrated, Told

Pages = dict[str, dict[str, Any]]
Way = Callable[[Mapping[str, Mapping[str, Any]]], Migrated]
"""How answers by page come from the one version to the other."""
Marks = Callable[[Path], tuple[str, ...]]
"""The marks that lie on a place."""


@dataclass(frozen=True)
class Typing:
    """What one user had typed and not saved, on the other version. base: the pages without it;
    stale: it began from pages that others have saved since, so at its save all is asked about that
    differs.
    """

    user: User
    saved_at: datetime
    pages: Pages
    base: Pages
    stale: bool
    orphans: tuple[Told, ...]


def typing_of(
    record: Record, old: Form, way: Way, rows: Mapping[str, RecordPage], stored: Pages
) -> list[Typing]:
    """Read what users have typed and not saved, and bring it to the other version."""
    by_user: dict[User, list[Autosave]] = {}
    for kept in Autosave.objects.filter(record=record).select_related("user"):
        by_user.setdefault(kept.user, []).append(kept)
    return [
        _typing(user, kept, old, way, rows, stored)
        for user, kept in sorted(by_user.items(), key=lambda pair: pair[0].pk)
    ]


def keep_typing(
    record: Record, form: Form, typing: Typing, versions: Mapping[str, int], at: datetime
) -> None:
    """Keep it as autosaves of the pages that it differs on, over these versions of them."""
    mask = _mask(record, form, typing.user, at)
    for page in form.pages:
        typed, base = typing.pages.get(page.id, {}), typing.base.get(page.id, {})
        if merge.same(typed, base):
            continue
        inputs = typed.get(TYPED)
        answers = mask.masked({key: value for key, value in typed.items() if key != TYPED})
        text = canonical({**answers, **({TYPED: inputs} if inputs else {})})
        Autosave.objects.update_or_create(
            record=record,
            page=page.id,
            user=typing.user,
            defaults={
                "base_version": versions.get(page.id, 0),
                "answers": text,
                "saved_at": typing.saved_at,
            },
        )


def add_typing(
    record: Record, form: Form, typing: Typing, versions: Mapping[str, int], at: datetime
) -> None:
    """Do the same beside what the user has typed on the new version already."""
    pages = dict(typing.pages)
    kept = {one.page: one for one in Autosave.objects.filter(record=record, user=typing.user)}
    for page, autosave in kept.items():
        theirs = json.loads(autosave.answers)
        inputs = {**theirs.pop(TYPED, {}), **pages.get(page, {}).get(TYPED, {})}
        mine = {key: value for key, value in pages.get(page, {}).items() if key != TYPED}
        base = typing.base.get(page, {})
        if merge.same(mine, base) and not inputs:
            continue
        first = merge.merge(base, theirs, mine)
        later = {".".join(conflict.path): "mine" for conflict in first.conflicts}
        pages[page] = merge.merge(base, theirs, mine, later).answers
        pages[page] |= {TYPED: inputs} if inputs else {}
    lowest = {
        page: min(versions.get(page, 0), kept[page].base_version) if page in kept else version
        for page, version in versions.items()
    }
    keep_typing(record, form, replace(typing, pages=pages), lowest, at)


def marks_at(record: Record, old: Form) -> Marks:
    """The marks that lie on a place of the record now, to be asked before it is moved."""
    lying = lying_on(record.pk)
    if not lying and not any(old.marks.values()):
        return lambda _path: ()
    return Mask(old, lying, ()).marks


def carry_marks(
    record: Record,
    old: Form,
    done: Migrated,
    marks: Marks,
    *,
    by: User,
    at: datetime,
) -> None:
    """Put on every answer, in its new place, the marks that lay on it: none comes off by a move.

    The record is on its new version already. Marks in the old places stay, for the way back.
    """
    for one in done.told:
        if one.path and (held := marks(one.old_path)):
            carry(record, one.path, held, by=by, at=at)
    for lying in lying_on(record.pk):
        was = None if lying.released else path_of(old, (lying.node, lying.rows))
        now = done.now_at(was) if was else None
        if now is not None and now[1::2] != lying.rows:
            carry(record, now, (lying.mark,), by=by, at=at)


def carry_sources(record: Record, old: Form, done: Migrated) -> None:
    """Let what is known of where an answer came from follow the answer into other rows."""
    for known in Prefill.objects.filter(record=record):
        rows = tuple(known.rows.split(".")) if known.rows else ()
        was = path_of(old, (known.question, rows))
        now = done.now_at(was) if was else None
        if now is not None and now[1::2] != rows:
            known.pk, known.rows = None, ".".join(now[1::2])
            known.save(force_insert=True)


def _typing(
    user: User,
    kept: Iterable[Autosave],
    old: Form,
    way: Way,
    rows: Mapping[str, RecordPage],
    stored: Pages,
) -> Typing:
    autosaves = list(kept)
    typed = {autosave.page: json.loads(autosave.answers) for autosave in autosaves}
    versions = {page: row.version for page, row in rows.items()}
    stale = any(one.base_version != versions.get(one.page, 0) for one in autosaves)
    saved_at = max(autosave.saved_at for autosave in autosaves)
    return typing_in(user, saved_at, typed, stored, old, way, stale=stale)


def typing_in(
    user: User,
    saved_at: datetime,
    typed: Mapping[str, Mapping[str, Any]],
    stored: Pages,
    old: Form,
    way: Way,
    *,
    stale: bool,
) -> Typing:
    """Bring what was typed on some pages, with the inputs beside it, to the other version."""
    view, inputs = dict(stored), dict[str, list[str]]()
    for page, answers in typed.items():
        inputs |= answers.get(TYPED, {})
        view[page] = {key: value for key, value in answers.items() if key != TYPED}
    done, ground = way(view), way(stored)
    known = {_told(one) for one in ground.orphans}
    orphans = [one for one in done.orphans if _told(one) not in known]
    pages = {page: dict(answers) for page, answers in done.pages.items()}
    orphans += _inputs(inputs, old, done, pages)
    return Typing(user, saved_at, pages, ground.pages, stale, tuple(orphans))


def _told(one: Told) -> tuple[Path, str]:
    return one.old_path, canonical({"value": one.before})


def _inputs(inputs: Mapping[str, list[str]], old: Form, done: Migrated, pages: Pages) -> list[Told]:
    """Put inputs that no answer holds beside the page that asks for them now; tell of the others."""
    orphans = []
    for name, values in inputs.items():
        path, rest = _question_of(old, tuple(name.split(".")))
        node, now = old.find(path), done.now_at(path) if path else None
        step = done.plan.by_question.get(node.id) if node else None
        if now is None or step is None or step.new is None or step.kind == "converted":
            text = " ".join(value for value in values if value)
            label = node.label if node else name
            if text:
                orphans.append(Told("orphaned", node.id if node else "", label, path, text))
            continue
        typed = pages.setdefault(step.new.page, {}).setdefault(TYPED, {})
        typed[".".join((*now, *rest))] = values
    return orphans


def _question_of(form: Form, name: Path) -> tuple[Path, Path]:
    """Part the name of an input in the path of its question and what comes after it."""
    for end in range(1, len(name) + 1, 2):
        node = form.find(name[:end])
        if node is None:
            break
        if node.kind == "question":
            return name[:end], name[end:]
    return (), name


def _mask(record: Record, form: Form, user: User, at: datetime) -> Mask:
    try:
        return mask_for(record, form, None, user, at)
    except Absent:  # they no longer see the case: what is kept for them shows nothing marked
        return Mask(form, lying_on(record.pk), ())
