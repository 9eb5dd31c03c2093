"""A law: whatever may be saved in a draft is read back exactly, on forms and answers of any shape."""

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.cases.actions.records import save_page, start_record
from casework.cases.models import Record
from casework.cases.unmasked import answers_of
from formdefs.answers import clean
from formdefs.publish import publish
from tests.cast import AT, make_case
from tests.pure.forms_at_random import filled_forms

pytestmark = pytest.mark.django_db


@given(data=st.data())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_draft_saved_then_read_is_the_identity(cast: Any, data: st.DataObject) -> None:
    definition, drawn = data.draw(filled_forms())
    answers = _by_name_only(drawn)
    definition = {**_all_typed(definition), "key": f"f{uuid4().hex[:12]}"}
    publish(definition, by=cast.ada, at=AT, reason="test")
    case = make_case(cast.wanda, cast.north)
    person = case.subjects.get().person_id
    record = start_record(
        case.id, form_key=definition["key"], subjects=[person], by=cast.wanda, at=AT
    )
    _save_everything(record, definition, answers, cast.wanda)
    assert answers_of(Record.objects.get(pk=record.pk)) == clean(answers)


def _all_typed(part: Any) -> Any:
    """The same form with nothing read-only: what is sent for such an answer is not kept."""
    if isinstance(part, dict):
        return {name: _all_typed(value) for name, value in part.items() if name != "readonly"}
    return list(map(_all_typed, part)) if isinstance(part, list) else part


def _by_name_only(value: Any) -> Any:
    """The same answers with people named by name alone: random ids belong to nobody."""
    if isinstance(value, dict):
        return {k: None if k == "id" else _by_name_only(v) for k, v in value.items()}
    return list(map(_by_name_only, value)) if isinstance(value, list) else value


def _save_everything(record: Record, definition: dict[str, Any], answers: Any, user: Any) -> None:
    """Save each page with the answers that belong to it."""
    from formdefs.versions import form_of

    form = form_of(record.form_version_id)
    for page in form.pages:
        part = {key: answers[key] for key in form.keys_of(page.id) if key in answers}
        save_page(record.id, page.id, part, seen_version=0, by=user, at=AT)
