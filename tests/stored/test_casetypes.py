"""Case types are published as numbered versions that never change, by command and by hand."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from casetypes.models import CaseTypeVersion
from casetypes.publish import publish_case_type
from casetypes.versions import case_type_of, newest_versions, version_of
from casework.ledger.models import Event
from formdefs.publish import NotPublishable, stream_of
from formdefs.versions import NotPublished
from tests.casetypes import document
from tests.cast import AT

pytestmark = pytest.mark.django_db


def ran(*arguments: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("casetype", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The shipped case type in a file."""
    path = tmp_path / "child_in_need.json"
    path.write_text(json.dumps(document("child_in_need"), indent=2), encoding="utf-8")
    return path


def test_versions_are_numbered_and_kept_word_for_word(library: Any) -> None:
    shipped = document("child_in_need")
    first = publish_case_type(shipped, by=library.ada, at=AT, reason="To begin with")
    another = [
        {"role": "manager", "not": ["author"]},
        {"role": "manager", "not": ["author", "earlier"]},
    ]
    chains = [shipped["sign_offs"][0], {**shipped["sign_offs"][1], "steps": another}]
    changed = {**shipped, "title": "In need", "sign_offs": chains}
    again = publish_case_type(changed, by=None, at=AT, reason="Two sign")
    assert (first.number, again.number) == (2, 3)
    assert json.loads(version_of("child_in_need", 2).document) == shipped
    assert "In need" in [version.title for version in newest_versions()]
    assert case_type_of(first.pk).title == "Child in need"
    assert json.loads(first.forms)["referral"] == 1
    told = Event.objects.filter(stream=stream_of("case_type", "child_in_need"))
    assert [event.kind for event in told] == ["case_type.published"] * 2


def test_what_is_wrong_is_refused_and_nothing_is_written(library: Any) -> None:
    wrong = document("child_in_need")
    wrong["moves"][0]["to"] = "nowhere"
    with pytest.raises(NotPublishable) as refusal:
        publish_case_type(wrong, by=library.ada, at=AT, reason="")
    assert {one.code for one in refusal.value.problems} >= {"unknown", "reason"}
    assert not CaseTypeVersion.objects.filter(number=2).exists()
    with pytest.raises(NotPublished):
        version_of("child_in_need", 2)


def test_what_no_case_would_carry_out_is_refused_and_not_believed(library: Any) -> None:
    written = document("child_in_need")
    written["retention"] = {"keep": {"n": 75, "unit": "years"}, "from": "case.closed", "basis": "K"}
    with pytest.raises(NotPublishable) as refusal:
        publish_case_type(written, by=library.ada, at=AT, reason="Too early")
    assert {(one.code, one.at) for one in refusal.value.problems} == {
        ("not_run", "/retention/keep"),
    }


def test_a_form_that_is_not_published_is_told(cast: Any, file: Path) -> None:
    with pytest.raises(SystemExit):
        ran("check", str(file))


def test_the_command_checks_imports_exports_and_compares(library: Any, file: Path) -> None:
    publish_case_type(document("child_in_need"), by=None, at=AT, reason="To begin with")
    assert "nothing wrong" in ran("check", str(file))
    assert "child_in_need@3" in ran("import", str(file), "--reason", "To begin with")
    changed = json.loads(ran("export", "child_in_need"))
    assert changed == document("child_in_need")
    changed["stages"][1]["title"] = "Child and family assessment"
    del changed["moves"][-1]
    changed["clocks"][1]["cancel"] = [{"event": "stage.entered", "of": "closed"}]
    file.write_text(json.dumps(changed), encoding="utf-8")
    assert ran("diff", "child_in_need@2", str(file)).splitlines() == [
        "Changed: stage “Child and family assessment” (title)",
        "Removed: move “Close early”",
    ]


def test_a_finding_names_the_line_to_mend(library: Any, file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace('"to": "plan"', '"to": "plann"'))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("casetype", "check", str(file), stdout=out)
    assert "Did you mean “plan”?" in out.getvalue()
    assert f"{file}:0:" not in out.getvalue()


def test_a_story_is_played_through_the_engine(library: Any, file: Path, tmp_path: Path) -> None:
    story = tmp_path / "story.json"
    at = "2026-09-01T10:00:00+01:00"
    subjects, record = ["ann"], {"record": "r", "form": "referral", "subjects": ["ann"]}
    answers = {"record": "r", "answers": {"decision": "nfa"}}
    commands: list[dict[str, Any]] = [
        {"kind": "case.open", "data": {"subjects": subjects}, "at": at},
        {"kind": "record.start", "data": record, "at": at},
        {"kind": "record.sign", "data": answers, "at": at},
        {"kind": "record.submit", "data": answers, "at": at},
        {"kind": "record.sign", "data": answers, "at": at},
    ]
    story.write_text(json.dumps({"commands": commands}), encoding="utf-8")
    told = ran("simulate", str(file), str(story))
    assert "refused (status)" in told
    assert "moved ann: referral → closed (no_further_action)" in told
    assert told.endswith("ann: Closed, no_further_action\n")
    for broken in ("[]", '{"commands": [{"kind": "case.open"}]}', '{"commands": [1]}'):
        story.write_text(broken, encoding="utf-8")
        with pytest.raises(CommandError):
            ran("simulate", str(file), str(story))
