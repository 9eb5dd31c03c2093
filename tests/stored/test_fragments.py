"""Fragments as they are published: numbered, immutable, pinned by the forms that include them."""

import json
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from casework.canonical import canonical, sha256
from casework.ledger.append import content_of
from casework.ledger.models import Event
from formdefs.compile import compile_form
from formdefs.models import FormVersion, FragmentVersion
from formdefs.publish import NotPublishable, publish, publish_fragment, stream_of
from formdefs.versions import documents_of, expanded, fragment_documents, list_documents
from tests.cast import AT, Cast
from tests.forms import a_form, a_fragment, include, question
from tests.stored.test_formdef_command import _file, _run

pytestmark = pytest.mark.django_db

SEEN = question("yes_no", "seen")


def _fragment(cast: Cast, *items: dict, reason: str = "First") -> FragmentVersion:
    return publish_fragment(a_fragment(*items), by=cast.ada, at=AT, reason=reason)


def _form(cast: Cast, version: int = 1) -> FormVersion:
    form = a_form(include("home", version=version))
    return publish(form, by=cast.ada, at=AT, reason="First")


def test_a_fragment_is_published_like_a_form(cast: Cast) -> None:
    first = _fragment(cast, SEEN)
    second = _fragment(cast, SEEN, question("text", "why"), reason="Ask why")
    assert [str(first), str(second)] == ["visit@1", "visit@2"]
    assert first.document == canonical(a_fragment(SEEN))
    assert first.sha256 == sha256(first.document)
    events = list(Event.objects.filter(stream=stream_of("fragment", "visit")).order_by("seq"))
    assert [event.kind for event in events] == ["fragment.published"] * 2
    assert content_of(events[1]) == {"reason": "Ask why"}


def test_a_published_fragment_cannot_be_changed(cast: Cast) -> None:
    version = _fragment(cast, SEEN)
    with pytest.raises(DatabaseError), transaction.atomic():
        FragmentVersion.objects.filter(pk=version.pk).update(title="Other")
    with pytest.raises(DatabaseError), transaction.atomic():
        version.delete()


def test_a_fragment_with_problems_or_without_a_reason_is_not_published(cast: Cast) -> None:
    with pytest.raises(NotPublishable) as refusal:
        _fragment(cast, question("text", "q", visible={"var": "elsewhere"}), reason=" ")
    assert {p.code for p in refusal.value.problems} == {"unknown_question", "reason"}
    assert not FragmentVersion.objects.exists()


def test_a_form_pins_its_fragments_and_can_be_made_again_from_what_is_kept(cast: Cast) -> None:
    fragment = _fragment(cast, SEEN)
    version = _form(cast)
    _fragment(cast, question("text", "other"), reason="Another question")
    definition = json.loads(version.definition)
    assert definition == a_form(include("home"))
    pins = documents_of(version)["manifest"]["fragments"]
    assert pins == [{"key": "visit", "version": 1, "sha256": fragment.sha256}]
    assert "home_seen" in version.schema
    assert expanded(definition)["pages"][0]["items"][0]["items"][0]["key"] == "home_seen"
    again = compile_form(definition, list_documents(), fragment_documents())
    assert {name: canonical(part) for name, part in again.items()} == {
        name: getattr(version, name) for name in again
    }
    assert publish(definition, by=cast.ada, at=AT, reason="Again").schema == version.schema


def test_a_form_that_includes_what_is_not_published_is_refused(cast: Cast) -> None:
    with pytest.raises(NotPublishable) as refusal:
        _form(cast)
    assert [p.code for p in refusal.value.problems] == ["unknown_fragment"]


def test_formdef_takes_fragments(cast: Cast, tmp_path: Path) -> None:
    fragment = a_fragment(SEEN)
    path = _file(tmp_path, fragment)
    assert _run("check", path)[0] == 0
    code, printed = _run("check", _file(tmp_path, a_fragment({**SEEN, "odd": 1}), "broken.json"))
    assert code == 1
    assert "/items/0" in printed
    code, printed = _run("import", path, "--publish", "--reason", "First", "--by", "ada")
    assert code == 0, printed
    assert printed.startswith("Published visit@1")
    code, printed = _run("export", "visit")
    assert json.loads(printed) == fragment
    form = _file(tmp_path, a_form(include("home")), "form.json")
    assert _run("compile", form, "--out", tmp_path / "out")[0] == 0
    assert "home_seen" in (tmp_path / "out/schema.json").read_text()
    assert _run("compile", path, "--out", tmp_path / "alone")[0] == 0
    assert _run("import", form, "--publish", "--reason", "First")[0] == 0
    assert json.loads(_run("export", "a_form@1")[1]) == a_form(include("home"))
