"""Copying what one subject's record says into another's: each is chosen, shown and confirmed alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from casework.cases import access, families
from casework.cases.actions.copying import DRAFT, TYPING, copy_to, versions_of
from casework.cases.copying import (
    NEW,
    OTHER,
    Copyable,
    copyables,
    into,
    others_in,
    sections_of,
    source_of,
    target_of,
    typing_on,
)
from casework.cases.models import Record
from casework.cases.reading import Reading
from casework.ledger.reads import note_read
from casework.people.models import Person
from casework.refusals import NotAllowed, NotNow, Refused, Stale
from casework.web.doing import done
from casework.web.drawing import command_id
from casework.web.records.copied import in_words
from casework.web.records.opened import Opened, open_record
from formdefs.prefill import SourceRecord
from formdefs.versions import form_of, newest


@dataclass(frozen=True)
class Line:
    """One answer that may be copied, in words; ask: something else stands there."""

    path: str
    label: str
    value: str
    now: str
    ask: bool
    is_row: bool


@dataclass(frozen=True)
class Block:
    """What would be copied to one person: into `target`, or into a record to be started."""

    person: Person
    target: Record | None
    lines: Sequence[Line]
    seen: str
    typing: bool


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """Choose whom to copy to, and which sections; then confirm each person alone."""
    opened = open_record(request, record_id)
    access.require(opened.user, "record.start", opened.record.case, opened.at)
    sections, others = sections_of(opened.record, opened.form), others_in(opened.record)
    if not sections or not others:
        raise NotNow(_("There is nothing in this record that may be copied to another."))
    source = source_of(opened.record, opened.user, opened.at)
    if source is None:
        raise NotNow(DRAFT)
    sent = request.GET
    chosen = [part for part in sections if part.key in sent.getlist("section")]
    people = [one for one in others if str(one.pk) in sent.getlist("person")]
    wrong, status = "", 200
    if request.method == "POST":
        try:
            target = done(lambda: _copied(request, opened, [part.key for part in chosen]))
        except Refused as refusal:
            wrong, status = " ".join(f"{p.message}." for p in refusal.problems), 422
        except Stale as stale:
            wrong, status = str(stale), 409
        except NotNow as not_now:
            wrong, status = str(not_now), 409
        else:
            return _after(request, opened, target)
    else:
        note_read("record", record_id, by=opened.user, at=opened.at, detail="to copy")
    kin = _kin(opened)
    context = {
        "opened": opened,
        "record": opened.record,
        "sections": sections,
        "others": [(one, one.pk in kin) for one in others],
        "chosen": {part.key for part in chosen},
        "people": {one.pk for one in people},
        "blocks": [
            _block(opened, source, one, [part.key for part in chosen]) for one in people
        ] if chosen else [],
        "asked": "person" in sent or "section" in sent,
        "wrong": wrong,
        "query": sent.urlencode(),
    }  # fmt: skip
    return render(request, "records/copy.jinja", context, status=status)


def _copied(request: HttpRequest, opened: Opened, sections: list[str]) -> Record:
    try:
        person = UUID(request.POST.get("to", ""))
    except ValueError:
        raise NotAllowed(_("Choose whom to copy to.")) from None
    return copy_to(
        opened.record.pk,
        person,
        sections,
        seen=_seen(request.POST),
        over=set(request.POST.getlist("over")),
        by=opened.user,
        at=opened.at,
        command_id=command_id(request),
    )


def _seen(sent: QueryDict) -> dict[str, int]:
    """The versions of the target's pages as the page showed them; what is none is left out."""
    pairs = (pair.partition(":") for pair in sent.get("seen", "").split())
    return {page: int(v) for page, _colon, v in pairs if v.isascii() and v.isdigit() and len(v) < 9}


def _after(request: HttpRequest, opened: Opened, target: Record) -> HttpResponse:
    name = target.subjects.get().name
    messages.success(
        request, _("Copied into {name}’s record. Read it through there.").format(name=name)
    )
    left = request.GET.copy()
    people = [one for one in left.getlist("person") if one != request.POST.get("to")]
    if not people:
        return redirect("web:record", record_id=target.pk)
    left.setlist("person", people)
    address = reverse("web:record-copy", kwargs={"record_id": opened.record.pk})
    return redirect(f"{address}?{left.urlencode()}")


def _kin(opened: Opened) -> set[Any]:
    (person,) = opened.people
    return {one.pk for one in families.kin_of(person, opened.user, opened.at)}


def _block(opened: Opened, source: SourceRecord, person: Person, sections: list[str]) -> Block:
    target = target_of(opened.record, person.pk)
    version = target.form_version_id if target else newest(opened.record.form_version.form_id).pk
    form = form_of(version, opened.form.language)
    of_target = into(
        target, lambda one: Reading(one, opened.roles, opened.user, opened.at, form=form)
    )
    found = copyables(source, form, sections, **of_target)
    return Block(
        person,
        target,
        [_line(form, one) for one in found if one.state in (NEW, OTHER)],
        " ".join(f"{page}:{n}" for page, n in versions_of(target).items()) if target else "",
        bool(target and typing_on(target, opened.user)),
    )


def _line(form: Any, one: Copyable) -> Line:
    return Line(
        one.path,
        one.node.label,
        in_words(form, one.node, one.given.value),
        in_words(form, one.node, one.now),
        one.state == OTHER,
        bool(one.given.row),
    )


__all__ = ["TYPING", "copy"]
