"""Records written, submitted and signed by the actions, from the sample answers of the forms that ship."""

from datetime import datetime
from typing import Any
from uuid import UUID

from casework.accounts.models import User
from casework.cases.actions.records import start_record
from casework.cases.actions.signing import sign, submit
from casework.cases.models import Case, Record, Snapshot
from formdefs.versions import form_of, newest
from tests.cast import sample_answers


def write(case: Case, form: str, *subjects: UUID, by: User, at: datetime, **changed: Any) -> Record:
    """A draft with its sample answers, about these subjects (or everybody whose part goes on).

    changed: answers that are other than in the sample; None takes one out.
    """
    about = list(subjects) or list(
        case.subjects.filter(to_on=None).order_by("id").values_list("person_id", flat=True)
    )
    answers = {**sample_answers(form), **changed}
    loaded = form_of(newest(form).pk)
    pages = {
        page.id: {
            key: answers[key]
            for key in loaded.keys_of(page.id) & answers.keys()
            if answers[key] is not None
        }
        for page in loaded.pages
    }
    return start_record(case.pk, form_key=form, subjects=about, pages=pages, by=by, at=at)


def sent(record: Record, by: User, at: datetime) -> Record:
    """Submit it as it stands."""
    return submit(record.pk, seen=None, by=by, at=at)


def signs(record: Record, by: User, at: datetime) -> Record:
    """Sign what was submitted last."""
    shown = Snapshot.objects.filter(record=record).latest("revision", "attempt")
    return sign(record.pk, seen_sha256=shown.sha256, by=by, at=at)


def signed(
    case: Case, form: str, *subjects: UUID, by: User, manager: User, at: datetime, **changed: Any
) -> Record:
    """A record from its start to its signature."""
    record = write(case, form, *subjects, by=by, at=at, **changed)
    sent(record, by, at)
    signs(record, manager, at)
    return record
