"""Copies what was submitted of a record about one subject into the draft about another: one at a time.

The pages are saved as the user would save them, so every rule of saving holds; beside each answer it
is kept where it came from. Nothing that stands there is changed unless the user said so of it.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casework import statements
from casework.accounts.models import User
from casework.cases import access
from casework.cases.actions.doors import done_before, locked_case, refs_of
from casework.cases.actions.prefilling import as_told, note_prefilled
from casework.cases.actions.records import save_page, start_record
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
from casework.cases.models import Record, RecordPage
from casework.cases.prefilled import Place
from casework.cases.reading import Reading
from casework.ledger.append import append
from casework.refusals import NotNow, Stale, refused
from formdefs.form import Page, Question
from formdefs.places import rows
from formdefs.prefill import Given
from formdefs.versions import form_of

DRAFT = "This record has not been submitted: only what was submitted or signed is copied."
STALE = "Somebody else has changed the record since you opened the page. Look at it again."
TYPING = "You have typed something in the other record and not saved it. Save it first, then copy."


@transaction.atomic
def copy_to(
    record_id: UUID,
    person_id: UUID,
    sections: Collection[str],
    *,
    seen: Mapping[str, int],
    over: Collection[str],
    by: User,
    at: datetime,
    command_id: UUID | None = None,
) -> Record:
    """Copy permitted sections into the unfinished record about a person, or start one; return it.

    seen: the version of each page of that record that the user saw, by page id; {} where there was
    no such record. over: paths (`Copyable.path`) of what may be put in place of something else; of a
    row, to be added to the rows that are there. Raises Absent, NotAllowed, NotNow, Stale, Refused.
    """
    record, _roles = access.record_and_roles(by, record_id, at)
    case, roles = locked_case(record.case_id, by, at)
    if event := done_before(command_id, "record.copied", by, source=record_id):
        return Record.objects.get(pk=refs_of(event)["record"])
    access.check(by, "record.start", case, roles)
    wanted = list(dict.fromkeys(sections))
    may = {part.key for part in sections_of(record, form_of(record.form_version_id))}
    if not wanted:
        raise refused("sections", "required", "Choose what to copy")
    if not may.issuperset(wanted):
        raise refused("sections", "not_permitted", "This part may not be copied to another record")
    if person_id not in {one.pk for one in others_in(record)}:
        raise refused("person", "unknown_code", "Choose somebody else whom the case is about")
    source = source_of(record, by, at)
    if source is None:
        raise NotNow(DRAFT)
    target = target_of(record, person_id)
    if target and typing_on(target, by):
        raise NotNow(TYPING)
    if (target is None) != (not seen) or (target and _versions(target) != dict(seen)):
        raise Stale(STALE)
    if target is None:
        target = start_record(
            case.pk, form_key=record.form_version.form_id, subjects=[person_id], by=by, at=at
        )
    form = form_of(target.form_version_id)
    reading = Reading(target, roles, by, at)
    found = copyables(source, form, wanted, **into(target, lambda _target: reading))
    # What the form prefilled as it was just started was not there when the user chose.
    taken = [
        one
        for one in found
        if one.state == NEW or (one.state == OTHER and (not seen or one.path in over))
    ]
    if not taken:
        raise refused("sections", "nothing", "There is nothing to copy that is not there already")
    copied = []
    for page in form.pages:
        own = [one for one in taken if one.node.page == page.id]
        if own:
            copied += _save(target, page, own, reading, by, at)
    note_prefilled(target, copied, by=by, at=at)
    append(
        case.pk,
        "record.copied",
        by=by,
        at=at,
        refs={
            "case": str(case.pk),
            "record": str(target.pk),
            "source": str(record.pk),
            "snapshot": source.origin.snapshot,
            "person": str(person_id),
            "sections": wanted,
        },
        content={"prefilled": as_told(copied)},
        command_id=command_id,
    )
    return target


def versions_of(target: Record) -> dict[str, int]:
    """The version of each page of a record, saved or not: what a copy says it saw."""
    return _versions(target)


def _versions(target: Record) -> dict[str, int]:
    stored = {
        row.page: row.version for row in statements.rows(RecordPage, {"record_id": target.pk})
    }
    return {page.id: stored.get(page.id, 0) for page in form_of(target.form_version_id).pages}


def _save(
    target: Record, page: Page, taken: Sequence[Copyable], reading: Reading, by: User, at: datetime
) -> list[tuple[Place, Given]]:
    """Save a page with what is copied onto it; return what stands there afterwards."""
    answers: dict[str, Any] = reading.page_answers(page)
    places: list[tuple[Place, Given]] = []
    for one in taken:
        key, value = one.node.key, one.given.value
        if isinstance(one.node, Question):
            answers[key] = value
            places.append(((one.node.id,), one.given))
            continue
        row_id = secrets.token_hex(5)
        answers[key] = [*(answers.get(key) or []), {"_id": row_id, **value}]
        places.append(((one.node.id, row_id), one.given))
    saved = save_page(
        target.pk, page.id, answers, seen_version=reading.version(page), by=by, at=at
    ).answers
    keys = {one.node.id: one.node.key for one in taken}
    return [
        (place, given)
        for place, given in places
        if (
            place[1] in dict(rows(saved.get(keys[place[0]])))
            if len(place) == 2
            else saved.get(keys[place[0]]) == given.value
        )
    ]
