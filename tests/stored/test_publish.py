"""Publishing: numbers, hashes, pinned lists, refusals, and what the ledger is told."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from casework.canonical import canonical, sha256
from casework.ledger.append import content_of
from casework.ledger.models import Event
from formdefs.models import CodeListVersion, FormVersion
from formdefs.publish import (
    NotPublishable,
    list_documents,
    newest,
    publish,
    publish_list,
    stream_of,
    withdraw,
)
from formdefs.versions import (
    ListUse,
    NotPublished,
    documents_of,
    form_of,
    uses_of_list,
    version_of,
)
from tests.cast import AT, Cast
from tests.forms import a_form, a_list, question

pytestmark = pytest.mark.django_db


def _publish(cast: Cast, definition: dict[str, Any], reason: str = "First") -> FormVersion:
    return publish(definition, by=cast.ada, at=AT, reason=reason)


def test_versions_are_numbered_from_one(cast: Cast) -> None:
    first = _publish(cast, a_form(question("text")))
    second = _publish(cast, a_form(question("text", label="Other words")))
    assert [str(first), str(second)] == ["a_form@1", "a_form@2"]
    assert newest("a_form") == second
    assert version_of("a_form", 1) == first


def test_a_change_of_wording_keeps_the_schemas_hash(cast: Cast) -> None:
    first = _publish(cast, a_form(question("text")))
    second = _publish(cast, a_form(question("text", label="Other words")))
    assert first.schema_sha256 == second.schema_sha256
    assert first.sha256 != second.sha256


def test_what_is_kept_is_canonical_and_hashed(cast: Cast) -> None:
    definition = a_form(question("text"))
    version = _publish(cast, definition)
    assert version.definition == canonical(definition)
    documents = documents_of(version)
    hashes = documents["manifest"]["sha256"]
    assert hashes.pop("definition") == sha256(version.definition)
    for name, digest in hashes.items():
        assert digest == sha256(getattr(version, name)) == sha256(canonical(documents[name]))
    assert version.sha256 == sha256(version.manifest)


def test_a_version_is_loaded_once(cast: Cast) -> None:
    version = _publish(cast, a_form(question("text")))
    assert form_of(version.id) is form_of(str(version.id))


def test_everything_wrong_is_told_and_nothing_is_written(cast: Cast) -> None:
    broken = a_form(question("choice", list="nowhere"), question("text"), question("text"))
    with pytest.raises(NotPublishable) as refusal:
        _publish(cast, broken, reason=" ")
    codes = {problem.code for problem in refusal.value.problems}
    assert {"unknown_list", "duplicate_key", "duplicate_id", "reason"} <= codes
    assert not FormVersion.objects.exists()
    assert not Event.objects.filter(stream=stream_of("form", "a_form")).exists()


def test_a_form_keeps_the_lists_that_it_was_published_with(cast: Cast) -> None:
    publish_list(a_list("A", "B"), by=cast.ada, at=AT, reason="First")
    definition = a_form(question("choice", list="l"), lists={"l": {"list": "a.list"}})
    version = _publish(cast, definition)
    publish_list(a_list("A", "B", "C"), by=cast.ada, at=AT, reason="C is new")
    assert list_documents()["a.list"]["version"] == 2
    assert [entry.code for entry in form_of(version.id).lists["l"].entries] == ["A", "B"]
    again = _publish(cast, definition, "Take the new list")
    assert [entry.code for entry in form_of(again.id).lists["l"].entries] == ["A", "B", "C"]
    pinned = json.loads(again.manifest)["lists"]["l"]
    assert pinned == {
        "key": "a.list",
        "version": 2,
        "sha256": CodeListVersion.objects.get(number=2).sha256,
    }


def test_a_wrong_list_is_refused(cast: Cast) -> None:
    with pytest.raises(NotPublishable) as refusal:
        publish_list(a_list("A", "A"), by=cast.ada, at=AT, reason="First")
    assert [problem.code for problem in refusal.value.problems] == ["duplicate_code"]


def test_the_ledger_hears_of_it_without_the_reason(cast: Cast) -> None:
    version = _publish(cast, a_form(question("text")), "Because of the audit")
    event = Event.objects.get(stream=stream_of("form", "a_form"))
    assert (event.kind, event.subject) == ("form.published", version.id)
    assert "audit" not in str(event.refs)
    assert content_of(event) == {"reason": "Because of the audit"}


def test_nothing_starts_on_a_withdrawn_form_until_it_is_published_again(cast: Cast) -> None:
    version = _publish(cast, a_form(question("text")))
    withdraw("a_form", by=cast.ada, at=AT, reason="Not used")
    with pytest.raises(NotPublished, match="withdrawn"):
        newest("a_form")
    assert version_of("a_form") == version
    with pytest.raises(NotPublished):
        withdraw("a_form", by=cast.ada, at=AT, reason="Twice")
    assert _publish(cast, a_form(question("text")), "Back") == newest("a_form")


def test_a_version_cannot_be_changed(cast: Cast) -> None:
    version = _publish(cast, a_form(question("text")))
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        FormVersion.objects.filter(pk=version.pk).update(title="Other")
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        version.delete()


def test_a_published_code_stays_and_may_be_retired(cast: Cast) -> None:
    publish_list(a_list("A", "B"), by=cast.ada, at=AT, reason="First")
    with pytest.raises(NotPublishable, match="was published, and records may hold it") as refusal:
        publish_list(a_list("A"), by=cast.ada, at=AT, reason="B is not used")
    assert [problem.code for problem in refusal.value.problems] == ["removed_code"]
    retired = a_list("A", "B")
    retired["entries"][1]["valid_to"] = "2026-11-30"
    assert publish_list(retired, by=cast.ada, at=AT, reason="B is not used").number == 2


def test_the_forms_that_use_a_list_are_told_with_the_version_that_they_pin(cast: Cast) -> None:
    publish_list(a_list("A"), by=cast.ada, at=AT, reason="First")
    definition = a_form(question("choice", list="l"), lists={"l": {"list": "a.list"}})
    _publish(cast, definition)
    _publish(cast, {**a_form(question("text")), "key": "another"})
    publish_list(a_list("A", "B"), by=cast.ada, at=AT, reason="B is new")
    assert uses_of_list("a.list") == [ListUse("a_form", "A form", 1, 1, withdrawn=False)]
    _publish(cast, definition, "Take the new list")
    assert [(use.number, use.list_number) for use in uses_of_list("a.list")] == [(2, 2)]
    _publish(cast, a_form(question("text")), "No list any more")
    assert uses_of_list("a.list") == []


def test_a_failing_test_of_its_author_stops_publication(cast: Cast) -> None:
    test = {"name": "text shows", "answers": {}, "expect": {"visible": {"text": False}}}
    with pytest.raises(NotPublishable, match="The test “text shows” fails: “Text”") as refusal:
        _publish(cast, a_form(question("text"), tests=[test]))
    (problem,) = refusal.value.problems
    assert problem.at == "/tests/0/expect/visible/text"
    assert not FormVersion.objects.exists()
