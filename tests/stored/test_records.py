"""A record's life below the faces: started, filled, submitted, signed, returned, reopened, abandoned."""

from typing import Any

import pytest

from casework.cases.actions.records import save_page
from casework.cases.actions.signing import sign, submit
from casework.cases.models import Status
from casework.cases.reading import form
from tests.cast import AT, make_case, make_record, sample_answers

pytestmark = pytest.mark.django_db


def fill(record: Any, by: Any, answers: dict[str, Any]) -> None:
    """Save every page of a record with the answers that belong on it."""
    for page in form(record).pages:
        own = {key: value for key, value in answers.items() if key in page.answered}
        save_page(record.id, page.id, own, seen_version=0, by=by, at=AT)


def test_the_whole_way_from_a_case_to_a_signature(library: Any) -> None:
    case = make_case(library.wanda, library.north)
    record = make_record(case, library.wanda)
    fill(record, library.wanda, sample_answers("referral"))
    snapshot = submit(record.id, seen=None, by=library.wanda, at=AT)
    sign(record.id, seen_sha256=snapshot.sha256, by=library.max, at=AT)
    record.refresh_from_db()
    assert record.status == Status.SIGNED
