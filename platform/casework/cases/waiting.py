"""Whose signature a submitted record waits for: on its row, so that lists and rights ask no case type."""

from collections.abc import Sequence
from dataclasses import dataclass

from casetypes.asked_records import step_at
from casetypes.definition import CaseType
from casework.cases.models import Record
from casework.cases.running.loading import places_of, type_of
from formdefs.form import Form


@dataclass(frozen=True)
class Awaited:
    """The signature that a record waits for: number `number` of `of`, in a role, called `title` ("")."""

    number: int
    of: int
    step: int
    role: str
    title: str


def wait(
    record: Record, form: Form, case_type: CaseType, asked: Sequence[int], signed: int
) -> None:
    """Say on a record which signature is next after so many, or that none is. Not saved here.

    asked: places in its chain of the signatures that it needs. Where the form's authority is another's,
    who wrote is barred, whatever the chain says.
    """
    wait_no_more(record)
    if signed < len(asked):
        record.asked, record.signed_so_far = ",".join(map(str, asked)), signed
        step = step_at(case_type, form.key, asked[signed])
        barred = {*step.barred, *(("author",) if form.authority == "another" else ())}
        record.waits_for, record.waits_not = step.role, ",".join(sorted(barred))


def wait_no_more(record: Record) -> None:
    """Say on a record that it waits for no signature. Not saved here."""
    record.asked = record.waits_for = record.waits_not = ""
    record.signed_so_far = 0


def awaited(record: Record) -> Awaited | None:
    """The signature that a record waits for, None where it waits for none."""
    asked, signed = places_of(record), record.signed_so_far
    if signed >= len(asked):
        return None
    step = step_at(type_of(record.case), record.form_version.form_id, asked[signed])
    return Awaited(signed + 1, len(asked), asked[signed], record.waits_for, step.title)
