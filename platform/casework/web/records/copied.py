"""What a record's pages say of answers that were copied: from where, when, changed since, newer there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext as _
from markupsafe import Markup

from casework.cases.actions.prefilling import offered, refresh
from casework.cases.models import Prefill
from casework.cases.prefilled import Copied, Offer, copied, may_be_copied, prefills_of, seen_sources
from casework.pageforms.names import joined
from casework.pageforms.words import say
from casework.refusals import Refused, Stale
from casework.web.records.opened import Opened, page_url
from casework.web.records.saving import Filled
from casework.web.wording import day
from formdefs.form import Form, Question, Repeat

ALL = "*"


@dataclass
class Note:
    """What is said under one question, at a row, or (of rows that are not here) at a repeat.

    source: where it came from, "" for nothing; href: its address, "" if its reader may not see it;
    offers: what the source says now, each with what was copied ("" if nothing was).
    """

    name: str
    label: str
    source: str = ""
    href: str = ""
    changed: bool = False
    offers: list[tuple[str, str]] = field(default_factory=list)
    is_new_row: bool = False


def read_notes(opened: Opened) -> dict[str, Markup]:
    """The notes of a record to be read or printed, by the names of its answers and rows."""
    return {name: _macro("from_where")(note) for name, note in _notes(opened).items()}


def fill_notes(opened: Opened, pages: Iterable[str]) -> tuple[dict[str, Markup], int]:
    """The notes of some pages to be filled in, and how many newer answers their sources have."""
    ids = set(pages)
    if not may_be_copied(opened.record, opened.form):
        return {}, 0
    found = _notes(opened)
    count = 0
    for offer in offered(opened.record, opened.form, by=opened.user, at=opened.at):
        if offer.node.page in ids:
            count += 1
            name = joined(offer.path)
            note = found.setdefault(name, Note(name, offer.node.label))
            note.is_new_row = offer.is_new_row
            note.offers.append(_said(opened.form, offer))
            if not note.source:
                note.source = _source_of_offer(offer)
    return {name: _macro("note")(note) for name, note in found.items()}, count


def take(filled: Filled) -> HttpResponse:
    """Take what the pressed button named from its source, over what was just saved."""
    opened, wanted = filled.opened, filled.last("_refresh")
    paths = None if wanted == ALL else {wanted}
    try:
        for page, saved in zip(filled.screen.pages, filled.saved, strict=True):
            refresh(
                opened.record.pk,
                page.id,
                paths=paths,
                seen_version=saved.version,
                by=opened.user,
                at=opened.at,
            )
    except (Stale, Refused) as refusal:
        messages.error(filled.request, str(refusal))
    else:
        says = _("The answers are taken from where they were prefilled.")
        messages.success(filled.request, says)
    place = "" if wanted == ALL else f"#{quote(wanted)}-from"
    return redirect(page_url(opened.record, filled.screen) + place)


def _notes(opened: Opened) -> dict[str, Note]:
    if not may_be_copied(opened.record, opened.form):
        return {}
    found = copied(opened.form, opened.answers, prefills_of(opened.record), opened.mask)
    seen = seen_sources(found, opened.record, opened.user, opened.at)
    return {joined(one.path): _note(one, seen) for one in found}


def _note(one: Copied, seen: set[Any]) -> Note:
    row, name = one.row, joined(one.path)
    href = ""
    if row.snapshot and row.snapshot.record_id in seen:
        href = reverse("web:record", args=[row.snapshot.record_id])
    elif row.person_id:
        href = reverse("web:person", args=[row.person_id])
    return Note(name, one.node.label, _source(row, seen), href, one.changed)


def _source(row: Prefill, seen: set[Any]) -> str:
    on = {"day": day(row.source_at)}
    if row.snapshot is None:
        if row.source == Prefill.PERSON:
            return _("the person’s details, %(day)s") % on
        return _("the case, %(day)s") % on
    if row.snapshot.record_id not in seen:
        return _("a record that you may not see, %(day)s") % on
    on["form"] = row.snapshot.record.form_version.title
    pattern = _("%(form)s, signed %(day)s") if row.signed else _("%(form)s, submitted %(day)s")
    if row.snapshot.finished:
        pattern = _("%(form)s, finished %(day)s")
    return pattern % on


def _source_of_offer(offer: Offer) -> str:
    origin = offer.given.origin
    on = {"day": day(origin.at), "form": origin.title}
    if origin.kind == Prefill.PERSON:
        return _("the person’s details, %(day)s") % on
    if origin.kind == Prefill.CASE:
        return _("the case, %(day)s") % on
    pattern = _("%(form)s, signed %(day)s") if origin.signed else _("%(form)s, submitted %(day)s")
    return pattern % on


def _said(form: Form, offer: Offer) -> tuple[str, str]:
    """What was copied, and what the source says now, in words."""
    return in_words(form, offer.node, offer.was), in_words(form, offer.node, offer.given.value)


def in_words(form: Form, node: Question | Repeat, value: Any) -> str:
    """An answer, or a row's answers, on one line; "" for none."""
    if value is None:
        return ""
    if isinstance(node, Question):
        return say(form, node, value).replace("\n", ", ")
    parts: Sequence[str] = [
        say(form, asked, value[key]).replace("\n", ", ")
        for key, asked in node.answered.items()
        if isinstance(asked, Question) and isinstance(value, Mapping) and key in value
    ]
    return "; ".join(part for part in parts if part)


def _macro(name: str) -> Any:
    return getattr(get_template("records/copied.jinja").template.module, name)  # type: ignore[attr-defined]
