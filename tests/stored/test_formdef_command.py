"""`manage.py formdef`: what it prints, what it writes, and its exit codes."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from casework.canonical import canonical
from casework.cases.models import Record
from formdefs.compile import DOCUMENTS
from formdefs.models import CodeListVersion, FormVersion
from formdefs.publish import publish
from tests.cast import AT, Cast, make_case, make_record
from tests.forms import a_form, a_list, question, repeat

pytestmark = pytest.mark.django_db


def _run(*args: Any) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("formdef", *map(str, args), stdout=out)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


def _file(folder: Path, document: Any, name: str = "file.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document, indent=1))
    return path


def test_check_tells_every_finding_with_its_line_and_place(tmp_path: Path) -> None:
    broken = a_form(
        question("text", visible={"var": "nobody"}), question("choice", list="no_list", odd=1)
    )
    path = _file(tmp_path, broken)
    code, printed = _run("check", path)
    assert code == 1
    lines = printed.splitlines()
    assert any("/pages/0/items/0/visible" in line and "unknown_question" in line for line in lines)
    assert any("“odd” is not known in a question of type “choice”" in line for line in lines)
    for line in lines:
        assert int(line.removeprefix(f"{path}:").partition(":")[0]) > 1


def test_check_gives_json(tmp_path: Path) -> None:
    code, printed = _run("check", _file(tmp_path, a_list("A", "A")), "--json")
    assert code == 1
    (found,) = json.loads(printed)
    assert found["at"] == "/entries/1/code"
    assert found["code"] == "duplicate_code"
    assert found["line"] > 1


def test_check_of_a_sound_file_exits_with_nought(tmp_path: Path) -> None:
    assert _run("check", _file(tmp_path, a_form(question("text"))))[0] == 0
    assert _run("check", _file(tmp_path, a_form()), "--json") == (0, "[]\n")


@pytest.mark.parametrize("text", ['{"a": 1,}', '{"a": NaN}', '{"a": 1, "a": 2}', "", "[" * 10000])
def test_what_is_not_json_is_a_finding(tmp_path: Path, text: str) -> None:
    code, printed = _run("check", _file(tmp_path, text))
    assert code == 1
    assert "json" in printed or "shape" in printed


def test_import_makes_a_draft_and_publishes_when_asked(tmp_path: Path, cast: Cast) -> None:
    path = _file(tmp_path, a_form(question("text")))
    code, printed = _run("import", path)
    assert (code, FormVersion.objects.count()) == (0, 0)
    assert "draft" in printed
    code, printed = _run("import", path, "--publish", "--reason", "Wanted", "--by", "ada")
    assert code == 0
    version = FormVersion.objects.get()
    assert (version.reason, version.published_by) == ("Wanted", cast.ada)
    assert version.sha256 in printed


def test_import_publishes_a_code_list(tmp_path: Path, cast: Cast) -> None:
    code, _ = _run("import", _file(tmp_path, a_list("A")), "--publish", "--reason", "Wanted")
    assert code == 0
    assert str(CodeListVersion.objects.get()) == "a.list@1"


def test_publishing_needs_a_reason_and_a_sound_file(tmp_path: Path, cast: Cast) -> None:
    code, printed = _run("import", _file(tmp_path, a_form(question("text"))), "--publish")
    assert code == 1
    assert "No reason" in printed
    broken = _file(tmp_path, a_form(question("choice", list="no_list")))
    assert _run("import", broken, "--publish", "--reason", "Wanted")[0] == 1
    assert not FormVersion.objects.exists()


def test_export_then_import_is_the_identity(tmp_path: Path, library: Cast) -> None:
    keys = ("referral", "child_family_assessment", "child_in_need_plan")
    # A form pins what it takes from another as published by then: once all are, nothing moves.
    for key, number in [*((key, 1) for key in keys), *((key, 2) for key in keys)]:
        _, exported = _run("export", f"{key}@{number}")
        _run("import", _file(tmp_path, exported), "--publish", "--reason", "Again")
    for key in keys:
        first, two, three = FormVersion.objects.filter(form_id=key).order_by("number")
        assert first.definition == two.definition == three.definition
        assert two.sha256 == three.sha256
        assert canonical(json.loads(_run("export", key)[1])) == first.definition


def test_export_of_a_code_list(library: Cast) -> None:
    _, exported = _run("export", "cin.referral_source")
    kept = CodeListVersion.objects.get(code_list_id="cin.referral_source")
    assert canonical(json.loads(exported)) == kept.document


def test_export_of_what_is_not_there_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="no published form"):
        _run("export", "nothing@3")
    with pytest.raises(CommandError, match="not a version number"):
        _run("export", "nothing@x")


def test_compile_writes_the_six_documents(tmp_path: Path, cast: Cast) -> None:
    definition = a_form(question("text"))
    code, _ = _run("compile", _file(tmp_path, definition), "--out", tmp_path / "out")
    assert code == 0
    version = publish(definition, by=cast.ada, at=AT, reason="Same")
    for name in DOCUMENTS:
        assert (tmp_path / f"out/{name}.json").read_text() == getattr(version, name)


def test_validate_judges_as_draft_or_as_submission(tmp_path: Path, cast: Cast) -> None:
    rows = repeat("needs", question("date", "by_when", required=True))
    publish(a_form(question("integer", required=True), rows), by=cast.ada, at=AT, reason="x")
    answers = _file(tmp_path, {"needs": [{"_id": "aaaaaaaa"}]})
    assert _run("validate", "a_form", answers)[0] == 0
    code, printed = _run("validate", "a_form@1", answers, "--submit")
    assert code == 1
    assert printed.splitlines() == [
        "integer: required: Enter a number for “Integer”",
        "needs.aaaaaaaa.by_when: required: Enter a date for “By when”",
    ]
    code, printed = _run("validate", "a_form", answers, "--submit", "--json")
    assert [found["path"] for found in json.loads(printed)] == [
        "integer",
        "needs.aaaaaaaa.by_when",
    ]


def test_validate_takes_the_samples_of_the_library(library: Cast, tmp_path: Path) -> None:
    folder = Path(__file__).resolve().parents[2] / "formdefs/library/samples"
    for path in sorted(folder.glob("*.json")):
        assert _run("validate", path.stem, path, "--submit") == (
            0,
            "Nothing is wrong with the answers.\n",
        )


def _tested(*tests: dict[str, Any]) -> dict[str, Any]:
    why = question("text", "why", visible={"==": [{"var": "yes_no"}, False]})
    return a_form(question("yes_no"), why, tests=list(tests))


NO = {"name": "no asks why", "answers": {"yes_no": False}, "expect": {"visible": {"why": True}}}
YES = {
    "name": "yes asks nothing",
    "answers": {"yes_no": True},
    "expect": {"visible": {"why": False}},
}
WRONG = {"name": "yes asks why", "answers": {"yes_no": True}, "expect": {"visible": {"why": True}}}


def test_test_runs_the_authors_tests_and_tells_what_they_leave_out(tmp_path: Path) -> None:
    code, printed = _run("test", _file(tmp_path, _tested(NO)))
    assert code == 0
    assert "pass  no asks why" in printed
    assert "“Why” (qwhy00, visible): Shows only if “Yes no” is No." in printed
    assert "It is false in no test." in printed
    assert "1 tests, 0 failed. 0 of 1 rules are covered" in printed


def test_test_exits_with_1_when_a_test_fails(tmp_path: Path) -> None:
    code, printed = _run("test", _file(tmp_path, _tested(NO, WRONG)), "--json")
    assert code == 1
    found = json.loads(printed)
    assert [one["passed"] for one in found["tests"]] == [True, False]
    (difference,) = found["tests"][1]["differences"]
    assert difference["says"] == "“Why” (why) should show, and it does not."
    assert found["rules"] == {"covered": 1, "all": 1}


def test_test_takes_a_published_version_and_its_own_lists(cast: Cast) -> None:
    publish(_tested(NO), by=cast.ada, at=AT, reason="First")
    publish(_tested(NO, YES), by=cast.ada, at=AT, reason="Second")
    assert "0 of 1 rules" in _run("test", "a_form@1")[1]
    assert "1 of 1 rules" in _run("test", "a_form")[1]
    with pytest.raises(CommandError, match="no published form"):
        _run("test", "nothing")


def test_check_tells_a_failing_test_with_its_line(tmp_path: Path) -> None:
    path = _file(tmp_path, _tested(NO, WRONG))
    code, printed = _run("check", path)
    assert code == 1
    assert "/tests/1/expect/visible/why: test_fails: The test “yes asks why” fails" in printed


def test_test_of_a_broken_form_tells_what_is_wrong_with_it(tmp_path: Path) -> None:
    code, printed = _run("test", _file(tmp_path, a_form(question("choice", list="no_list"))))
    assert code == 1
    assert "no_list" in printed
    with pytest.raises(CommandError, match="not a form"):
        _run("test", _file(tmp_path, a_list("A"), "list.json"))


def test_explain_says_every_rule(tmp_path: Path) -> None:
    path = _file(tmp_path, _tested())
    assert _run("explain", path) == (0, "“Why” (qwhy00): Shows only if “Yes no” is No.\n")
    (rule,) = json.loads(_run("explain", path, "--json")[1])
    assert rule["at"] == "/pages/0/items/1/visible"
    assert [part["text"] for part in rule["parts"]] == ["“Yes no”", " is ", "No"]
    assert rule["parts"][0] == {"text": "“Yes no”", "at": "/==/0", "kind": "question"}


SCHEMA = {
    "title": "A visit",
    "type": "object",
    "properties": {"name": {"type": "string", "format": "uri"}, "seen": {"type": "boolean"}},
}


def test_import_from_another_tool_reports_line_by_line(tmp_path: Path, cast: Cast) -> None:
    path = _file(tmp_path, SCHEMA)
    code, printed = _run("import", path, "--from", "jsonforms", "--dry-run")
    assert code == 0
    assert "lost: /properties/name/format: format: “uri” is not checked here." in printed
    assert "2 carried, 0 changed, 1 lost." in printed
    assert "Nothing is kept." in printed
    more = ("--publish", "--reason", "Wanted", "--by", "ada", "--key", "visit", "--json")
    code, printed = _run("import", path, "--from", "jsonforms", *more)
    told = json.loads(printed)
    assert (code, told["key"], told["counts"]["lost"]) == (0, "visit", 1)
    assert {line["outcome"] for line in told["report"]} == {"carried", "lost"}
    assert FormVersion.objects.get().form_id == "visit"


def test_import_takes_the_layout_and_the_data_beside_a_schema(tmp_path: Path, cast: Cast) -> None:
    path = _file(tmp_path, SCHEMA)
    layout = _file(tmp_path, {"type": "Control", "scope": "#/properties/seen"}, "ui.json")
    data = _file(tmp_path, {"name": "x", "seen": "perhaps"}, "data.json")
    more = ("--uischema", layout, "--data", data)
    code, printed = _run("import", path, "--from", "jsonforms", *more)
    assert code == 0
    assert "Not shown" not in printed
    assert "asked as text" in printed
    assert "keeps it: it is asked at the end" in printed


@pytest.mark.parametrize("source", ["jsonforms", "fhir", "xlsform"])
def test_what_cannot_be_imported_is_refused(tmp_path: Path, cast: Cast, source: str) -> None:
    code, printed = _run("import", _file(tmp_path, "[1]"), "--from", source)
    assert code == 1
    assert "not imported:" in printed
    code, printed = _run("import", _file(tmp_path, "[1]"), "--from", source, "--json")
    assert (code, "refused" in json.loads(printed)) == (1, True)
    with pytest.raises(CommandError, match="cannot be read"):
        _run("import", tmp_path / "nowhere.json", "--from", source)


def test_diff_says_the_verdict_and_every_change(tmp_path: Path, cast: Cast) -> None:
    old = a_form(question("text"), question("integer"))
    new = a_form(question("text", label="Words"), question("integer", type="money"))
    publish(old, by=cast.ada, at=AT, reason="First")
    path = _file(tmp_path, new)
    code, printed = _run("diff", "a_form@1", path)
    assert code == 0
    assert "[text only] “Words”: it read “Text”." in printed
    assert "[needs mapping] “Integer”: it asks for money instead of integer." in printed
    assert "Verdict: needs mapping." in printed
    assert _run("diff", "a_form@1", path, "--at-most", "additive")[0] == 1
    assert _run("diff", "a_form@1", path, "--at-most", "needs-mapping")[0] == 0
    code, printed = _run("diff", "a_form@1", path, "--json")
    document = json.loads(printed)
    assert document["verdict"] == "needs mapping"
    assert {change["class"] for change in document["changes"]} == {"text only", "needs mapping"}
    assert "nothing is different" in _run("diff", "a_form@1", "a_form")[1]
    with pytest.raises(CommandError, match="no published form"):
        _run("diff", "a_form@7", path)


def test_migrate_says_what_would_happen_and_does_it_when_told_who(cast: Cast) -> None:
    old = a_form(question("text"), question("long_text"))
    first = publish(old, by=cast.ada, at=AT, reason="First")
    records = [
        make_record(
            make_case(cast.wanda, cast.north), cast.wanda, "a_form", pages={"page_1": {"text": "x", "long_text": "y"}}
        )
        for _ in range(2)
    ]  # fmt: skip
    theirs = make_record(make_case(cast.olive, cast.south), cast.olive, "a_form")
    publish(a_form(question("text")), by=cast.ada, at=AT, reason="Second")
    versions = ("migrate", "a_form", "--from", 1, "--to", 2)
    code, printed = _run(*versions, "--dry-run")
    assert code == 0
    assert "Questions: 1 stay, 0 move, 0 are converted, 1 are no longer asked." in printed
    assert "Answers: 2 stay, 0 move, 0 are converted, 2 are no longer asked." in printed
    assert "Open records on version 1: 3." in printed
    assert Record.objects.filter(form_version=first).count() == 3
    with pytest.raises(CommandError, match="Say who moves"):
        _run(*versions)
    code, printed = _run(*versions, "--by", "max")
    assert code == 1
    assert "3 of 3: 2 moved." in printed
    assert f"{theirs.pk}: There is nothing here." in printed
    assert not Record.objects.filter(form_version=first, pk__in=[r.pk for r in records]).exists()
    code, printed = _run(*versions, "--by", "olive", "--json")
    assert (code, json.loads(printed)["moved"]) == (0, 1)
    with pytest.raises(CommandError, match="higher than"):
        _run("migrate", "a_form", "--from", 2, "--to", 1, "--dry-run")
