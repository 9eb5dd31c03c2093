"""The library's forms as JSONForms, and imported again: what both can express comes back."""

import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from formdefs.compile import compile_form
from formdefs.exporting.jsonforms import export
from formdefs.form import Form, Question, load
from formdefs.importing import jsonforms
from formdefs.models import FormVersion
from formdefs.places import places
from formdefs.state import effective, evaluate_form
from formdefs.versions import form_of
from tests.cast import Cast, sample_answers
from tests.pageform import FACTS

pytestmark = pytest.mark.django_db

FORMS = ("referral", "child_family_assessment", "child_in_need_plan")
# What JSONForms has nothing for, by what the report calls it.
EXPECTED_LOST = {
    *("check", "agreement", "not_after", "not_before", "prefill", "mark", "protected", "exclusive"),
    *("required", "value", "row_title", "visible", "options", "default", "file", "signature"),
}
BECOMES = {
    "money": "decimal",
    "phone": "text",
    "partial_date": "text",
    "nhs_number": "text",
    "upn": "text",
    "postcode": "text",
}
COMPOSED = ("person", "worker", "people", "organisation", "address", "file", "signature")


def _again(form: Form) -> Form:
    """The form as JSONForms, imported again."""
    made = export(form)
    jsonschema.Draft7Validator.check_schema(made.schema)
    source = {"schema": made.schema, "uischema": made.uischema}
    imported = jsonforms.read(source, key=form.key, title=form.title)
    assert [line for line in imported.report if line.outcome == "lost"] == []
    return load(compile_form(imported.definition, {}))


def _form(key: str) -> Form:
    return form_of(FormVersion.objects.get(form_id=key).pk)


def _limits(question: Question) -> dict[str, Any]:
    said = ("max_length", "min_length", "minimum", "maximum", "required", "hint", "label")
    found = {name: question.raw[name] for name in said if name in question.raw}
    found = {
        name: Decimal(str(value)) if name in said[2:4] else value for name, value in found.items()
    }
    return {name: value for name, value in found.items() if not isinstance(value, dict)}


@pytest.mark.parametrize("key", FORMS)
def test_questions_come_back(library: Cast, key: str) -> None:
    form = _form(key)
    again = _again(form)
    theirs = {question.path_keys: question for question in again.questions.values()}
    for question in form.questions.values():
        if question.type in COMPOSED:
            continue
        twin = theirs.get(question.path_keys)
        if twin is None:
            assert any(path[:-1] == question.path_keys[:-1] for path in theirs)
            continue  # its name is taken by a part of what stands beside it
        kind = question.result or question.type
        assert twin.type == BECOMES.get(kind, kind), question.key
        ours, others = _limits(question), _limits(twin)
        others = {name: value for name, value in others.items() if name in ours}
        assert others == ours, question.key
        if question.list:
            codes = [(e.code, e.label) for e in form.lists[question.list].entries]
            assert [(e.code, e.label) for e in again.lists[twin.list].entries] == codes
    assert [page.title for page in again.pages] == [page.title for page in form.pages]
    assert {r.path_keys for r in again.repeats.values()} == {
        r.path_keys for r in form.repeats.values()
    }


@pytest.mark.parametrize("key", FORMS)
def test_the_report_lists_nothing_unexpected(library: Cast, key: str) -> None:
    made = export(_form(key))
    lost = {line.what for line in made.report if line.outcome == "lost"}
    assert {what for what in lost if not what.startswith("translation")} <= EXPECTED_LOST


@pytest.mark.parametrize("key", FORMS)
def test_what_shows_is_the_same(library: Cast, key: str) -> None:
    form = _form(key)
    again = _again(form)
    told = {line.at for line in export(form).report if line.what == "visible"}
    answers = sample_answers(key)
    ours = evaluate_form(form, answers, FACTS)
    theirs = evaluate_form(again, effective(form, answers, FACTS), FACTS)
    composed = {f'"{q.key}"' for q in form.questions.values() if q.type in COMPOSED}
    compared = 0
    for path, node, _value in places(form, answers):
        parted = getattr(node, "type", "") in COMPOSED or again.find(path) is None
        told_of = any(one in told for one in _with_those_around(form, node))
        if not parted and not told_of and not any(c in json.dumps(node.visible) for c in composed):
            assert theirs.visible(path) == ours.visible(path), path
            compared += 1
    assert compared > 30


def _with_those_around(form: Form, node: Any) -> Iterator[str]:
    yield node.id
    while getattr(node, "parent", ""):
        node = form.nodes[node.parent]
        yield node.id


def _run(*args: Any) -> str:
    out = StringIO()
    call_command("formdef", *map(str, args), stdout=out)
    return out.getvalue()


def test_the_command_writes_both_documents(library: Cast, tmp_path: Path) -> None:
    printed = _run("export", "referral@1", "--to", "jsonforms", "--out", tmp_path / "out")
    schema = json.loads((tmp_path / "out/schema.json").read_text())
    layout = json.loads((tmp_path / "out/uischema.json").read_text())
    assert (schema["title"], layout["type"]) == ("Referral", "Categorization")
    assert "lost: " in printed
    with pytest.raises(CommandError, match="--out"):
        _run("export", "referral", "--to", "jsonforms")
    with pytest.raises(CommandError, match="no published form"):
        _run("export", "nothing", "--to", "jsonforms", "--out", tmp_path)
