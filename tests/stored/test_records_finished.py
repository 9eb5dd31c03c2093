"""Records of forms that nobody signs: submitting finishes them, and what is finished stays."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casetypes.publish import publish_case_type
from casework.cases.actions.cases import close_case
from casework.cases.actions.records import save_page, start_record
from casework.cases.actions.signing import reopen, sign, submit
from casework.cases.decided import decided
from casework.cases.models import Case, Clock, Record, Snapshot, Status
from casework.cases.running.loading import state_of
from casework.cases.unmasked import document_of
from casework.ledger.models import Event
from casework.refusals import Incomplete, NotNow
from tests.casetypes import document
from tests.cast import AT, Cast, make_case
from tests.stored.small_form import publish_small

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=3)
ANSWERS = {"page1": {"seen": True, "seen_on": "2026-10-30", "story": "She was at home."}}


def with_small(by: Any, **clock: Any) -> None:
    """Publish the small form, and a case type that uses it without a signature and counts a visit."""
    publish_small(by, authority="in_role")
    written = document("child_in_need")
    written["forms"].append({"id": "f9sml", "form": "small", "per": "case"})
    for stage in written["stages"][:3]:
        stage["forms"].append({"form": "small", "need": "any"})
    written["clocks"].append(
        {
            "id": "c9vis", "key": "first_visit", "title": "First visit", "per": "case",
            "start": [{"event": "case.opened"}],
            "stop": [{"event": "record.finished", "of": "small", "when": {"==": [{"var": "small.seen"}, True]}}],
            "cancel": [{"event": "case.closed"}],
            "limit": {"n": 5, "unit": "working_days"}, **clock,
        }
    )  # fmt: skip
    publish_case_type(written, by=by, at=AT, reason="Visits are counted")


@pytest.fixture
def visited(library: Cast) -> tuple[Cast, Case, Record]:
    """A case on that type with a draft of the small form."""
    with_small(library.ada)
    case = make_case(library.wanda, library.north)
    subjects = list(case.subjects.values_list("person_id", flat=True))
    record = start_record(
        case.pk, form_key="small", subjects=subjects, pages=ANSWERS, by=library.wanda, at=AT
    )
    return library, case, record


def test_submitting_finishes_what_nobody_signs(visited: Any) -> None:
    cast, case, record = visited
    command = uuid4()
    for _ in range(2):  # the same command twice
        snapshot = submit(record.pk, seen=None, by=cast.wanda, at=LATER, command_id=command)
    record.refresh_from_db()
    assert (record.status, record.author) == (Status.FINISHED, cast.wanda)
    assert snapshot.finished
    assert record.snapshots.count() == 1
    assert document_of(snapshot)["answers"]["story"] == "She was at home."
    told = list(Event.objects.filter(stream=case.pk, kind__startswith="record.").order_by("seq"))
    assert [event.kind for event in told][-2:] == ["record.submitted", "record.finished"]
    assert json.loads(told[-1].refs)["sha256"] == snapshot.sha256
    # It happened when its own question says, and was recorded when it was finished.
    assert {(e.occurred_at, e.recorded_at) for e in told[-2:]} == {
        (datetime(2026, 10, 30, tzinfo=UTC), LATER)
    }
    assert record.occurred_on.isoformat() == "2026-10-30"
    state = state_of(case).records[str(record.pk)]
    assert (state.status, state.last, state.answers["seen"]) == ("finished", "finished", True)


def test_a_clock_stops_when_it_happened_and_not_when_it_was_written(visited: Any) -> None:
    cast, case, record = visited
    save_page(
        record.pk, "page1", {"seen": True, "seen_on": "2026-11-03"}, seen_version=1, by=cast.wanda,
        at=AT + timedelta(days=2),
    )  # fmt: skip
    at = AT + timedelta(days=14)  # written up a week too late
    submit(record.pk, seen=None, by=cast.wanda, at=at)
    cycle = json.loads(Clock.objects.get(case=case, key="first_visit").cycles)[-1]
    assert (cycle["status"], cycle["done_in_time"], cycle["recorded_in_time"]) == (
        "stopped", True, False,
    )  # fmt: skip


def test_what_is_finished_is_not_changed_signed_or_reopened_and_lets_a_case_close(
    visited: Any,
) -> None:
    cast, case, record = visited
    save_page(record.pk, "page1", {}, seen_version=1, by=cast.wanda, at=LATER)
    with pytest.raises(Incomplete):
        submit(record.pk, seen=None, by=cast.wanda, at=LATER)
    save_page(record.pk, "page1", ANSWERS["page1"], seen_version=2, by=cast.wanda, at=LATER)
    snapshot = submit(record.pk, seen=None, by=cast.wanda, at=LATER)
    for act in (
        lambda: save_page(record.pk, "page1", {}, seen_version=3, by=cast.wanda, at=LATER),
        lambda: submit(record.pk, seen=None, by=cast.wanda, at=LATER),
        lambda: sign(record.pk, seen_sha256=snapshot.sha256, by=cast.max, at=LATER),
        lambda: reopen(record.pk, why="A word", by=cast.wanda, at=LATER),
    ):
        with pytest.raises(NotNow, match="finished"):
            act()
    assert list(decided(Snapshot.objects.all())) == [snapshot]
    close_case(case.pk, reason_code="RC7", by=cast.max, at=LATER)
